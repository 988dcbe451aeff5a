// SPDX-License-Identifier: Apache-2.0
import ArgumentParser

struct ConfigCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "config", abstract: "Read, change and check the configuration.",
        discussion: """
            A change touches what was meant and no other byte; the file before is kept beside it as .bak.

            Example: agenticflow-enterprise config set gateway.port 18790
            """,
        subcommands: [
            ConfigGet.self, ConfigSet.self, ConfigUnset.self, ConfigValidate.self, ConfigPath.self,
        ])
}
