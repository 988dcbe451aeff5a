// SPDX-License-Identifier: Apache-2.0
import Credentials
import FoundationEssentials

/// The part of a roster that never changes: who may be asked, and in which fixed sequence.
///
/// Those that may be chosen without being named have a *place*, counted from 0: where the explicit order puts them, or
/// in automatic order by kind and name. Whose turn it is among equals is not fixed: see ``Turn``.
struct Lineup: Sendable {
    let candidates: [Candidate]
    let order: ExplicitOrder?
    /// Where each candidate's health is kept.
    let slots: [Int]
    /// Candidates by place.
    let seats: [Int]
    /// Places by slot of the health table.
    let placeOfSlot: [Int: Int]
    private let places: [Int?]
    private let indexes: [ProfileID: Int]

    init(_ candidates: [Candidate], order: ExplicitOrder?, table: inout HealthTable) {
        var indexes: [ProfileID: Int] = [:]
        var candidates = candidates
        for index in candidates.indices {
            if indexes[candidates[index].id] == nil {
                indexes[candidates[index].id] = index
            } else {
                // Two of one name could not be told apart: the first one, a stored profile, has it.
                candidates[index].standing = .ineligibleProfile
            }
        }
        self.candidates = candidates
        self.order = order
        self.indexes = indexes
        slots = candidates.map { table.slot(for: $0.healthKey) }
        seats = Self.seats(candidates, order, indexes)
        var places = [Int?](repeating: nil, count: candidates.count)
        var placeOfSlot: [Int: Int] = [:]
        for (place, index) in seats.enumerated() {
            places[index] = place
            placeOfSlot[slots[index]] = place
        }
        self.places = places
        self.placeOfSlot = placeOfSlot
    }

    private static func seats(
        _ candidates: [Candidate], _ order: ExplicitOrder?, _ indexes: [ProfileID: Int]
    ) -> [Int] {
        if let order {
            var seen: Set<Int> = []
            return order.ids.compactMap { indexes[$0] }.filter { seen.insert($0).inserted }
        }
        return candidates.indices.filter { indexes[candidates[$0].id] == $0 && !candidates[$0].isLeftOut }.sorted {
            (candidates[$0].rank, candidates[$0].id) < (candidates[$1].rank, candidates[$1].id)
        }
    }

    func index(of id: ProfileID) -> Int? { indexes[id] }

    /// Nil for those that are never chosen without being named.
    func place(of index: Int) -> Int? { places[index] }

    /// What leaves a candidate out; nil when nothing does.
    func exclusion(of index: Int) -> SkipCode? {
        guard places[index] == nil else { return nil }
        if order != nil { return .excludedByAuthOrder }
        return candidates[index].isLeftOut ? .notInAuthProfiles : nil
    }

    func turn(at place: Int, _ table: HealthTable) -> Turn {
        guard order == nil else { return Turn(rank: 0, lastUsed: .distantPast, place: place) }
        let index = seats[place]
        return Turn(
            rank: candidates[index].rank, lastUsed: table.lastUsed(slots[index]) ?? .distantPast, place: place)
    }

    func standing(of index: Int, for model: String, _ table: HealthTable, _ now: Date) -> Standing {
        let eligibility = candidates[index].eligibility(at: now)
        guard eligibility == .ok else { return Standing(code: eligibility, until: nil) }
        return table.standing(slots[index], for: model, at: now)
    }

    /// The window that keeps a candidate from `model`, for its reason and evidence.
    func window(of index: Int, for model: String, _ table: HealthTable, _ now: Date) -> Window? {
        table.health(at: slots[index]).window(for: model, at: now)
    }
}

/// A candidate's claim to be next: the kind first, then the one that has waited longest, then the place.
struct Turn: Hashable, Sendable, Comparable {
    var rank: Int
    /// The distant past for one that was never used.
    var lastUsed: Date
    var place: Int

    static func < (a: Turn, b: Turn) -> Bool {
        (a.rank, a.lastUsed, a.place) < (b.rank, b.lastUsed, b.place)
    }
}

/// What a candidate is for one model at one moment.
struct Standing: Hashable, Sendable {
    /// `.ok`: may be asked. `.cooldownTransient`: may be asked when nobody else is left.
    var code: SkipCode
    /// When that changes by itself; nil for never.
    var until: Date?
}
