// SPDX-License-Identifier: Apache-2.0
import NIOHTTP1

/// Whose shapes an answer has.
enum Dialect: Hashable, Sendable {
    case anthropic
    case openai
}

/// The provider calls that are simulated.
enum ProviderEndpoint: Hashable, Sendable {
    case messages
    case countTokens
    case chatCompletions
    case responses
    case embeddings
    /// The list (nil), or one model.
    case models(String?)
    /// OpenRouter's page about the key that asks.
    case keyStatus
    /// OpenRouter's list of models, which is open to everybody.
    case catalogue

    /// - Parameter path: without its query. Only the real paths exist, so that a badly joined base URL shows.
    init?(path: String) {
        switch path {
        case "/v1/messages": self = .messages
        case "/v1/messages/count_tokens": self = .countTokens
        case "/v1/chat/completions": self = .chatCompletions
        case "/v1/responses": self = .responses
        case "/v1/embeddings": self = .embeddings
        case "/v1/models": self = .models(nil)
        case "/api/v1/chat/completions": self = .chatCompletions
        case "/api/v1/key": self = .keyStatus
        case "/api/v1/models": self = .catalogue
        default:
            guard path.hasPrefix("/v1/models/") else { return nil }
            self = .models(String(path.dropFirst("/v1/models/".count)))
        }
    }

    var path: String {
        switch self {
        case .messages: "/v1/messages"
        case .countTokens: "/v1/messages/count_tokens"
        case .chatCompletions: "/v1/chat/completions"
        case .responses: "/v1/responses"
        case .embeddings: "/v1/embeddings"
        case .models(nil): "/v1/models"
        case .models(let id?): "/v1/models/" + id
        case .keyStatus: "/api/v1/key"
        case .catalogue: "/api/v1/models"
        }
    }

    var method: HTTPMethod {
        switch self {
        case .models, .keyStatus, .catalogue: .GET
        default: .POST
        }
    }

    /// The model list is shared by both: Anthropic's clients say which version they speak.
    func dialect(_ headers: HTTPHeaders) -> Dialect {
        switch self {
        case .messages, .countTokens: .anthropic
        case .chatCompletions, .responses, .embeddings, .keyStatus, .catalogue: .openai
        case .models: Self.dialect(headers)
        }
    }

    static func dialect(_ headers: HTTPHeaders) -> Dialect {
        headers.contains(name: "anthropic-version") || headers.contains(name: "x-api-key") ? .anthropic : .openai
    }

    /// The credential a provider would read from this head. Anthropic takes both fields; OpenAI takes one.
    static func credential(_ headers: HTTPHeaders, _ dialect: Dialect) -> String? {
        if dialect == .anthropic, let key = headers.first(name: "x-api-key"), !key.isEmpty { return key }
        guard let field = headers.first(name: "authorization") else { return nil }
        guard field.lowercased().hasPrefix("bearer ") else { return nil }
        let key = field.dropFirst("bearer ".count).drop { $0 == " " }
        return key.isEmpty ? nil : String(key)
    }
}
