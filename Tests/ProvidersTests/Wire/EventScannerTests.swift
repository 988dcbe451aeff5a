// SPDX-License-Identifier: Apache-2.0
import Providers
import Testing

@Suite struct EventScannerTests {
    struct Row: Sendable, CustomTestStringConvertible {
        var dialect: ClientDialect
        var text: String
        var isMeaningful = false
        var hasOutput = false
        var isTerminal = false
        var testDescription: String { "\(dialect) \(text.prefix(90))" }

        /// - Parameter signs: `m`eaningful, `o`utput, `t`erminal.
        init(_ dialect: ClientDialect, _ signs: String, _ events: String...) {
            self.dialect = dialect
            text = events.map { $0 + "\n\n" }.joined()
            isMeaningful = signs.contains("m")
            hasOutput = signs.contains("o")
            isTerminal = signs.contains("t")
        }
    }

    private static func named(_ type: String, _ rest: String = "") -> String {
        "event: \(type)\ndata: {\"type\":\"\(type)\"\(rest.isEmpty ? "" : ",")\(rest)}"
    }

    private static func block(_ block: String) -> String {
        named("content_block_start", #""index":0,"content_block":"# + block)
    }

    private static func delta(_ delta: String) -> String {
        named("content_block_delta", #""index":0,"delta":"# + delta)
    }

    private static func chunk(_ choices: String) -> String { #"data: {"id":"x","choices":[\#(choices)]}"# }

    static let anthropic = [
        Row(.anthropic, "", named("message_start", #""message":{"content":[],"stop_reason":null,"usage":{}}"#)),
        Row(.anthropic, "", named("ping")), Row(.anthropic, "", block(#"{"type":"text","text":""}"#)),
        Row(.anthropic, "", block(#"{"type":"thinking","thinking":"","signature":""}"#)),
        Row(.anthropic, "", delta(#"{"type":"text_delta","text":""}"#)),
        Row(.anthropic, "", delta(#"{"type":"input_json_delta","partial_json":""}"#)),
        Row(.anthropic, "", delta(#"{"type":"signature_delta","signature":"abc"}"#)),
        Row(.anthropic, "", named("content_block_stop", #""index":0"#)),
        Row(.anthropic, "", named("message_delta", #""delta":{"stop_reason":"end_turn"},"usage":{"output_tokens":1}"#)),
        Row(.anthropic, "", named("some_new_event", #""text":"x""#)),
        Row(.anthropic, "mo", delta(#"{"type":"text_delta","text":"H"}"#)),
        Row(.anthropic, "mo", delta(#"{"text":"H","type":"text_delta"}"#)),
        Row(.anthropic, "mo", delta(#"{"type":"thinking_delta","thinking":"hm"}"#)),
        Row(.anthropic, "mo", delta(#"{"type":"input_json_delta","partial_json":"{"}"#)),
        Row(.anthropic, "mo", block(#"{"type":"text","text":"already"}"#)),
        Row(.anthropic, "mo", block(#"{"type":"tool_use","id":"t","name":"f","input":{}}"#)),
        Row(.anthropic, "mo", block(#"{"type":"server_tool_use","id":"t"}"#)),
        Row(.anthropic, "mo", named("message_delta", #""delta":{"stop_reason":"refusal"}"#)),
        Row(.anthropic, "mt", named("message_stop")), Row(.anthropic, "mt", #"data: {"type":"message_stop"}"#),
        Row(.anthropic, "mt", "event: message_stop\ndata: {}"), Row(.anthropic, "", "data: [DONE]"),
        Row(.anthropic, "", "event: message_stop"), Row(.anthropic, "", "event: message_stop\ndata: not json"),
        Row(.anthropic, "mot", delta(#"{"type":"text_delta","text":"H"}"#), named("message_stop")),
    ]

    static let chat = [
        Row(.openaiChat, "", chunk(#"{"index":0,"delta":{"role":"assistant","content":""},"finish_reason":null}"#)),
        Row(.openaiChat, "", chunk(#"{"index":0,"delta":{"role":"assistant","content":null}}"#)),
        Row(.openaiChat, "", chunk("")), Row(.openaiChat, "", #"data: {"choices":[],"usage":{"prompt_tokens":1}}"#),
        Row(.openaiChat, "", chunk(#"{"index":0,"delta":{"tool_calls":[]}}"#)),
        Row(.openaiChat, "", #"data: {"error":null,"choices":[]}"#),
        Row(.openaiChat, "mo", chunk(#"{"index":0,"delta":{"content":"H"}}"#)),
        Row(.openaiChat, "mo", chunk(#"{"delta":{"reasoning_content":"hm"}}"#)),
        Row(.openaiChat, "mo", chunk(#"{"delta":{"reasoning":"hm"}}"#)),
        Row(.openaiChat, "mo", chunk(#"{"delta":{"refusal":"no"}}"#)),
        Row(.openaiChat, "mo", chunk(#"{"delta":{"tool_calls":[{"index":0,"id":"c","function":{"name":"f"}}]}}"#)),
        Row(.openaiChat, "mo", chunk(#"{"delta":{"function_call":{"name":"f"}}}"#)),
        Row(.openaiChat, "mt", chunk(#"{"index":0,"delta":{},"finish_reason":"stop"}"#)),
        Row(.openaiChat, "mt", "data: [DONE]"), Row(.openaiChat, "mt", "data:[DONE]"),
        Row(.openaiChat, "", "data: [DON]"),
        // Several answers in one stream: the end of one is not the end of all.
        Row(
            .openaiChat, "mo", chunk(#"{"index":0,"delta":{"content":"a"}}"#),
            chunk(#"{"index":1,"delta":{"content":"b"}}"#),
            chunk(#"{"index":0,"delta":{},"finish_reason":"stop"}"#)),
        Row(
            .openaiChat, "mot", chunk(#"{"index":0,"delta":{"content":"a"}}"#),
            chunk(#"{"index":1,"delta":{"content":"b"},"finish_reason":"stop"}"#),
            chunk(#"{"delta":{},"finish_reason":"length","index":0}"#)),
        Row(
            .openaiChat, "mot", chunk(#"{"index":0,"delta":{"content":"a"}},{"index":1,"delta":{"content":"b"}}"#),
            chunk(#"{"index":0,"finish_reason":"stop"},{"index":1,"finish_reason":"stop"}"#)),
        Row(.openaiChat, "mot", chunk(#"{"index":3,"delta":{"content":"a"}}"#), "data: [DONE]"),
    ]

    private static func item(_ type: String) -> String {
        named("response.output_item.added", #""output_index":0,"item":{"type":"\#(type)","id":"i"}"#)
    }

    static let responses = [
        Row(
            .openaiResponses, "",
            named("response.created", #""response":{"id":"r","status":"in_progress","error":null}"#)),
        Row(.openaiResponses, "", named("response.in_progress", #""response":{"output":[]}"#)),
        Row(.openaiResponses, "", item("message")), Row(.openaiResponses, "", item("reasoning")),
        Row(.openaiResponses, "", named("response.content_part.added", #""part":{"type":"output_text","text":""}"#)),
        Row(.openaiResponses, "", named("response.output_text.delta", #""delta":"""#)),
        Row(.openaiResponses, "mo", named("response.output_text.delta", #""delta":"H""#)),
        Row(.openaiResponses, "mo", named("response.reasoning_summary_text.delta", #""delta":"hm""#)),
        Row(.openaiResponses, "mo", named("response.refusal.delta", #""delta":"no""#)),
        Row(.openaiResponses, "mo", named("response.function_call_arguments.delta", #""delta":"{""#)),
        Row(.openaiResponses, "mo", item("function_call")),
        Row(.openaiResponses, "mt", named("response.completed", #""response":{"status":"completed"}"#)),
        Row(.openaiResponses, "mt", named("response.incomplete", #""response":{"status":"incomplete"}"#)),
        Row(.openaiResponses, "t", named("response.failed", #""response":{"status":"failed","error":{"code":"x"}}"#)),
        Row(
            .openaiResponses, "t", named("response.failed", #""response":{"error":{"code":"x"}}"#),
            named("response.in_progress", #""response":{}"#)),
        Row(.openaiResponses, "", "data: [DONE]"), Row(.openaiResponses, "", named("response.some_new_thing")),
    ]

    @Test(arguments: anthropic + chat + responses)
    func `what begins to mean something, and what ends it`(row: Row) {
        var expected = StreamReading(row.text, row.dialect)
        (expected.isMeaningful, expected.hasOutput, expected.isTerminal) = (
            row.isMeaningful, row.hasOutput, row.isTerminal
        )
        #expect(StreamReading(row.text, row.dialect) == expected)
        for delivery in Delivery.several(count: row.text.utf8.count, seed: 7) {
            #expect(StreamReading(row.text, row.dialect, delivery: delivery) == expected, "\(delivery)")
        }
    }

    struct Failure: Sendable {
        var dialect: ClientDialect
        var text: String
        var error: InBandError
        var isTerminal = false
    }

    @Test(arguments: [
        Failure(
            dialect: .anthropic,
            text:
                "event: error\ndata: {\"type\":\"error\","
                + "\"error\":{\"type\":\"overloaded_error\",\"message\":\"Over\"}}\n\n",
            error: InBandError(type: "overloaded_error", message: "Over")),
        Failure(dialect: .anthropic, text: "event: error\ndata: oops\n\n", error: InBandError()),
        Failure(dialect: .anthropic, text: "data: {\"type\":\"error\"}\n\n", error: InBandError()),
        Failure(
            dialect: .openaiChat, text: "data: {\"error\":{\"message\":\"m\",\"type\":\"t\",\"code\":\"c\"}}\n\n",
            error: InBandError(type: "t", code: "c", message: "m")),
        Failure(
            dialect: .openaiChat, text: "data: {\"error\":{\"message\":\"m\",\"code\":502}}\n\ndata: [DONE]\n\n",
            error: InBandError(code: "502", message: "m"), isTerminal: true),
        Failure(dialect: .openaiChat, text: "data: {\"error\":\"bad\"}\n\n", error: InBandError(message: "bad")),
        Failure(
            dialect: .openaiResponses,
            text: "event: error\ndata: {\"type\":\"error\",\"code\":\"c\",\"message\":\"m\"}\n\n",
            error: InBandError(code: "c", message: "m")),
        Failure(
            dialect: .openaiResponses,
            text:
                "data: {\"type\":\"response.failed\",\"response\":{\"error\":{\"code\":\"c\",\"message\":\"m\"}}}\n\n",
            error: InBandError(code: "c", message: "m"), isTerminal: true),
    ])
    func `an error inside a stream is found, and is no output`(row: Failure) {
        for delivery in [.whole] + Delivery.several(count: row.text.utf8.count, seed: 8) {
            let reading = StreamReading(row.text, row.dialect, delivery: delivery)
            #expect(reading.inBandError == row.error && !reading.hasOutput && reading.isTerminal == row.isTerminal)
        }
    }

    static let text = #"{"type":"content_block_delta","delta":{"text":"H"}}"#

    /// The grammar of the HTML standard, in the ways in which servers use it.
    @Test(arguments: [
        ("data: \(text)\n\n", 1, true), ("data:\(text)\n\n", 1, true), ("data:  \(text)\n\n", 1, true),
        ("data: \(text)\r\n\r\n", 1, true), ("data: \(text)\r\r", 1, true), ("data: \(text)\n\r\n", 1, true),
        ("\u{FEFF}data: \(text)\n\n", 1, true), ("\n\n\ndata: \(text)\n\n", 1, true),
        (": comment\ndata: \(text)\n\n", 1, true), (":\n\n: keep-alive\n\n", 0, false),
        ("id: 1\nretry: 10\nfoo: bar\ndata: \(text)\n\n", 1, true), ("data: \(text)   \n\n", 1, true),
        ("data: {\"type\":\"content_block_delta\",\ndata: \"delta\":{\"text\":\"H\"}}\n\n", 1, true),
        ("data: {\"type\":\"content_block_delta\",\ndata\ndata: \"delta\":{\"text\":\"H\"}}\n\n", 1, true),
        ("data\n\n", 1, false), ("data:\n\n", 1, false), ("data: \n\n", 1, false), ("event: x\n\n", 0, false),
        ("dat: \(text)\n\n", 0, false), ("dataa: \(text)\n\n", 0, false), (" data: \(text)\n\n", 0, false),
        ("\u{FEFF}\u{FEFF}data: \(text)\n\n", 0, false), ("data: \(text)\(text)\n\n", 1, false),
        ("data: \(text)x\n\n", 1, false), ("data: [\(text)]\n\n", 1, false), ("", 0, false),
        ("data: {\"type\":\"x\"}\n\ndata: \(text)\n\n", 2, true),
        ("event: content_block_delta\n\ndata: \(text)\n\n", 1, true),
    ])
    func `lines are read as the standard says`(stream: String, events: Int, isMeaningful: Bool) {
        for delivery in [.whole] + Delivery.several(count: stream.utf8.count, seed: 9) {
            let reading = StreamReading(stream, .anthropic, delivery: delivery)
            #expect(reading.eventCount == events && reading.isMeaningful == isMeaningful, "\(delivery)")
        }
    }

    @Test func `an event without its blank line counts once the stream is closed`() {
        for ending in ["", "\n", "\r\n"] {
            var scanner = EventScanner(dialect: .anthropic)
            Array("data: {\"type\":\"message_stop\"}\(ending)".utf8).withUnsafeBytes { scanner.feed($0) }
            #expect(!scanner.isTerminal)
            scanner.finish()
            #expect(scanner.isTerminal && scanner.eventCount == 1)
        }
    }

    @Test func `lines of any length pass, before and after the commit`() {
        let long =
            "data: {\"type\":\"content_block_delta\",\"delta\":{\"text\":\""
            + String(repeating: "x", count: 3_000_000) + "\"}}\n\n"
        let stop = "data: {\"type\":\"message_stop\"}\n\n"
        let bytes = Array((long + long + stop).utf8)
        let cuts = Array(stride(from: 4096, to: bytes.count, by: 4096))
        let reading = StreamReading(bytes, .anthropic, delivery: .cuts(cuts))
        #expect(reading.eventCount == 3 && reading.isMeaningful && reading.isTerminal)
    }

    @Test func `an error's texts are cut to their limit, not inside a character`() {
        let message = String(repeating: "é", count: 3000)
        let reading = StreamReading("data: {\"error\":{\"message\":\"\(message)\"}}\n\n", .openaiChat)
        #expect(reading.inBandError?.message == String(repeating: "é", count: 1024))
    }
}
