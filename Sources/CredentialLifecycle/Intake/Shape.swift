// SPDX-License-Identifier: Apache-2.0
package import Credentials
package import FoundationEssentials
import Settings

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

    /// What a text is instead of a credential, whoever it is for; nil when it may be one.
    package static func instead(_ secret: Secret) -> IntakeError.Instead? {
        let text = secret.reveal()
        let lowered = text.lowercased()
        if lowered.contains("://") || lowered.hasPrefix("www.") { return .address }
        if text.hasPrefix("agw_") { return .clientToken }
        let parts = text.split(separator: "@", omittingEmptySubsequences: false)
        if parts.count == 2, !parts[0].isEmpty, isHost(parts[1]) { return .email }
        if isVariableName(text) { return .variable }
        if isPath(text) { return .path }
        if SecretReference(text) != nil { return .reference }
        return isPlaceholder(lowered) ? .placeholder : nil
    }

    /// Whether anybody could have guessed it; so it is nothing that a provider gives out, and what a server of one's own may
    /// well take.
    package static func isEverydayWord(_ secret: Secret) -> Bool { EverydayWord.isOne(secret.reveal()) }

    /// A key in base 64 may begin with a slash, too: it is as mixed as chance makes it.
    private static func isPath(_ text: String) -> Bool {
        if ["~/", "./", "../"].contains(where: { text.hasPrefix($0) }) { return true }
        return text.hasPrefix("/") && text.dropFirst().contains("/") && !text.contains { "=+&?".contains($0) }
            && !SecretShape.isOpaque(text) && !text.split(separator: "/").contains(where: isMixed)
    }

    private static func isMixed(_ word: Substring) -> Bool {
        word.count >= 8 && word.contains(where: \.isNumber) && word.contains(where: \.isUppercase)
            && word.contains(where: \.isLowercase)
    }

    private static func isHost(_ text: Substring) -> Bool {
        let labels = text.split(separator: ".", omittingEmptySubsequences: false)
        return labels.count > 1 && labels.allSatisfy { !$0.isEmpty }
            && text.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "." || $0 == "-") }
            && labels.last?.allSatisfy(\.isLetter) == true
    }

    /// `OPENAI_API_KEY`: in capitals, and ends as the names of such variables do.
    private static func isVariableName(_ text: String) -> Bool {
        text.isVariableName && text == text.uppercased()
            && ["_KEY", "_KEYS", "_TOKEN", "_SECRET"].contains { text.hasSuffix($0) }
    }

    /// What instructions write where the key belongs.
    private static func isPlaceholder(_ text: String) -> Bool {
        if text.hasPrefix("<"), text.hasSuffix(">") { return true }
        let words = String(text.map { $0 == "_" ? "-" : $0 })
        let known = [
            "your-api-key", "your-key", "your-token", "your-secret", "api-key-here", "key-here", "token-here",
            "insert-key", "insert-your", "replace-me", "change-me", "changeme", "placeholder",
        ]
        if known.contains(where: { words == $0 || words.hasPrefix($0 + "-") || words.hasSuffix("-" + $0) }) {
            return true
        }
        // `sk-xxxxxxxxxxxx`
        let last = words.split(separator: "-").last ?? ""
        return (6...32).contains(last.count) && last.allSatisfy { $0 == "x" }
    }

    /// Why a text that is stored as a credential is none, as the second half of a sentence; nil when it may be one. What
    /// is short, or says nothing, may be what a server of one's own takes.
    ///
    /// - Parameter isOfClients: it is the token that clients of ours present.
    package static func flaw(_ secret: Secret, isOfClients: Bool = false) -> String? {
        if let instead = instead(secret) {
            return isOfClients && instead == .clientToken ? nil : "it is \(instead.rawValue)"
        }
        do throws(IntakeError) { _ = try PastedSecret(secret.reveal()) } catch {
            switch error {
            case .markBeside, .several, .masked, .notTheKeyAlone:
                let why = error.advice.why
                return why.prefix(1).lowercased() + why.dropFirst().dropLast()
            default: return nil
            }
        }
        return nil
    }

    /// The same of a key for a vendor, who takes no word that anybody could guess.
    package static func doubt(_ secret: Secret) -> String? {
        flaw(secret) ?? (isEverydayWord(secret) ? "it is \(IntakeError.Instead.word.rawValue)" : nil)
    }

    /// What is left of a key that was cut: the beginning is known, and hardly anything follows it. Nil for any other.
    ///
    /// Lengths change, so this is no reason to refuse it.
    package static func cut(_ secret: Secret) -> (beginning: String, count: Int)? {
        let text = secret.reveal()
        guard let beginning = longBeginnings.first(where: { text.hasPrefix($0) }) else { return nil }
        let count = text.utf8.count - beginning.utf8.count
        return count < leastBehindBeginning ? (beginning, count) : nil
    }

    /// Of keys that have 32 characters and more behind it. Source: the vendors' consoles, as of 2026-11.
    private static let longBeginnings = [
        "sk-ant-api03-", "sk-proj-", "sk-svcacct-", "sk-or-v1-", "gsk_", "xai-", "csk-", "nvapi-", "AIza",
    ]
    private static let leastBehindBeginning = 10

    /// What a key's first letters say of whose it is.
    package struct Look: Hashable, Sendable {
        /// As it may be shown: the beginning alone.
        package var prefix: String
        /// Such as `a key of OpenAI`.
        package var words: String
        /// Nil when no provider of ours takes it.
        package var provider: ProviderID?
        /// The domains of whose it is; none for what belongs to no vendor.
        var domains: [String]
    }

    /// Nil when the text says nothing, or says that it belongs here.
    ///
    /// - Parameter provider: whom it is stored for, which must be the vendor itself: a proxy may take anybody's keys.
    package static func foreignLook(_ secret: Secret, for provider: ProviderID) -> Look? {
        let text = secret.reveal()
        guard let row = looks.first(where: { text.hasPrefix($0.prefix) }), row.provider != provider.text else {
            return nil
        }
        return Look(
            prefix: row.prefix, words: row.words, provider: row.provider.flatMap { ProviderID($0) },
            domains: row.domains)
    }

    /// Longer beginnings first. Source: the vendors' consoles, as of 2026-11.
    private static let looks: [(prefix: String, words: String, provider: String?, domains: [String])] = [
        ("sk-ant-oat", "a setup token of Anthropic", "anthropic", ["anthropic.com"]),
        ("sk-ant-admin", "an admin key of Anthropic, which takes no requests", nil, ["anthropic.com"]),
        ("sk-ant-", "a key of Anthropic", "anthropic", ["anthropic.com"]),
        ("sk-or-", "a key of OpenRouter", "openrouter", ["openrouter.ai"]),
        ("sk-admin-", "an admin key of OpenAI, which takes no requests", nil, ["openai.com"]),
        ("sk-proj-", "a key of OpenAI", "openai", ["openai.com"]),
        ("sk-svcacct-", "a key of OpenAI", "openai", ["openai.com"]),
        ("gsk_", "a key of Groq", "groq", ["groq.com"]), ("xai-", "a key of xAI", "xai", ["x.ai"]),
        ("csk-", "a key of Cerebras", "cerebras", ["cerebras.ai"]),
        ("nvapi-", "a key of NVIDIA", "nvidia", ["nvidia.com"]),
        ("hf_", "a token of Hugging Face", "huggingface", ["huggingface.co", "huggingface.cloud"]),
        ("AIza", "a key of Google", nil, ["googleapis.com", "google.com"]),
        ("ghp_", "a token of GitHub", nil, github), ("github_pat_", "a token of GitHub", nil, github),
        ("agw_", "a client token of a gateway like this one", nil, []),
    ]
    private static let github = ["github.com", "github.ai", "githubcopilot.com", "models.inference.ai.azure.com"]

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
    /// - Throws: ``IntakeError/badDuration(_:)`` for anything else, blanks inside, negative numbers and nothing at all included.
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
            (0.5..<8_640_000_000_000).contains(number * milliseconds)
        else { throw .badDuration(text) }
        self = .milliseconds(Int64((number * milliseconds).rounded()))
    }

    /// In seconds, with fractions.
    package var seconds: TimeInterval {
        Double(components.seconds) + Double(components.attoseconds) / 1e18
    }
}
