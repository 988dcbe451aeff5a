// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import CredentialLifecycle
import Credentials
import Documents
import Settings

struct AgentsDefault: ContextCommand {
    static let configuration = CommandConfiguration(
        commandName: "default", abstract: "Choose the agent that serves requests which name none.",
        discussion: """
            It is also the one that commands mean without --agent.

            Example: agenticflow-enterprise agents default coder
            """)

    @Argument(help: ArgumentHelp("The agent's id.", valueName: "id"), completion: .agents)
    var id: String

    func run(in context: CommandContext) throws {
        let reading = try context.reading()
        try reading.requireReadable()
        guard let agent = AgentID(id.trimmed), reading.settings.agent(agent) != nil else {
            let known = reading.agents.map(\.id).sorted()
            throw AgentsError.unknown(id, choices: known, known: known)
        }
        let file = SettingsFile(reading.layout)
        let isDone = try file.edit { document throws(DocumentError) in
            var entries = AgentEntries(document: document, file: file)
            guard entries.defaultAgent != agent || entries.hasSeveralDefaults else { return true }
            try entries.makeDefault(agent)
            guard entries.defaultAgent == agent, !entries.hasSeveralDefaults else { return false }
            document = entries.document
            return true
        }
        if !isDone { throw AgentsError.included(agent) }
        context.terminal.say("Updated \(context.shown(reading.layout.configPath))")
        context.terminal.say("Default agent: \(agent)")
        context.tellGateway(reading)
    }
}
