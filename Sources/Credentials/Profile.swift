// SPDX-License-Identifier: Apache-2.0
package import FoundationEssentials

/// How a credential proves itself. The raw values are those of `type` in `auth-profiles.json`.
package enum CredentialKind: String, Sendable, CaseIterable {
    /// Valid until revoked.
    case apiKey = "api_key"
    /// Pasted; cannot be refreshed.
    case token
    /// Refreshed before it expires.
    case oauth
}

/// When a credential stops working, as stored: `expires` in milliseconds since 1970.
package enum Expiry: Hashable, Sendable {
    case never
    case at(Date)
    /// Present, but not a number in (0, 8 640 000 000 000 000].
    case invalid

    /// The moment that the number is when it counts seconds, where that may be: no credential ended before 2001. The
    /// store counts milliseconds.
    package var readAsSeconds: Date? {
        guard case .at(let date) = self, date.timeIntervalSince1970 < 978_307_200 else { return nil }
        return Date(timeIntervalSince1970: date.timeIntervalSince1970 * 1000)
    }
}

/// One stored credential with its name.
package struct Profile: Hashable, Sendable {
    package var id: ProfileID
    package var provider: ProviderID
    package var kind: CredentialKind
    /// The API key, the token, or the OAuth access token. Nil when the file has none (or only a reference).
    package var secret: Secret?
    /// OAuth only.
    package var refresh: Secret?
    package var expires: Expiry
    package var email: String?
    /// The file names the secret's place (`keyRef`, `tokenRef`) instead of holding it.
    package var isReference: Bool
    /// That place; nil for a reference that cannot be understood.
    package var reference: SecretReference?

    package init(
        id: ProfileID, provider: ProviderID, kind: CredentialKind, secret: Secret?, refresh: Secret? = nil,
        expires: Expiry = .never, email: String? = nil, isReference: Bool = false,
        reference: SecretReference? = nil
    ) {
        self.id = id
        self.provider = provider
        self.kind = kind
        self.secret = secret
        self.refresh = refresh
        self.expires = expires
        self.email = email
        self.isReference = isReference || reference != nil
        self.reference = reference
    }

    /// An Anthropic setup token: stored, shown and aged, but never sent over HTTP by us.
    package var needsVendorProgram: Bool { secret.map(\.isSetupToken) ?? false }
}

extension Secret {
    /// True for the vendor's setup tokens, which only the vendor's own program may present.
    package var isSetupToken: Bool { reveal().trimmed.hasPrefix("sk-ant-oat") }
}

/// Everything one agent's store holds.
package struct ProfileBook: Hashable, Sendable {
    package var profiles: [ProfileID: Profile]
    /// Explicit preferences by provider: an id that is left out is never used automatically.
    package var order: [ProviderID: [ProfileID]]

    package init(profiles: [ProfileID: Profile] = [:], order: [ProviderID: [ProfileID]] = [:]) {
        self.profiles = profiles
        self.order = order
    }
}
