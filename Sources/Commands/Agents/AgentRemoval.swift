// SPDX-License-Identifier: Apache-2.0
import CredentialLifecycle
import Credentials
import Documents
import FoundationEssentials
import ProfileStorage
import SafeFiles
import Settings

/// One agent on its way out.
///
/// In this order: an empty folder in the trash, the entry of the configuration, the agent's folders. So a gateway never
/// sees an agent without its credentials, and what a command that was ended halfway leaves behind is whole and where it
/// was; the same command again finishes it.
struct AgentRemoval {
    let agent: AgentID
    private let isListed: Bool
    private let profileCount: Int
    private let belongings: AgentBelongings
    private let reading: InstanceReading
    private let context: CommandContext
    private var layout: StateLayout { reading.layout }

    init(_ text: String, in context: CommandContext) throws {
        self.context = context
        reading = try context.reading()
        try reading.requireReadable()
        let known = reading.agents.map(\.id).sorted()
        let standing = reading.settings.defaultAgent
        let deletable = known.filter { $0 != .main && $0 != standing }
        let unknown = AgentsError.unknown(text, choices: deletable, known: known)
        guard let id = AgentID(text.trimmed) else { throw unknown }
        guard id != .main else { throw AgentsError.isMain }
        agent = id
        isListed = reading.settings.agent(id) != nil
        belongings = AgentBelongings(id, reading)
        guard isListed || !belongings.moves.isEmpty else { throw unknown }
        guard id != reading.settings.defaultAgent else {
            throw AgentsError.isDefault(id, others: reading.agents.map(\.id).filter { $0 != id })
        }
        for move in belongings.moves {
            do throws(StoreError) { try AgentTrash.check(move) } catch {
                throw AgentsError.notMovable(id, path: move.path, error.advice, error.exitCode)
            }
        }
        profileCount = reading[id]?.stored.book.profiles.count ?? 0
    }

    var question: String {
        let own = profileCount > 0 ? " with \(AddedAgent.profiles(profileCount)) of its own" : ""
        return "Delete agent \(agent)\(own), and move its folder to the trash?"
    }

    func tellGateway() { context.tellGateway(reading) }

    func remove() throws -> RemovedAgent {
        // Whoever is just writing to its store finishes first.
        let lock = try belongings.moves.isEmpty ? nil : hold()
        defer { withExtendedLifetime(lock) {} }
        let trash = belongings.moves.isEmpty ? nil : try AgentTrash(agent, in: layout, at: context.now())
        do {
            if isListed { try removeEntry() }
        } catch {
            trash?.discard()
            throw error
        }
        for move in belongings.moves {
            do throws(StoreError) { try trash?.take(move) } catch {
                // With something in it, it stays.
                trash?.discard()
                throw AgentsError.leftBehind(agent, path: move.path, error.advice, error.exitCode)
            }
        }
        return RemovedAgent(
            id: agent, wasListed: isListed, profileCount: profileCount, trash: trash?.path,
            wayBack: trash.flatMap { wayBack(from: $0.path) }, kept: belongings.kept, configPath: layout.configPath)
    }

    /// The folder to its place, and the agent with everything that `agents add` can say of it: without a word of it, an
    /// agent that used no profile of main would come back with all of them.
    private func wayBack(from trash: String) -> String? {
        let home = layout.home(of: agent)
        // It is still there, with what was kept.
        guard !belongings.kept.contains(where: { $0.path == home }) else { return nil }
        let place = home.shellWord
        let parent = belongings.moves.contains { $0.isHome } ? "" : "mkdir -p \(layout.agentsDirectory.shellWord) && "
        // It went along beside the rest.
        let workspace = belongings.moves.first { $0.name == "workspace" }.map {
            " && mv -T \((home + "/workspace").shellWord) \($0.path.shellWord)"
        }
        return
            "\(parent)mv -T \(trash.shellWord) \(place)\(workspace ?? "") && agenticflow-enterprise agents add \(typedEntry)"
    }

    private var typedEntry: String {
        guard let entry = reading.settings.agent(agent) else { return agent.text }
        // The name, where it makes the same id.
        let name = entry.name.flatMap { AgentID.spelling(of: $0) == agent.text ? $0 : nil }
        var words = [name?.shellWord ?? agent.text]
        func moved(_ path: String) -> Bool { belongings.moves.contains { path.isInside($0.path) } }
        if let folder = entry.directory, !moved(layout.agentDirectory(agent)) {
            words += ["--agent-dir", (layout.absolutePath(folder) ?? folder).shellWord]
        }
        if let workspace = entry.workspace {
            let path = layout.absolutePath(workspace) ?? workspace
            words += ["--workspace", path.shellWord]
        }
        if let model = entry.model?.primary { words += ["--model", model.shellWord] }
        if !entry.inheritsProfiles { words.append("--no-inherit") }
        return words.joined(separator: " ")
    }

    /// A folder that is not safe to lock is moved as it is.
    private func hold() throws(StoreError) -> HeldLock? {
        do throws(StoreError) { return try AuthProfilesFile(folder: layout.agentDirectory(agent)).hold() } catch {
            if case .busy = error { throw error }
            return nil
        }
    }

    private func removeEntry() throws {
        let file = SettingsFile(layout)
        let isGone = try file.edit { document throws(DocumentError) in
            var entries = AgentEntries(document: document, file: file)
            try entries.remove(agent)
            guard !entries.has(agent) else { return false }
            document = entries.document
            return true
        }
        if !isGone { throw AgentsError.included(agent) }
    }
}

/// What `agents delete` says.
struct RemovedAgent {
    var id: AgentID
    /// False when an earlier command had taken it out of the configuration, and was ended then.
    var wasListed: Bool
    var profileCount: Int
    var trash: String?
    /// The command that brings it back; nil when there is nothing to bring back.
    var wayBack: String?
    var kept: [AgentBelongings.Kept]
    var configPath: String

    func say(to context: CommandContext) {
        let terminal = context.terminal
        if wasListed { terminal.say("Updated \(context.shown(configPath))") }
        terminal.say("Deleted agent: \(id)")
        if let trash {
            let own = profileCount > 0 ? " (\(AddedAgent.profiles(profileCount)))" : ""
            terminal.say("Moved to: \(context.shown(trash))\(own)")
        }
        for kept in kept { terminal.say("Left in place: \(context.shown(kept.path)) (\(kept.reason))") }
        if let wayBack { terminal.say("To bring it back: \(wayBack)") }
    }

    var json: Literal {
        .object([
            .init("agentId", .string(id.text)), .init("removed", .boolean(true)), .init("trash", .optional(trash)),
            .init("wayBack", .optional(wayBack)),
            .init("profiles", .count(profileCount)),
            .init(
                "kept",
                .array(
                    kept.map { .object([.init("path", .string($0.path)), .init("reason", .string($0.reason))]) })),
            .init("configPath", .string(configPath)),
        ])
    }
}
