// SPDX-License-Identifier: Apache-2.0
package import Credentials
package import FoundationEssentials

/// What is remembered of a credential's use. Survives a restart; never holds a secret.
package struct Health: Hashable, Sendable {
    package var lastUsed: Date?
    package var lastFailure: Date?
    /// Failures in a row, by ladder, until a success.
    package var streaks: [Lane: Int] = [:]
    /// Those that have ended are kept until a success: what they covered is half-open.
    package var windows: [Window] = []

    /// More are never kept: the one that ended first makes room.
    static let maximumWindows = 16

    package init() {}

    /// Nothing is held against it.
    package var isClear: Bool { windows.isEmpty && streaks.isEmpty }

    /// A failure sets one window; a failure inside a window that covers it changes nothing.
    ///
    /// - Parameter jitter: 0...1, spreads the end over the tenth after it; never earlier, and no hint beyond
    ///   ``Ladder/longestHint``.
    /// - Returns: true when something changed.
    @discardableResult
    package mutating func record(
        _ failure: Failure, provider: ProviderID, ladder: Ladder, jitter: Double = 0, at now: Date
    ) -> Bool {
        guard let lane = failure.reason.lane, !ladder.bypass.contains(provider) else { return false }
        let active = windows.filter { $0.until > now && $0.reason.lane == lane }
        if active.contains(where: { $0.scope == .profile || $0.scope == failure.scope }) { return false }
        if let lastFailure, now.timeIntervalSince(lastFailure) > ladder.failureWindow { streaks = [:] }
        streaks[lane, default: 0] += 1
        lastFailure = now
        // Two models at once: it is not about the model.
        let scope = active.isEmpty ? failure.scope : .profile
        windows.removeAll { $0.until <= now && $0.reason.lane == lane && (scope == .profile || $0.scope == scope) }
        let wait = wait(after: failure, in: lane, provider: provider, ladder: ladder, jitter: jitter, at: now)
        windows.append(
            Window(
                reason: failure.reason, scope: scope, since: now.inMilliseconds(),
                until: (now + wait).inMilliseconds(.up), evidence: failure.evidence))
        forgetSurplus()
        return true
    }

    private func wait(
        after failure: Failure, in lane: Lane, provider: ProviderID, ladder: Ladder, jitter: Double, at now: Date
    ) -> TimeInterval {
        let spread = 1 + Ladder.spread * min(max(jitter, 0), 1)
        guard let until = failure.until else {
            return ladder.wait(in: lane, afterFailure: streaks[lane, default: 1], provider: provider) * spread
        }
        return min(max(0, until.timeIntervalSince(now)) * spread, Ladder.longestHint)
    }

    private mutating func forgetSurplus() {
        while windows.count > Self.maximumWindows,
            let first = windows.indices.min(by: { windows[$0].until < windows[$1].until })
        {
            windows.remove(at: first)
        }
    }

    /// What was noted while the clock was wrong holds no longer than it was meant to: a window that begins later than
    /// now begins now, and none ends later than one that is set now could.
    ///
    /// - Returns: true when something changed.
    @discardableResult
    package mutating func bindWindows(ladder: Ladder, at now: Date) -> Bool {
        var isChanged = false
        for index in windows.indices {
            let window = windows[index]
            guard let lane = window.reason.lane else { continue }
            let meant = window.since > now ? now + window.until.timeIntervalSince(window.since) : window.until
            windows[index].since = min(window.since, now)
            windows[index].until = min(meant, now + ladder.longestWindow(in: lane))
            isChanged = isChanged || windows[index] != window
        }
        return isChanged
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

    /// The window that keeps `model` from being served at `now`, if any: the longest one, but a transient one only
    /// when there is no other, because it refuses nobody for good.
    package func window(for model: String, at now: Date) -> Window? {
        var found: Window?
        for window in windows where window.until > now && window.scope.covers(model) {
            guard let best = found else {
                found = window
                continue
            }
            let isHarder = best.reason.isTransient && !window.reason.isTransient
            let isAsHard = best.reason.isTransient == window.reason.isTransient
            if isHarder || (isAsHard && best.until < window.until) { found = window }
        }
        return found
    }

    /// A failure's window over `model` has ended and no success came since: one request at a time finds out.
    package func isHalfOpen(for model: String, at now: Date) -> Bool {
        // A count without a window comes from a store that another program wrote.
        if windows.isEmpty { return !streaks.isEmpty }
        return windows.contains { $0.until <= now && $0.scope.covers(model) }
    }
}

extension Date {
    /// As exact as answers write it: what the journal holds, with microseconds, is the same moment then.
    fileprivate func inMilliseconds(_ rule: FloatingPointRoundingRule = .toNearestOrAwayFromZero) -> Date {
        // What lies a thousandth beyond a whole one is what multiplying has added.
        let count = timeIntervalSince1970 * 1000
        let nearest = count.rounded()
        return Date(timeIntervalSince1970: (abs(count - nearest) < 1e-3 ? nearest : count.rounded(rule)) / 1000)
    }
}
