// SPDX-License-Identifier: Apache-2.0
import Credentials
package import FoundationEssentials

/// The health of every credential, at fixed slots, shared by all rosters that may choose it.
package struct HealthTable: Sendable {
    struct Cell: Sendable {
        let key: HealthKey
        var health: Health
        /// Attempts under way that find out whether the credential works again.
        var probes = 0
        /// When the latest of them stops counting, should nobody ever say how it ended.
        var probesUntil = Date.distantPast
    }

    /// A probe that has not ended by then is no longer waited for: longer than an attempt can take to its first word.
    static let probeLease: TimeInterval = 150
    /// So many models are told apart; a failure with yet another one holds for the whole credential.
    static let maximumModels = 64
    private static let maximumWakes = 4096
    /// Later than any clock says: seconds since 1970, the year 2096.
    private static let latestUse: TimeInterval = 4e9

    private var cells: [Cell] = []
    private var slots: [HealthKey: Int] = [:]
    private var lastIssued = Date(timeIntervalSince1970: 0)
    private var changed: Set<Int> = []
    /// Slots of which nothing but the last use has changed.
    private var used: Set<Int> = []
    /// Slots that came back before their time, the latest ones only, and how many were forgotten before them.
    private var wakes: [Int] = []
    private var wakesForgotten = 0
    /// Models to which some window is limited, or was.
    private var models: Set<String> = []
    /// Moves when health is replaced from outside: no earlier conclusion holds.
    private(set) var edition = 0

    package init() {}

    /// The slot of a credential, made when there is none.
    package mutating func slot(for key: HealthKey) -> Int {
        if let slot = slots[key] { return slot }
        cells.append(Cell(key: key, health: Health()))
        slots[key] = cells.count - 1
        return cells.count - 1
    }

    package subscript(key: HealthKey) -> Health { slots[key].map { cells[$0].health } ?? Health() }

    /// Takes over what a journal or a command says; does not count as a change of ours.
    package mutating func set(_ key: HealthKey, to health: Health) {
        let slot = slot(for: key)
        cells[slot].health = health
        if let lastUsed = health.lastUsed {
            if lastUsed.timeIntervalSince1970 < Self.latestUse {
                // Whatever is used next was used later than this.
                lastIssued = max(lastIssued, lastUsed)
            } else {
                cells[slot].health.lastUsed = nil
            }
        }
        for window in health.windows { if case .model(let model) = window.scope { models.insert(model) } }
        edition += 1
    }

    /// See ``Health/bindWindows(ladder:at:)``; for after the start, and after the clock went back.
    package mutating func bindWindows(ladder: Ladder, at now: Date) {
        for slot in cells.indices {
            cells[slot].probesUntil = min(cells[slot].probesUntil, now + Self.probeLease)
            guard !cells[slot].health.windows.isEmpty, cells[slot].health.bindWindows(ladder: ladder, at: now) else {
                continue
            }
            changed.insert(slot)
            edition += 1
        }
    }

    // MARK: For rosters

    func health(at slot: Int) -> Health { cells[slot].health }
    func lastUsed(_ slot: Int) -> Date? { cells[slot].health.lastUsed }

    /// Whether a window may be limited to `model`. For all other models every credential stands alike.
    func tellsApart(_ model: String) -> Bool { !models.isEmpty && models.contains(model) }

    func standing(_ slot: Int, for model: String, at now: Date) -> Standing {
        if cells[slot].health.isClear { return Standing(code: .ok, until: nil) }
        let isProbed = cells[slot].probes > 0 && cells[slot].probesUntil > now
        if let window = cells[slot].health.window(for: model, at: now), let lane = window.reason.lane {
            // A transient window refuses nobody when nothing else is left; a probe under way does.
            if lane == .transient, isProbed {
                return Standing(code: .probeInFlight, until: cells[slot].probesUntil)
            }
            return Standing(code: SkipCode(lane), until: window.until)
        }
        if isProbed, cells[slot].health.isHalfOpen(for: model, at: now) {
            return Standing(code: .probeInFlight, until: cells[slot].probesUntil)
        }
        return Standing(code: .ok, until: nil)
    }

    /// - Returns: the moment that was noted: at least a microsecond after every earlier one, so that order by use is
    ///   never a draw.
    @discardableResult
    mutating func markUsed(_ slot: Int, at now: Date) -> Date {
        lastIssued = max(now, lastIssued + 1e-6)
        cells[slot].health.lastUsed = lastIssued
        used.insert(slot)
        return lastIssued
    }

    /// - Returns: whether it is a probe: it began while something was held against the credential.
    mutating func beginAttempt(_ slot: Int, for model: String, isLastResort: Bool, at now: Date) -> Bool {
        guard isLastResort || cells[slot].health.isHalfOpen(for: model, at: now) else { return false }
        cells[slot].probes += 1
        cells[slot].probesUntil = now + Self.probeLease
        return true
    }

    /// How often a credential came back before its time, since the table was made.
    var wakeCount: Int { wakesForgotten + wakes.count }

    /// The slots of those calls since `count`; nil when some of them are forgotten.
    func wakes(since count: Int) -> ArraySlice<Int>? {
        (wakesForgotten...wakeCount).contains(count) ? wakes[(count - wakesForgotten)...] : nil
    }

    private mutating func wake(_ slot: Int) {
        wakes.append(slot)
        guard wakes.count > Self.maximumWakes else { return }
        wakesForgotten += Self.maximumWakes / 2
        wakes.removeFirst(Self.maximumWakes / 2)
    }

    // MARK: Outcomes

    package mutating func endProbe(_ key: HealthKey) {
        guard let slot = slots[key], cells[slot].probes > 0 else { return }
        cells[slot].probes -= 1
        wake(slot)
    }

    /// - Parameter isProbe: whether the attempt began while something was held against the credential. One that was
    ///   under way before the failure proves nothing about it, and clears nothing.
    package mutating func recordSuccess(_ key: HealthKey, isProbe: Bool = true) {
        let slot = slot(for: key)
        guard isProbe, cells[slot].health.recordSuccess() else { return }
        changed.insert(slot)
        wake(slot)
    }

    /// - Parameter jitter: 0...1; see `Health.record`.
    package mutating func record(
        _ failure: Failure, for key: HealthKey, ladder: Ladder, jitter: Double, at now: Date
    ) {
        let slot = slot(for: key)
        guard let provider = ProviderID(key.id.text.prefix { $0 != ":" }) else { return }
        let failure = bounded(failure)
        if cells[slot].health.record(failure, provider: provider, ladder: ladder, jitter: jitter, at: now) {
            if case .model(let model) = failure.scope { models.insert(model) }
            changed.insert(slot)
        }
    }

    /// Clients name the models: no more of them are told apart than are worth it.
    private mutating func bounded(_ failure: Failure) -> Failure {
        guard case .model(let model) = failure.scope, models.count >= Self.maximumModels, !models.contains(model)
        else { return failure }
        models = []
        for cell in cells {
            for window in cell.health.windows { if case .model(let held) = window.scope { models.insert(held) } }
        }
        guard models.count >= Self.maximumModels else { return failure }
        var wider = failure
        wider.scope = .profile
        return wider
    }

    /// By command, or because a new credential was stored under the id.
    package mutating func clear(_ key: HealthKey) {
        let slot = slot(for: key)
        cells[slot].health.clear()
        changed.insert(slot)
        wake(slot)
    }

    /// Only what the clearance is about; a credential that is not known stays unknown.
    ///
    /// - Returns: what went; nil when there was nothing.
    package mutating func forget(_ key: HealthKey, _ clearance: Clearance) -> Forgotten? {
        guard let slot = slots[key], let gone = cells[slot].health.forget(clearance) else { return nil }
        changed.insert(slot)
        wake(slot)
        return gone
    }

    /// What has changed since the last call.
    ///
    /// - Parameter maximumUses: of those that were used and nothing more, the rest is given next time: with thousands
    ///   of credentials, every request uses another one.
    package mutating func takeChanges(maximumUses: Int = .max) -> [(key: HealthKey, health: Health)] {
        used.subtract(changed)
        let uses = Array(used.prefix(maximumUses))
        used.subtract(uses)
        defer { changed.removeAll(keepingCapacity: true) }
        return (changed + uses).map { (cells[$0].key, cells[$0].health) }
    }

    package var all: [(key: HealthKey, health: Health)] { cells.map { ($0.key, $0.health) } }
}
