// SPDX-License-Identifier: Apache-2.0
import CredentialLifecycle
import Credentials
import FoundationEssentials
import Rotation

/// An agent's order for one provider with all that it leaves out behind it, so that whoever types its command need type no
/// other: one that named only some of them would leave out the rest.
struct WidenedOrder {
    let provider: ProviderID
    let agent: AgentID
    /// Which order holds now; nil when there is none.
    let source: ExplicitOrder.Source?
    let ids: [ProfileID]

    /// As a part of a sentence.
    var place: String { source == .store ? "the order of agent \(agent)" : "auth.order" }

    /// That it leaves out `what`: which of the two orders does.
    func leavesOut(_ what: String) -> String {
        source == .store
            ? "The order of agent \(agent) for \(provider) leaves \(what) out"
            : "\(provider.orderPlace) of the configuration leaves \(what) out"
    }

    var command: String {
        "agenticflow-enterprise models auth order set --provider \(provider) --agent \(agent) "
            + ids.map(\.text).joined(separator: " ")
    }
}

extension InstanceReading {
    /// - Parameters:
    ///   - wanted: nil takes in everything that could be sent; else only those.
    ///   - id: one that is taken in whether it can be sent or not.
    ///   - gone: what will not be there any more.
    func widenedOrder(
        of provider: ProviderID, by agent: AgentID, only wanted: Set<ProfileID>? = nil, including id: ProfileID? = nil,
        without gone: Set<ProfileID> = [], at now: Date
    ) -> WidenedOrder {
        let reader = self[agent]
        let order = reader.flatMap { self.order(of: provider, for: $0) }
        let candidates = reader.map { self.candidates(for: provider, of: $0).map(\.candidate) } ?? []
        let known = Set(candidates.map(\.id)).subtracting(gone)
        // `order set` takes only what is there; what only the gateway has may be there.
        var ids = order?.ids.filter { known.contains($0) || $0.isReserved } ?? []
        let left = candidates.filter { candidate in
            guard !ids.contains(candidate.id) else { return false }
            if candidate.id == id { return true }
            return wanted?.contains(candidate.id) ?? (candidate.eligibility(at: now) == .ok)
        }
        // As they would be tried without an order.
        ids += left.sorted { ($0.rank, $0.id) < ($1.rank, $1.id) }.map(\.id)
        if let id, !ids.contains(id) { ids.append(id) }
        return WidenedOrder(provider: provider, agent: agent, source: order?.source, ids: ids)
    }
}
