// SPDX-License-Identifier: Apache-2.0
import Testing

@testable import ProviderSimulator

@Suite struct JSONTests {
    static let rows: [(String, JSONValue)] = [
        ("null", .null), (" [1, -2.5e1, true]\n", [1, -25.0, true]),
        (#""a\u00e9\ud83d\ude00\n\/b""#, "aé😀\n/b"), (#"{"b":1,"a":{"c":[]}}"#, ["b": 1, "a": ["c": []]]),
        ("\"plain é text\"", "plain é text"), ("[]", []),
    ]

    @Test(arguments: rows)
    func `JSON is read`(text: String, value: JSONValue) throws {
        #expect(try JSONParser.parse(Array(text.utf8)) == value)
        #expect(try JSONParser.parse(Array(value.description.utf8)) == value)
        #expect(try JSONParser.parse(Array(value.pretty.utf8)) == value)
    }

    @Test(arguments: [
        "", "{", "[1,]", "{\"a\"}", "01", "+1", "1.", "nul", "\"", "\"\u{1}\"", #""\x""#, #""\ud800""#, "1 2", "{a:1}",
    ])
    func `what is not JSON is refused`(text: String) {
        #expect(throws: JSONFault.self) { try JSONParser.parse(Array(text.utf8)) }
    }

    @Test func `a depth bomb is refused, not followed`() {
        #expect(throws: JSONFault.self) { try JSONParser.parse(Array(repeating: UInt8(ascii: "["), count: 100_000)) }
    }

    @Test func `what a terminal would act on is written escaped`() {
        #expect(JSONValue.string("\u{1B}\u{9B}\u{202E}").description == #""\u001b\u009b\u202e""#)
    }

    @Test func `OpenAI's layout has two blanks a level`() {
        let value: JSONValue = ["a": [1, [:]], "b": []]
        #expect(value.pretty == "{\n  \"a\": [\n    1,\n    {}\n  ],\n  \"b\": []\n}\n")
    }

    @Test(arguments: [
        (0.0, "1970-01-01T00:00:00.000Z", "Thu, 01 Jan 1970 00:00:00 GMT"),
        (951_782_400.5, "2000-02-29T00:00:00.500Z", "Tue, 29 Feb 2000 00:00:00 GMT"),
        (1_767_225_599, "2025-12-31T23:59:59.000Z", "Wed, 31 Dec 2025 23:59:59 GMT"),
    ])
    func `instants have two spellings`(seconds: Double, rfc3339: String, http: String) {
        #expect(Timestamp(seconds: seconds).rfc3339 == rfc3339 && Timestamp(seconds: seconds).httpDate == http)
    }

    @Test(arguments: [(0, "0s"), (59, "59s"), (360, "6m0s"), (3605, "1h0m5s")])
    func `OpenAI spells a time`(seconds: Int, text: String) { #expect(LimitFields.duration(seconds) == text) }
}
