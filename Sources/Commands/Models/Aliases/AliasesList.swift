// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import CredentialLifecycle
import Credentials
import Documents

struct AliasesList: ContextCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List the aliases of models.",
        discussion: "Example: agenticflow-enterprise models aliases list --json")

    @OptionGroup var output: ListOutput

    func run(in context: CommandContext) throws {
        try output.check()
        let reading = try context.reading()
        try reading.requireReadable()
        let aliases = ConfiguredModels(reading).aliases.sorted { $0.key < $1.key }
        if output.json {
            let members = aliases.map { Literal.Member($0.key, .string($0.value)) }
            return context.terminal.print(Literal.object([.init("aliases", .object(members))]).pretty() + "\n")
        }
        if !output.plain { context.terminal.say("Aliases (\(aliases.count)):") }
        for (alias, model) in aliases {
            context.terminal.say((output.plain ? "\(alias) \(model)" : "- \(alias) -> \(model)").escapedForDisplay)
        }
        if aliases.isEmpty, !output.plain { context.terminal.say("- none") }
    }
}
