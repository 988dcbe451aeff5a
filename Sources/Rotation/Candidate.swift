// SPDX-License-Identifier: Apache-2.0
package import Credentials
package import FoundationEssentials

/// Where a credential comes from.
package enum CandidateSource: Hashable, Sendable {
    /// A store; `owner` is the agent whose store it is.
    case profile(owner: AgentID)
    /// `models.providers.<id>.apiKey`.
    case config
    /// An environment variable, by name.
    case environment(String)
    /// A variable that only the login shell has, by name.
    case shellEnvironment(String)
}

/// Why a candidate is passed over. The raw values are stable.
package enum SkipCode: String, Sendable, CaseIterable {
    case ok
    case missingCredential = "missing_credential"
    case invalidExpires = "invalid_expires"
    case expired
    case unresolvedRef = "unresolved_ref"
    case ineligibleProfile = "ineligible_profile"
    case excludedByAuthOrder = "excluded_by_auth_order"
    /// `auth.profiles` of the configuration names others of its provider, and there is no order.
    case notInAuthProfiles = "not_in_auth_profiles"
    case needsVendorCLI = "needs_vendor_cli"
    /// It could be sent, and its provider cannot be asked: see ``Credentials/ProviderFault``.
    case providerLeftOut = "provider_left_out"
    case cooldownTransient = "cooldown_transient"
    case cooldownRateLimit = "cooldown_rate_limit"
    case cooldownModelNotFound = "cooldown_model_not_found"
    case disabledBilling = "disabled_billing"
    case disabledAuth = "disabled_auth"
    case probeInFlight = "probe_in_flight"
    case alreadyTried = "already_tried"
    /// A request insists on a profile that its agent does not have.
    case unknownProfile = "unknown_profile"

    init(_ lane: Lane) {
        switch lane {
        case .transient: self = .cooldownTransient
        case .rateLimit: self = .cooldownRateLimit
        case .model: self = .cooldownModelNotFound
        case .billing: self = .disabledBilling
        case .auth: self = .disabledAuth
        }
    }

    /// It could be used, and is not chosen unless it is named.
    package var isExclusion: Bool { self == .excludedByAuthOrder || self == .notInAuthProfiles }

    /// The long kind, which a person should look at.
    package var isDisabled: Bool { self == .disabledBilling || self == .disabledAuth }
}

/// A credential that may be asked, without its secret.
package struct Candidate: Hashable, Sendable {
    package var id: ProfileID
    package var kind: CredentialKind
    package var source: CandidateSource
    package var expires: Expiry
    /// What was found wrong with it when the list was made; `.ok` when nothing.
    package var standing: SkipCode
    /// Where the secret rests, when the store only names the place.
    package var reference: SecretReference?
    /// Automatic order passes it over: the configuration names which profiles of the provider are used.
    package var isLeftOut = false

    package init(id: ProfileID, kind: CredentialKind, source: CandidateSource, expires: Expiry, standing: SkipCode) {
        self.id = id
        self.kind = kind
        self.source = source
        self.expires = expires
        self.standing = standing
    }

    /// Whose health it has: an inherited profile's is its owner's.
    package var healthKey: HealthKey {
        if case .profile(let owner) = source {
            HealthKey(owner: owner, id: id)
        } else {
            HealthKey(owner: .main, id: id)
        }
    }

    /// Automatic order: logins, then tokens, then keys, then what the environment adds.
    package var rank: Int {
        switch (source, kind) {
        case (.profile, .oauth): 0
        case (.profile, .token): 1
        case (.profile, .apiKey): 2
        case (.config, _): 3
        case (.environment, _), (.shellEnvironment, _): 4
        }
    }

    /// Eligibility that depends on the clock alone.
    package func eligibility(at now: Date) -> SkipCode {
        guard standing == .ok else { return standing }
        switch expires {
        case .never: return .ok
        case .invalid: return .invalidExpires
        case .at(let date): return date <= now ? .expired : .ok
        }
    }
}

/// Health is kept by the store a profile rests in.
package struct HealthKey: Hashable, Sendable {
    package var owner: AgentID
    package var id: ProfileID

    package init(owner: AgentID, id: ProfileID) {
        self.owner = owner
        self.id = id
    }
}

/// A preference that somebody wrote down: only these, in this sequence.
package struct ExplicitOrder: Hashable, Sendable {
    package enum Source: String, Sendable {
        /// `models auth order set`, kept in the agent's store.
        case store
        /// `auth.order` in the configuration.
        case config
    }

    package var ids: [ProfileID]
    package var source: Source
    /// It names only what is not there any more, and without it others are asked. The command that takes it away: for
    /// one of the configuration `config unset PATH`, for one of a store `models auth order clear`.
    package var removal: String?

    package init(ids: [ProfileID], source: Source) {
        self.ids = ids
        self.source = source
    }
}
