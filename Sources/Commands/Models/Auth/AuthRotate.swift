// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import CredentialLifecycle
import Credentials
import FoundationEssentials
import ProfileStorage
import Settings

struct AuthRotate: ContextCommand {
    static let configuration = CommandConfiguration(
        commandName: "rotate", abstract: "Put a new secret in the place of a stored one.",
        discussion: """
            Everything else about the profile stays: its id, its place in orders, pins, its e-mail. The secret is typed
            at a prompt that does not show it, or piped. What was held against the old one is forgotten.

            Example: agenticflow-enterprise models auth rotate anthropic:work
            """)

    @Argument(help: ArgumentHelp("The profile, such as anthropic:work.", valueName: "id"), completion: .profiles)
    var id: String
    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "How long the new token is valid: a number with ms, s, m, h or d; days without a unit.",
            valueName: "duration"))
    var expiresIn: String?
    @Option(
        help: ArgumentHelp("The agent whose profile it is. Without it: the default agent.", valueName: "agent"),
        completion: .agents)
    var agent: String?
    /// Whatever else was typed: it may be the secret, so it is refused without being repeated.
    @Argument(help: .hidden)
    var rest: [String] = []

    func run(in context: CommandContext) throws {
        if !rest.isEmpty { throw ModelsError.secretAsArgument }
        let lifetime = try expiresIn.map { text throws(IntakeError) in try Duration(expiresIn: text) }
        let change = try StoreChange(agent: agent, in: context)
        let profile = try change.ownProfile(id, for: "rotate")
        try refuse(profile, change)
        let pasting = try Pasting(change, provider: profile.provider.text, id: profile.id.text, profile.kind)
        let secret = try pasting.readSecret(
            "New \(profile.kind.words) for \(profile.id)",
            for: "agenticflow-enterprise models auth rotate \(profile.id)\(change.agentWords)")
        try refuse(secret, for: profile, change)
        let expires = profile.kind == .token ? pasting.expiry(of: secret, lifetime: lifetime) : profile.expires
        try Self.replace(profile, with: secret, expires: expires, in: change.store)
        if secret != profile.secret { change.forgetHealth(of: profile.id) }
        change.sayUpdated(change.reading.layout.storePath(change.agent.id))
        change.sayProfile(profile)
        change.tellForeign(secret, profile)
        pasting.tellOfLostDate(profile.expires, now: expires)
        if secret.isSetupToken { pasting.tellSetupToken() }
        change.tellGateway()
    }

    private func refuse(_ profile: Profile, _ change: StoreChange) throws(AuthError) {
        let agent = change.agent.id
        if profile.isReference { throw .isReference(profile.id, profile.reference, profile.kind, agent) }
        switch profile.kind {
        case .oauth:
            let now = change.context.now()
            let fix = LoginReplacement.fix(profile.id, of: profile.provider, by: agent, change.reading, at: now)
            throw .isLogin(profile.id, fix: fix)
        case .apiKey: if expiresIn != nil { throw .hasNoDate("\(profile.id), which is an API key") }
        case .token: break
        }
    }

    private func refuse(_ secret: Secret, for profile: Profile, _ change: StoreChange) throws(StoreError) {
        var new = profile
        new.secret = secret
        if let refusal = Replacement(of: profile, by: new)?.refusal(in: change) { throw .refused(refusal) }
    }

    private static func replace(
        _ profile: Profile, with secret: Secret, expires: Expiry, in store: AuthProfilesFile
    ) throws(StoreError) {
        try store.update { book throws(StoreError) in
            guard book.profiles[profile.id] == profile else { throw .changedMeanwhile(profile.id) }
            guard profile.secret != secret || profile.expires != expires else {
                throw .refused(
                    Advice(
                        what: "\(profile.id) was not changed.",
                        why: "The new secret is the one that is stored already.",
                        fix: "Make a new one at the provider, then run: "
                            + "agenticflow-enterprise models auth rotate \(profile.id)"))
            }
            book.profiles[profile.id]?.secret = secret
            book.profiles[profile.id]?.expires = expires
        }
    }
}

extension CredentialKind {
    /// In the middle of a sentence.
    var words: String {
        switch self {
        case .apiKey: "API key"
        case .token: "token"
        case .oauth: "login"
        }
    }
}
