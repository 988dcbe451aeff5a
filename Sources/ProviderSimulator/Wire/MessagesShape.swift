// SPDX-License-Identifier: Apache-2.0

/// Anthropic's `/v1/messages`.
struct MessagesShape {
    let reply: Reply

    var plain: JSONValue {
        var content: [JSONValue] = reply.deltas.isEmpty ? [] : [["type": "text", "text": .string(reply.text)]]
        if let tool = reply.tool { content.append(toolBlock(tool, input: tool.input)) }
        return message(content: content, stop: stopReason, outputTokens: reply.outputTokens)
    }

    var events: StreamEvents {
        let start = message(content: [], stop: nil, outputTokens: 1)
        let ping = StreamEvent.named(["type": "ping"])
        let failure = StreamEvent.named(
            Refusal(529, "overloaded_error", "Overloaded").body(.anthropic, requestID: reply.requestID))
        var events = StreamEvents(
            opening: [.named(["type": "message_start", "message": start]), ping], start: [], deltas: [], closing: [],
            keepAlive: ping, earlyFailure: failure, lateFailure: failure)
        var blocks: [BlockEvents] = reply.deltas.isEmpty ? [] : [textBlock(index: 0)]
        if let tool = reply.tool { blocks.append(toolEvents(tool, index: blocks.count)) }
        events.place(blocks, terminal: [.named(messageDelta), .named(["type": "message_stop"])])
        return events
    }

    private var stopReason: JSONValue { reply.tool == nil ? "end_turn" : "tool_use" }

    private func message(content: [JSONValue], stop: JSONValue?, outputTokens: Int) -> JSONValue {
        [
            "id": .string(reply.id("msg_")), "type": "message", "role": "assistant", "model": .string(reply.model),
            "content": .array(content), "stop_reason": stop ?? nil, "stop_sequence": nil,
            "usage": usage(outputTokens),
        ]
    }

    private func usage(_ outputTokens: Int) -> JSONValue {
        [
            "input_tokens": .integer(reply.inputTokens), "cache_creation_input_tokens": 0, "cache_read_input_tokens": 0,
            "cache_creation": ["ephemeral_5m_input_tokens": 0, "ephemeral_1h_input_tokens": 0],
            "output_tokens": .integer(outputTokens), "service_tier": "standard",
        ]
    }

    private var messageDelta: JSONValue {
        let usage: JSONValue = [
            "input_tokens": .integer(reply.inputTokens), "cache_creation_input_tokens": 0, "cache_read_input_tokens": 0,
            "output_tokens": .integer(reply.outputTokens),
        ]
        return [
            "type": "message_delta", "delta": ["stop_reason": stopReason, "stop_sequence": nil], "usage": usage,
        ]
    }

    private func toolBlock(_ tool: ToolUse, input: JSONValue) -> JSONValue {
        ["type": "tool_use", "id": .string(reply.id("toolu_")), "name": .string(tool.name), "input": input]
    }

    private func textBlock(index: Int) -> BlockEvents {
        block(index, ["type": "text", "text": ""], reply.deltas.map { ["type": "text_delta", "text": .string($0)] })
    }

    private func toolEvents(_ tool: ToolUse, index: Int) -> BlockEvents {
        let pieces = [""] + tool.pieces
        return block(
            index, toolBlock(tool, input: [:]),
            pieces.map { ["type": "input_json_delta", "partial_json": .string($0)] })
    }

    private func block(_ index: Int, _ content: JSONValue, _ deltas: [JSONValue]) -> BlockEvents {
        let index = JSONValue.integer(index)
        return BlockEvents(
            start: [.named(["type": "content_block_start", "index": index, "content_block": content])],
            deltas: deltas.map { .named(["type": "content_block_delta", "index": index, "delta": $0]) },
            stop: [.named(["type": "content_block_stop", "index": index])])
    }
}
