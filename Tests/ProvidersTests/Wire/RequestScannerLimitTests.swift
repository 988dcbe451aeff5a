// SPDX-License-Identifier: Apache-2.0

import Providers
import TestKit
import Testing

@Suite struct RequestScannerLimitTests {
    private static func nested(_ depth: Int, _ open: String, _ close: String) -> String {
        "{\"a\":" + String(repeating: open, count: depth - 1) + "1" + String(repeating: close, count: depth - 1) + "}"
    }

    @Test(arguments: [("[", "]"), ("{\"a\":", "}")])
    func `200 containers inside each other are read, one more is refused`(open: String, close: String) {
        #expect(RequestReading(Self.nested(200, open, close)).fault == nil)
        #expect(RequestReading(Self.nested(201, open, close)).fault == .tooDeep)
        #expect(RequestReading(Self.nested(201, open, close), delivery: .everyByte).fault == .tooDeep)
    }

    @Test func `a depth bomb is refused at the limit`() {
        #expect(RequestReading("{\"a\":" + String(repeating: "[", count: 5_000_000)).fault == .tooDeep)
    }

    @Test func `mixed nesting is matched at every depth`() {
        var random = SeededGenerator(seed: 3)
        let objects = (1..<200).map { _ in Bool.random(using: &random) }
        let opening = "{\"a\":" + objects.map { $0 ? "{\"a\":" : "[" }.joined()
        let closing = objects.reversed().map { $0 ? "}" : "]" } + ["}"]
        #expect(RequestReading(opening + "1" + closing.joined()).fault == nil)
        for wrong in closing.indices {
            var broken = closing
            broken[wrong] = broken[wrong] == "}" ? "]" : "}"
            let expected = RequestFault.invalidJSON(
                offset: opening.utf8.count + 1 + wrong, problem: "a comma or the end of the list or object is expected")
            #expect(RequestReading(opening + "1" + broken.joined()).fault == expected)
        }
    }

    @Test func `a string of 30 MB is passed over`() {
        let long = [UInt8](repeating: UInt8(ascii: "a"), count: 30_000_000)
        let bytes = Array("{\"a\":\"".utf8) + long + Array("\",\"model\":\"m\"}".utf8)
        let cuts = stride(from: 65536, to: bytes.count, by: 65536)
        let expected = ScannedString(value: "m", range: 30_000_016..<30_000_019)
        #expect(RequestReading(bytes).model == expected)
        #expect(RequestReading(bytes, delivery: .cuts(Array(cuts))).model == expected)
    }

    @Test func `a field name longer than any buffer is compared in full`() {
        let name = String(repeating: "k", count: 100_000)
        #expect(RequestReading("{\"\(name)a\":1,\"\(name)b\":2}").fault == nil)
        #expect(RequestReading("{\"\(name)a\":1,\"\(name)a\":2}").fault != nil)
        #expect(RequestReading("{\"\(name)a\":1,\"\(name)\\u0061\":2}").fault != nil)
    }

    private static func body(fields count: Int) -> String {
        "{" + (0..<count).map { "\"f\($0)\":0" }.joined(separator: ",") + "}"
    }

    @Test func `there is no limit on fields unless one is set`() {
        #expect(RequestReading(Self.body(fields: 200_000)).fault == nil)
        #expect(RequestReading(Self.body(fields: 100), maximumFields: 100).fault == nil)
        #expect(RequestReading(Self.body(fields: 101), maximumFields: 100).fault == .tooManyFields)
    }

    @Test func `a duplicate is found behind very many fields`() {
        let body = Self.body(fields: 200_000).dropLast() + ",\"f77\":1}"
        #expect(RequestReading(String(body)).fault == .duplicateField(name: "f77"))
    }

    @Test(arguments: [1, 23, 24, 25, 100, 3000])
    func `a duplicate is found among any number of fields`(count: Int) {
        let names = (0..<count).map { "\"f\($0)\":0" }
        for repeated in [0, count / 2, count - 1] {
            let body = "{" + (names + [names[repeated]]).joined(separator: ",") + "}"
            #expect(RequestReading(body).fault == .duplicateField(name: "f\(repeated)"))
        }
    }
}
