// SPDX-License-Identifier: Apache-2.0
import Credentials
import Documents
import FoundationEssentials
import Providers
import Rotation

/// One credential as the status view of a gateway words it.
struct CredentialLine: Equatable {
    struct Hold: Equatable {
        var reason: String
        /// Nil: the whole credential.
        var model: String?
        var until: Date
        var origin: String
        var evidence: String

        /// What to look at, when the provider was not reached.
        func wayThere(of provider: ProviderID) -> String? {
            guard origin == Evidence.Origin.connection.rawValue else { return nil }
            return WayThere.check(provider, isAboutTLS: reason == FailureReason.tlsCertificate.rawValue)
        }
    }

    var agent: AgentID
    var profile: ProfileID
    var provider: ProviderID
    var source: String
    var kind: CredentialKind
    /// A ``SkipCode``, or one that a later version has added.
    var code: String
    var lastUsed: Date?
    var holds: [Hold]

    /// Of an explanation, which tells nothing of holds in this shape.
    init(agent: AgentID, profile: ProfileID, provider: ProviderID, source: String, kind: CredentialKind, code: String) {
        self.agent = agent
        self.profile = profile
        self.provider = provider
        self.source = source
        self.kind = kind
        self.code = code
        holds = []
    }

    /// - Parameter entry: one of `credentials`. Nil for one that is not of the known shape.
    init?(_ entry: Element) {
        guard let agent = entry["agent"]?.string.flatMap({ AgentID($0) }),
            let profile = entry["profile"]?.string.flatMap({ ProfileID($0) }),
            let provider = entry["provider"]?.string.flatMap({ ProviderID($0) }),
            let kind = entry["type"]?.string.flatMap({ CredentialKind(rawValue: $0) }),
            let source = entry["source"]?.string, let code = entry["code"]?.string
        else { return nil }
        self.agent = agent
        self.profile = profile
        self.provider = provider
        self.kind = kind
        self.source = source
        self.code = code
        lastUsed = entry["lastUsed"]?.integer.map { Date(milliseconds: $0) }
        holds = entry["windows"]?.elements.compactMap(Self.hold) ?? []
    }

    private static func hold(_ window: Element) -> Hold? {
        guard let reason = window["reason"]?.string, let until = window["until"]?.integer else { return nil }
        return Hold(
            reason: reason, model: window["model"]?.string, until: Date(milliseconds: until),
            origin: window["evidence"]?["origin"]?.string ?? "", evidence: window["evidence"]?["text"]?.string ?? "")
    }

    /// Whose store it rests in; nil for keys of the environment and the configuration.
    var owner: AgentID? { source.hasPrefix("store:") ? AgentID(source.dropFirst(6)) : nil }

    var candidateSource: CandidateSource { owner.map { .profile(owner: $0) } ?? CandidateSource(label: source) }
}

/// The words of `models explain` for a code, without asking about one model.
enum CredentialState: String {
    case ready, cooling, disabled, ineligible, excluded
    /// The gateway has not taken the credential up yet; it looks at its files twice a second.
    case pending

    init(code: String) {
        switch SkipCode(rawValue: code) {
        case .ok: self = .ready
        case .excludedByAuthOrder, .notInAuthProfiles: self = .excluded
        case .disabledBilling, .disabledAuth: self = .disabled
        case .cooldownTransient, .cooldownRateLimit, .cooldownModelNotFound, .probeInFlight: self = .cooling
        default: self = .ineligible
        }
    }
}
