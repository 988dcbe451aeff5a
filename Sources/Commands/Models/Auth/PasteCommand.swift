// SPDX-License-Identifier: Apache-2.0
import CredentialLifecycle
import Credentials
import FoundationEssentials
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
        let usual = ProfileID(provider: provider, name: InstanceReading.usualName)
        let isUsual = usual.map { reading.isFree($0, for: kind) && !taken.contains($0) } ?? true
        let place = isUsual ? "" : " --profile-id \(reading.freeID(for: kind, of: provider))"
        let other = reading.agentWords(agent)
        return "agenticflow-enterprise models auth \(word(for: kind)) --provider \(provider)\(place)\(other)"
    }

    /// The same, and the order that takes it in, where there is one that would leave it out.
    static func inUse(
        _ kind: CredentialKind, of provider: ProviderID, _ reading: InstanceReading, agent: AgentID? = nil, at now: Date
    ) -> String {
        let command = beside(kind, of: provider, reading, agent: agent)
        let agent = agent ?? reading.settings.defaultAgent
        let order = reading.widenedOrder(of: provider, by: agent, only: [], at: now)
        guard order.source != nil, let usual = ProfileID(provider: provider, name: "manual") else { return command }
        let id = reading.isFree(usual, for: kind) ? usual : reading.freeID(for: kind, of: provider)
        guard !order.ids.contains(id) else { return command }
        return "\(command) && agenticflow-enterprise models auth order set --provider \(provider) --agent \(agent) "
            + ([id] + order.ids).map(\.text).joined(separator: " ")
    }

    /// `paste-api-key` or `paste-token`: what stores a credential of a kind.
    static func word(for kind: CredentialKind) -> String { kind == .apiKey ? "paste-api-key" : "paste-token" }
}
