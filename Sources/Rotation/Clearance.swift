// SPDX-License-Identifier: Apache-2.0
package import FoundationEssentials

/// Which failures of a credential are to be forgotten, because somebody says so or because it has proved itself.
package struct Clearance: Hashable, Sendable {
    /// Nil: everything. Else only what is held against the credential with that model.
    package var model: String?
    /// Nil: all ladders. What is on another one stays.
    package var lanes: Set<Lane>?
    /// Nil: whenever it was. Else what was noted later stays: it is newer than the proof.
    package var notedBefore: Date?

    package init(model: String? = nil, lanes: Set<Lane>? = nil, notedBefore: Date? = nil) {
        self.model = model
        self.lanes = lanes
        self.notedBefore = notedBefore
    }

    func covers(_ window: Window) -> Bool {
        if let model, window.scope != .model(model) { return false }
        if let notedBefore, window.since > notedBefore { return false }
        return covers(window.reason.lane)
    }

    func covers(_ lane: Lane?) -> Bool { lanes.map { lanes in lane.map(lanes.contains) ?? true } ?? true }
}

/// What was held against a credential and no longer is.
package struct Forgotten: Hashable, Sendable {
    package var windows: [Window]
    /// Failures in a row that were counted without a window, or with one.
    package var failures: Int

    package init(windows: [Window], failures: Int) {
        self.windows = windows
        self.failures = failures
    }
}

extension Health {
    /// - Returns: what went; nil when there was nothing of that kind.
    @discardableResult
    package mutating func forget(_ clearance: Clearance) -> Forgotten? {
        let gone = windows.filter(clearance.covers)
        let left = windows.filter { !clearance.covers($0) }
        let kept = Set(left.compactMap(\.reason.lane))
        let lanesGone = Set(gone.compactMap(\.reason.lane))
        // A count goes with its last window; one without a window is nobody's model's.
        let counts = streaks.filter { lane, _ in
            clearance.covers(lane) && !kept.contains(lane) && (clearance.model == nil || lanesGone.contains(lane))
        }
        let isNewer = clearance.notedBefore.map { before in (lastFailure ?? .distantPast) > before } ?? false
        let dropped = isNewer ? counts.filter { lanesGone.contains($0.key) } : counts
        if gone.isEmpty, dropped.isEmpty { return nil }
        windows = left
        for lane in dropped.keys { streaks[lane] = nil }
        if isClear { lastFailure = nil }
        return Forgotten(windows: gone, failures: dropped.values.reduce(0, +))
    }
}
