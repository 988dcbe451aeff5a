// SPDX-License-Identifier: Apache-2.0
import FoundationEssentials
import Providers
import TestKit
import Testing

/// The scanners see each byte once; the slow readers parse the whole. They must come to the same conclusions.
@Suite struct ScannerPropertyTests {
    // MARK: Streams

    private static let pieces: [ClientDialect: [String]] = [
        .anthropic: [
            #"{"type":"ping"}"#, #"{"type":"message_start","message":{"usage":{"input_tokens":1}}}"#,
            #"{"type":"content_block_start","content_block":{"type":"text","text":""}}"#,
            #"{"type":"content_block_start","content_block":{"type":"tool_use","input":{}}}"#,
            #"{"type":"content_block_delta","delta":{"type":"text_delta","text":""}}"#,
            #"{"type":"content_block_delta","delta":{"type":"text_delta","text":"\u0048\n"}}"#,
            #"{"type":"message_delta","delta":{"stop_reason":"end_turn"}}"#, #"{"type":"message_stop"}"#,
            #"{"type":"error","error":{"type":"overloaded_error"}}"#, #"{"type":"content_block_delta","delta":"#, "{}",
            "oops",
        ],
        .openaiChat: [
            #"{"choices":[{"index":0,"delta":{"role":"assistant","content":""}}]}"#,
            #"{"choices":[{"index":0,"delta":{"content":"H"}}]}"#,
            #"{"choices":[{"delta":{"content":"é"},"index":1}]}"#,
            #"{"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}"#,
            #"{"choices":[{"index":1,"delta":{},"finish_reason":"length"}]}"#,
            #"{"choices":[],"usage":{"prompt_tokens":4}}"#,
            #"{"choices":[{"index":0,"delta":{"tool_calls":[]}}]}"#, #"{"error":{"message":"m"}}"#, #"{"error":null}"#,
            "[DONE]", "[DONE] ", "[DON", "{\"choices\":[{\"index\":0,", "7",
        ],
        .openaiResponses: [
            #"{"type":"response.created","response":{"error":null}}"#,
            #"{"type":"response.output_text.delta","delta":""}"#,
            #"{"type":"response.output_text.delta","delta":"H"}"#, #"{"type":"response.completed","response":{}}"#,
            #"{"type":"response.failed","response":{"error":{"code":"c"}}}"#,
            #"{"type":"error","code":"c","message":"m"}"#,
            #"{"type":"response.output_item.added","item":{"type":"function_call"}}"#,
            #"{"type":"response.output_item.added","item":{"type":"message"}}"#, "[DONE]",
            "{\"type\":\"response.completed\"",
        ],
    ]

    private static func stream(_ dialect: ClientDialect, _ random: inout SeededGenerator) -> String {
        let lineEnd = random.pick(["\n", "\r\n", "\r"])
        var text = random.chance(10) ? "\u{FEFF}" : ""
        for _ in 0..<Int.random(in: 0...6, using: &random) {
            if random.chance(15) { text += random.pick([":", ": hello", "id: 7", "retry: 5", "foo"]) + lineEnd }
            if random.chance(10) { text += lineEnd }
            let payload = random.pick(pieces[dialect] ?? [])
            // A name that contradicts the payload is no provider's.
            if random.chance(40) { text += "event: " + (Tree(payload)?["type"]?.text ?? "") + lineEnd }
            let head = random.chance(30) ? "data:" : "data: "
            // Where a comma stands, JSON may be broken into two lines.
            if random.chance(15), let comma = payload.firstIndex(of: ",") {
                text += head + payload[...comma] + lineEnd + head + payload[payload.index(after: comma)...] + lineEnd
            } else {
                text += head + payload + lineEnd
            }
            text += lineEnd
        }
        return text
    }

    private struct Verdict: Equatable {
        var isMeaningful: Bool, hasOutput: Bool, isTerminal: Bool, hasError: Bool, events: Int
    }

    /// How many of the streams the two readers see differently.
    private static func streamDisagreements(seeds: Range<UInt64>, flaw: SlowStreamReader.Flaw?) -> Int {
        var count = 0
        for seed in seeds where flaw == nil || count == 0 {
            var random = SeededGenerator(seed: seed)
            let dialect = random.pick([ClientDialect.anthropic, .openaiChat, .openaiResponses])
            let text = stream(dialect, &random)
            let slow = SlowStreamReader(text, dialect, flaw: flaw)
            let expected = Verdict(
                isMeaningful: slow.isMeaningful, hasOutput: slow.hasOutput, isTerminal: slow.isTerminal,
                hasError: slow.hasError, events: slow.eventCount)
            let cuts = (0..<5).map { _ in Int.random(in: 0...text.utf8.count, using: &random) }.sorted()
            for delivery in [Delivery.whole, .everyByte, .cuts(cuts)] {
                let fast = StreamReading(text, dialect, delivery: delivery)
                let found = Verdict(
                    isMeaningful: fast.isMeaningful, hasOutput: fast.hasOutput, isTerminal: fast.isTerminal,
                    hasError: fast.inBandError != nil, events: fast.eventCount)
                if found != expected { count += 1 }
            }
        }
        return count
    }

