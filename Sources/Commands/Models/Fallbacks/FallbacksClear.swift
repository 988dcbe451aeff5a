// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import Documents

struct FallbacksClear<Slot: ModelSlot>: ContextCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "clear", abstract: "Empty the list of fallbacks.",
            discussion: "Example: agenticflow-enterprise models \(Slot.command) clear")
    }

    func run(in context: CommandContext) throws {
        let change = try ConfigChange(in: context)
        try change.make(at: [Slot.path.appending(.key("fallbacks"))]) { document throws(DocumentError) in
            try Slot.clearFallbacks(in: &document)
        }
        context.terminal.say("\(Slot.fallback) list cleared.")
    }
}
