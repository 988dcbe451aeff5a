// SPDX-License-Identifier: Apache-2.0
package import Credentials
package import FoundationEssentials

/// How long to wait after the n-th failure in a row when the provider names no time. Seconds throughout.
package struct Ladder: Hashable, Sendable {
    package struct Steps: Hashable, Sendable {
        package var first: TimeInterval
        package var cap: TimeInterval

        package init(first: TimeInterval, cap: TimeInterval) {
            self.first = first
            self.cap = cap
        }

        /// Doubling from `first`, at most `cap`.
        func wait(afterFailure count: Int) -> TimeInterval {
            min(cap, first * Double(1 << min(max(count - 1, 0), 20)))
        }
    }

    package var transient = Steps(first: 2, cap: 30)
    package var rateLimit = Steps(first: 30, cap: 15 * 60)
    package var billing = Steps(first: 10 * 60, cap: 6 * 3600)
    package var auth = Steps(first: 10 * 60, cap: 3600)
    package var model = Steps(first: 10 * 60, cap: 3600)
    package var billingFirst: [ProviderID: TimeInterval] = [:]
    /// Counts start anew when the last failure is older than this.
    package var failureWindow: TimeInterval = 24 * 3600
    /// Providers whose credentials are never put aside: aggregators, programs on this machine.
    package var bypass: Set<ProviderID> = []

    /// The longest hint that is obeyed: a week and a minute, so that a provider's slip cannot retire a credential.
    package static let longestHint: TimeInterval = 7 * 86_400 + 60

    /// A wait is longer by up to this part of it.
    static let spread = 0.1

    package init() {}

    /// No window of ours is longer: the longest hint, or the last step with its spread where that was configured longer.
    func longestWindow(in lane: Lane) -> TimeInterval {
        let cap =
            switch lane {
            case .transient: transient.cap
            case .rateLimit: rateLimit.cap
            case .billing: billing.cap
            case .auth: auth.cap
            case .model: model.cap
            }
        return max(Self.longestHint, cap * (1 + Self.spread))
    }

    func wait(in lane: Lane, afterFailure count: Int, provider: ProviderID) -> TimeInterval {
        switch lane {
        case .transient: transient.wait(afterFailure: count)
        case .rateLimit: rateLimit.wait(afterFailure: count)
        case .billing:
            Steps(first: billingFirst[provider] ?? billing.first, cap: billing.cap).wait(afterFailure: count)
        case .auth: auth.wait(afterFailure: count)
        case .model: model.wait(afterFailure: count)
        }
    }
}
