// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import CredentialLifecycle
import Credentials

struct PasteToken: ContextCommand {
    static let configuration = CommandConfiguration(
        commandName: "paste-token", abstract: "Store a token that was made elsewhere.",
        discussion: """
            The token is typed at a prompt that does not show it, or piped. Without --expires-in it counts as valid until \
            it is revoked; only a setup token of Anthropic gets its year.

            Example: agenticflow-enterprise models auth paste-token --provider openrouter --expires-in 30d
            """)

    @OptionGroup var target: PasteTarget
    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "How long it is valid: a number with ms, s, m, h or d; days without a unit.", valueName: "duration"))
    var expiresIn: String?

    func run(in context: CommandContext) throws {
        let lifetime = try expiresIn.map { text throws(IntakeError) in try Duration(expiresIn: text) }
        let pasting = try Pasting(target, .token, in: context)
        let secret = try pasting.readSecret("Token for \(pasting.provider)")
        try pasting.store(secret, expires: pasting.expiry(of: secret, lifetime: lifetime))
        if secret.isSetupToken { pasting.tellSetupToken() }
    }
}
