// SPDX-License-Identifier: Apache-2.0
import CredentialLifecycle
import Credentials
import FoundationEssentials
import ProfileStorage
import Rotation
import SafeFiles
import Settings

/// One agent's store that a command changes: what is checked before, and what follows, whichever command it is.
struct StoreChange {
    private(set) var context: CommandContext
    let reading: InstanceReading
    let agent: AgentReading

    /// - Throws: ``ModelsError`` when the agent is unknown, or a file that has to be changed cannot be read.
    init(agent name: String?, in context: CommandContext) throws {
        self.context = context
        reading = try context.reading()
        // An unreadable configuration hides who is configured, so it goes first.
        try reading.requireReadable()
        agent = try reading.agent(named: name)
        try reading.requireReadable(agent.id)
    }

    /// The same change, with another ear for what it says on standard output.
    init(_ other: StoreChange, output: @escaping @Sendable (String) -> Void) {
        self = other
        context.terminal.output = output
    }

    var store: AuthProfilesFile { store(of: agent.id) }
    func store(of agent: AgentID) -> AuthProfilesFile { AuthProfilesFile(folder: reading.layout.agentDirectory(agent)) }
    var settings: SettingsFile { SettingsFile(reading.layout) }

    /// A profile of the agent's own store.
    ///
    /// - Parameters:
    ///   - text: as it was typed.
    ///   - command: the word behind `models auth`, for the advice.
    func ownProfile(_ text: String, for command: String) throws -> Profile {
        let text = text.trimmed
        // Whoever types a secret here has shown it to the shell: it is not shown once more.
        if !text.contains(":"), text.utf8.count >= 20 { throw ModelsError.secretAsArgument }
        guard let id = ProfileID(text) else {
            let meant = agent.stored.book.profiles.keys.filter { $0.name == text }.sorted()
            throw AuthError.partOfID(text, meant: meant, agentWords: reading.agentWords(agent.id))
        }
        if let own = agent.stored.book.profiles[id] { return own }
        if let other = agent.profiles.first(where: { $0.profile.id == id }) {
            throw AuthError.inherited(id, agent: agent.id, owner: other.owner, command: command)
        }
        if id.isReserved { throw AuthError.notStored(id) }
        throw ModelsError.noProfile(
            text, place: context.shown(reading.layout.agentDirectory(agent.id)),
            agentWords: reading.agentWords(agent.id), known: agent.stored.book.profiles.keys.sorted())
    }

    /// Those that no other agent has in its own store under the same id.
    func unshared(_ ids: [ProfileID]) -> [ProfileID] {
        let others = reading.agents.filter { $0.id != agent.id }
        return ids.filter { id in !others.contains { $0.stored.book.profiles[id] != nil } }
    }

    /// What was held against a credential does not hold against the one in its place. A running gateway sees that by
    /// itself.
    func forgetHealth(of id: ProfileID) {
        let journal = HealthJournal(folder: reading.layout.agentDirectory(.main))
        let key = HealthKey(owner: agent.id, id: id)
        do throws(StoreError) {
            guard var health = try journal.load()[key] ?? reading.startingHealth[key] else { return }
            health.clear()
            try journal.append([(key, health)])
        } catch {
            context.terminal.notice(
                "What is held against the old credential stays: \(error.advice.what) \(error.advice.why)")
        }
    }

    /// What is known of a credential's past and future, as it goes on behind its name; nothing where nothing is known.
    func history(of profile: Profile) -> String {
        let key = HealthKey(owner: agent.id, id: profile.id)
        // Told when it is known; a journal that cannot be read is told elsewhere.
        let noted = try? HealthJournal(folder: reading.layout.agentDirectory(.main)).load()[key]
        let used = (noted ?? reading.startingHealth[key])?.lastUsed.map {
            " (last used \(Remaining.text(context.now().timeIntervalSince($0))) ago)"
        }
        return (used ?? "") + profile.ending(from: context.now())
    }

    /// What names the agent in commands; nothing for the default one.
    var agentWords: String { reading.agentWords(agent.id) }

    func sayUpdated(_ path: String) { context.terminal.say("Updated \(context.shown(path))") }

    func sayProfile(_ profile: Profile) {
        context.terminal.say("Auth profile: \(profile.id) (\(profile.provider)/\(profile.kind.rawValue))")
    }

    /// - Parameter profile: what `secret` has been stored as.
    func tellForeign(_ secret: Secret, _ profile: Profile) {
        if let stray = StrayKey(secret, for: profile.provider, reading) {
            let right = "agenticflow-enterprise models auth rotate \(profile.id)\(agentWords)"
            context.terminal.notice("warning", stray.advice(of: "\(profile.id)", right: right))
        }
        guard let foreign = ForeignKey(secret, for: profile.provider, reading) else { return }
        let advice = foreign.advice(
            place: "stored as \(profile.id)", right: foreign.storing(in: self),
            undo: "agenticflow-enterprise models auth logout \(profile.id) --agent \(agent.id)")
        context.terminal.notice("warning", advice)
    }

    func tellGateway() { context.tellGateway(reading) }
}

extension StoreError {
    /// Somebody else has changed or removed a profile that a person is deciding about: then it is theirs.
    static func changedMeanwhile(_ id: ProfileID) -> StoreError {
        .refused(
            Advice(
                what: "\(id) was not changed.", why: "Another command has changed or removed it meanwhile.",
                fix: "See what is stored now: agenticflow-enterprise models auth list"))
    }
}
