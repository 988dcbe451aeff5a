// SPDX-License-Identifier: Apache-2.0
import Testing

@testable import ProviderSimulator

@Suite struct OpenAITests {
    private static let tool =
        #","tools":[{"type":"function","function":{"name":"weather","parameters":"#
        + #"{"type":"object","required":["city"],"properties":{"city":{"enum":["Oslo"]}}}}}],"tool_choice":"required""#
    private static let flatTool =
        #","tools":[{"type":"function","name":"weather","parameters":"#
        + #"{"type":"object","required":["city"],"properties":{"city":{"enum":["Oslo"]}}}}],"tool_choice":"required""#

    // MARK: Chat

    private static func usage(_ input: Int) -> JSONValue {
        [
            "prompt_tokens": .integer(input), "completion_tokens": 4, "total_tokens": .integer(input + 4),
            "prompt_tokens_details": ["cached_tokens": 0, "audio_tokens": 0],
            "completion_tokens_details": [
                "reasoning_tokens": 0, "audio_tokens": 0, "accepted_prediction_tokens": 0,
                "rejected_prediction_tokens": 0,
            ],
        ]
    }

    @Test func `a plain chat answer is a completion`() async throws {
        try await withSimulator { simulator in
            let answer = try await simulator.answer(.chat("sk-sim-ok-work"))
            let created = try #require(answer.json?["created"])
            let message: JSONValue = [
                "role": "assistant", "content": "Hello from work.", "refusal": nil, "annotations": [],
            ]
            #expect(
                answer.json == [
                    "id": "chatcmpl-sim000000000000000000001", "object": "chat.completion", "created": created,
                    "model": "gpt-x",
                    "choices": [["index": 0, "message": message, "logprobs": nil, "finish_reason": "stop"]],
                    "usage": Self.usage(20), "service_tier": "default", "system_fingerprint": "fp_simulator",
                ])
            #expect(answer.body.hasPrefix("{\n  \"id\": "))
        }
    }

    @Test(arguments: [true, false])
    func `a chat stream starts with the role and ends with its finish, its usage and DONE`(usage: Bool) async throws {
        try await withSimulator { simulator in
            let more = usage ? #","stream_options":{"include_usage":true}"# : ""
            let answer = try await simulator.answer(.chat("sk-sim-ok-work", stream: true, more: more))
            let events = answer.events
            let deltas = events.compactMap { $0.payload["choices"]?.elements?.first?["delta"] }
            #expect(
                deltas == [
                    ["role": "assistant", "content": "", "refusal": nil], ["content": "Hello"], ["content": " from "],
                    ["content": "work"], ["content": "."], [:],
                ])
            let finishes = events.compactMap { $0.payload["choices"]?.elements?.first?["finish_reason"] }
            #expect(finishes == [nil, nil, nil, nil, nil, "stop"])
            let usages = events.dropLast().map { $0.payload["usage"] }
            #expect(
                usages
                    == (usage
                        ? Array(repeating: JSONValue.null, count: 6) + [Self.usage(29)]
                        : Array(repeating: nil, count: 6)))
            if usage { #expect(events[6].payload["choices"] == []) }
            #expect(events.last?.name == "data: [DONE]")
            #expect(events.dropLast().allSatisfy { $0.payload["object"] == "chat.completion.chunk" })
            #expect(!answer.body.holds("event:"))
            #expect(answer.isComplete)
        }
    }

    @Test func `a chat calls its tool, plain and streamed`() async throws {
        try await withSimulator { simulator in
            let plain = try await simulator.answer(.chat("sk-sim-ok-work", more: Self.tool))
            let choice = plain.json?["choices"]?.elements?.first
            #expect(choice?["finish_reason"] == "tool_calls")
            #expect(choice?["message"]?["content"] == .null)
            #expect(
                choice?["message"]?["tool_calls"] == [
                    [
                        "id": "call_sim000000000000000000001", "type": "function",
                        "function": ["name": "weather", "arguments": #"{"city":"Oslo"}"#],
                    ]
                ])
            let streamed = try await simulator.answer(.chat("sk-sim-ok-work", stream: true, more: Self.tool))
            let calls = streamed.events.compactMap {
                $0.payload["choices"]?.elements?.first?["delta"]?["tool_calls"]?.elements?.first
            }
            #expect(calls.first?["function"] == ["name": "weather", "arguments": ""])
            #expect(calls.first?["id"] == "call_sim000000000000000000002")
            #expect(calls.compactMap { $0["function"]?["arguments"]?.string }.joined() == #"{"city":"Oslo"}"#)
            #expect(calls.count == 3)
        }
    }

    // MARK: Responses

    @Test func `a plain response has its message and every required field`() async throws {
        try await withSimulator { simulator in
            let answer = try await simulator.answer(.responses("sk-sim-ok-work"))
            let required = [
                "id", "object", "created_at", "status", "error", "incomplete_details", "instructions", "model", "tools",
                "output", "parallel_tool_calls", "metadata", "tool_choice", "temperature", "top_p", "usage",
            ]
            #expect(required.filter { answer.json?[$0] == nil } == [])
            let part: JSONValue = [
                "type": "output_text", "annotations": [], "logprobs": [], "text": "Hello from work.",
            ]
            #expect(
                answer.json?["output"] == [
                    [
                        "id": "msg_sim000000000000000000001", "type": "message", "status": "completed",
                        "content": [part], "role": "assistant",
                    ]
                ])
            #expect(answer.json?["status"] == "completed")
        }
    }

    @Test func `a response stream has the whole sequence, counted from 0`() async throws {
        try await withSimulator { simulator in
            let answer = try await simulator.answer(.responses("sk-sim-ok-work", stream: true))
            let names = [
                "response.created", "response.in_progress", "response.output_item.added", "response.content_part.added",
                "response.output_text.delta", "response.output_text.delta", "response.output_text.delta",
                "response.output_text.delta", "response.output_text.done", "response.content_part.done",
                "response.output_item.done", "response.completed",
            ]
            #expect(answer.events.map(\.name) == names)
            #expect(answer.events.map { $0.payload["type"]?.string } == names)
            #expect(answer.events.map { $0.payload["sequence_number"]?.integer } == Array(0..<names.count))
            #expect(answer.events.compactMap { $0.payload["delta"]?.string }.joined() == "Hello from work.")
            #expect(answer.events[8].payload["text"] == "Hello from work.")
            let response = answer.events[11].payload["response"]
            #expect(response?["status"] == "completed" && response?["usage"]?["output_tokens"] == 4)
            #expect(answer.isComplete)
        }
    }

    @Test func `a response calls its tool, plain and streamed`() async throws {
        try await withSimulator { simulator in
            let plain = try await simulator.answer(.responses("sk-sim-ok-work", more: Self.flatTool))
            #expect(
                plain.json?["output"] == [
                    [
                        "id": "fc_sim000000000000000000001", "type": "function_call", "status": "completed",
                        "arguments": #"{"city":"Oslo"}"#, "call_id": "call_sim000000000000000000001", "name": "weather",
                    ]
                ])
            let streamed = try await simulator.answer(.responses("sk-sim-ok-work", stream: true, more: Self.flatTool))
            #expect(
                streamed.events.map(\.name) == [
                    "response.created", "response.in_progress", "response.output_item.added",
                    "response.function_call_arguments.delta", "response.function_call_arguments.delta",
                    "response.function_call_arguments.done", "response.output_item.done", "response.completed",
                ])
            #expect(streamed.events[5].payload["arguments"] == #"{"city":"Oslo"}"#)
            #expect(streamed.events.map { $0.payload["sequence_number"]?.integer } == Array(0..<8))
        }
    }

    // MARK: Embeddings and models

    @Test(arguments: [
        ("", "[0.0,1.0,0.0]", "[1.0,0.0,0.0]"),
        (#","encoding_format":"base64""#, #""AAAAAAAAgD8AAAAA""#, #""AACAPwAAAAAAAAAA""#),
    ])
    func `embeddings come as numbers or as base64`(format: String, second: String, first: String) async throws {
        try await withSimulator { simulator in
            let body = #"{"model":"e","dimensions":3,"input":["a","b"]\#(format)}"#
            let ask = Ask(path: "/v1/embeddings", fields: ["authorization: Bearer sk-sim-ok-a"], body: body)
            let data = try await simulator.answer(ask).json?["data"]?.elements
            #expect(data?.map { $0["embedding"]?.description } == [first, second])
            #expect(data?.map { $0["index"] } == [0, 1])
        }
    }

    @Test(arguments: [(#""text""#, 1), ("[1,2,3]", 1), ("[[1],[2]]", 2), (#"["a","b","c"]"#, 3)])
    func `each input gets a vector, of the usual size`(input: String, count: Int) async throws {
        try await withSimulator { simulator in
            let body = #"{"model":"e","encoding_format":"base64","input":\#(input)}"#
            let ask = Ask(path: "/v1/embeddings", fields: ["authorization: Bearer sk-sim-ok-a"], body: body)
            let data = try await simulator.answer(ask).json?["data"]?.elements
            #expect(data?.map { $0["embedding"]?.string?.utf8.count } == Array(repeating: 8192, count: count))
        }
    }

    @Test func `the model list has the caller's shape`() async throws {
        try await withSimulator { simulator in
            let openai = try await simulator.answer(.get("/v1/models", "authorization: Bearer sk-sim-ok-a"))
            #expect(openai.json?["object"] == "list")
            #expect(
                openai.json?["data"]?.elements?.allSatisfy { $0["object"] == "model" && $0["owned_by"] != nil } == true)
            let anthropic = try await simulator.answer(
                .get("/v1/models", "x-api-key: sk-sim-ok-a", "anthropic-version: 2023-06-01"))
            let models = try #require(anthropic.json?["data"]?.elements)
            #expect(models.allSatisfy { $0["type"] == "model" && $0["created_at"] == "2025-10-01T00:00:00Z" })
            #expect(anthropic.json?["first_id"] == models.first?["id"] && anthropic.json?["has_more"] == false)
            let one = try await simulator.answer(.get("/v1/models/gpt-4o", "authorization: Bearer sk-sim-ok-a"))
            #expect(one.json?["id"] == "gpt-4o")
            let none = try await simulator.answer(.get("/v1/models/gpt-9", "authorization: Bearer sk-sim-ok-a"))
            #expect(none.status == 404 && none.json?["error"]?["code"] == "model_not_found")
        }
    }

    @Test(arguments: [
        ("/v1/chat/completions", "{}", "you must provide a model parameter", JSONValue.null),
        (
            "/v1/chat/completions", #"{"model":"m"}"#, "Missing required parameter: 'messages'.",
            "missing_required_parameter"
        ),
        ("/v1/responses", #"{"model":"m"}"#, "Missing required parameter: 'input'.", "missing_required_parameter"),
        ("/v1/embeddings", #"{"model":"m"}"#, "Missing required parameter: 'input'.", "missing_required_parameter"),
    ])
    func `an unfit request is told so with all four members`(
        path: String, body: String, message: String, code: JSONValue
    ) async throws {
        try await withSimulator { simulator in
            let answer = try await simulator.answer(
                Ask(path: path, fields: ["authorization: Bearer sk-sim-ok-a"], body: body))
            let error = answer.json?["error"]
            #expect(answer.status == 400)
            #expect(error?.members?.map(\.key) == ["message", "type", "param", "code"])
            #expect(error?["message"] == .string(message) && error?["code"] == code)
        }
    }
}
