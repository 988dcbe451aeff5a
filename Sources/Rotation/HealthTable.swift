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
    }

    private(set) var cells: [Cell] = []
    private var slots: [HealthKey: Int] = [:]
    /// Moves whenever something may have become available before its window's end.
    private(set) var epoch = 0
    private var lastIssued = Date(timeIntervalSince1970: 0)
    private var changed: Set<Int> = []

    package init() {}

    /// The slot of a credential, made when there is none.
    package mutating func slot(for key: HealthKey) -> Int {
        if let slot = slots[key] { return slot }
        cells.append(Cell(key: key, health: Health()))
        slots[key] = cells.count - 1
        return cells.count - 1
    }

    package subscript(key: HealthKey) -> Health { slots[key].map { cells[$0].health } ?? Health() }

    package func hasProbe(_ key: HealthKey) -> Bool { slots[key].map { cells[$0].probes > 0 } ?? false }

    /// Takes over what a journal or a command says; does not count as a change of ours.
    package mutating func set(_ key: HealthKey, to health: Health) {
        let slot = slot(for: key)
        cells[slot].health = health
        epoch += 1
    }

    /// - Returns: the moment that was noted: at least a microsecond after every earlier one, so that order by use is
    ///   never a draw.
    @discardableResult
    mutating func markUsed(_ slot: Int, at now: Date) -> Date {
        lastIssued = max(now, lastIssued + 1e-6)
        cells[slot].health.lastUsed = lastIssued
        changed.insert(slot)
        return lastIssued
    }

    mutating func beginProbe(_ slot: Int) { cells[slot].probes += 1 }

    package mutating func endProbe(_ key: HealthKey) {
        guard let slot = slots[key], cells[slot].probes > 0 else { return }
        cells[slot].probes -= 1
        epoch += 1
    }

    package mutating func recordSuccess(_ key: HealthKey) {
        let slot = slot(for: key)
        guard cells[slot].health.recordSuccess() else { return }
        changed.insert(slot)
        epoch += 1
    }

    /// - Parameter jitter: 0...1; see `Health.record`.
    package mutating func record(
        _ failure: Failure, for key: HealthKey, ladder: Ladder, jitter: Double, at now: Date
    ) {
        let slot = slot(for: key)
        guard let provider = ProviderID(key.id.text.prefix { $0 != ":" }) else { return }
        if cells[slot].health.record(failure, provider: provider, ladder: ladder, jitter: jitter, at: now) {
            changed.insert(slot)
        }
    }

    /// By command, or because a new credential was stored under the id.
    package mutating func clear(_ key: HealthKey) {
        let slot = slot(for: key)
        cells[slot].health.clear()
        changed.insert(slot)
        epoch += 1
    }

    /// What has changed since the last call.
    package mutating func takeChanges() -> [(key: HealthKey, health: Health)] {
        defer { changed.removeAll(keepingCapacity: true) }
        return changed.map { (cells[$0].key, cells[$0].health) }
    }

    package var all: [(key: HealthKey, health: Health)] { cells.map { ($0.key, $0.health) } }
}
