// SPDX-License-Identifier: Apache-2.0

/// OpenAI's `/v1/chat/completions`.
struct ChatShape {
    let reply: Reply

    var plain: JSONValue {
        var message: JSONValue = [
            "role": "assistant", "content": content, "refusal": nil, "annotations": [],
        ]
        if let tool = reply.tool {
            let call: JSONValue = [
                "id": .string(reply.id("call_")), "type": "function",
                "function": ["name": .string(tool.name), "arguments": .string(tool.input.description)],
            ]
            message = message.setting("tool_calls", to: [call])
        }
        let choice: JSONValue = [
            "index": 0, "message": message, "logprobs": nil, "finish_reason": .string(finishReason),
        ]
        return [
            "id": .string(reply.id("chatcmpl-")), "object": "chat.completion", "created": .integer(reply.created),
            "model": .string(reply.model), "choices": [choice], "usage": usage, "service_tier": "default",
            "system_fingerprint": "fp_simulator",
        ]
    }

    private var content: JSONValue { reply.tool?.isForced == true ? nil : .string(reply.text) }
    private var finishReason: String { reply.tool == nil ? "stop" : "tool_calls" }
    private var includesUsage: Bool { reply.request["stream_options"]?["include_usage"]?.boolean == true }

    private var usage: JSONValue {
        [
            "prompt_tokens": .integer(reply.inputTokens), "completion_tokens": .integer(reply.outputTokens),
            "total_tokens": .integer(reply.inputTokens + reply.outputTokens),
            "prompt_tokens_details": ["cached_tokens": 0, "audio_tokens": 0],
            "completion_tokens_details": [
                "reasoning_tokens": 0, "audio_tokens": 0, "accepted_prediction_tokens": 0,
                "rejected_prediction_tokens": 0,
            ],
        ]
    }

    var events: StreamEvents {
        let role = reply.tool?.isForced == true ? JSONValue.null : ""
        let failure = StreamEvent.unnamed([
            "error": Refusal(529, "server_error", Refusal.overload, code: "overloaded").openai
        ])
        var events = StreamEvents(
            opening: [chunk(["role": "assistant", "content": role, "refusal": nil])], start: [], deltas: [],
            closing: [], keepAlive: .raw(": keep-alive\n\n"), earlyFailure: failure, lateFailure: failure)
        var blocks: [BlockEvents] = []
        if !reply.deltas.isEmpty {
            blocks.append(
                BlockEvents(start: [], deltas: reply.deltas.map { chunk(["content": .string($0)]) }, stop: []))
        }
        if let tool = reply.tool { blocks.append(toolEvents(tool)) }
        var terminal = [chunk([:], finish: .string(finishReason))]
        if includesUsage { terminal.append(.unnamed(envelope(choices: [], usage: usage))) }
        events.place(blocks, terminal: terminal + [.raw("data: [DONE]\n\n")])
        return events
    }

    private func toolEvents(_ tool: ToolUse) -> BlockEvents {
        let head: JSONValue = [
            "index": 0, "id": .string(reply.id("call_")), "type": "function",
            "function": ["name": .string(tool.name), "arguments": ""],
        ]
        let deltas = tool.pieces.map { piece in
            chunk(["tool_calls": [["index": 0, "function": ["arguments": .string(piece)]]]])
        }
        return BlockEvents(start: [chunk(["tool_calls": [head]])], deltas: deltas, stop: [])
    }

    private func chunk(_ delta: JSONValue, finish: JSONValue = nil) -> StreamEvent {
        let choice: JSONValue = ["index": 0, "delta": delta, "logprobs": nil, "finish_reason": finish]
        return .unnamed(envelope(choices: [choice], usage: nil))
    }

    /// Chunks name `usage` only when it was asked for.
    private func envelope(choices: [JSONValue], usage: JSONValue) -> JSONValue {
        let chunk: JSONValue = [
            "id": .string(reply.id("chatcmpl-")), "object": "chat.completion.chunk",
            "created": .integer(reply.created), "model": .string(reply.model), "service_tier": "default",
            "system_fingerprint": "fp_simulator", "choices": .array(choices),
        ]
        return includesUsage ? chunk.setting("usage", to: usage) : chunk
    }
}
