// SPDX-License-Identifier: Apache-2.0
import Testing

@testable import ProviderSimulator

@Suite struct MessagesTests {
    private static let usage: JSONValue = [
        "input_tokens": 24, "cache_creation_input_tokens": 0, "cache_read_input_tokens": 0,
        "cache_creation": ["ephemeral_5m_input_tokens": 0, "ephemeral_1h_input_tokens": 0], "output_tokens": 4,
        "service_tier": "standard",
    ]

    private static func message(_ content: JSONValue, stop: JSONValue, usage: JSONValue) -> JSONValue {
        [
            "id": "msg_sim000000000000000000001", "type": "message", "role": "assistant", "model": "claude-x",
            "content": content, "stop_reason": stop, "stop_sequence": nil, "usage": usage,
        ]
    }

    @Test func `a plain answer is a message`() async throws {
        try await withSimulator { simulator in
            let answer = try await simulator.answer(.messages("sk-sim-ok-work"))
            #expect(answer.status == 200)
            #expect(answer["content-type"] == "application/json")
            let text: JSONValue = [["type": "text", "text": "Hello from work."]]
            #expect(answer.json == Self.message(text, stop: "end_turn", usage: Self.usage))
        }
    }

    @Test func `a stream has the sequence of events that clients rely on, each in its own chunk`() async throws {
        try await withSimulator { simulator in
            let answer = try await simulator.answer(.messages("sk-sim-ok-work", stream: true))
            #expect(answer["content-type"] == "text/event-stream; charset=utf-8")
            let started = Self.message(
                [], stop: nil, usage: Self.usage.setting("output_tokens", to: 1))
            func delta(_ text: JSONValue) -> JSONValue {
                ["type": "content_block_delta", "index": 0, "delta": ["type": "text_delta", "text": text]]
            }
            let expected: [JSONValue] = [
                ["type": "message_start", "message": started],
                ["type": "ping"],
                ["type": "content_block_start", "index": 0, "content_block": ["type": "text", "text": ""]],
                delta("Hello"), delta(" from "), delta("work"), delta("."),
                ["type": "content_block_stop", "index": 0],
                [
                    "type": "message_delta", "delta": ["stop_reason": "end_turn", "stop_sequence": nil],
                    "usage": [
                        "input_tokens": 24, "cache_creation_input_tokens": 0, "cache_read_input_tokens": 0,
                        "output_tokens": 4,
                    ],
                ],
                ["type": "message_stop"],
            ]
            #expect(answer.events.map(\.payload) == expected)
            #expect(answer.events.map(\.name) == expected.map { $0["type"]?.string })
            #expect(answer.chunks.count == expected.count)
            #expect(answer.isComplete)
        }
    }

    private static let tool =
        #","tools":[{"name":"weather","input_schema":{"type":"object","required":["city","days"],"properties":"#
        + #"{"city":{"type":"string"},"days":{"type":"integer"},"unit":{"type":"string"}}}}]"#

    @Test(arguments: [
        (#","tool_choice":{"type":"any"}"#, ["tool_use"]),
        (#","tool_choice":{"type":"tool","name":"weather"}"#, ["tool_use"]),
        (#","tool_choice":{"type":"none"}"#, ["text"]),
        (#","tool_choice":{"type":"auto"}"#, ["text"]),
        ("", ["text"]),
    ])
    func `a tool is called when the request demands it`(choice: String, blocks: [String]) async throws {
        try await withSimulator { simulator in
            let answer = try await simulator.answer(.messages("sk-sim-ok-work", more: Self.tool + choice))
            #expect(answer.json?["content"]?.elements?.map { $0["type"]?.string } == blocks)
            #expect(answer.json?["stop_reason"] == (blocks == ["text"] ? "end_turn" : "tool_use"))
        }
    }

    @Test func `a mention of the tool gets text and a call, until the result is there`() async throws {
        try await withSimulator { simulator in
            var ask = Ask.messages("sk-sim-ok-work", more: Self.tool)
            ask.body = ask.body.replacing("\"Hi\"", with: "\"Please use the tool.\"")
            let content = try await simulator.answer(ask).json?["content"]
            #expect(
                content == [
                    ["type": "text", "text": "Hello from work."],
                    [
                        "type": "tool_use", "id": "toolu_sim000000000000000000001", "name": "weather",
                        "input": ["city": "simulated", "days": 1],
                    ],
                ])
            let result = #"[{"role":"user","content":[{"type":"tool_result","tool_use_id":"t","content":"rain"}]}]"#
            ask.body = ask.body.replacing(#"[{"role":"user","content":"Please use the tool."}]"#, with: result)
            let next = try await simulator.answer(ask).json?["content"]
            #expect(next == [["type": "text", "text": "Hello from work."]])
        }
    }

    @Test func `a streamed tool call brings its arguments in pieces`() async throws {
        try await withSimulator { simulator in
            let more = Self.tool + #","tool_choice":{"type":"any"}"#
            let answer = try await simulator.answer(.messages("sk-sim-ok-work", stream: true, more: more))
            #expect(
                answer.events.map(\.name) == [
                    "message_start", "ping", "content_block_start", "content_block_delta", "content_block_delta",
                    "content_block_delta", "content_block_stop", "message_delta", "message_stop",
                ])
            #expect(answer.events[2].payload["content_block"]?["input"] == [:])
            let pieces = answer.events.compactMap { $0.payload["delta"]?["partial_json"]?.string }
            #expect(pieces.first == "" && pieces.joined() == #"{"city":"simulated","days":1}"#)
            #expect(answer.events[7].payload["delta"]?["stop_reason"] == "tool_use")
        }
    }

    @Test func `tokens are counted`() async throws {
        try await withSimulator { simulator in
            var ask = Ask.messages("sk-sim-ok-work")
            ask.path = "/v1/messages/count_tokens"
            let answer = try await simulator.answer(ask)
            #expect(answer.json == ["input_tokens": 24])
        }
    }

    @Test(arguments: [
        (#"{"model":"m","messages":[{}]}"#, "max_tokens: Field required"),
        (#"{"model":"m","max_tokens":1}"#, "messages: Field required"),
        (#"{"max_tokens":1,"messages":[{}]}"#, "model: Field required"),
        (#"{"model":"m","max_tokens":1,"messages":[]}"#, "messages: at least one message is required"),
        (#"{"model":"#, "The request body is not valid JSON: a value was expected: byte 9"),
    ])
    func `an unfit request is the request's own fault`(body: String, message: String) async throws {
        try await withSimulator { simulator in
            var ask = Ask.messages("sk-sim-ok-work")
            ask.body = body
            let answer = try await simulator.answer(ask)
            #expect(answer.status == 400)
            #expect(
                answer.json == [
                    "type": "error", "error": ["type": "invalid_request_error", "message": .string(message)],
                    "request_id": "req_sim000000000001",
                ])
        }
    }

    @Test func `the version field is required, and a bearer is as good as a key`() async throws {
        try await withSimulator { simulator in
            var ask = Ask.messages("sk-sim-ok-work")
            ask.fields = ["authorization: Bearer sk-sim-ok-work"]
            let without = try await simulator.answer(ask)
            #expect(without.json?["error"]?["message"] == "anthropic-version: header is required")
            #expect(try await simulator.answer(ask.adding("anthropic-version: 2023-06-01")).status == 200)
        }
    }
}
