// SPDX-License-Identifier: Apache-2.0
package import Credentials
package import FoundationEssentials

/// What is wanted of a roster.
package struct Ask: Sendable {
    package var model: String
    /// That profile or nothing: written by a user, as `model@profile`.
    package var pinned: ProfileID?
    /// The session's last one, kept while it is available so that the provider's caches stay warm.
    package var preferred: ProfileID?
    /// Those this request has tried already.
    package var tried: [ProfileID]

    package init(model: String, pinned: ProfileID? = nil, preferred: ProfileID? = nil, tried: [ProfileID] = []) {
        self.model = model
        self.pinned = pinned
        self.preferred = preferred
        self.tried = tried
    }
}

package enum Choice: Hashable, Sendable {
    /// `index` is the candidate's place in the roster; `isProbe`: one attempt that finds out whether it works again.
    case profile(ProfileID, index: Int, isProbe: Bool)
    case none(Unavailability)

    package var profile: ProfileID? { if case .profile(let id, _, _) = self { id } else { nil } }
}

/// Why nobody can be asked now.
package enum Unavailability: Hashable, Sendable {
    /// Nothing that could ever be used is stored.
    case noCredential
    /// Some could be used, and an order leaves all of them out.
    case leftOut(LeftOut)
    /// All of them wait; the soonest until then.
    case allCooling(until: Date, reason: FailureReason)
    case pinnedUnavailable(ProfileID, SkipCode, until: Date?)
    /// Everyone who could be asked has been asked by this request.
    case exhausted
    /// Nothing can be sent to the provider, whoever it would be sent with.
    case providerLeftOut(ProviderFault)

    package var isCooling: Bool {
        switch self {
        case .allCooling: true
        case .pinnedUnavailable(_, _, let until): until != nil
        case .noCredential, .leftOut, .exhausted, .providerLeftOut: false
        }
    }

    /// When the soonest may be tried again.
    package var until: Date? {
        switch self {
        case .allCooling(let until, _): until
        case .pinnedUnavailable(_, _, let until): until
        case .noCredential, .leftOut, .exhausted, .providerLeftOut: nil
        }
    }
}
