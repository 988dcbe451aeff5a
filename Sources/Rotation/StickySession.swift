// SPDX-License-Identifier: Apache-2.0
package import Credentials
package import FoundationEssentials

/// Which credential a session was served with last: it stays with it while it can, so that the provider's caches stay
/// warm.
package struct StickySession: Hashable, Sendable {
    /// The agent and the name the client gave the session.
    package var session: String
    package var provider: ProviderID
    package var profile: ProfileID
    /// When the session came to this profile.
    package var since: Date

    package init(session: String, provider: ProviderID, profile: ProfileID, since: Date) {
        self.session = session
        self.provider = provider
        self.profile = profile
        self.since = since
    }
}
