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
    package var candidates: [Line]
    package var next: ProfileID?
    /// What a request would be told when there is no next.
    package var unavailability: Unavailability?

    package init(
        model: String, orderSource: String, candidates: [Line], next: ProfileID?, unavailability: Unavailability?
    ) {
        self.model = model
        self.orderSource = orderSource
        self.candidates = candidates
        self.next = next
        self.unavailability = unavailability
    }
}

extension Roster {
    /// Built from sorting alone, so that it checks the chooser as much as it explains it.
    package func explain(_ ask: Ask, table: HealthTable, now: Date) -> Explanation {
        let arranged = arrange(ask, table: table, now: now)
        let next = next(ask, among: arranged, table: table, now: now)
        var lines: [Explanation.Line] = []
        for index in arranged { lines.append(line(for: index, isNext: index == next, ask, table, now)) }
        for index in candidates.indices where !arranged.contains(index) {
            lines.append(line(for: index, isNext: index == next, ask, table, now, isExcluded: true))
        }
        return Explanation(
            model: ask.model, orderSource: order?.source.rawValue ?? "automatic", candidates: lines,
            next: next.map { candidates[$0].id },
            unavailability: next == nil ? unavailability(ask, table: table, now: now) : nil)
    }

    /// Available ones in their order, then those that wait, the soonest first, then those that cannot be used.
    private func arrange(_ ask: Ask, table: HealthTable, now: Date) -> [Int] {
        let codes = Dictionary(uniqueKeysWithValues: automaticIndexes.map { ($0, code(of: $0, for: ask.model, table, now)) })
        let inOrder = order == nil
            ? automaticIndexes.sorted { turnOrder($0, $1, table) } : automaticIndexes
        let isAvailable = { (index: Int) in codes[index] == .ok }
        let waits = { (index: Int) in !isAvailable(index) && candidates[index].eligibility(at: now) == .ok }
        let waiting = inOrder.filter(waits).enumerated().sorted { first, second in
            let ends = (end(of: first.element, ask, table, now), end(of: second.element, ask, table, now))
            return ends.0 == ends.1 ? first.offset < second.offset : ends.0 < ends.1
        }.map(\.element)
        return inOrder.filter(isAvailable) + waiting + inOrder.filter { !isAvailable($0) && !waits($0) }
    }

    private func turnOrder(_ a: Int, _ b: Int, _ table: HealthTable) -> Bool {
        Turn(rank: candidates[a].rank, lastUsed: table.cells[slots[a]].health.lastUsed, id: candidates[a].id, index: a)
            < Turn(rank: candidates[b].rank, lastUsed: table.cells[slots[b]].health.lastUsed, id: candidates[b].id, index: b)
    }

    private func next(_ ask: Ask, among arranged: [Int], table: HealthTable, now: Date) -> Int? {
        let mayTry = { (index: Int) in !ask.tried.contains(candidates[index].id) }
        let isOpen = { (index: Int) in code(of: index, for: ask.model, table, now) == .ok }
        let isProbeable = { (index: Int) in
            code(of: index, for: ask.model, table, now) == .cooldownTransient && table.cells[slots[index]].probes == 0
        }
        if let pinned = ask.pinned {
            return index(of: pinned).flatMap { mayTry($0) && (isOpen($0) || isProbeable($0)) ? $0 : nil }
        }
        if let preferred = ask.preferred.flatMap({ index(of: $0) }), arranged.contains(preferred), mayTry(preferred), isOpen(preferred) {
            return preferred
        }
        return arranged.first { mayTry($0) && isOpen($0) } ?? arranged.first { mayTry($0) && isProbeable($0) }
    }

    private func line(
        for index: Int, isNext: Bool, _ ask: Ask, _ table: HealthTable, _ now: Date, isExcluded: Bool = false
    ) -> Explanation.Line {
        let candidate = candidates[index]
        let window = table.cells[slots[index]].health.window(for: ask.model, at: now)
        let found = code(of: index, for: ask.model, table, now)
        let code = isExcluded && !isNext ? .excludedByAuthOrder : found
        let state: Explanation.State =
            if isNext { .next } else if code == .excludedByAuthOrder { .excluded } else if candidate.eligibility(at: now) != .ok {
                .ineligible
            } else if code.isDisabled { .disabled } else if code == .ok { .ready } else { .cooling }
        return Explanation.Line(
            profile: candidate.id, source: candidate.source, kind: candidate.kind, state: state, code: code,
            reason: window?.reason, until: window?.until, evidence: window?.evidence)
    }
}
