// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import CredentialLifecycle
import Credentials
import FoundationEssentials
import Settings

struct AuthAdd: ContextCommand {
    static let configuration = CommandConfiguration(
        commandName: "add", abstract: "Store a credential, asking for what is needed; or a reference to one.",
        discussion: """
            In a terminal it asks for the provider, the kind, the name, and the secret, which is not shown. With --ref it
            asks for no secret: the store then names where the secret rests, a variable (env:NAME), a private file
            (file:/absolute/path, file:PROVIDER:/pointer) or a program (exec:PROVIDER:ID) under secrets.providers.

            Example: agenticflow-enterprise models auth add --provider openai --profile-id openai:ci --ref env:CI_OPENAI_KEY
            """)

    @Option(
        help: ArgumentHelp("Whose credential it is, such as anthropic.", valueName: "provider"), completion: .providers)
    var provider: String?
    @Option(
        help: ArgumentHelp("The name to store it under. Without it: <provider>:manual.", valueName: "id"),
        completion: .storable)
    var profileID: String?
    @Option(help: ArgumentHelp("Where the secret rests, instead of in the store.", valueName: "reference"))
    var ref: String?
    @Option(help: ArgumentHelp("api_key or token.", valueName: "type"), completion: .list(["api_key", "token"]))
    var type: String?
    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "How long a token is valid: a number with ms, s, m, h or d; days without a unit.", valueName: "duration"))
    var expiresIn: String?
    @Option(
        help: ArgumentHelp("The agent to store it for. Without it: the default agent.", valueName: "agent"),
        completion: .agents)
    var agent: String?
    /// Whatever else was typed: it may be the secret, so it is refused without being repeated.
    @Argument(help: .hidden)
    var rest: [String] = []

    func run(in context: CommandContext) throws {
        if !rest.isEmpty { throw ModelsError.secretAsArgument }
        let kind = try type.map(Self.kind)
        let lifetime = try expiresIn.map { text throws(IntakeError) in try Duration(expiresIn: text) }
        if lifetime != nil, kind == .apiKey { throw AuthError.hasNoDate("--type api_key") }
        if let ref { return try store(ref, kind ?? .apiKey, lifetime, context) }
        guard context.terminal.hasPerson else {
            let provider = provider.flatMap { ProviderID($0) }?.text ?? "anthropic"
            throw AuthError.needsTerminal(
                command: "models auth add",
                instead: "agenticflow-enterprise models auth paste-api-key --provider \(provider) < key-file, or "
                    + "paste-token; for a reference, add --ref env:NAME")
        }
        let change = try StoreChange(agent: agent, in: context)
        try AddDialogue(change, provider: provider, profileID: profileID, kind: kind, lifetime: lifetime).run()
    }

    private static func kind(_ text: String) throws(AuthError) -> CredentialKind {
        let word = text == "api-key" ? CredentialKind.apiKey.rawValue : text
        guard let kind = CredentialKind(rawValue: word), kind != .oauth else { throw .badType(text) }
        return kind
    }

    private func store(_ ref: String, _ kind: CredentialKind, _ lifetime: Duration?, _ context: CommandContext) throws {
        guard let provider else {
            let words = profileID.map { "--profile-id \($0.shellWord) " } ?? ""
            throw AuthError.missingFlag(
                "--provider",
                example: "agenticflow-enterprise models auth add --provider openai \(words)--ref \(ref.shellWord)")
        }
        if lifetime != nil, kind != .token {
            throw AuthError.hasNoDate("an API key, which --ref stores without --type token")
        }
        let change = try StoreChange(agent: agent, in: context)
        let pasting = try Pasting(change, provider: provider, id: profileID, kind)
        let reference = try change.reference(ref)
        try pasting.store(reference, expires: lifetime.map { .at(context.now() + $0.seconds) } ?? .never)
        change.tell(of: reference)
    }
}

extension StoreChange {
    /// - Parameter text: as it was typed.
    func reference(_ text: String) throws(AuthError) -> SecretReference {
        guard let reference = SecretReference(text.trimmed) else { throw .badReference(text) }
        let providers = reading.settings.secrets
        guard !ReferenceSource.isKnown(reference, in: providers) else { return reference }
        let known = providers.filter { $0.value.source == reference.source }.keys.sorted()
        throw .noReferenceProvider(reference, known: known)
    }

    /// What it leads to here and now; the gateway may have more in its environment.
    func tell(of reference: SecretReference) {
        switch ReferenceSource(reading.settings, environment: reading.environment, layout: reading.layout).find(
            reference)
        {
        case .found: break
        case .leftToGateway:
            context.terminal.notice(
                "The gateway asks the program for it; this command does not, models auth test does.")
        case .failed(let problem), .gone(let problem):
            context.terminal.notice("So far it leads to nothing here: \(problem)")
        }
    }
}
