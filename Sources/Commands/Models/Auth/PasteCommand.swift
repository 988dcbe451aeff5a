// SPDX-License-Identifier: Apache-2.0
import CredentialLifecycle
import Credentials
import ProfileStorage
import Settings

/// The command that our advice names for storing one more credential. What is stored already keeps its place: when the
/// usual id is taken, the command names one that is free.
enum PasteCommand {
    /// - Parameters:
    ///   - agent: nil for the default agent.
    ///   - taken: ids that are in use since the reading.
    static func beside(
        _ kind: CredentialKind, of provider: ProviderID, _ reading: InstanceReading, agent: AgentID? = nil,
        taken: Set<ProfileID> = []
    ) -> String {
        let usual = ProfileID(provider: provider, name: "manual")
        let isUsual = usual.map { isFree($0, kind, reading) && !taken.contains($0) } ?? true
        let place = isUsual ? "" : " --profile-id \(freeID(for: kind, of: provider, reading))"
        return "agenticflow-enterprise models auth \(word(for: kind)) --provider \(provider)\(place)"
            + reading.agentOption(agent)
    }

    /// `paste-api-key` or `paste-token`: what stores a credential of a kind.
    static func word(for kind: CredentialKind) -> String { kind == .apiKey ? "paste-api-key" : "paste-token" }

    /// An id that no agent has stored anything under, and that the configuration notes for nothing else.
    static func freeID(for kind: CredentialKind, of provider: ProviderID, _ reading: InstanceReading) -> ProfileID {
        let stem = kind == .apiKey ? "api-key" : "token"
        var number = 1
        while true {
            let name = number == 1 ? stem : "\(stem)-\(number)"
            if let id = ProfileID(provider: provider, name: name), isFree(id, kind, reading) { return id }
            number += 1
        }
    }

    private static func isFree(_ id: ProfileID, _ kind: CredentialKind, _ reading: InstanceReading) -> Bool {
        !reading.agents.contains { $0.stored.book.profiles[id] != nil }
            && !reading.settings.auth.profiles.contains { $0.id == id && $0.mode != kind }
    }
}

extension InstanceReading {
    /// ` --agent ID` for a printed command; nothing for the default agent, which is meant without it.
    func agentOption(_ agent: AgentID?) -> String {
        agent.flatMap { $0 == settings.defaultAgent ? nil : " --agent \($0)" } ?? ""
    }
}
