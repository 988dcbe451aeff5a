// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import Credentials
import Documents

struct AgentsDelete: ContextCommand {
    static let configuration = CommandConfiguration(
        commandName: "delete", abstract: "Delete an agent; its credentials go to the trash.",
        discussion: """
            Its entry leaves the configuration, its folder moves to trash/<id>-<time> in the state directory. Nothing is \
            erased, and no credential is revoked at its provider.

            Example: agenticflow-enterprise agents delete coder
            """)

    @Argument(help: ArgumentHelp("The agent's id.", valueName: "id"), completion: .otherAgents)
    var id: String
    @Flag(name: [.long, .customLong("yes")], help: "Do not ask.")
    var force = false
    @Flag(help: "Print JSON.")
    var json = false

    func run(in context: CommandContext) throws {
        let removal = try AgentRemoval(id, in: context)
        if !force {
            guard context.terminal.hasPerson else { throw AgentsError.needsForce(removal.agent) }
            guard try context.terminal.confirm(removal.question) else { throw AgentsError.declined }
        }
        let removed = try removal.remove()
        if json { context.terminal.print(removed.json.pretty() + "\n") } else { removed.say(to: context) }
        removal.tellGateway()
    }
}
