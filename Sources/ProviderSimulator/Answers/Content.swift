// SPDX-License-Identifier: Apache-2.0

/// What a good answer to a call says, in the call's own shape.
struct Content {
    let call: ModelCall
    let label: String
    let created: Int

    /// - Parameter deltas: the pieces of the text; none for an answer without content.
    func reply(_ deltas: [String]) -> Reply {
        var tool = deltas.isEmpty ? nil : ToolUse(call.json, endpoint: call.endpoint)
        if call.endpoint == .embeddings { tool = nil }
        return Reply(
            number: call.number, requestID: call.requestID, label: label, model: call.model ?? "", created: created,
            deltas: tool?.isForced == true ? [] : deltas, tool: tool, inputTokens: call.inputTokens, request: call.json,
            isHollow: deltas.isEmpty)
    }

    func plain(_ deltas: [String]) -> JSONValue {
        let reply = reply(deltas)
        switch call.endpoint {
        case .messages: return MessagesShape(reply: reply).plain
        case .chatCompletions: return ChatShape(reply: reply).plain
        case .responses: return ResponsesShape(reply: reply).plain
        case .embeddings: return EmbeddingsShape(reply: reply).plain
        case .countTokens: return ["input_tokens": .integer(reply.isHollow ? 0 : call.inputTokens)]
        case .models(nil): return ModelCatalog.list(call.dialect, hollow: reply.isHollow)
        case .keyStatus: return OpenRouterCatalog.keyStatus(label: label)
        case .catalogue: return OpenRouterCatalog.list(now: created)
        case .models(let id?): return ModelCatalog.one(id, call.dialect) ?? [:]
        }
    }

    /// nil for the calls that have no streams.
    func events(_ deltas: [String]) -> StreamEvents? {
        switch call.endpoint {
        case .messages: MessagesShape(reply: reply(deltas)).events
        case .chatCompletions: ChatShape(reply: reply(deltas)).events
        case .responses: ResponsesShape(reply: reply(deltas)).events
        case .countTokens, .embeddings, .models, .keyStatus, .catalogue: nil
        }
    }

    /// JSON as the dialect's provider lays it out.
    static func text(_ json: JSONValue, _ dialect: Dialect) -> String {
        dialect == .openai ? json.pretty : json.description
    }
}
