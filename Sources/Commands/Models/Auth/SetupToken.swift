// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import CredentialLifecycle
import Credentials

struct SetupToken: ContextCommand {
    static let configuration = CommandConfiguration(
        commandName: "setup-token", abstract: "Store the token that claude setup-token made (terminal only).",
        discussion: """
            Run claude setup-token first, on any machine. The token is typed at a prompt that does not show it and is
            stored as anthropic:manual for a year. Its vendor limits such tokens to its own program: they are kept and
            aged here, and the gateway does not send them. For the gateway, use paste-api-key.

            Example: agenticflow-enterprise models auth setup-token --provider anthropic
            """)

    @Option(
        help: ArgumentHelp("Whose token it is; only anthropic has them.", valueName: "provider"), completion: .providers
    )
    var provider = "anthropic"
    @Option(
        help: ArgumentHelp("The name to store it under. Without it: anthropic:manual.", valueName: "id"),
        completion: .storable)
    var profileID: String?
    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "How long it is valid: a number with ms, s, m, h or d; days without a unit. Without it: 365d.",
            valueName: "duration"))
    var expiresIn: String?
    @Option(
        help: ArgumentHelp("The agent to store it for. Without it: the default agent.", valueName: "agent"),
        completion: .agents)
    var agent: String?
    @Flag(help: "Do not ask whether claude setup-token has been run.")
    var yes = false
    /// Whatever else was typed: it may be the token, so it is refused without being repeated.
    @Argument(help: .hidden)
    var rest: [String] = []

    func run(in context: CommandContext) throws {
        if !rest.isEmpty { throw ModelsError.secretAsArgument }
        guard ProviderID(provider) == .anthropic else { throw AuthError.onlyAnthropic(provider) }
        guard context.terminal.hasPerson else {
            throw AuthError.needsTerminal(
                command: "setup-token",
                instead: "agenticflow-enterprise models auth paste-token --provider anthropic < token-file")
        }
        let lifetime = try expiresIn.map { text throws(IntakeError) in try Duration(expiresIn: text) }
        let change = try StoreChange(agent: agent, in: context)
        let pasting = try Pasting(change, provider: provider, id: profileID, .token)
        if !yes, try !context.terminal.confirm("Have you run `claude setup-token`?") {
            context.terminal.notice("Run claude setup-token first; it prints the token. Nothing was stored.")
            return
        }
        let secret = try context.terminal.readCredential(
            "Setup token for anthropic", for: "agenticflow-enterprise models auth paste-token --provider anthropic")
        do throws(IntakeError) { try Shape.checkSetupToken(secret) } catch { throw pasting.ofThisProfile(error) }
        try pasting.store(secret, expires: pasting.expiry(of: secret, lifetime: lifetime))
        pasting.tellSetupToken()
    }
}
