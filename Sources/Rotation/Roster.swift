// SPDX-License-Identifier: Apache-2.0
import Credentials
package import FoundationEssentials

/// One agent's credentials for one provider, and whose turn it is.
///
/// `choose` is the request path: with 10 000 healthy candidates it costs what it costs with ten, because the next one
/// is on top of a heap. `explain` sorts instead, and must come to the same answer.
package struct Roster: Sendable {
    package let candidates: [Candidate]
    package let order: ExplicitOrder?
    let slots: [Int]
    private let indexes: [ProfileID: Int]
    /// Explicit order: the indexes in that sequence. Empty in automatic order.
    private let sequence: [Int]
    private var turns: TurnHeap
    /// Put aside until a window of the whole profile ends, so that not every request walks past them.
    private var parked: [Int] = []
    private var parkedUntil = Date.distantFuture
    private var seenEpoch = 0
    /// Models for which nobody was left, until when, and what was true then.
    private var closed: [String: Closure] = [:]

    private struct Closure: Sendable {
        var until: Date
        var epoch: Int
        var unavailability: Unavailability
    }

    /// A probe by another request answers soon; whoever waits for it looks again after this, in seconds.
    static let probeWait: TimeInterval = 0.25

    /// - Parameters:
    ///   - candidates: profiles first, then what the configuration and the environment add.
    ///   - order: if given, only its ids are ever chosen automatically.
    ///   - table: gets a slot for each candidate.
    package init(candidates: [Candidate], order: ExplicitOrder?, table: inout HealthTable) {
        self.candidates = candidates
        self.order = order
        slots = candidates.map { table.slot(for: $0.healthKey) }
        var indexes: [ProfileID: Int] = [:]
        for (index, candidate) in candidates.enumerated() where indexes[candidate.id] == nil { indexes[candidate.id] = index }
        self.indexes = indexes
        var seen: Set<Int> = []
        sequence = order.map { $0.ids.compactMap { indexes[$0] }.filter { seen.insert($0).inserted } } ?? []
        turns = TurnHeap()
        if order == nil {
            for index in candidates.indices where candidates[index].standing == .ok {
                turns.push(turn(of: index, in: table))
            }
        }
        seenEpoch = table.epoch
    }

    package mutating func choose(_ ask: Ask, table: inout HealthTable, now: Date) -> Choice {
        if let pinned = ask.pinned { return choosePinned(pinned, ask, table: &table, now: now) }
        if let preferred = ask.preferred, let index = indexes[preferred], !ask.tried.contains(preferred),
            mayBeAutomatic(index), code(of: index, for: ask.model, table, now) == .ok
        {
            return take(index, table: &table, now: now)
        }
        if let closure = closed[ask.model] {
            if closure.epoch == table.epoch, closure.until > now { return .none(closure.unavailability) }
            closed[ask.model] = nil
        }
        if let index = order == nil ? nextTurn(ask, table: &table, now: now) : nextInSequence(ask, table: table, now: now) {
            return take(index, table: &table, now: now)
        }
        return lastResort(ask, table: &table, now: now)
    }

    // MARK: Those who are available

    private func nextInSequence(_ ask: Ask, table: HealthTable, now: Date) -> Int? {
        sequence.first { code(of: $0, for: ask.model, table, now) == .ok && !ask.tried.contains(candidates[$0].id) }
    }

    private mutating func nextTurn(_ ask: Ask, table: inout HealthTable, now: Date) -> Int? {
        unpark(table: table, now: now)
        var passedOver: [Int] = []
        var found: Int?
        while let top = turns.top {
            let current = turn(of: top.index, in: table)
            if current != top {
                // Used through another roster in the meantime: it takes its place again.
                turns.replaceTop(with: current)
                continue
            }
            let code = code(of: top.index, for: ask.model, table, now)
            if code == .ok, !ask.tried.contains(candidates[top.index].id) {
                found = top.index
                break
            }
            turns.pop()
            if code != .ok, let end = profileWindowEnd(of: top.index, table, now) {
                parked.append(top.index)
                parkedUntil = min(parkedUntil, end)
            } else {
                passedOver.append(top.index)
            }
        }
        for index in passedOver { turns.push(turn(of: index, in: table)) }
        return found
    }

    private mutating func unpark(table: HealthTable, now: Date) {
        guard !parked.isEmpty, seenEpoch != table.epoch || parkedUntil <= now else { return }
        seenEpoch = table.epoch
        let waiting = parked
        parked = []
        parkedUntil = .distantFuture
        for index in waiting {
            if let end = profileWindowEnd(of: index, table, now) {
                parked.append(index)
                parkedUntil = min(parkedUntil, end)
            } else {
                turns.push(turn(of: index, in: table))
            }
        }
    }

    private func profileWindowEnd(of index: Int, _ table: HealthTable, _ now: Date) -> Date? {
        var end: Date?
        for window in table.cells[slots[index]].health.windows where window.scope == .profile && window.until > now {
            end = max(end ?? window.until, window.until)
        }
        return end
    }

    private mutating func take(_ index: Int, table: inout HealthTable, now: Date, isLastResort: Bool = false) -> Choice {
        let slot = slots[index]
        let isProbe = isLastResort || table.cells[slot].health.isHalfOpen
        if isProbe { table.beginProbe(slot) }
        table.markUsed(slot, at: now)
        if turns.top?.index == index { turns.replaceTop(with: turn(of: index, in: table)) }
        return .profile(candidates[index].id, index: index, isProbe: isProbe)
    }

    private func turn(of index: Int, in table: HealthTable) -> Turn {
        Turn(rank: candidates[index].rank, lastUsed: table.cells[slots[index]].health.lastUsed, id: candidates[index].id, index: index)
    }

    // MARK: When nobody is

    /// A transient window refuses nobody when nothing else is left: the soonest is tried, one request at a time.
    private mutating func lastResort(_ ask: Ask, table: inout HealthTable, now: Date) -> Choice {
        let standings = automaticIndexes.map { (index: $0, code: code(of: $0, for: ask.model, table, now)) }
        let open = standings.filter { !ask.tried.contains(candidates[$0.index].id) }
        let transient = open.filter { $0.code == .cooldownTransient && table.cells[slots[$0.index]].probes == 0 }
        if let soonest = transient.min(by: { end(of: $0.index, ask, table, now) < end(of: $1.index, ask, table, now) }) {
            return take(soonest.index, table: &table, now: now, isLastResort: true)
        }
        let unavailability = unavailability(ask, table: table, now: now)
        if ask.tried.isEmpty, let until = unavailability.until, standings.allSatisfy({ $0.code != .probeInFlight && $0.code != .cooldownTransient }) {
            closed[ask.model] = Closure(until: until, epoch: table.epoch, unavailability: unavailability)
        }
        return .none(unavailability)
    }

    /// When the soonest of those that wait may be tried; nil when nobody waits.
    package func reopening(_ ask: Ask, table: HealthTable, now: Date) -> Date? {
        unavailability(Ask(model: ask.model), table: table, now: now).until
    }

    /// Every candidate with the worst that is held against it, whatever the model.
    package func standings(table: HealthTable, now: Date) -> [(candidate: Candidate, code: SkipCode)] {
        let automatic = Set(automaticIndexes)
        return candidates.indices.map { index in
            let health = table.cells[slots[index]].health
            let eligibility = candidates[index].eligibility(at: now)
            if eligibility != .ok { return (candidates[index], eligibility) }
            if !automatic.contains(index) { return (candidates[index], .excludedByAuthOrder) }
            let worst = health.windows.filter { $0.until > now }.max { $0.until < $1.until }
            return (candidates[index], worst?.reason.lane.map { SkipCode($0) } ?? .ok)
        }
    }

    func end(of index: Int, _ ask: Ask, _ table: HealthTable, _ now: Date) -> Date {
        table.cells[slots[index]].health.window(for: ask.model, at: now)?.until ?? now
    }

    func unavailability(_ ask: Ask, table: HealthTable, now: Date) -> Unavailability {
        var soonest: Date?
        var reason = FailureReason.unknown
        var isAnyEligible = false
        for index in automaticIndexes {
            let code = code(of: index, for: ask.model, table, now)
            if code == .ok { isAnyEligible = true }
            guard let end = reopening(of: index, code: code, ask, table, now) else { continue }
            isAnyEligible = true
            if soonest.map({ end < $0 }) ?? true {
                soonest = end
                reason = table.cells[slots[index]].health.window(for: ask.model, at: now)?.reason ?? .timeout
            }
        }
        if let soonest { return .allCooling(until: soonest, reason: reason) }
        return isAnyEligible ? .exhausted : .noCredential
    }

    private func reopening(of index: Int, code: SkipCode, _ ask: Ask, _ table: HealthTable, _ now: Date) -> Date? {
        if code == .probeInFlight { return now + Self.probeWait }
        guard let window = table.cells[slots[index]].health.window(for: ask.model, at: now), candidates[index].eligibility(at: now) == .ok
        else { return nil }
        // A transient window does not refuse, its probe does.
        if window.reason.isTransient, table.cells[slots[index]].probes > 0 { return now + Self.probeWait }
        return window.until
    }

    private mutating func choosePinned(_ pinned: ProfileID, _ ask: Ask, table: inout HealthTable, now: Date) -> Choice {
        guard let index = indexes[pinned] else { return .none(.pinnedUnavailable(pinned, .missingCredential, until: nil)) }
        if ask.tried.contains(pinned) {
            let until = table.cells[slots[index]].health.window(for: ask.model, at: now)?.until
            return .none(.pinnedUnavailable(pinned, .alreadyTried, until: until))
        }
        let code = code(of: index, for: ask.model, table, now)
        if code == .ok { return take(index, table: &table, now: now) }
        if code == .cooldownTransient, table.cells[slots[index]].probes == 0 {
            return take(index, table: &table, now: now, isLastResort: true)
        }
        return .none(.pinnedUnavailable(pinned, code, until: reopening(of: index, code: code, ask, table, now)))
    }

    // MARK: What both ways of asking share

    /// Why a candidate cannot be taken for `model` now; `.ok` when it can.
    func code(of index: Int, for model: String, _ table: HealthTable, _ now: Date) -> SkipCode {
        let eligibility = candidates[index].eligibility(at: now)
        guard eligibility == .ok else { return eligibility }
        let cell = table.cells[slots[index]]
        if cell.health.isClear { return .ok }
        if let window = cell.health.window(for: model, at: now), let lane = window.reason.lane { return SkipCode(lane) }
        return cell.probes > 0 ? .probeInFlight : .ok
    }

    func index(of id: ProfileID) -> Int? { indexes[id] }

    private func mayBeAutomatic(_ index: Int) -> Bool { order == nil || sequence.contains(index) }

    var automaticIndexes: [Int] { order == nil ? Array(candidates.indices) : sequence }
}
