// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import CredentialLifecycle
import Credentials
import Documents
import Settings

struct FallbacksAdd<Slot: ModelSlot>: ContextCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "add", abstract: "Add a model to the end of the fallbacks.",
            discussion: "Example: agenticflow-enterprise models \(Slot.command) add openai/gpt-5.2")
    }

    @Argument(
        help: ArgumentHelp(
            "provider/model, a model id that one provider alone offers, or an alias.", valueName: "model"),
        completion: .custom(ModelCompletion.models))
    var model: String

    func run(in context: CommandContext) throws {
        let change = try ConfigChange(in: context)
        let choice = try ModelChoice(model, change.reading)
        let models = ConfiguredModels(change.reading)
        let isThere = Slot.list(change.reading.settings.models).contains {
            models.entryReference($0) == choice.reference
        }
        let isNew = ModelEntries.key(of: choice.reference, in: change.resolved.document, models) == nil
        var places: [DocumentPath] = []
        if !isThere { places.append(try Slot.place("fallbacks", in: change)) }
        if isNew { places.append(try change.newEntry(choice.reference)) }
        try change.make(at: places) { document throws(DocumentError) in
            if !isThere {
                try Slot.addFallback(choice.reference, in: &document) { models.entryReference($0) == choice.reference }
            }
            if isNew { try ModelEntries.register(choice.reference, in: &document) }
        }
        if let doubt = choice.doubt { context.terminal.notice("warning: \(doubt)") }
        let first = Slot.command == ImageModel.command ? models.imageModel : models.resolvedDefault
        if let first, models.entryReference(first) == choice.reference {
            context.terminal.notice(
                "warning",
                Advice(
                    what: "\(choice.reference) is what the fallbacks stand in for.",
                    why: "A request that it has failed gains nothing from asking it once more.",
                    fix: "Run: agenticflow-enterprise models \(Slot.command) remove \(choice.reference)"))
        }
        if let idle = IdleFallback(choice.reference, in: Slot.self, models) {
            context.terminal.notice(
                "warning",
                Advice(
                    what: idle.what, why: idle.why,
                    fix:
                        "Add one that serves the same endpoint; see what a request gets: agenticflow-enterprise models explain"
                ))
        }
        try Slot.sayList(in: context)
    }
}
