// SPDX-License-Identifier: Apache-2.0
package import Credentials
package import FoundationEssentials

/// What can be told of a credential without asking anybody: whether it is of the kind that is being stored.
package enum Shape {
    static let setupTokenPrefix = "sk-ant-oat01-"
    static let setupTokenLength = 80
    /// The vendor's setup tokens last a year; they carry no date themselves.
    package static let setupTokenLifetime: TimeInterval = 365 * 86_400

    /// - Throws: ``IntakeError`` when an Anthropic credential is of the other kind, or cut short.
    package static func check(_ secret: Secret, kind: CredentialKind, provider: ProviderID) throws(IntakeError) {
        guard provider == .anthropic else { return }
        let text = secret.reveal()
        switch kind {
        case .apiKey: if secret.isSetupToken { throw .setupTokenAsKey }
        case .token:
            if text.hasPrefix("sk-ant-api") { throw .keyAsToken }
            if secret.isSetupToken { try checkSetupToken(secret) }
        case .oauth: break
        }
    }

    /// What a key's first letters say of whose it is.
    package struct Look: Hashable, Sendable {
        /// As it may be shown: the beginning alone.
        package var prefix: String
        /// Such as `a key of OpenAI`.
        package var words: String
        /// Nil when no provider of ours takes it.
        package var provider: ProviderID?
    }

    /// Nil when the text says nothing, or says that it belongs here.
    ///
    /// - Parameter provider: whom it is stored for, which must be the vendor itself: a proxy may take anybody's keys.
    package static func foreignLook(_ secret: Secret, for provider: ProviderID) -> Look? {
        let text = secret.reveal()
        guard let row = looks.first(where: { text.hasPrefix($0.prefix) }), row.provider != provider.text else {
            return nil
        }
        return Look(prefix: row.prefix, words: row.words, provider: row.provider.flatMap { ProviderID($0) })
    }

    /// Longer beginnings first. Source: the vendors' consoles, as of 2026-11.
    private static let looks: [(prefix: String, words: String, provider: String?)] = [
        ("sk-ant-oat", "a setup token of Anthropic", "anthropic"),
        ("sk-ant-admin", "an admin key of Anthropic, which takes no requests", nil),
        ("sk-ant-", "a key of Anthropic", "anthropic"), ("sk-or-", "a key of OpenRouter", "openrouter"),
        ("sk-admin-", "an admin key of OpenAI, which takes no requests", nil),
        ("sk-proj-", "a key of OpenAI", "openai"), ("sk-svcacct-", "a key of OpenAI", "openai"),
        ("gsk_", "a key of Groq", "groq"), ("xai-", "a key of xAI", "xai"), ("csk-", "a key of Cerebras", "cerebras"),
        ("nvapi-", "a key of NVIDIA", "nvidia"), ("hf_", "a token of Hugging Face", "huggingface"),
        ("AIza", "a key of Google", nil), ("ghp_", "a token of GitHub", nil), ("github_pat_", "a token of GitHub", nil),
        ("agw_", "this gateway's own client token", nil),
    ]

    /// - Throws: ``IntakeError`` when it is no setup token of Anthropic, or one that was cut short.
    package static func checkSetupToken(_ secret: Secret) throws(IntakeError) {
        let text = secret.reveal()
        if text.hasPrefix("sk-ant-api") { throw .keyAsToken }
        if !text.hasPrefix(setupTokenPrefix) { throw .noSetupToken }
        if text.utf8.count < setupTokenLength { throw .setupTokenTooShort }
    }
}

extension Duration {
    /// A duration as typed for `--expires-in`: `365` (days), `12h`, `1.5d`, `500ms`; the unit's case does not matter.
    ///
    /// - Throws: ``IntakeError/badDuration(_:)`` for anything else, blanks inside and negative numbers included.
    package init(expiresIn text: String) throws(IntakeError) {
        let lowered = text.lowercased()
        let digits = lowered.prefix { ("0"..."9").contains($0) || $0 == "." }
        let milliseconds: Double? =
            switch lowered.dropFirst(digits.count) {
            case "ms": 1
            case "s": 1000
            case "m": 60_000
            case "h": 3_600_000
            case "d", "": 86_400_000
            default: nil
            }
        guard let milliseconds, let number = Double(String(digits)), digits.first != ".", digits.last != ".",
            number * milliseconds < 8_640_000_000_000
        else { throw .badDuration(text) }
        self = .milliseconds(Int64((number * milliseconds).rounded()))
    }

    /// In seconds, with fractions.
    package var seconds: TimeInterval {
        Double(components.seconds) + Double(components.attoseconds) / 1e18
    }
}
