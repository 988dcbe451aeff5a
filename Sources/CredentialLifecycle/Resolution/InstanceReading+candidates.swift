// SPDX-License-Identifier: Apache-2.0
package import Credentials
package import FoundationEssentials
package import Rotation
import Settings

/// Who could serve a provider's requests, and who of them is asked: for the gateway and the command line alike.
extension InstanceReading {
    /// Everything that could serve a provider's requests for the agent, with where it comes from.
    package func candidates(for provider: ProviderID, of agent: AgentReading) -> [ResolvedCandidate] {
        candidates(for: provider, of: agent, clientToken: clientToken)
    }

    /// - Parameter clientToken: this reading's own, for whoever asks about many agents and providers.
    package func candidates(
        for provider: ProviderID, of agent: AgentReading, clientToken: Secret?
    ) -> [ResolvedCandidate] {
        let known = providers[provider] ?? providers.leftOut[provider]
        return SourceOrder(
            profiles: agent.profiles, configured: settings.auth.profiles, configKey: configKey(of: provider),
            environmentKeys: known.map { providers.environmentKeys(for: $0, in: environment) } ?? [],
            clientToken: clientToken, takesAnyWord: providers.takesAnything(provider)
        ).candidates(for: provider)
    }

    /// The agent's own order, which goes before the configuration's; nil when there is none.
    package func order(of provider: ProviderID, for agent: AgentReading) -> ExplicitOrder? {
        let configured = settings.auth.order[provider]
        if let ids = agent.order[provider] {
            var order = ExplicitOrder(ids: ids, source: .store)
            let isStale = isGone(ids, among: [agent]) && !(configured.map { isGone($0, among: [agent]) } ?? false)
            if isStale { order.removal = "models auth order clear --provider \(provider)" }
            return order
        }
        guard let configured else { return nil }
        var order = ExplicitOrder(ids: configured, source: .config)
        // It is everybody's.
        if let place = settings.auth.orderPlaces[provider], isGone(configured, among: agents) {
            order.removal = "config unset \(place)"
        }
        return order
    }

    /// None of them is stored for any of these agents. What rests elsewhere, or cannot be read, may be there.
    private func isGone(_ ids: [ProfileID], among agents: [AgentReading]) -> Bool {
        guard !ids.isEmpty, !agents.contains(where: { lacksStore($0.id) }) else { return false }
        return ids.allSatisfy { id in
            !id.isReserved && !agents.contains { $0.profiles.contains { $0.profile.id == id } }
        }
    }

    /// What an order would leave out while nothing that it names can be sent; nil when that is not so.
    package func leftOut(
        by order: ExplicitOrder?, of provider: ProviderID, for agent: AgentReading, at now: Date
    ) -> LeftOut? {
        var table = HealthTable()
        let candidates = candidates(for: provider, of: agent).map(\.candidate)
        return Roster(candidates: candidates, order: order, table: &table).leftOut(at: now)
    }

    package func isUnreadable(storeOf agent: AgentID) -> Bool {
        problems.contains { $0.place == .store(agent) && $0.advice != nil }
    }

    /// What is stored for the agent is not all known: its own file, or the one of `main` that it inherits from.
    package func lacksStore(_ agent: AgentID) -> Bool {
        if isUnreadable(storeOf: agent) { return true }
        let inherits = settings.agents.first { $0.id == agent }?.inheritsProfiles ?? true
        return agent != .main && inherits && isUnreadable(storeOf: .main)
    }
}
