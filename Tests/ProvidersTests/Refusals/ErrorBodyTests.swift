// SPDX-License-Identifier: Apache-2.0
import Providers
import TestKit
import Testing

@Suite struct ErrorBodyTests {
    struct Row: Sendable, CustomTestStringConvertible {
        var text: String
        var type: String?
        var code: String?
        var message: String?
        var testDescription: String { text }

        init(_ text: String, type: String? = nil, code: String? = nil, message: String? = nil) {
            (self.text, self.type, self.code, self.message) = (text, type, code, message)
        }
    }

    @Test(arguments: [
        Row(anthropicBody("overloaded_error", "Overloaded"), type: "overloaded_error", message: "Overloaded"),
        Row(errorBody("no", type: "t", code: "c"), type: "t", code: "c", message: "no"),
        Row(
            #"{"error":{"code":429,"message":"m","status":"RESOURCE_EXHAUSTED"}}"#, code: "RESOURCE_EXHAUSTED",
            message: "m"),
        Row(
            #"{"error":{"status":"RESOURCE_EXHAUSTED","code":429}}"#, code: "RESOURCE_EXHAUSTED"),
        Row(#"[{"error":{"code":400,"message":"m"}}]"#, code: "400", message: "m"),
        Row(#"{"error":"plain"}"#, message: "plain"), Row(#"{"message":"top"}"#, message: "top"),
        Row(#"{"detail":"fast"}"#, message: "fast"),
        Row(#"{"detail":[{"msg":"field","loc":["a"]}]}"#, message: "field"),
        Row(#"{"message":"outer","error":{"message":"inner"}}"#, message: "inner"),
        Row(#"{"type":"error","code":"c","message":"m"}"#, code: "c", message: "m"),
        Row(#"{"response":{"error":{"code":"server_error","message":"m"}}}"#, code: "server_error", message: "m"),
        Row(#"{"error":{"metadata":{"message":"not this"},"message":"this"}}"#, message: "this"),
        Row(#"{"data":{"message":"no error"}}"#),
        Row(#"{"error":{"message":"a\"b\\c\/d\nu\u00e9"}}"#, message: "a\"b\\c/d\nué"),
        Row(#"{"error":{"message":"cut off"#, message: "cut off"), Row(#"{"error":{"mess"#), Row("{"), Row("[[[[["),
        Row("not json"), Row(""), Row("<html>"), Row("null"), Row("\"text\""), Row("}}}}"),
        Row(#"{"error":{"code":-1.5e3}}"#, code: "-1.5e3"),
    ])
    func `what an error body says is found, wherever a provider puts it`(row: Row) {
        let body = ErrorBody(Array(row.text.utf8))
        #expect(body.type == row.type && body.code == row.code && body.message == row.message)
    }

    @Test func `emptiness and pages are told`() {
        #expect(ErrorBody(Array(" \r\n\t".utf8)).isEmpty)
        #expect(!ErrorBody(Array("x".utf8)).isEmpty)
        #expect(ErrorBody(Array("\n <!doctype html>".utf8)).isHTML)
    }

    @Test func `texts, members and depth are bounded`() {
        let long = errorBody(String(repeating: "é", count: 5000))
        #expect(ErrorBody(Array(long.utf8)).message?.utf8.count ?? 0 <= 2048)
        let wide = "{\"error\":{" + (0..<5000).map { "\"k\($0)\":\($0)" }.joined(separator: ",") + "}}"
        #expect(ErrorBody(Array(wide.utf8)).details.count == 64)
        let deep = String(repeating: "{\"error\":", count: 5000) + "\"x\""
        #expect(ErrorBody(Array(deep.utf8)).message == nil)
    }

    @Test func `random bytes are read without complaint`() {
        var random = SeededGenerator(seed: 11)
        let alphabet = Array("{}[]\",:\\u0d8ae-1.5 errormessagecode\n".utf8) + [0xFF, 0xC3, 0]
        for _ in 0..<5000 {
            let bytes = (0..<Int.random(in: 0...60, using: &random)).map { _ in random.pick(alphabet) }
            _ = ErrorBody(Array("{\"error\":{".utf8) + bytes)
        }
    }
}
