// SPDX-License-Identifier: Apache-2.0
import Providers
import Testing

@Suite struct UsageTests {
    private static let start =
        #"data: {"type":"message_start","message":{"usage":{"input_tokens":500,"#
        + #""cache_read_input_tokens":300,"cache_creation_input_tokens":200,"output_tokens":1}}}"#

    @Test(arguments: [
        (ClientDialect.anthropic, [start], TokenUsage(input: 500, output: 1, cacheRead: 300, cacheWrite: 200)),
        (
            .anthropic, [start, #"data: {"type":"message_delta","usage":{"output_tokens":77}}"#],
            TokenUsage(input: 500, output: 77, cacheRead: 300, cacheWrite: 200)
        ),
        (
            .anthropic, [start, #"data: {"type":"message_delta","usage":{"output_tokens":9,"input_tokens":600}}"#],
            TokenUsage(input: 600, output: 9, cacheRead: 300, cacheWrite: 200)
        ),
        (
            .openaiChat,
            [
                #"data: {"choices":[],"usage":null}"#,
                #"data: {"choices":[],"usage":{"prompt_tokens":1000,"completion_tokens":5,"prompt_tokens_details":"#
                    + #"{"cached_tokens":300,"cache_write_tokens":200},"total_tokens":1005}}"#,
            ], TokenUsage(input: 500, output: 5, cacheRead: 300, cacheWrite: 200)
        ),
        (
            .openaiChat, [#"data: {"usage":{"prompt_tokens":10,"prompt_tokens_details":{"cached_tokens":99}}}"#],
            TokenUsage(input: 0, cacheRead: 99)
        ),
        (
            .openaiResponses,
            [
                #"data: {"type":"response.completed","response":{"usage":{"input_tokens":1000,"output_tokens":7,"#
                    + #""input_tokens_details":{"cached_tokens":400}}}}"#
            ], TokenUsage(input: 600, output: 7, cacheRead: 400)
        ),
        (.openaiChat, [#"data: {"usage":{"prompt_tokens":-5,"completion_tokens":1e3}}"#], TokenUsage()),
        (.openaiChat, [#"data: {"usage":{"prompt_tokens":99999999999999999999}}"#], TokenUsage()),
    ])
    func `counts are those of the last word on each`(dialect: ClientDialect, events: [String], usage: TokenUsage) {
        #expect(StreamReading(events.map { $0 + "\n\n" }.joined(), dialect).usage == usage)
    }
}

@Suite struct AnswerScannerTests {
    struct Row: Sendable, CustomTestStringConvertible {
        var text: String
        var dialect = ClientDialect.anthropic
        var isWellFormed = true
        var isUnfinished = false
        var error: InBandError?
        var usage: TokenUsage?
        var testDescription: String { text }
    }

    @Test(arguments: [
        Row(
            text: #"{"type":"message","usage":{"input_tokens":1,"output_tokens":2}}"#, usage: .init(input: 1, output: 2)
        ),
        Row(text: " {} \n"), Row(text: "{} x", isWellFormed: false), Row(text: "[]", isWellFormed: false),
        Row(text: "", isWellFormed: false), Row(text: "<html>", isWellFormed: false),
        Row(text: #"{"type":"mess"#, isWellFormed: false, isUnfinished: true),
        Row(text: #"{"type":"message","usage":{"input_tokens":1}"#, isWellFormed: false, isUnfinished: true),
        Row(text: #"{"type":"error","error":{"type":"api_error"}"#, isWellFormed: false, isUnfinished: true),
        Row(text: #"{"a":NaN}"#, isWellFormed: false), Row(text: #"{"error":null,"choices":[]}"#, dialect: .openaiChat),
        Row(text: #"{"error":{}}"#, dialect: .openaiChat), Row(text: #"{"error":false}"#, dialect: .openaiChat),
        Row(
            text: #"{"error":{"message":"m","code":429}}"#, dialect: .openaiChat,
            error: .init(code: "429", message: "m")),
        Row(
            text: #"{"type":"error","error":{"type":"overloaded_error","message":"m"}}"#,
            error: .init(type: "overloaded_error", message: "m")),
        Row(
            text: #"{"choices":[{"message":{"error":"no"}}],"usage":{"prompt_tokens":3}}"#, dialect: .openaiChat,
            usage: .init(input: 3)),
        Row(
            text: #"{"object":"response","error":null,"usage":{"input_tokens":3}}"#, dialect: .openaiResponses,
            usage: .init(input: 3)),
        Row(
            text: #"{"data":[{"embedding":[0.5,-1e-3]}],"usage":{"prompt_tokens":8}}"#, dialect: .openaiOther,
            usage: .init(input: 8)),
    ])
    func `a plain answer says whether it is whole, an error, and what it cost`(row: Row) {
        for delivery in [.whole] + Delivery.several(count: row.text.utf8.count, seed: 10) {
            var scanner = AnswerScanner(dialect: row.dialect)
            for piece in delivery.pieces(of: Array(row.text.utf8)) { Array(piece).withUnsafeBytes { scanner.feed($0) } }
            #expect(scanner.isWellFormed == row.isWellFormed && scanner.isUnfinished == row.isUnfinished)
            #expect(scanner.inBandError == row.error && scanner.usage == row.usage, "\(delivery)")
        }
    }
}
