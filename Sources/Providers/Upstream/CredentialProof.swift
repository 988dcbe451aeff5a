// SPDX-License-Identifier: Apache-2.0
import Credentials

/// The cheapest question to a provider that only a credential it takes gets a good answer to.
package enum CredentialProof: Hashable, Sendable {
    case metadata(ProviderQuestion)
    /// Its free pages answer everybody, or there are none: a completion has to be asked for.
    case completionOnly
}

extension Provider {
    /// Whoever's list of models is open to all has another page here, or none.
    ///
    /// Source: the providers' public API references, as of 2026-11. A provider that the configuration adds is taken at
    /// its word: its list of models counts.
    package var proof: CredentialProof {
        guard let base = place?.path else { return .completionOnly }
        switch id.text {
        case "openrouter": return .metadata(ProviderQuestion(path: base + "/key"))
        case "venice": return .metadata(ProviderQuestion(path: base + "/api_keys/rate_limits"))
        case "zai", "kimi-code", "minimax", "minimax-cn", "synthetic", "cohere", "huggingface", "nvidia", "deepinfra",
            "novita", "opencode", "vercel-ai-gateway":
            return .completionOnly
        default: return .metadata(modelList(base))
        }
    }

    private func modelList(_ base: String) -> ProviderQuestion {
        guard formats == [.anthropicMessages] else { return ProviderQuestion(path: base + "/models") }
        var question = ProviderQuestion(path: Self.root(base) + "/v1/models?limit=1")
        question.fields["anthropic-version"] = FieldLists.anthropicVersion
        return question
    }

    private static func root(_ base: String) -> String { base.hasSuffix("/v1") ? String(base.dropLast(3)) : base }

    /// One answer of at most `tokens` tokens; nil when the provider serves no conversations that we relay.
    package func completion(model: String, tokens: Int) -> ProviderQuestion? {
        let head = "{\"model\":\(model.jsonQuoted),"
        let messages = "\"messages\":[{\"role\":\"user\",\"content\":\"Reply with OK.\"}]}"
        if let path = upstreamPath(for: .chatCompletions) {
            // OpenAI's own models refuse the old name of the limit; most other servers know no other.
            let limit = id == .openai ? "max_completion_tokens" : "max_tokens"
            return ProviderQuestion(path: path, body: head + "\"\(limit)\":\(tokens)," + messages)
        }
        if let path = upstreamPath(for: .messages) {
            var question = ProviderQuestion(path: path, body: head + "\"max_tokens\":\(tokens)," + messages)
            question.fields["anthropic-version"] = FieldLists.anthropicVersion
            return question
        }
        // Fewer than sixteen are an error there.
        return upstreamPath(for: .responses).map {
            ProviderQuestion(
                path: $0, body: head + "\"max_output_tokens\":\(max(16, tokens)),\"input\":\"Reply with OK.\"}")
        }
    }
}
