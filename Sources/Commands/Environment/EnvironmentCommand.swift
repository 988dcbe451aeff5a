// SPDX-License-Identifier: Apache-2.0
import ArgumentParser

struct EnvironmentCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "env", abstract: "See which variables count, and change the daemon's file of them.",
        discussion: """
            A variable counts from the first place that has it: the process environment, .env of the working directory
            (never for credentials), .env of the state directory, env.vars of the configuration, the login shell.

            Example: agenticflow-enterprise env list
            """,
        subcommands: [EnvSet.self, EnvUnset.self, EnvList.self], defaultSubcommand: EnvList.self)
}
