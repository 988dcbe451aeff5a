// SPDX-License-Identifier: Apache-2.0
import ArgumentParser

struct OrderCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "order", abstract: "Which profiles of a provider an agent uses, and in which order.",
        discussion: """
            An order is kept with the agent's credentials. Profiles that it leaves out are never used on their own.

            Example: agenticflow-enterprise models auth order set --provider anthropic anthropic:work anthropic:default
            """,
        subcommands: [OrderGet.self, OrderSet.self, OrderClear.self])
}
