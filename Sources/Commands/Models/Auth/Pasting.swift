// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import CredentialLifecycle
import Credentials
import FoundationEssentials
import ProfileStorage
import Settings

/// The options that all commands for pasting share.
struct PasteTarget: ParsableArguments {
    @Option(
        help: ArgumentHelp("Whose credential it is, such as anthropic.", valueName: "provider"), completion: .providers)
    var provider: String
    @Option(
        help: ArgumentHelp("The name to store it under. Without it: <provider>:manual.", valueName: "id"),
        completion: .storable)
    var profileID: String?
    @Option(
        help: ArgumentHelp("The agent to store it for. Without it: the default agent.", valueName: "agent"),
        completion: .agents)
    var agent: String?
    /// Whatever else was typed: it may be the secret, so it is refused without being repeated.
    @Argument(help: .hidden)
    var rest: [String] = []
}

/// One credential on its way into the store. What can be refused without it is refused before it is asked for.
struct Pasting {
    let provider: ProviderID
    let change: StoreChange
    /// Somebody has been asked whether it may take the place of what is stored under the id.
    var isAgreed = false
    let id: ProfileID
    let kind: CredentialKind
    var context: CommandContext { change.context }

    init(_ target: PasteTarget, _ kind: CredentialKind, in context: CommandContext) throws {
        if !target.rest.isEmpty { throw ModelsError.secretAsArgument }
        try self.init(
            StoreChange(agent: target.agent, in: context), provider: target.provider, id: target.profileID, kind)
    }

    init(_ change: StoreChange, provider text: String, id: String?, _ kind: CredentialKind) throws {
        self.change = change
        self.kind = kind
        provider = try change.reading.storableProvider(named: text)
        self.id = try Self.id(id, of: provider)
        // Nor part of one: no command could name it again. What is stored so already can still be replaced.
        if SecretWords.isMasked(self.id.text), change.agent.stored.book.profiles[self.id] == nil {
            throw IntakeError.badProfileName(id ?? "", fix: Self.example("", provider))
        }
        try refuseOtherKind()
        try protectOtherKind()
    }

    /// - Parameter text: a whole id, or a name that people gave it, such as `My Work!`; nil for the usual one.
    static func id(_ text: String?, of provider: ProviderID) throws -> ProfileID {
        let text = text?.trimmed ?? "\(provider):manual"
        // A credential that was typed here is no name, and must not become one.
        let spelled = SecretWords.looksSecret(text) ? nil : ProfileID(spelling: text, of: provider)
        guard let written = ProfileID(text) ?? spelled else {
            throw IntakeError.badProfileName(text, fix: Self.example(text, provider))
        }
        guard ProviderID(written.provider) == provider,
            let id = ProfileID(provider: provider, name: String(written.name))
        else {
            throw ModelsError.otherProvider(written, provider)
        }
        if id.isReserved { throw ModelsError.reservedName(id) }
        return id
    }

    private static func example(_ text: String, _ provider: ProviderID) -> String {
        let id = SecretWords.looksSecret(text) ? nil : ProfileID(provider: provider, name: text)
        return "Give, for example, --profile-id \(id?.text ?? "\(provider):work")"
    }

    /// A token in the place of a key, or the other way round, is not a new secret of the same account: a script that has
    /// not seen what is there would lose it. A person is asked once the new one is there.
    private func protectOtherKind() throws(AuthError) {
        guard !context.terminal.hasPerson, let old = stored, old.kind != kind else { return }
        let free = change.reading.freeID(for: kind, of: provider)
        throw .otherKind(id, old.kind, free: free, change.agent.id)
    }

    /// What was there when the command began.
    var stored: Profile? { change.agent.stored.book.profiles[id] }

    /// `auth.profiles` of the configuration stands for all agents, and notes one kind for each id.
    private func refuseOtherKind() throws(ModelsError) {
        for other in change.reading.agents where other.id != change.agent.id {
            if let profile = other.stored.book.profiles[id], profile.kind != kind {
                throw .otherKind(id, profile.kind, other.id)
            }
        }
    }

    /// - Parameter command: the one that reads it, when it is not for pasting.
    func readSecret(_ prompt: String, for command: String? = nil) throws -> Secret {
        let takesAnyWord = change.reading.providers.takesAnything(provider)
        let secret = try context.terminal.readCredential(
            prompt, for: command ?? self.command, takesAnyWord: takesAnyWord)
        do throws(IntakeError) { try Shape.check(secret, kind: kind, provider: provider) } catch {
            throw ofThisProfile(error)
        }
        try context.requireCredential(secret, for: provider, change.reading)
        return secret
    }

    /// The command that stores it so.
    private var command: String {
        let place = id.name == "manual" ? "" : " --profile-id \(id)"
        return "agenticflow-enterprise models auth \(PasteCommand.word(for: kind)) --provider \(provider)\(place)"
            + change.agentWords
    }

    /// With the command for this very profile of this agent, or for a free one where this id is taken by the other kind.
    func ofThisProfile(_ error: IntakeError) -> any Error {
        let isUsual = id.name == "manual" && change.agent.id == change.reading.settings.defaultAgent
        let other = kind == .apiKey ? CredentialKind.token : .apiKey
        let isTaken = change.reading.agents.contains {
            $0.stored.book.profiles[self.id].map { $0.kind != other } ?? false
        }
        guard !isUsual || isTaken, let command = error.otherCommand else { return error }
        let id = isTaken ? change.reading.freeID(for: other, of: provider) : self.id
        var advice = error.advice
        advice.fix =
            "Run: agenticflow-enterprise models auth \(command) --provider \(provider) --profile-id \(id) "
            + "--agent \(change.agent.id)"
        return StoreError.refused(advice)
    }

