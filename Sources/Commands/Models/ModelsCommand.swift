// SPDX-License-Identifier: Apache-2.0
import ArgumentParser

struct ModelsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "models", abstract: "Models, their credentials, and which one is used next.",
        discussion: "Example: agenticflow-enterprise models --json",
        subcommands: [
            ModelsStatus.self, ModelsList.self, ModelsExplain.self, ModelsSet<DefaultModel>.self,
            ModelsSet<ImageModel>.self, AliasesCommand.self, FallbacksCommand<DefaultModel>.self,
            FallbacksCommand<ImageModel>.self, ModelsScan.self, AuthCommand.self,
        ],
        defaultSubcommand: ModelsStatus.self)
}
