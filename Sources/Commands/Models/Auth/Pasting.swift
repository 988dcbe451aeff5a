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
    private let id: ProfileID
    private let kind: CredentialKind
    private var context: CommandContext { change.context }

    init(_ target: PasteTarget, _ kind: CredentialKind, in context: CommandContext) throws {
        if !target.rest.isEmpty { throw ModelsError.secretAsArgument }
        try self.init(
            StoreChange(agent: target.agent, in: context), provider: target.provider, id: target.profileID, kind)
    }

    /// - Parameter isAsked: whether a person decides about a credential of another kind that is stored under the id;
    ///   not when somebody asks about it anyway.
    init(
        _ change: StoreChange, provider text: String, id: String?, _ kind: CredentialKind, isAsked: Bool = true
    ) throws {
        self.change = change
        self.kind = kind
        provider = try change.reading.storableProvider(named: text)
        self.id = try Self.id(id, of: provider)
        // Nor part of one: no command could name it again. What is stored so already can still be replaced.
        if SecretWords.isMasked(self.id.text), change.agent.stored.book.profiles[self.id] == nil {
            throw IntakeError.badProfileName(id ?? "", fix: Self.example("", provider))
        }
        try refuseOtherKind()
        if isAsked { try protectOtherKind() }
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

    /// A token in the place of a key, or the other way round, is not a new secret of the same account: whoever has not
    /// seen what is there would lose it.
    private func protectOtherKind() throws {
        guard let old = change.agent.stored.book.profiles[id], old.kind != kind else { return }
        // The token that a login gave may be all that is left of it.
        if old.kind == .oauth, kind == .token { return }
        let free = PasteCommand.freeID(for: kind, of: provider, change.reading)
        guard context.terminal.hasPerson,
            try context.terminal.confirm("\(old.shown) is of type \(old.kind.rawValue). Replace it?")
        else { throw AuthError.otherKind(id, old.kind, free: free, change.agent.id) }
    }

    /// `auth.profiles` of the configuration stands for all agents, and notes one kind for each id.
    private func refuseOtherKind() throws(ModelsError) {
        for other in change.reading.agents where other.id != change.agent.id {
            if let profile = other.stored.book.profiles[id], profile.kind != kind {
                throw .otherKind(id, profile.kind, other.id)
            }
        }
    }

    func readSecret(_ prompt: String) throws -> Secret {
        let secret = try context.terminal.readCredential(prompt)
        do throws(IntakeError) { try Shape.check(secret, kind: kind, provider: provider) } catch {
            throw ofThisProfile(error)
        }
        try context.requireCredential(secret, for: provider, change.reading)
        return secret
    }

    /// With the command for this very profile of this agent, or for a free one where this id is taken by the other kind.
    private func ofThisProfile(_ error: IntakeError) -> any Error {
        let isUsual = id.name == "manual" && change.agent.id == change.reading.settings.defaultAgent
        guard !isUsual, let command = error.otherCommand else { return error }
        let other = kind == .apiKey ? CredentialKind.token : .apiKey
        let isTaken = change.reading.agents.contains {
            $0.stored.book.profiles[self.id].map { $0.kind != other } ?? false
        }
        let id = isTaken ? PasteCommand.freeID(for: other, of: provider, change.reading) : self.id
        var advice = error.advice
        advice.fix =
            "Run: agenticflow-enterprise models auth \(command) --provider \(provider) --profile-id \(id) "
            + "--agent \(change.agent.id)"
        return StoreError.refused(advice)
    }

    /// As asked for; a setup token that nobody dates gets its vendor's year.
    func expiry(of secret: Secret, lifetime: Duration?) -> Expiry {
        if let lifetime { return .at(context.now() + lifetime.seconds) }
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
        let old = try change.store.update { book throws(StoreError) in
            let old = book.profiles[profile.id]
            var new = profile
            new.email = old?.email
            book.profiles[profile.id] = new
            return old
        }
        if old?.secret != profile.secret || old?.reference != profile.reference { change.forgetHealth(of: id) }
        try note(email: old?.email)
        change.sayUpdated(change.reading.layout.configPath)
        change.sayProfile(profile)
        if let secret = profile.secret {
            // The first line names the configuration, which holds no secret.
            context.terminal.notice("The \(kind.words) itself is in \(context.shown(change.store.path)).")
            change.tellForeign(secret, profile)
        }
        if change.reading.providers[provider] == nil { tellOfUnrelayed() }
        if let old, old.kind != kind || (old.reference != nil && profile.reference == nil) { tellOfReplaced(old) }
        tellOfOrder()
        change.tellGateway()
    }

    private func note(email: String?) throws(SettingsFileError) {
        do throws(SettingsFileError) {
            let note = ProfileNote(id: id, provider: provider, kind: kind, email: email)
            try note.put(into: change.settings, with: unnoted)
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

    private func tellOfUnrelayed() {
        context.terminal.notice(
            "warning",
            Advice(
                what: "This version does not relay to \(provider): \(id) is stored, and no request uses it yet.",
                why: "\(provider) is known by name; its address or its wire format is not.",
                fix: "To say where it is, run: \(ProviderPlace.command(for: provider))"))
    }

    /// Not the same account with a new secret, but something else of the same name: nobody loses it without a word.
    private func tellOfReplaced(_ old: Profile) {
        let what = old.reference.map { "reference \($0)" } ?? "\(old.kind.rawValue) \(old.secret?.masked ?? "")"
        context.terminal.notice(
            """
            It has taken the place of the \(what) that was stored as \(id). To keep both, store that one again:
              agenticflow-enterprise models auth add --provider \(provider) --profile-id \(provider):second
            """)
    }

    private func tellOfOrder() {
        let agent = change.agent
        guard let order = agent.order[provider] else { return tellOfIncludedOrder() }
        guard !order.contains(id) else { return }
        context.terminal.notice(
            """
            Agent \(agent.id) has an order for \(provider) that leaves \(id) out. To use it:
              \(orderCommand([id] + order))
            """)
    }

    /// An order that an included file holds is joined before the configuration's own, and is changed in its file.
    private func tellOfIncludedOrder() {
        guard let order = IncludedOrder(of: provider, in: change.settings.resolved()), order.ids.first != id else {
            return
        }
        let place = order.ids.firstIndex(of: id).map { "puts \(id) in place \($0 + 1)" } ?? "leaves \(id) out"
        context.terminal.notice(
            """
            auth.order for \(provider) is in \(context.shown(order.place)), which is included, and \(place).
            To use it first, change it there, or give agent \(change.agent.id) an order of its own:
              \(orderCommand([id] + order.ids.filter { $0 != id }))
            """)
    }

    private func orderCommand(_ ids: [ProfileID]) -> String {
        "agenticflow-enterprise models auth order set --provider \(provider) --agent \(change.agent.id) "
            + ids.map(\.text).joined(separator: " ")
    }
}

extension Terminal {
    /// A secret that can be a credential, of whichever kind.
    func readCredential(_ prompt: String) throws -> Secret {
        let pasted = try PastedSecret(readSecret(prompt))
        if pasted.removedQuotes { notice("The quotes around it were left out.") }
        return pasted.secret
    }

}

extension Pasting {
    /// Said whenever one has been stored.
    func tellSetupToken() {
        context.terminal.notice(
            """
            This is a setup token. Its vendor limits such tokens to its own program, so requests through the gateway do
            not use it (needs_vendor_cli). For the gateway, store an API key:
              \(PasteCommand.beside(.apiKey, of: provider, change.reading, agent: change.agent.id, taken: [id]))
            """)
    }
}
