// SPDX-License-Identifier: Apache-2.0
import NIOHTTP1

/// A provider call that has been read to its end.
struct ModelCall: Sendable {
    var number: Int
    var requestID: String
    var endpoint: ProviderEndpoint
    var dialect: Dialect
    var secret: String?
    var hasVersionField: Bool
    var usesBearer: Bool
    /// HTTP/1.0 knows no chunks.
    var takesChunks: Bool
    var bodyBytes: Int
    var body: Body

    enum Body: Sendable {
        /// A call without one.
        case none
        case json(JSONValue)
        case malformed(JSONFault)
        case tooLarge
    }

    var json: JSONValue {
        if case .json(let value) = body { value } else { [:] }
    }

    var model: String? {
        if case .models(let id) = endpoint { id } else { json["model"]?.string }
    }

    var isStream: Bool {
        switch endpoint {
        case .messages, .chatCompletions, .responses: json["stream"]?.boolean == true
        case .countTokens, .embeddings, .models, .keyStatus, .catalogue: false
        }
    }

    /// As good as any without a tokenizer.
    var inputTokens: Int { bodyBytes / 4 + 1 }

    var caller: RefusedCaller { RefusedCaller(secret: secret, usesBearer: usesBearer, model: model ?? "unknown") }
}

extension ModelCall {
    /// What a provider would find wrong with the request itself.
    var problem: Refusal? {
        switch body {
        case .tooLarge: return Refusal.of(.tooLarge, dialect, FaultParameters(), caller)
        case .malformed(let fault): return malformed(fault)
        case .none: return unknownModel
        case .json: return dialect == .anthropic ? anthropicProblem : openaiProblem
        }
    }

    private func malformed(_ fault: JSONFault) -> Refusal {
        let text =
            switch dialect {
            case .anthropic: "The request body is not valid JSON: \(fault.problem): byte \(fault.offset)"
            case .openai: "We could not parse the JSON body of your request: \(fault.problem) at byte \(fault.offset)."
            }
        return Refusal(400, "invalid_request_error", text)
    }

    private var unknownModel: Refusal? {
        guard case .models(let id?) = endpoint, ModelCatalog.one(id, dialect) == nil else { return nil }
        return Refusal.of(.notFound, dialect, FaultParameters(), caller)
    }

    private var anthropicProblem: Refusal? {
        func refusal(_ text: String) -> Refusal { Refusal(400, "invalid_request_error", text) }
        guard hasVersionField else { return refusal("anthropic-version: header is required") }
        let required = endpoint == .messages ? ["max_tokens", "messages", "model"] : ["messages", "model"]
        if let missing = required.first(where: { json[$0] == nil }) { return refusal("\(missing): Field required") }
        guard model != nil else { return refusal("model: Input should be a valid string") }
        guard let messages = json["messages"]?.elements else {
            return refusal("messages: Input should be a valid list")
        }
        return messages.isEmpty ? refusal("messages: at least one message is required") : nil
    }

    private var openaiProblem: Refusal? {
        guard model != nil else { return Refusal(400, "invalid_request_error", "you must provide a model parameter") }
        let name = endpoint == .chatCompletions ? "messages" : "input"
        guard json[name] == nil else { return nil }
        return Refusal(
            // audited: a provider's own words
            400, "invalid_request_error", "Missing required parameter: '\(name)'.", param: name,
            code: "missing_required_parameter")
    }
}
