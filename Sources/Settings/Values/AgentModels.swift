// SPDX-License-Identifier: Apache-2.0
package import Credentials

/// The default model of one agent and what takes its place, with where each is written.
package struct AgentModels: Hashable, Sendable {
    package enum Source: String, Sendable {
        /// `agents.list[].model`
        case agent
        /// `agents.defaults.model`
        case defaults
    }

    package var primary: String?
    package var fallbacks: [String]
    package var primarySource = Source.defaults
    package var fallbacksSource = Source.defaults

    package init(primary: String? = nil, fallbacks: [String] = []) {
        self.primary = primary
        self.fallbacks = fallbacks
    }
}

extension InstanceSettings {
    /// What requests of the agent get when they name no model of their own.
    ///
    /// An agent with a model of its own has the fallbacks that stand beside it, or none: those of `agents.defaults` are
    /// the fallbacks of another model.
    package func models(of agent: AgentID) -> AgentModels {
        var found = AgentModels(primary: models.primary, fallbacks: models.fallbacks)
        guard let own = agents.first(where: { $0.id == agent })?.model else { return found }
        if let primary = own.primary {
            found.primary = primary
            found.primarySource = .agent
        }
        if own.primary != nil || own.fallbacks != nil {
            found.fallbacks = own.fallbacks ?? []
            found.fallbacksSource = .agent
        }
        return found
    }

    /// The agents with a model or fallbacks of their own, each with what holds for it.
    package var modelsOfTheirOwn: [AgentID: AgentModels] {
        let own = agents.filter { $0.model != nil }.map { ($0.id, models(of: $0.id)) }
        return Dictionary(own, uniquingKeysWith: { first, _ in first })
    }

    /// What the configuration says of an agent; `main` needs no entry.
    package func agent(_ id: AgentID) -> AgentSettings? { everyAgent.first { $0.id == id } }
}
