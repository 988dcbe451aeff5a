// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import Credentials
import Documents

struct AgentsAdd: ContextCommand, LongCommand {
    static let rareOptions = ["--agent-dir", "--default", "--no-inherit", "--non-interactive"]
    static let configuration = CommandConfiguration(
        commandName: "add", abstract: "Add an agent.",
        discussion: """
            It uses the profiles of main as long as it has none of its own of the same id; they are read through, so a \
            key that is replaced there is replaced here. Its id is the name in lower case, with - for what an id cannot \
            hold. Without a name, on a terminal, it asks.

            Example: agenticflow-enterprise agents add coder --model anthropic/claude-haiku-4-5
            """)

    @OptionGroup var options: AgentOptions

    func run(in context: CommandContext) throws {
        if !options.bind.isEmpty { throw AgentsError.noChannels }
        var options = options
        if options.name == nil {
            guard !options.nonInteractive, context.terminal.hasPerson else { throw AgentsError.needsName }
            try AgentDialogue(context).complete(&options)
        }
        let addition = try AgentAddition(options, in: context)
        let added = try addition.add()
        if options.json { context.terminal.print(added.json.pretty() + "\n") } else { added.say(to: context) }
        addition.tellGateway()
    }
}

struct AgentOptions: ParsableArguments {
    @Argument(help: ArgumentHelp("What to call it.", valueName: "name"))
    var name: String?
    @Option(
        help: ArgumentHelp("Its default model. Without it: that of agents.defaults.", valueName: "model"),
        completion: .models)
    var model: String?
    @Option(
        help: ArgumentHelp("The folder of its credentials. Without it: agents/<id>/agent.", valueName: "dir"),
        completion: .directory)
    var agentDir: String?
    @Option(
        help: ArgumentHelp("The folder it works in. Without it: workspace-<id>.", valueName: "dir"),
        completion: .directory)
    var workspace: String?
    @Flag(help: "Let it use no profile of main.")
    var noInherit = false
    @Flag(help: "Give it copies of the keys and tokens of main, where copyToAgents allows.")
    var copyCredentials = false
    @Flag(name: .customLong("default"), help: "Let it serve requests that name no agent.")
    var isDefault = false
    @Flag(help: "Never ask.")
    var nonInteractive = false
    /// For scripts that were written for another product: refused with the reason.
    @Option(help: .hidden)
    var bind: [String] = []
    @Flag(help: "Print JSON.")
    var json = false
}
