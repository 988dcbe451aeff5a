// SPDX-License-Identifier: Apache-2.0
package import Credentials

/// `models.providers.<id>`: a provider of one's own, or other values for a built-in one.
package struct ProviderSettings: Hashable, Sendable {
    /// Checked (see ``BaseURL``), without a slash at its end; nil leaves the built-in one.
    package var baseURL: String?
    /// Why nothing can be sent to the `baseUrl` that there is, as the second half of a sentence. Then nothing is sent at
    /// all: the keys are meant for that place.
    package var addressFlaw: String?
    package var api: ConfiguredAPI?
    package var apiKey = ConfiguredSecret.absent
    package var auth: ConfiguredAuth?
    /// Fixed request headers, in the order of the file.
    package var headers: [ConfiguredHeader] = []
    package var models: [ConfiguredModel] = []
    /// Absolute path, or `~/…`, of certificates trusted besides the system's.
    package var caFile: String?

    package init() {}
}

/// `models.providers.<id>.api`: the wire format to speak.
package enum ConfiguredAPI: String, Sendable, CaseIterable {
    case anthropicMessages = "anthropic-messages"
    case openaiCompletions = "openai-completions"
    case openaiResponses = "openai-responses"
}

/// `models.providers.<id>.auth`: which kind of credential the provider takes.
package enum ConfiguredAuth: String, Sendable, CaseIterable {
    case apiKey = "api-key"
    case token
    case oauth
}

/// One entry of `models.providers.<id>.headers`.
package struct ConfiguredHeader: Hashable, Sendable {
    /// Lower-case.
    package var name: String
    /// People put keys into headers, so it is treated as one.
    package var value: Secret

    package init(name: String, value: Secret) {
        self.name = name
        self.value = value
    }
}

/// One entry of `models.providers.<id>.models`.
package struct ConfiguredModel: Hashable, Sendable {
    package var id: String
    package var name: String?
    /// In tokens.
    package var contextWindow: Int?
    /// In tokens, of one answer.
    package var maximumAnswerTokens: Int?
    /// Such as `text` and `image`; empty when nothing is said.
    package var input: [String]

    package init(
        id: String, name: String? = nil, contextWindow: Int? = nil, maximumAnswerTokens: Int? = nil,
        input: [String] = []
    ) {
        self.id = id
        self.name = name
        self.contextWindow = contextWindow
        self.maximumAnswerTokens = maximumAnswerTokens
        self.input = input
    }
}
