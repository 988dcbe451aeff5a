// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import Settings
import CredentialLifecycle
import Credentials
import Documents

struct FallbacksRemove<Slot: ModelSlot>: ContextCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "remove", abstract: "Take a model out of the fallbacks.",
            discussion: "Example: agenticflow-enterprise models \(Slot.command) remove openai/gpt-5.2")
    }

    @Argument(
        help: ArgumentHelp("As models \(Slot.command) list shows it, or its alias.", valueName: "model"),
        completion: .custom(ModelCompletion.fallbacks))
    var model: String

    func run(in context: CommandContext) throws {
        let change = try ConfigChange(in: context)
        let models = ConfiguredModels(change.reading)
        let name = model.trimmed
        let reference = models.entryReference(name)
        // A model whose provider is gone is still taken out by the name it has in the list.
        let isGone: (String) -> Bool = { $0.trimmed == name || models.entryReference($0) == reference }
        let list = Slot.list(change.reading.settings.models)
        guard list.contains(where: isGone) else {
            throw ModelChoiceError.fallbackNotFound(
                reference, near: Spelling.nearest(to: reference, among: list), label: Slot.fallback,
                command: Slot.command)
        }
        try change.make(at: [Slot.path.appending(.key("fallbacks"))]) { document throws(DocumentError) in
            try Slot.removeFallbacks(in: &document, where: isGone)
        }
        try Slot.sayList(in: context)
    }
}
