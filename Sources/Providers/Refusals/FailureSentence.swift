// SPDX-License-Identifier: Apache-2.0
package import Credentials
package import FoundationEssentials
package import Rotation

/// What a failed attempt is told with: one sentence for each class of failure, and what to do. Clients of the gateway
/// and commands get the same words.
package struct FailureSentence: Sendable {
    package var reason: FailureReason
    package var provider: ProviderID
    /// As people write it; nil: as the table of providers does.
    package var providerName: String?
    /// Nil when it is about all credentials of the provider.
    package var credential: NamedCredential?
    /// The provider's own id of it; nil when none was part of the question.
    package var model: String?
    /// The provider's.
    package var status: Int?
    package var requestID: String?
    /// When it is tried again.
    package var until: Date?
    /// In the provider's words, secrets taken out.
    package var text = ""
    package var isVendorRestriction = false
    /// What went wrong on the way, when the provider gave no answer.
    package var cause: String?
    /// The way to the provider is to be looked at.
    package var isOnTheWay = false
    /// Names the agent in commands, such as ` --agent coder`; empty when nothing need.
    package var agentWords = ""
    /// The same for commands about the request, whose agent may use another one's credential; nil: as ``agentWords``.
    package var askerWords: String?

    /// The command that stores one more API key, where it has to name an id that is free.
    package var storingKey: String?
    /// The credential is put aside for it. What a probe finds is not held against anybody, so there is nothing to clear.
    package var isRecorded = true

    package init(_ reason: FailureReason, _ provider: ProviderID, _ credential: NamedCredential?, model: String?) {
        self.reason = reason
        self.provider = provider
        self.credential = credential
        self.model = model
    }

    private var name: String { providerName ?? Provider[id: provider]?.displayName ?? provider.text }
    /// With a blank before it.
    private var subject: String { credential.map { " \($0.name)" } ?? "" }
    private var modelName: String { model?.escapedForDisplay ?? "this model" }
    private var untilWords: String { until.map { " until \($0.formatted(.iso8601))" } ?? " for now" }
    private static let quoteLimit = 200

    /// The provider's text, on one line.
    private var quotation: String {
        let line = text.escapedForDisplay.prefix(Self.quoteLimit)
        return line.isEmpty ? "" : " (\"\(line)\")"
    }

    /// What happened.
    package var what: String {
        switch reason {
        case .auth, .sessionExpired: return "\(name) rejected the credential\(subject)."
        case .authPermanent where isVendorRestriction:
            return "\(name) takes the token\(credential.map { " of \($0.name)" } ?? "") from its own program only."
        case .authPermanent:
            return "\(name) says that the credential\(subject) is revoked or not allowed here\(quotation)."
        case .billing: return "\(name) reports no credit\(credential.map { " for \($0.name)" } ?? "")."
        case .rateLimit: return "\(name) limits \(model?.escapedForDisplay ?? "requests")\(untilWords)."
        case .overloaded: return "\(name) is overloaded."
        case .modelNotFound: return "\(name) does not offer \(modelName) to this account."
        case .contextOverflow: return "The conversation is too long for \(modelName)."
        case .format, .noErrorDetails:
            return "\(name) refused the request format\(requestID.map { " (id \($0.escapedForDisplay))" } ?? "")."
        case .emptyResponse: return "\(name) gave an empty answer."
        case _ where cause != nil: return "\(name) did not answer (\(cause ?? ""))."
        case .tlsCertificate: return "\(name) could not prove who it is."
        default: return "\(name) did not answer (\(status.map { "status \($0), " } ?? "")\(reason.rawValue))."
        }
    }

    /// What happened, as a part of a longer sentence.
    package var short: String { what.hasSuffix(".") ? String(what.dropLast()) : what }

    /// What to do about it.
    package var remedy: String {
        switch reason {
        case .authPermanent where isVendorRestriction:
            let usual = "\(Self.program) models auth paste-api-key --provider \(provider)\(agentWords)"
            return "Use an API key instead: \(storingKey ?? usual)"
        case .auth, .sessionExpired:
            return "Check it with: \(Self.program) models status\(askerWords ?? agentWords). \(replacement)"
        case .authPermanent: return "A new one is needed. \(replacement)"
        case .billing:
            let page = Provider.billingPages[provider].map { "Top up at \($0)" } ?? "Top up the account at \(name)"
            guard isRecorded else { return "\(page) and ask again" }
            guard let until else { return "\(page). Then try it with: \(clearing)" }
            return "\(page). It is tried again at \(until.formatted(.iso8601)), or at once with: \(clearing)"
        case _ where !isRecorded && (reason == .rateLimit || reason.isTransient):
            return until.map { "Ask again after \($0.formatted(.iso8601))" } ?? "Ask again later"
        case .rateLimit: return "See: \(explain). To try it at once: \(clearing)"
        case .modelNotFound: return "What it has: \(Self.program) models list --provider \(provider)"
        case _ where isOnTheWay: return WayThere.check(provider, isAboutTLS: reason == .tlsCertificate)
        default: return "See: \(explain)"
        }
    }

    private var replacement: String {
        // What is pasted takes no login's place.
        if credential?.kind == .oauth, let storingKey { return "Use an API key instead: \(storingKey)" }
        return credential?.replacement(agentWords)
            ?? "See which: \(Self.program) models auth list --provider \(provider)\(askerWords ?? agentWords)"
    }

    private var clearing: String {
        credential?.clearing(agentWords)
            ?? "\(Self.program) models auth clear-cooldown --provider \(provider)\(agentWords)"
    }

    private var explain: String {
        let words = model.map { " --model \("\(provider)/\($0)".shellWord.escapedForDisplay)" } ?? ""
        return "\(Self.program) models explain\(words)\(askerWords ?? agentWords)"
    }

    private static let program = NamedCredential.program
}

extension Provider {
    /// Where an account is topped up, of providers that have one page for it.
    package static let billingPages: [ProviderID: String] = Dictionary(
        uniqueKeysWithValues: [
            "anthropic": "https://console.anthropic.com/settings/billing",
            "openai": "https://platform.openai.com/settings/organization/billing",
            "openrouter": "https://openrouter.ai/settings/credits",
            "deepseek": "https://platform.deepseek.com/top_up",
            "groq": "https://console.groq.com/settings/billing",
        ].compactMap { name, page in ProviderID(name).map { ($0, page) } })
}

extension FailureReason {
    /// The class that a credential waits for, by what is said of it now.
    package init?(_ code: SkipCode) {
        switch code {
        case .disabledBilling: self = .billing
        case .disabledAuth: self = .auth
        case .cooldownRateLimit: self = .rateLimit
        case .cooldownModelNotFound: self = .modelNotFound
        default: return nil
        }
    }
}
