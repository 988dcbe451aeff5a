// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import Credentials
import CredentialLifecycle
import Documents
import Providers
import Settings

struct AliasesAdd: ContextCommand {
    static let configuration = CommandConfiguration(
        commandName: "add", abstract: "Give a model another name.",
        discussion: """
            A model has one alias; a new one takes the place of the old one.

            Example: agenticflow-enterprise models aliases add fast anthropic/claude-haiku-4-5
            """)

    @Argument(help: ArgumentHelp("Letters, digits and _ . : -, at most 64.", valueName: "alias"))
    var alias: String
    @Argument(
        help: ArgumentHelp("provider/model, a model id, or another alias.", valueName: "model"),
        completion: .custom(ModelCompletion.models))
    var model: String

    func run(in context: CommandContext) throws {
        let alias = try Self.name(alias)
        let change = try ConfigChange(in: context)
        let models = ConfiguredModels(change.reading)
        let choice = try ModelChoice(model, change.reading)
        if let other = models.aliases[alias], models.entryReference(other) != choice.reference {
            throw ModelChoiceError.aliasTaken(alias, by: other)
        }
        let key = ModelEntries.key(of: choice.reference, in: change.resolved.document, models) ?? choice.reference
        let place = ModelEntries.path.appending(.key(key)).appending(.key("alias"))
        let old = change.resolved.document?.element(at: place)?.string
        try ConfigSet.checkWay(place, in: change.authored)
        try change.make(at: [place]) { document throws(DocumentError) in
            if document.element(at: place)?.string?.trimmed != alias { try document.set(.string(alias), at: place) }
        }
        if let doubt = choice.doubt { context.terminal.notice("warning: \(doubt)") }
        if let hidden = change.reading.providers.all.values.filter({ $0.models.contains(alias) }).map(\.id).min(),
            "\(hidden)/\(alias)" != choice.reference
        {
            context.terminal.notice(
                "warning",
                Advice(
                    what: "\(alias) is the id of a model of \(hidden), which the alias hides.",
                    why: "Clients that ask for \(alias) get \(choice.reference) from now on.",
                    fix: "The model itself goes by \(hidden)/\(alias). To take the alias back, run: "
                        + "agenticflow-enterprise models aliases remove \(alias)"))
        }
        if let old, old.trimmed != alias { context.terminal.notice("It takes the place of the alias \(old).") }
        context.terminal.say("Alias \(alias) -> \(choice.reference)")
    }

    static func name(_ text: String) throws(ModelChoiceError) -> String {
        let alias = text.trimmed
        guard alias.isAliasName else { throw .badAlias(text) }
        if alias.isReservedAlias { throw .reservedAlias(alias) }
        return alias
    }
}
