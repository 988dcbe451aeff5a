// SPDX-License-Identifier: Apache-2.0

import Providers
import Testing

@Suite struct RequestScannerTests {
    struct Row: Sendable, CustomTestStringConvertible {
        let text: String
        var model: String?
        /// Where the model's value stands in `text`, quotes included.
        var range: Range<Int>?
        var stream: Bool?
        var testDescription: String { text }

        init(_ text: String, _ model: String? = nil, _ range: Range<Int>? = nil, stream: Bool? = nil) {
            (self.text, self.model, self.range, self.stream) = (text, model, range, stream)
        }
    }

    static let readable = [
        Row("{}"),
        Row(" \t\r\n{ \t\r\n} \t\r\n"),
        Row(#"{"model":"gpt-4o"}"#, "gpt-4o", 9..<17),
        Row(#"{"model" : "gpt-4o" , "stream" : true}"#, "gpt-4o", 11..<19, stream: true),
        Row(#"{"stream":false,"model":""}"#, "", 24..<26, stream: false),
        Row(#"{"mod\u0065l":"a\/b\"\\\b\f\n\r\t"}"#, "a/b\"\\\u{8}\u{c}\n\r\t", 14..<34),
        Row(#"{"\u006d\u006F\u0064\u0065\u006c":"x"}"#, "x", 34..<37),
        Row(#"{"model":"\u00e9\u20ac\ud83d\ude00é€😀"}"#, "é€😀é€😀", 9..<44),
        Row(#"{"model":"\ud800"}"#, "\u{FFFD}\u{FFFD}\u{FFFD}", 9..<17),
        Row(#"{"model":"\udc00x\ud800\ud83d\ude00"}"#, "\u{FFFD}\u{FFFD}\u{FFFD}x\u{FFFD}\u{FFFD}\u{FFFD}😀", 9..<36),
        Row(#"{"messages":[{"model":"inner","stream":true}],"model":"outer"}"#, "outer", 54..<61),
        Row(#"{"x":{"model":"inner"}}"#),
        Row(#"{"Model":"a","models":"b","mode":"c","model ":"d","":"e"}"#),
        Row(#"{"stream":null}"#), Row(#"{"stream":"true"}"#), Row(#"{"stream":1}"#), Row(#"{"stream":[true]}"#),
        Row(#"{"a":[0,-0,1,-1,10,1.5,-0.25,1e3,1E+3,1e-3,0.0e0,123456789012345678901234567890]}"#),
        Row(#"{"a":[true,false,null,"",{},[],[[]],{"b":{}}]}"#),
        Row(#"{"a":{"b":1,"b":2}}"#),
        Row("{\"a\":\"\u{7f}\u{80}\u{2028}\"}"),
        Row("{\r\n  \"a\": [\r\n    1,\r\n    2\r\n  ]\r\n}\r\n"),
    ]

    @Test(arguments: readable)
    func `a good body gives its model, where that stands, and stream`(row: Row) {
        var expected = RequestReading("{}")
        expected.stream = row.stream
        expected.model = row.model.flatMap { value in row.range.map { ScannedString(value: value, range: $0) } }
        #expect(RequestReading(row.text) == expected)
        if let range = row.range {
            let slice = Array(row.text.utf8)[range]
            #expect(slice.first == UInt8(ascii: "\"") && slice.last == UInt8(ascii: "\""))
        }
    }

    @Test(arguments: readable)
    func `however a body is cut, it reads the same`(row: Row) {
        let whole = RequestReading(row.text)
        for delivery in Delivery.several(count: row.text.utf8.count, seed: 1) {
            #expect(RequestReading(row.text, delivery: delivery) == whole, "\(delivery)")
        }
    }

    @Test(arguments: [
        (#"{"model":"a","model":"b"}"#, RequestFault.duplicateField(name: "model")),
        (#"{"model":"a","mod\u0065l":"b"}"#, .duplicateField(name: "model")),
        (#"{"\u006dodel":"a","model":"b"}"#, .duplicateField(name: "model")),
        (#"{"x":1,"y":{"x":1},"x":2}"#, .duplicateField(name: "x")),
        (#"{"":1,"":2}"#, .duplicateField(name: "")),
        (#"{"😀":1,"\ud83d\ude00":2}"#, .duplicateField(name: "😀")),
        (#"{"model":null}"#, .modelNotString), (#"{"model":1}"#, .modelNotString),
        (#"{"model":true}"#, .modelNotString),
        (#"{"model":["a"]}"#, .modelNotString), (#"{"model":{}}"#, .modelNotString),
    ])
    func `ambiguity is refused`(text: String, fault: RequestFault) {
        for delivery in [.whole] + Delivery.several(count: text.utf8.count, seed: 2) {
            #expect(RequestReading(text, delivery: delivery).fault == fault)
        }
    }

    @Test func `names that differ only in half a surrogate pair are different`() {
        #expect(RequestReading(#"{"\ud800":1,"\ud801":2,"\udc00":3}"#).fault == nil)
        #expect(RequestReading(#"{"\ud800":1,"\uD800":2}"#).fault != nil)
    }

    @Test func `a long duplicate name is quoted in part`() {
        let name = String(repeating: "n", count: 300)
        let fault = RequestReading("{\"\(name)\":1,\"\(name)\":2}").fault
        #expect(fault == .duplicateField(name: String(name.prefix(128))))
    }

    @Test func `a fault is final`() throws {
        var scanner = RequestScanner()
        let fault = RequestFault.invalidJSON(offset: 1, problem: "a field name in double quotes is expected")
        #expect(throws: fault) { try RequestReading.feed(Array("{1".utf8), to: &scanner) }
        #expect(throws: fault) { try RequestReading.feed(Array("}".utf8), to: &scanner) }
        #expect(throws: fault) { try scanner.finish() }
    }
}
