// SPDX-License-Identifier: Apache-2.0
import ArgumentParser

struct AuthCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "auth", abstract: "Store credentials, list them, and say which ones are used.",
        discussion: "Example: agenticflow-enterprise models auth paste-api-key --provider anthropic",
        subcommands: [
            AuthAdd.self, PasteAPIKey.self, PasteToken.self, SetupToken.self, AuthList.self, AuthTest.self,
            AuthLogout.self, AuthRotate.self, AuthClean.self, ClearCooldown.self, OrderCommand.self,
        ])
}
