// SPDX-License-Identifier: Apache-2.0

/// The model endpoints the gateway relays.
package enum Endpoint: Hashable, Sendable, CaseIterable {
    case messages
    case countTokens
    case chatCompletions
    case responses
    case embeddings

    /// The path at the gateway.
    package var path: String {
        switch self {
        case .messages: "/v1/messages"
        case .countTokens: "/v1/messages/count_tokens"
        case .chatCompletions: "/v1/chat/completions"
        case .responses: "/v1/responses"
        case .embeddings: "/v1/embeddings"
        }
    }

    package var dialect: ClientDialect {
        switch self {
        case .messages, .countTokens: .anthropic
        case .chatCompletions: .openaiChat
        case .responses: .openaiResponses
        case .embeddings: .openaiOther
        }
    }
}

/// A provider's wire format, as `models.providers.<id>.api` names it.
package enum WireFormat: String, Hashable, Sendable, CaseIterable {
    case anthropicMessages = "anthropic-messages"
    case openaiCompletions = "openai-completions"
    case openaiResponses = "openai-responses"
}
