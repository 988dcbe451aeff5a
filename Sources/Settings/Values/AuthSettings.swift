// SPDX-License-Identifier: Apache-2.0
package import Credentials

/// `auth`: what the configuration says about stored profiles. No secrets.
package struct AuthSettings: Hashable, Sendable {
    /// In the order of the file.
    package var profiles: [ConfiguredProfile] = []
    /// Explicit preferences; the order of a store goes before it.
    package var order: [ProviderID: [ProfileID]] = [:]
    /// Of those that stand in the configuration itself, and once: where, as `config unset` takes it.
    package var orderPlaces: [ProviderID: String] = [:]
    package var cooldowns = CooldownSettings()

    package init() {}
}

/// One entry of `auth.profiles`: what a stored profile of that id must be to be used.
package struct ConfiguredProfile: Hashable, Sendable {
    package var id: ProfileID
    package var provider: ProviderID
    package var mode: CredentialKind
    package var email: String?

    package init(id: ProfileID, provider: ProviderID, mode: CredentialKind, email: String? = nil) {
        self.id = id
        self.provider = provider
        self.mode = mode
        self.email = email
    }
}

/// `auth.cooldowns`. Nil leaves the built-in ladders as they are.
package struct CooldownSettings: Hashable, Sendable {
    /// First wait after a billing refusal (`billingBackoffHours`).
    package var billingBackoff: Duration?
    package var billingBackoffByProvider: [ProviderID: Duration] = [:]
    /// Longest wait after billing refusals (`billingMaxHours`).
    package var billingMaximum: Duration?
    /// Counts of failures start anew when the last one is older (`failureWindowHours`).
    package var failureWindow: Duration?
    /// Longest wait after rate limits without a hint (`cooldownMaxMinutes`).
    package var cooldownMaximum: Duration?
    /// Providers whose credentials are never put aside.
    package var bypassProviders: Set<ProviderID> = []

    package init() {}
}
