// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import Credentials

struct PasteAPIKey: ContextCommand {
    static let configuration = CommandConfiguration(
        commandName: "paste-api-key", abstract: "Store an API key.",
        discussion: """
            The key is typed at a prompt that does not show it, or piped. It is never an argument: other users of the \
            machine can read those.

            Example: agenticflow-enterprise models auth paste-api-key --provider anthropic --profile-id anthropic:work
            """)

    @OptionGroup var target: PasteTarget

    func run(in context: CommandContext) throws {
        let pasting = try Pasting(target, .apiKey, in: context)
        try pasting.store(pasting.readSecret("API key for \(pasting.provider)"), expires: .never)
    }
}
