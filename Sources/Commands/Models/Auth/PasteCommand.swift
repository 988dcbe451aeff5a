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
        let usual = ProfileID(provider: provider, name: InstanceReading.usualName)
        let isUsual = usual.map { reading.isFree($0, for: kind) && !taken.contains($0) } ?? true
        let place = isUsual ? "" : " --profile-id \(reading.freeID(for: kind, of: provider))"
        let other = reading.agentWords(agent)
        return "agenticflow-enterprise models auth \(word(for: kind)) --provider \(provider)\(place)\(other)"
    }

    /// `paste-api-key` or `paste-token`: what stores a credential of a kind.
    static func word(for kind: CredentialKind) -> String { kind == .apiKey ? "paste-api-key" : "paste-token" }
}
