// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import CredentialLifecycle
import Credentials
import FoundationEssentials
import ProfileStorage
import Rotation
import SafeFiles
import Settings

/// The options that all commands for pasting share.
struct PasteTarget: ParsableArguments {
    @Option(help: ArgumentHelp("Whose credential it is, such as anthropic.", valueName: "provider"))
    var provider: String
    @Option(help: ArgumentHelp("The name to store it under. Without it: <provider>:manual.", valueName: "id"))
    var profileID: String?
    @Option(help: ArgumentHelp("The agent to store it for. Without it: the default agent.", valueName: "agent"))
    var agent: String?
    /// Whatever else was typed: it may be the secret, so it is refused without being repeated.
    @Argument(help: .hidden)
    var rest: [String] = []
}

/// One pasted credential on its way into the store. What can be refused without it is refused before it is asked for.
struct Pasting {
    let provider: ProviderID
    private let context: CommandContext
    private let reading: InstanceReading
    private let agent: AgentReading
    private let id: ProfileID
    private let kind: CredentialKind

    init(_ target: PasteTarget, _ kind: CredentialKind, in context: CommandContext) throws {
        if !target.rest.isEmpty { throw ModelsError.secretAsArgument }
        self.context = context
        self.kind = kind
        reading = try context.reading()
        context.tell(reading.notices)
        // An unreadable configuration hides who is configured, so it goes first.
        try reading.requireReadable()
        provider = try reading.provider(named: target.provider)
        agent = try reading.agent(named: target.agent)
        try reading.requireReadable(agent.id)
        id = try Self.id(target.profileID, of: provider)
        try refuseOtherKind()
    }

    private static func id(_ text: String?, of provider: ProviderID) throws -> ProfileID {
        let text = text?.trimmed ?? "\(provider):manual"
        guard let written = ProfileID(text) else { throw IntakeError.badProfileName(text) }
        guard ProviderID(written.provider) == provider,
            let id = ProfileID(provider: provider, name: String(written.name))
        else {
            throw ModelsError.otherProvider(written, provider)
        }
        if id.isReserved { throw ModelsError.reservedName(id) }
        return id
    }

    /// `auth.profiles` of the configuration stands for all agents, and notes one kind for each id.
    private func refuseOtherKind() throws(ModelsError) {
        for other in reading.agents where other.id != agent.id {
            if let profile = other.stored.book.profiles[id], profile.kind != kind {
                throw .otherKind(id, profile.kind, other.id)
            }
        }
    }

    func readSecret(_ prompt: String) throws -> Secret {
        let pasted = try PastedSecret(context.terminal.readSecret(prompt))
        if pasted.removedQuotes { context.terminal.notice("The quotes around it were left out.") }
        try Shape.check(pasted.secret, kind: kind, provider: provider)
        return pasted.secret
    }

    /// As asked for; a setup token that nobody dates gets its vendor's year.
    func expiry(of secret: Secret, lifetime: Duration?) -> Expiry {
        if let lifetime { return .at(context.now() + lifetime.seconds) }
        return secret.isSetupToken ? .at(context.now() + Shape.setupTokenLifetime) : .never
    }

    /// First the store, then what was held against the credential before, then the configuration.
    func store(_ secret: Secret, expires: Expiry) throws {
        let store = AuthProfilesFile(folder: reading.layout.agentDirectory(agent.id))
        let old = try store.update { [id, provider, kind] book throws(StoreError) in
            let old = book.profiles[id]
            book.profiles[id] = Profile(
                id: id, provider: provider, kind: kind, secret: secret, expires: expires, email: old?.email)
            return old
        }
        if old?.secret != secret { forgetHealth() }
        try note(email: old?.email, store: store)
        context.terminal.say("Updated \(context.shown(reading.layout.configPath))")
        context.terminal.say("Auth profile: \(id) (\(provider)/\(kind.rawValue))")
        tellWhatFollows()
    }

    private func note(email: String?, store: AuthProfilesFile) throws(SettingsFileError) {
        do throws(SettingsFileError) {
            try ProfileNote(id: id, provider: provider, kind: kind, email: email).write(
                to: SettingsFile(reading.layout))
        } catch {
            context.terminal.notice(
                "\(id) is stored in \(context.shown(store.path)); only the note in the configuration is missing.")
            throw error
        }
    }

    /// What was held against the old credential does not hold against this one. A running gateway sees that by itself.
    private func forgetHealth() {
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

    private func tellWhatFollows() {
        if let order = agent.order[provider], !order.contains(id) {
            let all = ([id] + order).map(\.text).joined(separator: " ")
            context.terminal.notice(
                """
                Agent \(agent.id) has an order for \(provider) that leaves \(id) out. To use it:
                  agenticflow-enterprise models auth order set --provider \(provider) --agent \(agent.id) \(all)
                """)
        }
        if RunningGateway(reading).isRunning {
            context.terminal.notice("The running gateway takes it up within two seconds.")
        }
    }
}
