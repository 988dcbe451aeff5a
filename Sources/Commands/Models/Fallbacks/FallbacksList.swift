// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import Settings
import CredentialLifecycle
import Credentials
import Documents

struct FallbacksList<Slot: ModelSlot>: ContextCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "list", abstract: "List the fallbacks in the order in which they are tried.",
            discussion: "Example: agenticflow-enterprise models \(Slot.command) list --json")
    }

    @OptionGroup var output: ListOutput

    func run(in context: CommandContext) throws {
        try output.check()
        let reading = try context.reading()
        try reading.requireReadable()
        let models = ConfiguredModels(reading)
        let list = Slot.list(reading.settings.models).map { models.reference($0) ?? $0 }
        if output.json {
            let values = Literal.array(list.map { .string($0) })
            return context.terminal.print(Literal.object([.init("fallbacks", values)]).pretty() + "\n")
        }
        if !output.plain { context.terminal.say("\(Slot.fallbacks) (\(list.count)):") }
        for model in list { context.terminal.say((output.plain ? model : "- \(model)").escapedForDisplay) }
        if list.isEmpty, !output.plain { context.terminal.say("- none") }
    }
}
