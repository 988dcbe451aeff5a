// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import Settings
import CredentialLifecycle

/// `models fallbacks` and `models image-fallbacks`.
struct FallbacksCommand<Slot: ModelSlot>: ParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: Slot.command,
            abstract: Slot.key == ImageModel.key
                ? "What takes the place of the image model." : "What takes the place of the default model.",
            discussion: """
                They are tried in order. Without a further word: models \(Slot.command) list.

                Example: agenticflow-enterprise models \(Slot.command) add openai/gpt-5.2
                """,
            subcommands: [
                FallbacksList<Slot>.self, FallbacksAdd<Slot>.self, FallbacksRemove<Slot>.self,
                FallbacksClear<Slot>.self,
            ], defaultSubcommand: FallbacksList<Slot>.self)
    }
}

extension ModelSlot {
    /// One line with the list as it is now.
    static func sayList(in context: CommandContext) throws {
        let list = list(try context.reading().settings.models)
        context.terminal.say("\(fallbacks): \(list.isEmpty ? "-" : list.joined(separator: ", "))")
    }
}