    /// As asked for; a setup token that nobody dates gets its vendor's year. One that is stored already keeps its date.
    func expiry(of secret: Secret, lifetime: Duration?) -> Expiry {
        if let lifetime { return .at(context.now() + lifetime.seconds) }
        if let stored, stored.kind == kind, stored.secret == secret, stored.expires != .invalid {
            return stored.expires
        }
        return secret.isSetupToken ? .at(context.now() + Shape.setupTokenLifetime) : .never
    }

    func store(_ secret: Secret, expires: Expiry) throws {
        try store(Profile(id: id, provider: provider, kind: kind, secret: secret, expires: expires))
    }

    func store(_ reference: SecretReference, expires: Expiry) throws {
        try store(
            Profile(id: id, provider: provider, kind: kind, secret: nil, expires: expires, reference: reference))
    }

    /// First the store, then what was held against the credential before, then the configuration.
    private func store(_ profile: Profile) throws {
        if let replacement = Replacement(of: stored, by: profile) {
            if let refusal = replacement.refusal(in: change) { throw StoreError.refused(refusal) }
            if !isAgreed { try agree(to: replacement) }
        }
        let old = try put(profile)
        let replacement = Replacement(of: old, by: profile)
        let isSame = replacement?.isSame == true
        if old?.secret != profile.secret || old?.reference != profile.reference { change.forgetHealth(of: id) }
        let isNew = try note(email: old?.email)
        if isSame, old?.expires == profile.expires, !isNew {
            change.sayProfile(profile)
            tellOfSame(profile, isDated: false, isStored: true)
            return tellOfOrder()
        }
        change.sayUpdated(change.reading.layout.configPath)
        change.sayProfile(profile)
        if let secret = profile.secret {
            // The first line names the configuration, which holds no secret.
            context.terminal.notice("The \(kind.words) itself is in \(context.shown(change.store.path)).")
            change.tellForeign(secret, profile)
        }
        if change.reading.providers[provider] == nil { tellOfUnrelayed() }
        if isSame {
            tellOfSame(profile, isDated: old?.expires != profile.expires, isStored: false)
        } else if let replacement, !context.terminal.hasPerson {
            tellOfReplaced(replacement.old)
        }
        if kind == .token, profile.reference == nil { tellOfLostDate(old?.expires, now: profile.expires) }
        tellOfOrder()
        change.tellGateway()
    }

    /// - Returns: what was there.
    private func put(_ profile: Profile) throws(StoreError) -> Profile? {
        let (seen, isDecided) = (stored, context.terminal.hasPerson)
        return try change.store.update { book throws(StoreError) in
            let old = book.profiles[profile.id]
            if old != seen {
                // What a person has decided about is not there any more.
                if isDecided { throw .changedMeanwhile(profile.id) }
                // Nobody loses another kind of credential by what was looked at before.
                if let old, old.kind != profile.kind { throw .changedMeanwhile(profile.id) }
                if let refusal = Replacement(of: old, by: profile)?.refusal(in: change) { throw .refused(refusal) }
            }
            var new = profile
            new.email = old?.email
            book.profiles[profile.id] = new
            return old
        }
    }

    /// - Returns: whether the configuration said anything else before, as when a command was ended halfway.
    private func note(email: String?) throws(SettingsFileError) -> Bool {
        do throws(SettingsFileError) {
            let note = ProfileNote(id: id, provider: provider, kind: kind, email: email)
            return try note.put(into: change.settings, with: unnoted)
        } catch {
            context.terminal.notice(
                "\(id) is stored in \(context.shown(change.store.path)); only the note in the configuration is missing."
            )
            throw error
        }
    }

    /// Notes say which profiles automatic order uses, so the first one of a provider comes with those of the others that
    /// are stored: nobody's credential goes out of use because another one was added.
    private var unnoted: [ProfileNote] {
        let stored = change.reading[.main]?.stored.book.profiles ?? [:]
        // A note that nothing is stored under has left nothing out so far.
        let isChosen = change.reading.settings.auth.profiles.contains {
            $0.provider == provider && stored[$0.id]?.provider == provider
        }
        if isChosen { return [] }
        return stored.values.filter { $0.provider == provider && $0.id != id }.sorted { $0.id < $1.id }
            .map { ProfileNote(id: $0.id, provider: provider, kind: $0.kind, email: $0.email) }
    }
}

extension Terminal {
    /// A secret that can be a credential, of whichever kind.
    ///
    /// - Parameter command: the one that reads it, to be told where there is nobody to ask and nothing is piped.
    func readCredential(_ prompt: String, for command: String, takesAnyWord: Bool = false) throws -> Secret {
        let text = try readSecret(prompt)
        if !hasPerson, Secret(text).isBlank { throw IntakeError.nothingPiped(command) }
        let pasted = try PastedSecret(text, takesAnyWord: takesAnyWord)
        if pasted.removedQuotes { notice("The quotes around it were left out.") }
        return pasted.secret
    }
}
