// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import Documents
import Settings

/// `models set` and `models set-image`.
struct ModelsSet<Slot: ModelSlot>: ContextCommand {
    static var configuration: CommandConfiguration {
        let isImage = Slot.key == ImageModel.key
        return CommandConfiguration(
            commandName: isImage ? "set-image" : "set",
            abstract: isImage ? "Choose the model for images." : "Choose the model that clients get by default.",
            discussion: """
                Fallbacks stay as they are. A model that its provider does not list is kept, with a warning.

                Example: agenticflow-enterprise models \(isImage ? "set-image openai/gpt-5.2" : "set anthropic/claude-sonnet-4-5")
                """)
    }

    @Argument(
        help: ArgumentHelp(
            "provider/model, a model id that one provider alone offers, or an alias.", valueName: "model"),
        completion: .custom(ModelCompletion.models))
    var model: String

    func run(in context: CommandContext) throws {
        let change = try ConfigChange(in: context)
        let choice = try ModelChoice(model, change.reading)
        var places = [try Slot.place("primary", in: change)]
        let models = ConfiguredModels(change.reading)
        let isNew = ModelEntries.key(of: choice.reference, in: change.resolved.document, models) == nil
        if isNew { places.append(try change.newEntry(choice.reference)) }
        let slip = Slot.slip(mendedBy: choice.reference, in: change)
        if let slip { places.append(slip.place) }
        try change.make(at: places) { document throws(DocumentError) in
            try Slot.setPrimary(choice.reference, in: &document)
            if isNew { try ModelEntries.register(choice.reference, in: &document) }
            if let slip { try document.remove(at: slip.place) }
        }
        if let slip {
            context.terminal.notice("The empty entry of \(slip.reference), which was there before, has gone with it.")
        }
        if let doubt = choice.doubt { context.terminal.notice("warning: \(doubt)") }
        context.terminal.say("\(Slot.title): \(choice.reference)")
    }
}

extension ConfigChange {
    /// Where the entry of a model goes.
    func newEntry(_ reference: String) throws(ConfigError) -> DocumentPath {
        let place = ModelEntries.path.appending(.key(reference))
        try ConfigSet.checkWay(place, in: authored)
        return place
    }
}
