// SPDX-License-Identifier: Apache-2.0

/// A model that a provider is known to offer: well-known, or listed in the configuration.
package struct KnownModel: Hashable, Sendable {
    package var id: String
    /// As its provider calls it.
    package var name: String?
    /// In tokens.
    package var contextWindow: Int?
    /// In tokens, of one answer.
    package var maximumAnswerTokens: Int?
    /// Such as `text` and `image`.
    package var input: [String]

    package init(
        id: String, name: String? = nil, contextWindow: Int? = nil, maximumAnswerTokens: Int? = nil,
        input: [String] = ["text"]
    ) {
        self.id = id
        self.name = name
        self.contextWindow = contextWindow
        self.maximumAnswerTokens = maximumAnswerTokens
        self.input = input
    }

    /// What an instance that has chosen no default model has: the top model of Anthropic.
    // Source: Anthropic's public page of models, as of 2026-11.
    package static let defaultReference = "anthropic/claude-opus-4-5"

    /// By provider, in the order in which they are offered. Source: the providers' public model pages, as of 2026-11.
    package static let builtIn: [String: [KnownModel]] = [
        "anthropic": [
            seeing("claude-opus-4-5", 200_000), seeing("claude-sonnet-4-5", 200_000),
            seeing("claude-haiku-4-5", 200_000), seeing("claude-opus-4-1", 200_000),
            seeing("claude-sonnet-4-0", 200_000),
        ],
        "openai": [
            seeing("gpt-5.2", 400_000), seeing("gpt-5.1", 400_000), seeing("gpt-5", 400_000),
            seeing("gpt-5-mini", 400_000), seeing("gpt-5-nano", 400_000), seeing("gpt-4.1", 1_047_576),
            seeing("gpt-4.1-mini", 1_047_576), seeing("gpt-4o", 128_000), seeing("gpt-4o-mini", 128_000),
            seeing("o3", 200_000), seeing("o4-mini", 200_000),
            KnownModel(id: "text-embedding-3-small", contextWindow: 8191),
            KnownModel(id: "text-embedding-3-large", contextWindow: 8191),
        ],
    ]

    private static func seeing(_ id: String, _ contextWindow: Int) -> KnownModel {
        KnownModel(id: id, contextWindow: contextWindow, input: ["text", "image"])
    }
}
