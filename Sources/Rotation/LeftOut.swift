// SPDX-License-Identifier: Apache-2.0
package import Credentials
package import FoundationEssentials

/// Credentials that could be sent and are not, because an order names only others, of which none can be.
package struct LeftOut: Hashable, Sendable {
    /// Nil: there is no order, and `auth.profiles` of the configuration notes others.
    package var order: ExplicitOrder?
    /// Of those that the order names, the ones that are there; the first few.
    package var kept: [ProfileID]
    /// Those that are left out; the first few, because they stand in a sentence.
    package var ids: [ProfileID]
    /// The order names more than `kept`, which is therefore no order to write.
    package var isCut: Bool
    /// How many are left out.
    package var count: Int

    package init(order: ExplicitOrder?, kept: some Collection<ProfileID>, ids: some Collection<ProfileID>) {
        self.order = order
        self.kept = Array(kept.prefix(Self.idsKept))
        self.ids = Array(ids.prefix(Self.idsKept))
        isCut = kept.count > Self.idsKept
        count = ids.count
    }

    private static let idsKept = 8
}

extension Roster {
    /// Nil while somebody who may be chosen can be sent, now or after a wait, or when nobody can be sent at all.
    package func leftOut(at now: Date) -> LeftOut? { lineup.leftOut(at: now) }
}

extension Lineup {
    func leftOut(at now: Date) -> LeftOut? {
        guard !seats.contains(where: { candidates[$0].eligibility(at: now) == .ok }) else { return nil }
        let others = candidates.indices.filter { place(of: $0) == nil && candidates[$0].eligibility(at: now) == .ok }
        guard !others.isEmpty else { return nil }
        return LeftOut(
            order: order, kept: (order == nil ? [] : seats).lazy.map { candidates[$0].id },
            ids: others.lazy.map { candidates[$0].id })
    }

    /// When the next one that could be sent can be sent no more.
    func nextExpiry(after now: Date) -> Date {
        let dates = candidates.lazy.compactMap { candidate in
            if candidate.standing == .ok, case .at(let date) = candidate.expires, date > now { date } else { nil }
        }
        return dates.min() ?? .distantFuture
    }

    /// Why nobody can be asked, when nobody waits either.
    func nobody(at now: Date) -> Unavailability { leftOut(at: now).map { .leftOut($0) } ?? .noCredential }
}
