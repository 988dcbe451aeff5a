// SPDX-License-Identifier: Apache-2.0
package import Credentials
package import FoundationEssentials

/// What is remembered of a credential's use. Survives a restart; never holds a secret.
package struct Health: Hashable, Sendable {
    package var lastUsed: Date?
    package var lastFailure: Date?
    /// Failures in a row, by ladder, until a success.
    package var streaks: [Lane: Int] = [:]
    package var windows: [Window] = []

    package init() {}

    /// Nothing is held against it.
    package var isClear: Bool { windows.isEmpty && streaks.isEmpty }

    /// A failure sets one window; a failure inside a window that covers it changes nothing.
    ///
    /// - Parameter jitter: 0...1, spreads the end over the tenth after it; never earlier.
    /// - Returns: true when something changed.
    @discardableResult
    package mutating func record(
        _ failure: Failure, provider: ProviderID, ladder: Ladder, jitter: Double = 0, at now: Date
    ) -> Bool {
        guard let lane = failure.reason.lane, !ladder.bypass.contains(provider) else { return false }
        windows.removeAll { $0.until <= now }
        let isCovered = windows.contains {
            $0.reason.lane == lane && ($0.scope == .profile || $0.scope == failure.scope)
        }
        if isCovered { return false }
        if let lastFailure, now.timeIntervalSince(lastFailure) > ladder.failureWindow { streaks = [:] }
        let count = streaks[lane, default: 0] + 1
        streaks[lane] = count
        lastFailure = now
        let wait: TimeInterval
        if let until = failure.until {
            wait = min(max(0, until.timeIntervalSince(now)), Ladder.longestHint)
        } else {
            wait = ladder.wait(in: lane, afterFailure: count, provider: provider)
        }
        let spread = wait * 0.1 * min(max(jitter, 0), 1)
        windows.append(
            Window(
                reason: failure.reason, scope: failure.scope, since: now, until: now + wait + spread,
                evidence: failure.evidence))
        return true
    }

    /// A success clears everything.
    ///
    /// - Returns: true when there was something to clear.
    @discardableResult
    package mutating func recordSuccess() -> Bool {
        if isClear, lastFailure == nil { return false }
        clear()
        return true
    }

    package mutating func clear() {
        windows = []
        streaks = [:]
        lastFailure = nil
    }

    /// The window that keeps `model` waiting longest at `now`, if any.
    package func window(for model: String, at now: Date) -> Window? {
        var longest: Window?
        for window in windows where window.until > now && window.scope.covers(model) {
            if longest.map({ $0.until < window.until }) ?? true { longest = window }
        }
        return longest
    }

    /// After a failure whose window has ended, until a success: one request at a time finds out.
    package var isHalfOpen: Bool { !streaks.isEmpty }
}
