// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import Credentials
import Documents
import Settings

struct AliasesRemove: ContextCommand {
    static let configuration = CommandConfiguration(
        commandName: "remove", abstract: "Take an alias away; the model stays.",
        discussion: "Example: agenticflow-enterprise models aliases remove fast")

    @Argument(
        help: ArgumentHelp("As models aliases list shows it.", valueName: "alias"),
        completion: .custom(ModelCompletion.aliases))
    var alias: String

    func run(in context: CommandContext) throws {
        let change = try ConfigChange(in: context)
        let aliases = ConfiguredModels(change.reading).aliases
        let name = alias.trimmed
        guard let key = aliases[name] else {
            throw ModelChoiceError.aliasNotFound(alias, near: Spelling.nearest(to: name, among: aliases.keys.sorted()))
        }
        let place = ModelEntries.path.appending(.key(key)).appending(.key("alias"))
        try change.make(at: [place]) { document throws(DocumentError) in try document.remove(at: place) }
        context.terminal.say(aliases.count == 1 ? "No aliases configured." : "Alias removed: \(name)")
    }
}
