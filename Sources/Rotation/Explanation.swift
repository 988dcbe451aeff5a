// SPDX-License-Identifier: Apache-2.0
package import Credentials
package import FoundationEssentials

/// Why the next request for a model goes where it goes.
package struct Explanation: Hashable, Sendable {
    package enum State: String, Sendable {
        case next
        case ready
        case cooling
        case disabled
        case ineligible
        case excluded
    }

    package struct Line: Hashable, Sendable {
        package var profile: ProfileID
        package var source: CandidateSource
        package var kind: CredentialKind
        package var state: State
        package var code: SkipCode
        package var reason: FailureReason?
        package var until: Date?
        package var evidence: Evidence?
    }

    package var model: String
    /// `store`, `config` or `automatic`.
    package var orderSource: String
    /// In the order in which one request would try them, then those that it would not.
    package var candidates: [Line]
    package var next: ProfileID?
    /// What a request would be told when there is no next.
    package var unavailability: Unavailability?
    /// What stands behind it.
    package var causes: [Cause]

    package init(
        model: String, orderSource: String, candidates: [Line], next: ProfileID?, unavailability: Unavailability?,
        causes: [Cause] = []
    ) {
        self.model = model
        self.orderSource = orderSource
        self.candidates = candidates
        self.next = next
        self.unavailability = unavailability
        self.causes = causes
    }
}

extension Explanation {
    /// The same when nothing can be sent to the provider.
    package func without(_ fault: ProviderFault) -> Explanation {
        var explanation = self
        explanation.next = nil
        explanation.unavailability = .providerLeftOut(fault)
        explanation.causes = []
        return explanation
    }
}

extension Roster {
    /// Built from sorting alone, so that it checks the chooser as much as it explains it.
    package func explain(_ ask: Ask, table: HealthTable, now: Date) -> Explanation {
        let seated = lineup.seats.indices.map { Seat(place: $0, self, ask, table, now) }.sorted()
        let next = next(ask, among: seated, table, now)
        let excluded = lineup.candidates.indices.filter { lineup.place(of: $0) == nil }
        let lines =
            seated.map { line(for: $0.index, isNext: $0.index == next, ask, table, now) }
            + excluded.map { line(for: $0, isNext: $0 == next, ask, table, now) }
        return Explanation(
            model: ask.model, orderSource: lineup.order?.source.rawValue ?? "automatic", candidates: lines,
            next: next.map { lineup.candidates[$0].id },
            unavailability: next == nil ? unavailability(of: ask, table, now) : nil,
            causes: next == nil ? causes(ask, table: table, now: now) : [])
    }

    /// A candidate's place in an explanation: the session's last one, those that may be asked, those that wait, the
    /// soonest first, then those that cannot be used.
    private struct Seat: Comparable {
        let group: Int
        /// Among those that wait.
        let until: Date
        /// Among those that may be asked.
        let turn: Turn
        let place: Int
        let index: Int

        init(place: Int, _ roster: Roster, _ ask: Ask, _ table: HealthTable, _ now: Date) {
            self.place = place
            index = roster.lineup.seats[place]
            turn = roster.lineup.turn(at: place, table)
            let standing = roster.lineup.standing(of: index, for: ask.model, table, now)
            let isPreferred = roster.openPreference(ask, table, now) == index
            group = isPreferred ? 0 : standing.code == .ok ? 1 : standing.until != nil ? 2 : 3
            until = group == 2 ? roster.end(of: index, ask, table, now) : .distantPast
        }

        static func < (a: Seat, b: Seat) -> Bool {
            if a.group != b.group { return a.group < b.group }
            switch a.group {
            case 1: return a.turn < b.turn
            case 2: return (a.until, a.place) < (b.until, b.place)
            default: return a.place < b.place
            }
        }
    }

    /// As it is shown: a probe under way hides no window.
    private func end(of index: Int, _ ask: Ask, _ table: HealthTable, _ now: Date) -> Date {
        lineup.window(of: index, for: ask.model, table, now)?.until ?? now
    }

    private func next(_ ask: Ask, among seated: [Seat], _ table: HealthTable, _ now: Date) -> Int? {
        func code(_ index: Int) -> SkipCode { lineup.standing(of: index, for: ask.model, table, now).code }
        func mayTry(_ index: Int) -> Bool { !ask.tried.contains(lineup.candidates[index].id) }
        if let pinned = ask.pinned {
            return lineup.index(of: pinned).flatMap {
                mayTry($0) && (code($0) == .ok || code($0) == .cooldownTransient) ? $0 : nil
            }
        }
        let untried = seated.map(\.index).filter(mayTry)
        return untried.first { code($0) == .ok } ?? untried.first { code($0) == .cooldownTransient }
    }

    private func unavailability(of ask: Ask, _ table: HealthTable, _ now: Date) -> Unavailability {
        guard let pinned = ask.pinned else { return unavailability(ask, table: table, now: now) }
        guard let index = lineup.index(of: pinned) else {
            return .pinnedUnavailable(pinned, .unknownProfile, until: nil)
        }
        let standing = lineup.standing(of: index, for: ask.model, table, now)
        return pinnedUnavailability(pinned, index, standing, ask, now: now)
    }

    private func line(
        for index: Int, isNext: Bool, _ ask: Ask, _ table: HealthTable, _ now: Date
    ) -> Explanation.Line {
        let candidate = lineup.candidates[index]
        let window = lineup.window(of: index, for: ask.model, table, now)
        let found = lineup.standing(of: index, for: ask.model, table, now).code
        let code = isNext ? found : lineup.exclusion(of: index) ?? found
        return Explanation.Line(
            profile: candidate.id, source: candidate.source, kind: candidate.kind,
            state: isNext ? .next : state(code, candidate.eligibility(at: now)), code: code,
            reason: window?.reason, until: window?.until, evidence: window?.evidence)
    }

    private func state(_ code: SkipCode, _ eligibility: SkipCode) -> Explanation.State {
        if code.isExclusion { return .excluded }
        if eligibility != .ok { return .ineligible }
        if code.isDisabled { return .disabled }
        return code == .ok ? .ready : .cooling
    }
}
