// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import CredentialLifecycle
import Credentials
import Documents
import ProfileStorage
import Settings

struct AuthLogout: ContextCommand {
    static let configuration = CommandConfiguration(
        commandName: "logout", abstract: "Remove a stored credential, and every mention of it.",
        discussion: """
            It is taken out of the agent's store, of auth.profiles and of every order. The provider still accepts it
            until it is revoked there.

            Example: agenticflow-enterprise models auth logout anthropic:work
            """, aliases: ["remove"])

    @Argument(help: ArgumentHelp("The profile, such as anthropic:work.", valueName: "id"), completion: .profiles)
    var id: String
    @Option(
        help: ArgumentHelp("The agent whose profile it is. Without it: the default agent.", valueName: "agent"),
        completion: .agents)
    var agent: String?
    @Flag(help: "Do not ask.")
    var yes = false

    func run(in context: CommandContext) throws {
        let change = try StoreChange(agent: agent, in: context)
        let profile = try change.ownProfile(id, for: "logout")
        if !yes {
            guard context.terminal.hasPerson else {
                throw AuthError.needsYes(
                    command: "agenticflow-enterprise models auth logout \(profile.id) --agent \(change.agent.id)")
            }
            let released = change.released(by: [profile])
            if let sentence = ReleasedCredentials.sentence(released, "Used then") {
                context.terminal.notice(sentence)
            }
            guard try context.terminal.confirm("Remove \(profile.shown) of agent \(change.agent.id)?") else {
                context.terminal.notice("Nothing was removed.")
                throw ExitCode(ExitStatus.badInput.rawValue)
            }
        }
        try ProfileRemoval(change).remove([profile], evenIfChanged: true)
        context.terminal.notice(
            "It is removed here only. Until you revoke it there, \(profile.provider) still accepts it.")
        change.tellGateway()
    }
}

extension Profile {
    /// As in `anthropic:work (sk-ant...wxyz)`; never the whole secret.
    var shown: String { "\(id) (\(reference.map { "ref:\($0)" } ?? secret?.masked ?? "no secret"))" }
}

/// Takes profiles out of a store, and every mention of them out of the other files.
///
/// The mentions go first: whoever is killed in between leaves credentials that still work and can be removed by the
/// same command. The other way round would leave orders that name nothing, and with them a provider without any.
struct ProfileRemoval {
    private let change: StoreChange

    init(_ change: StoreChange) { self.change = change }

    /// - Parameter evenIfChanged: also what has been stored under the same id since it was looked at.
    /// - Returns: those that were there still.
    @discardableResult
    func remove(_ profiles: [Profile], evenIfChanged: Bool = false) throws -> [Profile] {
        let owners = change.reading.agents.filter { $0.id != change.agent.id }
        // Whether they have it too, and where they name it, must be known.
        for other in owners { try change.reading.requireReadable(other.id) }
        // Another agent's own profile of that name keeps its note and its place.
        let unshared = change.unshared(profiles.map(\.id))
        try forgetInSettings(unshared)
        for other in owners where other.id != .main && change.agent.id == .main {
            try forgetInOrders(of: other, Set(profiles.map(\.id)))
        }
        let removed = try change.store.update { book throws(StoreError) in
            let present = profiles.filter { profile in
                book.profiles[profile.id].map { evenIfChanged || $0 == profile } ?? false
            }
            for profile in present {
                book.profiles[profile.id] = nil
                for provider in book.order.keys { book.order[provider]?.removeAll { $0 == profile.id } }
            }
            return present
        }
        for profile in removed { change.forgetHealth(of: profile.id) }
        change.sayUpdated(change.reading.layout.storePath(change.agent.id))
        for profile in removed {
            change.context.terminal.say(
                "Removed auth profile: \(profile.id) (\(profile.provider)/\(profile.kind.rawValue))")
        }
        change.context.tellOfMentions(IncludedMentions(of: unshared, in: change.settings.resolved()))
        let released = change.released(by: removed)
        if let sentence = ReleasedCredentials.sentence(released, "Used from now on") {
            change.context.terminal.notice(
                "\(sentence) To choose among them, run: agenticflow-enterprise models auth order set "
                    + "--provider \(released[0].provider)\(change.agentWords) ID...")
        }
        return removed
    }

    private func forgetInSettings(_ ids: [ProfileID]) throws(SettingsFileError) {
        guard !ids.isEmpty, try change.settings.load() != nil else { return }
        let isChanged = try change.settings.edit { document throws(DocumentError) in
            let before = document.bytes
            for id in ids { try ProfileNote.remove(id, from: &document) }
            return document.bytes != before
        }
        if isChanged { change.sayUpdated(change.reading.layout.configPath) }
    }

    /// Agents that inherit may name a profile of `main` in their own orders.
    private func forgetInOrders(of other: AgentReading, _ ids: Set<ProfileID>) throws(StoreError) {
        let named = ids.subtracting(other.stored.book.profiles.keys)
        guard other.order.values.contains(where: { !named.isDisjoint(with: $0) }) else { return }
        try change.store(of: other.id).update { book throws(StoreError) in
            for provider in book.order.keys { book.order[provider]?.removeAll { named.contains($0) } }
        }
        change.sayUpdated(change.reading.layout.storePath(other.id))
    }
}