    @Test func `random streams are read as a slow reader reads them, however they are cut`() {
        #expect(Self.streamDisagreements(seeds: 0..<3000, flaw: nil) == 0)
    }

    @Test(arguments: SlowStreamReader.Flaw.allCases)
    func `a broken reader of streams is found out`(flaw: SlowStreamReader.Flaw) {
        #expect(Self.streamDisagreements(seeds: 0..<3000, flaw: flaw) > 0)
    }

    // MARK: Requests

    private static let spellings = [
        "model", "mod\\u0065l", "\\u006dodel", "stream", "a", "b", "\\u0061", "Model", "", "max_tokens", "é", "\\u00e9",
    ]
    private static let values = [
        #""m""#, #""\u006d""#, #""claude""#, #"{"model":"inner"}"#, "[1,2,{}]", "true", "null", "-1.5e3", #""""#,
    ]

    private static func requestDisagreements(seeds: Range<UInt64>, flaw: SlowRequestReader.Flaw?) -> Int {
        var count = 0
        for seed in seeds where flaw == nil || count == 0 {
            var random = SeededGenerator(seed: seed)
            let members = (0..<Int.random(in: 0...6, using: &random)).map { _ in
                let name = random.pick(spellings)
                let isModel = name.contains("od") && name != "Model"
                return (name: name, value: isModel ? random.pick(Array(values[0...2])) : random.pick(values))
            }
            let text = "{" + members.map { "\"\($0.name)\" : \($0.value)" }.joined(separator: ",") + "}"
            let slow = SlowRequestReader(members, flaw: flaw)
            let cuts = (0..<4).map { _ in Int.random(in: 0...text.utf8.count, using: &random) }.sorted()
            for delivery in [Delivery.whole, .everyByte, .cuts(cuts)] {
                let fast = RequestReading(text, delivery: delivery)
                let isDuplicate = if case .duplicateField = fast.fault { true } else { false }
                let agrees = isDuplicate == slow.isDuplicate && (isDuplicate || fast.model?.value == slow.model)
                if !agrees { count += 1 }
            }
        }
        return count
    }

    @Test func `random requests name the model that a slow reader finds, or are refused`() {
        #expect(Self.requestDisagreements(seeds: 0..<3000, flaw: nil) == 0)
    }

    @Test(arguments: SlowRequestReader.Flaw.allCases)
    func `a broken reader of requests is found out`(flaw: SlowRequestReader.Flaw) {
        #expect(Self.requestDisagreements(seeds: 0..<3000, flaw: flaw) > 0)
    }

    /// What the lexer takes and somebody else's parser refuses, or the other way round.
    @Test func `random near-JSON is judged as another parser judges it`() {
        var random = SeededGenerator(seed: 21)
        let alphabet = [
            "{", "}", "[", "]", "\"", ":", ",", "a", "1", "0", "-", ".", "e", "true", "null", "\\n", " ", "\\u00e9",
        ]
        var accepted = 0
        for _ in 0..<20_000 {
            let inner = (0..<Int.random(in: 0...9, using: &random)).map { _ in random.pick(alphabet) }.joined()
            let text = "{\"k\":" + inner + "}"
            let isAccepted = RequestReading(text).fault == nil
            if isAccepted { accepted += 1 }
            // Foundation takes a comma before a closing brace, which RFC 8259 does not.
            let hasTrailingComma = text.filter { $0 != " " }.contains(",}") || text.filter { $0 != " " }.contains(",]")
            if hasTrailingComma { continue }
            #expect(isAccepted == (Tree(text) != nil || Self.isMoreThanADouble(text)), "\(text)")
        }
        #expect(accepted > 500)
    }

    /// Numbers that JSON allows and a double does not hold: passed on as they are.
    private static func isMoreThanADouble(_ text: String) -> Bool {
        guard RequestReading(text).fault == nil else { return false }
        return text.contains("e") && text.contains { $0.isNumber }
    }
}
