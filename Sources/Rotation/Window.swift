// SPDX-License-Identifier: Apache-2.0
package import FoundationEssentials

/// What a failure keeps from being used: the whole credential, or one model with it.
package enum WindowScope: Hashable, Sendable {
    case profile
    case model(String)

    func covers(_ model: String) -> Bool {
        switch self {
        case .profile: true
        case .model(let name): name == model
        }
    }
}

/// What a window's end rests on.
package struct Evidence: Hashable, Sendable {
    package enum Origin: String, Sendable {
        case header
        case body
        /// Nobody named a time: it is ours.
        case ladder
        /// The same, of a provider that was not reached: the text says why not.
        case connection
        case command
    }

    package var origin: Origin
    /// Such as `retry-after: 120`; never a secret.
    package var text: String

    /// - Parameter text: cut to 200 characters.
    package init(origin: Origin, text: String) {
        self.origin = origin
        self.text = String(text.prefix(200))
    }
}

/// A time during which a credential is passed over. Once set it does not move, unless the clock that set it was ahead.
package struct Window: Hashable, Sendable {
    package var reason: FailureReason
    package var scope: WindowScope
    package var since: Date
    package var until: Date
    package var evidence: Evidence

    package init(reason: FailureReason, scope: WindowScope, since: Date, until: Date, evidence: Evidence) {
        self.reason = reason
        self.scope = scope
        self.since = since
        self.until = until
        self.evidence = evidence
    }
}

/// A failure as it is recorded on a credential.
package struct Failure: Hashable, Sendable {
    package var reason: FailureReason
    package var scope: WindowScope
    /// The provider's own word on when to come back.
    package var until: Date?
    package var evidence: Evidence

    package init(reason: FailureReason, scope: WindowScope, until: Date? = nil, evidence: Evidence) {
        self.reason = reason
        self.scope = scope
        self.until = until
        self.evidence = evidence
    }
}
