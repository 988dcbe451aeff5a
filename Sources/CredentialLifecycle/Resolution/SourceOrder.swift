// SPDX-License-Identifier: Apache-2.0
package import Credentials
import FoundationEssentials
import Providers
package import Rotation
package import Settings

/// A stored profile with the agent whose store it rests in.
package struct OwnedProfile: Hashable, Sendable {
    package var profile: Profile
    package var owner: AgentID
    /// What stands in the place of the profile's reference, when it is one.
    package var referenced: ReferencedSecret

    package init(profile: Profile, owner: AgentID, referenced: ReferencedSecret = .unresolved) {
        self.profile = profile
        self.owner = owner
        self.referenced = referenced
    }

    /// The secret to use now, from wherever it is.
    var secret: Secret? {
        guard profile.isReference else { return profile.secret }
        if case .found(let secret) = referenced { return secret }
        return nil
    }
}

/// A candidate with its secret: the secret leaves this value only for the upstream's request head.
package struct ResolvedCandidate: Hashable, Sendable {
    package var candidate: Candidate
    /// Nil when there is none here: the gateway may have it.
    package var secret: Secret?

    package var reference: SecretReference? { candidate.reference }
}

/// Every place a provider's credentials can come from, in the order in which they are tried.
package struct SourceOrder: Sendable {
    package var profiles: [OwnedProfile]
    /// `auth.profiles`: what a stored profile must be to be used.
    package var configured: [ConfiguredProfile]
    /// `models.providers.<id>.apiKey`, or what its reference leads to.
    package var configKey: ReferencedSecret?
    package var environmentKeys: [EnvironmentKey]
    /// The gateway's own: a program may have it in the place of a provider's key, and no provider may have it.
    package var clientToken: Secret?
    /// The provider may be a server of somebody's own, which takes what is shorter than any key.
    package var takesAnyWord: Bool

    package init(
        profiles: [OwnedProfile], configured: [ConfiguredProfile], configKey: ReferencedSecret?,
        environmentKeys: [EnvironmentKey], clientToken: Secret? = nil, takesAnyWord: Bool = false
    ) {
        self.clientToken = clientToken
        self.takesAnyWord = takesAnyWord
        self.profiles = profiles
        self.configured = configured
        self.configKey = configKey
        self.environmentKeys = environmentKeys
    }

    package func candidates(for provider: ProviderID) -> [ResolvedCandidate] {
        let own = profiles.filter { $0.profile.provider == provider }
        // Most providers have nothing stored, and thousands of profiles may be configured.
        let expectations =
            own.isEmpty
            ? [:] : Dictionary(configured.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
        let isNamed: (OwnedProfile) -> Bool = { expectations[$0.profile.id]?.provider == provider }
        // Names that nothing is stored under, or nothing that can be sent, do not leave everything else out.
        let isChoice = own.contains {
            isNamed($0) && standing($0, expectations[$0.profile.id]) == .ok
        }
        var found = own.sorted { $0.profile.id < $1.profile.id }
            .map { owned in
                var found = resolved(owned, expectation: expectations[owned.profile.id])
                // What an agent keeps for itself is chosen by being there.
                found.candidate.isLeftOut = isChoice && owned.owner == .main && !isNamed(owned)
                return found
            }
        if let configKey, let id = ProfileID(provider: provider, name: "config") {
            found.append(resolved(id, configKey))
        }
        for (index, key) in environmentKeys.enumerated() {
            guard let id = ProfileID(provider: provider, name: index == 0 ? "env" : "env-\(index + 1)") else {
                continue
            }
            let isFromShell = key.layer == .shell
            found.append(
                inline(
                    id, key.secret, source: isFromShell ? .shellEnvironment(key.variable) : .environment(key.variable)))
        }
        return found
    }

    private func resolved(_ owned: OwnedProfile, expectation: ConfiguredProfile?) -> ResolvedCandidate {
        let profile = owned.profile
        var candidate = Candidate(
            id: profile.id, kind: profile.kind, source: .profile(owner: owned.owner), expires: profile.expires,
            standing: standing(owned, expectation))
        candidate.reference = profile.reference
        return ResolvedCandidate(candidate: candidate, secret: owned.secret)
    }

    private func resolved(_ id: ProfileID, _ configKey: ReferencedSecret) -> ResolvedCandidate {
        if case .found(let secret) = configKey { return inline(id, secret, source: .config) }
        return ResolvedCandidate(
            candidate: Candidate(
                id: id, kind: .apiKey, source: .config, expires: .never,
                standing: configKey == .leftToGateway ? .ok : .unresolvedRef))
    }

    private func inline(_ id: ProfileID, _ secret: Secret, source: CandidateSource) -> ResolvedCandidate {
        let kind: CredentialKind = secret.isSetupToken ? .token : .apiKey
        return ResolvedCandidate(
            candidate: Candidate(
                id: id, kind: kind, source: source, expires: .never,
                standing: secret == clientToken ? .ineligibleProfile : standing(of: secret)),
            secret: secret)
    }

    private func standing(_ owned: OwnedProfile, _ expectation: ConfiguredProfile?) -> SkipCode {
        if let clientToken, owned.secret == clientToken { return .ineligibleProfile }
        let profile = owned.profile
        if let expectation, expectation.provider != profile.provider || !expectation.mode.accepts(profile.kind) {
            return .ineligibleProfile
        }
        if profile.isReference {
            // A login is written back when it is renewed, which nothing but the store takes.
            if profile.kind == .oauth { return .ineligibleProfile }
            if owned.referenced == .leftToGateway { return .ok }
        }
        guard let secret = owned.secret else { return profile.isReference ? .unresolvedRef : .missingCredential }
        return standing(of: secret)
    }

    private func standing(of secret: Secret) -> SkipCode {
        if secret.isBlank { return .missingCredential }
        if secret.isSetupToken { return .needsVendorCLI }
        return secret.fieldFlaw(takesAnyWord: takesAnyWord) == nil ? .ok : .ineligibleProfile
    }
}

extension CredentialKind {
    /// A configured `oauth` takes a pasted token too, for compatibility; nothing else is interchangeable.
    package func accepts(_ stored: CredentialKind) -> Bool { self == stored || (self == .oauth && stored == .token) }
}
