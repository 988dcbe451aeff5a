// SPDX-License-Identifier: Apache-2.0
import Credentials
package import FoundationEssentials

// What sorting says, beside the request path.
extension Roster {
    /// When the soonest of those that wait may be tried; nil when nobody waits.
    package func reopening(_ ask: Ask, table: HealthTable, now: Date) -> Date? {
        unavailability(ask, table: table, now: now).until
    }

    /// Every candidate with the worst that is held against it, whatever the model.
    package func standings(table: HealthTable, now: Date) -> [(candidate: Candidate, code: SkipCode)] {
        lineup.candidates.indices.map { index in
            let candidate = lineup.candidates[index]
            let eligibility = candidate.eligibility(at: now)
            if eligibility != .ok { return (candidate, eligibility) }
            if let exclusion = lineup.exclusion(of: index) { return (candidate, exclusion) }
            let windows = table.health(at: lineup.slots[index]).windows.filter { $0.until > now }
            let worst = windows.max { $0.until < $1.until }
            return (candidate, worst?.reason.lane.map { SkipCode($0) } ?? .ok)
        }
    }

    /// What a request would be told when there is no next.
    func unavailability(_ ask: Ask, table: HealthTable, now: Date) -> Unavailability {
        let standings = lineup.seats.map { lineup.standing(of: $0, for: ask.model, table, now) }
        var soonest: (at: Date, until: Date, place: Int)?
        for (place, standing) in standings.enumerated() {
            guard let until = standing.until, let at = standing.reopening(at: now) else { continue }
            if soonest.map({ (at, until, place) < ($0.at, $0.until, $0.place) }) ?? true {
                soonest = (at, until, place)
            }
        }
        if let soonest {
            let window = lineup.window(of: lineup.seats[soonest.place], for: ask.model, table, now)
            return .allCooling(until: soonest.at, reason: window?.reason ?? .timeout)
        }
        return standings.contains { $0.code == .ok } ? .exhausted : lineup.nobody(at: now)
    }
}
