// SPDX-License-Identifier: Apache-2.0
import CredentialLifecycle
import Credentials
import Providers
import Settings

/// Where a credential would have been found, and the commands that put one there.
struct MissingCredential {
    let reading: InstanceReading
    let agent: AgentID
    private let context: CommandContext

    init(_ reading: InstanceReading, _ agent: AgentID, _ context: CommandContext) {
        self.reading = reading
        self.agent = agent
        self.context = context
    }

    /// What names the agent in a command; nothing when it is the default one.
    var words: String { reading.agentWords(agent) }

    /// What is stored cannot be read.
    var isUnknown: Bool { reading.lacksStore(agent) }

    func lines(_ provider: String) -> [String] {
        let layout = reading.layout
        let program = "agenticflow-enterprise"
        let places = [
            "Auth store: \(context.shown(layout.storePath(agent))) (agent \(agent))",
            "Agent dir: \(context.shown(layout.agentDirectory(agent)))",
        ]
        // What is there is told with the file's own error; nothing can be stored beside it.
        if isUnknown { return places }
        let known = ProviderID(provider).flatMap { reading.providers[$0] }
        let variable = known?.environmentVariables.last
        let storing =
            ProviderID(provider).map { PasteCommand.beside(.apiKey, of: $0, reading, agent: agent) }
            ?? "\(program) models auth add"
        let word = known?.mayAskForNoKey == true ? [Provider.anyWord(storing)] : []
        return places + ["Store one with: \(storing)"] + word
            + (variable.map { ["Or set it in \(context.shown(layout.dotEnvPath)): \(program) env set \($0)"] } ?? [])
            + ["Other agents have their own: \(program) agents list, \(program) agents add NAME"]
    }
}
