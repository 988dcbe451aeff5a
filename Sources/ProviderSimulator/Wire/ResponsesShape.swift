// SPDX-License-Identifier: Apache-2.0

/// OpenAI's `/v1/responses`.
struct ResponsesShape {
    let reply: Reply

    var plain: JSONValue { response("completed", output: items, usage: usage) }

    private var items: [JSONValue] {
        var items: [JSONValue] = reply.deltas.isEmpty ? [] : [message("completed", content: [part(reply.text)])]
        if let tool = reply.tool { items.append(call(tool, "completed", arguments: tool.input.description)) }
        return items
    }

    var events: StreamEvents {
        let begun = response("in_progress", output: [], usage: nil)
        var events = StreamEvents(
            opening: [
                .named(["type": "response.created", "response": begun]),
                .named(["type": "response.in_progress", "response": begun]),
            ],
            start: [], deltas: [], closing: [], keepAlive: .raw(": keep-alive\n\n"), earlyFailure: failed,
            lateFailure: .named([
                "type": "error", "code": "server_error", "message": .string(Refusal.overload), "param": nil,
            ]),
            isNumbered: true)
        var blocks: [BlockEvents] = reply.deltas.isEmpty ? [] : [textEvents]
        if let tool = reply.tool { blocks.append(toolEvents(tool, index: blocks.count)) }
        events.place(blocks, terminal: [.named(["type": "response.completed", "response": plain])])
        return events
    }

    private var failed: StreamEvent {
        let error: JSONValue = ["code": "server_is_overloaded", "message": .string(Refusal.overload)]
        let response = response("failed", output: [], usage: nil).setting("error", to: error)
        return .named(["type": "response.failed", "response": response])
    }

    // MARK: Events

    private var textEvents: BlockEvents {
        let place: [JSONValue.Member] = [
            .init("item_id", .string(reply.id("msg_"))), .init("output_index", 0), .init("content_index", 0),
        ]
        func event(_ type: String, _ members: [JSONValue.Member]) -> StreamEvent {
            .named(.object([.init("type", .string(type))] + place + members))
        }
        return BlockEvents(
            start: [
                itemEvent("response.output_item.added", 0, message("in_progress", content: [])),
                event("response.content_part.added", [.init("part", part(""))]),
            ],
            deltas: reply.deltas.map {
                event("response.output_text.delta", [.init("delta", .string($0)), .init("logprobs", [])])
            },
            stop: [
                event("response.output_text.done", [.init("text", .string(reply.text)), .init("logprobs", [])]),
                event("response.content_part.done", [.init("part", part(reply.text))]),
                itemEvent("response.output_item.done", 0, message("completed", content: [part(reply.text)])),
            ])
    }

    private func toolEvents(_ tool: ToolUse, index: Int) -> BlockEvents {
        let id = JSONValue.string(reply.id("fc_"))
        let arguments = tool.input.description
        let done: JSONValue = [
            "type": "response.function_call_arguments.done", "item_id": id, "name": .string(tool.name),
            "output_index": .integer(index), "arguments": .string(arguments),
        ]
        return BlockEvents(
            start: [itemEvent("response.output_item.added", index, call(tool, "in_progress", arguments: ""))],
            deltas: tool.pieces.map {
                .named([
                    "type": "response.function_call_arguments.delta", "item_id": id, "output_index": .integer(index),
                    "delta": .string($0),
                ])
            },
            stop: [
                .named(done),
                itemEvent("response.output_item.done", index, call(tool, "completed", arguments: arguments)),
            ])
    }

    private func itemEvent(_ type: String, _ index: Int, _ item: JSONValue) -> StreamEvent {
        .named(["type": .string(type), "output_index": .integer(index), "item": item])
    }

    // MARK: Parts

    private func part(_ text: String) -> JSONValue {
        ["type": "output_text", "annotations": [], "logprobs": [], "text": .string(text)]
    }

    private func message(_ status: String, content: [JSONValue]) -> JSONValue {
        [
            "id": .string(reply.id("msg_")), "type": "message", "status": .string(status), "content": .array(content),
            "role": "assistant",
        ]
    }

    private func call(_ tool: ToolUse, _ status: String, arguments: String) -> JSONValue {
        [
            "id": .string(reply.id("fc_")), "type": "function_call", "status": .string(status),
            "arguments": .string(arguments), "call_id": .string(reply.id("call_")), "name": .string(tool.name),
        ]
    }

    private var usage: JSONValue {
        [
            "input_tokens": .integer(reply.inputTokens), "input_tokens_details": ["cached_tokens": 0],
            "output_tokens": .integer(reply.outputTokens), "output_tokens_details": ["reasoning_tokens": 0],
            "total_tokens": .integer(reply.inputTokens + reply.outputTokens),
        ]
    }

    private func response(_ status: String, output: [JSONValue], usage: JSONValue) -> JSONValue {
        let asked = reply.request
        return [
            "id": .string(reply.id("resp_")), "object": "response", "created_at": .integer(reply.created),
            "status": .string(status), "background": false, "error": nil, "incomplete_details": nil,
            "instructions": asked["instructions"] ?? nil, "max_output_tokens": asked["max_output_tokens"] ?? nil,
            "model": .string(reply.model), "output": .array(output),
            "parallel_tool_calls": asked["parallel_tool_calls"] ?? true, "previous_response_id": nil,
            "reasoning": ["effort": nil, "summary": nil], "service_tier": "default", "store": asked["store"] ?? true,
            "temperature": asked["temperature"] ?? 1.0, "text": ["format": ["type": "text"]],
            "tool_choice": asked["tool_choice"] ?? "auto", "tools": asked["tools"] ?? [],
            "top_p": asked["top_p"] ?? 1.0, "truncation": "disabled", "usage": usage, "user": nil,
            "metadata": asked["metadata"] ?? [:],
        ]
    }
}
