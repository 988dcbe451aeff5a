// SPDX-License-Identifier: Apache-2.0
import CredentialLifecycle
import Credentials
import FoundationEssentials
import Rotation

/// What is said of a credential that was just given, and that an order leaves out.
struct OrderHint {
    let text: String

    /// - Parameter ids: the order that leaves it out.
    init(_ id: ProfileID, agent: AgentID, source: ExplicitOrder.Source, ids: [ProfileID]) {
        let what =
            source == .store
            ? "Agent \(agent) has an order for \(id.provider) that leaves \(id) out. To use it:"
            : "auth.order.\(id.provider) of the configuration leaves \(id) out. "
                + "To use it, give agent \(agent) an order of its own:"
        text =
            "\(what)\n  agenticflow-enterprise models auth order set --provider \(id.provider) --agent \(agent) "
            + ([id] + ids).map(\.text).joined(separator: " ")
    }

    /// Of what a variable holds, for every agent with an order of its own, and for the first one without.
    static func all(ofVariable name: String, _ reading: InstanceReading, at now: Date) -> [OrderHint] {
        var toldOfConfiguration: Set<ProviderID> = []
        return reading.agents.flatMap { agent in
            reading.providers.all.keys.sorted().compactMap { provider in
                guard let order = reading.order(of: provider, for: agent) else { return nil }
                let held = reading.candidates(for: provider, of: agent).map(\.candidate)
                    .filter { $0.source.variable == name }.map(\.id)
                guard let first = held.first, Set(held).isDisjoint(with: order.ids),
                    order.source == .store || toldOfConfiguration.insert(provider).inserted
                else { return nil }
                let known = reading.widenedOrder(of: provider, by: agent.id, only: [], at: now).ids
                return OrderHint(first, agent: agent.id, source: order.source, ids: known)
            }
        }
    }
}
