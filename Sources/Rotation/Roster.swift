// SPDX-License-Identifier: Apache-2.0
import Credentials
package import FoundationEssentials

/// One agent's credentials for one provider, and whose turn it is.
///
/// `choose` is the request path: with 10 000 candidates it costs what it costs with ten, because whoever is next is on
/// top of a heap. `explain` sorts instead, and must come to the same answer.
package struct Roster: Sendable {
    let lineup: Lineup
    /// For every model that no window is limited to.
    private var common: TurnQueue
    /// For the others, made at their first failure.
    private var byModel: [String: TurnQueue] = [:]

    /// Why nobody can be asked, which everybody has to be looked at for: it holds until another one expires.
    private var nobody: (why: Unavailability, times: Range<Date>)?

    private static let maximumQueues = 32
    /// A probe by another request answers soon; whoever waits for it looks again after this, in seconds.
    package static let probeWait: TimeInterval = 0.25

    /// - Parameters:
    ///   - candidates: profiles first, then what the configuration and the environment add.
    ///   - order: if given, only its ids are ever chosen automatically.
    ///   - table: gets a slot for each candidate.
    package init(candidates: [Candidate], order: ExplicitOrder?, table: inout HealthTable) {
        lineup = Lineup(candidates, order: order, table: &table)
        common = TurnQueue(lineup, table, now: .distantPast)
    }

    package var candidates: [Candidate] { lineup.candidates }
    package var order: ExplicitOrder? { lineup.order }

    /// Whoever is chosen counts as used from now on, and as a probe until `HealthTable.endProbe`, when it is one.
    package mutating func choose(_ ask: Ask, table: inout HealthTable, now: Date) -> Choice {
        if let pinned = ask.pinned { return choosePinned(pinned, ask, table: &table, now: now) }
        if let index = openPreference(ask, table, now) { return take(index, ask, table: &table, now: now) }
        // Nothing of the table may be held when it is changed: that would copy it.
        switch find(ask, table, now) {
        case .open(let index): return take(index, ask, table: &table, now: now)
        case .lastResort(let index): return take(index, ask, table: &table, now: now, isLastResort: true)
        case .nobody(let unavailability): return .none(unavailability)
        case .nobodyEver: return .none(nobody(at: now))
        }
    }

    private mutating func nobody(at now: Date) -> Unavailability {
        if let nobody, nobody.times.contains(now) { return nobody.why }
        let why = lineup.nobody(at: now)
        nobody = (why, now..<max(now, lineup.nextExpiry(after: now)))
        return why
    }

    private enum Finding {
        case open(Int)
        case lastResort(Int)
        case nobody(Unavailability)
        case nobodyEver
    }

    /// The session's last one, while it may be asked.
    func openPreference(_ ask: Ask, _ table: HealthTable, _ now: Date) -> Int? {
        guard let preferred = ask.preferred, let index = lineup.index(of: preferred), lineup.place(of: index) != nil,
            !ask.tried.contains(preferred), lineup.standing(of: index, for: ask.model, table, now).code == .ok
        else { return nil }
        return index
    }

    private mutating func find(_ ask: Ask, _ table: HealthTable, _ now: Date) -> Finding {
        let view = RosterView(lineup: lineup, table: table, ask: ask, now: now)
        guard table.tellsApart(ask.model) else { return Self.find(in: &common, view) }
        if byModel[ask.model] == nil {
            if byModel.count >= Self.maximumQueues { byModel.removeAll() }
            byModel[ask.model] = TurnQueue(lineup, table, now: now)
        }
        return Self.find(in: &byModel[ask.model, default: common], view)
    }

    private static func find(in queue: inout TurnQueue, _ view: RosterView) -> Finding {
        let seats = view.lineup.seats
        if let place = queue.next(view) { return .open(seats[place]) }
        if let place = queue.lastResort(view) { return .lastResort(seats[place]) }
        guard let soonest = queue.soonest(view) else {
            return queue.hasReady ? .nobody(.exhausted) : .nobodyEver
        }
        let window = view.lineup.window(of: seats[soonest.place], for: view.ask.model, view.table, view.now)
        return .nobody(.allCooling(until: soonest.at, reason: window?.reason ?? .timeout))
    }

    private func choosePinned(_ pinned: ProfileID, _ ask: Ask, table: inout HealthTable, now: Date) -> Choice {
        guard let index = lineup.index(of: pinned) else {
            return .none(.pinnedUnavailable(pinned, .unknownProfile, until: nil))
        }
        let standing = lineup.standing(of: index, for: ask.model, table, now)
        if !ask.tried.contains(pinned), standing.mayBeAsked {
            return take(index, ask, table: &table, now: now, isLastResort: standing.code != .ok)
        }
        return .none(pinnedUnavailability(pinned, index, standing, ask, now: now))
    }

    /// Why a pin that is not served is not.
    func pinnedUnavailability(
        _ pinned: ProfileID, _ index: Int, _ standing: Standing, _ ask: Ask, now: Date
    ) -> Unavailability {
        let code = standing.mayBeAsked ? SkipCode.alreadyTried : standing.code
        return .pinnedUnavailable(pinned, code, until: standing.reopening(at: now))
    }

    private func take(
        _ index: Int, _ ask: Ask, table: inout HealthTable, now: Date, isLastResort: Bool = false
    ) -> Choice {
        let slot = lineup.slots[index]
        let isProbe = table.beginAttempt(slot, for: ask.model, isLastResort: isLastResort, at: now)
        table.markUsed(slot, at: now)
        return .profile(lineup.candidates[index].id, index: index, isProbe: isProbe)
    }
}

extension Standing {
    /// Also as the last resort.
    var mayBeAsked: Bool { code == .ok || code == .cooldownTransient }

    /// When it may be asked again; nil when it may be asked now, or never again.
    func reopening(at now: Date) -> Date? {
        code == .probeInFlight ? now + Roster.probeWait : until
    }
}
