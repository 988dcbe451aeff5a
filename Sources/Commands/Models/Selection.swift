// SPDX-License-Identifier: Apache-2.0
import CredentialLifecycle
import Credentials
import Providers
import Settings

/// What the words behind `--agent`, `--provider` and `--profile-id` stand for in this instance.
extension InstanceReading {
    /// - Parameter text: nil for the default agent.
    func agent(named text: String?) throws(ModelsError) -> AgentReading {
        let id = text.map { AgentID($0.trimmed) } ?? settings.defaultAgent
        guard let id, let agent = self[id] else {
            // The agents are in the configuration.
            try requireReadable()
            throw .noAgent(text ?? "", known: agents.map(\.id).sorted())
        }
        return agent
    }

    /// A provider that is built in or configured; old spellings are folded.
    func provider(named text: String) throws(ModelsError) -> ProviderID {
        let known = knownProviders
        guard let id = ProviderID(text), known.contains(id) else {
            if let id = ProviderID(text), OtherProvider[id: id] != nil { throw .notRelayed(id) }
            let near = Spelling.nearest(to: text.trimmed, among: known.map(\.text))
            throw .noProvider(text, near: near, known: known)
        }
        return id
    }

    /// One that credentials can be stored for: also one that is known by name alone, and not relayed.
    func storableProvider(named text: String) throws(ModelsError) -> ProviderID {
        if let id = ProviderID(text), OtherProvider[id: id] != nil { return id }
        return try provider(named: text)
    }

    /// One that something is stored for, whether it is known or not; else as ``provider(named:)``.
    func listedProvider(named text: String, _ agent: AgentReading) throws(ModelsError) -> ProviderID {
        if let id = ProviderID(text),
            agent.order[id] != nil || agent.profiles.contains(where: { $0.profile.provider == id })
        {
            return id
        }
        return try storableProvider(named: text)
    }

    /// What names the agent in a command; nothing when the command means it anyway, or for nil.
    func agentWords(_ agent: AgentID?) -> String {
        agent.flatMap { $0 == settings.defaultAgent ? nil : " --agent \($0)" } ?? ""
    }

    var knownProviders: [ProviderID] { Set(providers.all.keys).union(settings.providers.keys).sorted() }

    /// Before anything is written: where it goes, and what is there, must be known for certain.
    func requireReadable(_ agents: AgentID...) throws(ModelsError) {
        for problem in problems {
            guard let advice = problem.advice else { continue }
            switch problem.place {
            case .configuration: throw .unreadable(advice, problem.exitCode ?? .configuration)
            case .store(let agent) where agents.contains(agent):
                throw .unreadable(advice, problem.exitCode ?? .badInput)
            case .store, .environmentFile: continue
            }
        }
    }
}
