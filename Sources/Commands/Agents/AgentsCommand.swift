// SPDX-License-Identifier: Apache-2.0
import ArgumentParser

struct AgentsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "agents", abstract: "Agents: each with credentials, an order and a model of its own.",
        discussion: """
            Without a further word: agents list. Clients choose an agent with the x-agenticflow-agent header.

            Example: agenticflow-enterprise agents add coder --model anthropic/claude-haiku-4-5
            """,
        subcommands: [AgentsList.self, AgentsAdd.self, AgentsDelete.self, AgentsDefault.self],
        defaultSubcommand: AgentsList.self)
}
