// SPDX-License-Identifier: Apache-2.0
import ArgumentParser

struct ModelsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "models", abstract: "Models, their credentials, and which one is used next.", subcommands: [])
}
