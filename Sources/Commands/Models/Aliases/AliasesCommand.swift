// SPDX-License-Identifier: Apache-2.0
import ArgumentParser

struct AliasesCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "aliases", abstract: "Other names for models.",
        discussion: """
            Clients may ask for a model by its alias. Without a further word: models aliases list.

            Example: agenticflow-enterprise models aliases add fast anthropic/claude-haiku-4-5
            """,
        subcommands: [AliasesList.self, AliasesAdd.self, AliasesRemove.self], defaultSubcommand: AliasesList.self)
}
