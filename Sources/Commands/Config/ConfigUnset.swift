// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import Documents
import Settings

struct ConfigUnset: ContextCommand {
    static let configuration = CommandConfiguration(
        commandName: "unset", abstract: "Take a key, or an element of a list, out of the configuration.",
        discussion: """
            The default holds then. gateway.auth stays: without it, nobody could reach the gateway.

            Example: agenticflow-enterprise config unset agents.defaults.imageModel
            """)

    @Argument(
        help: ArgumentHelp("As in agents.list[0].id; a key with dots in quotes.", valueName: "path"),
        completion: .custom(ConfigCompletion.paths))
    var path: String
    @OptionGroup var guards: ChangeGuards
    @Flag(help: "Print JSON.")
    var json = false

    func run(in context: CommandContext) throws {
        let typed = try ConfigError.parse(path)
        var change = try ConfigChange(in: context)
        guards.apply(to: &change)
        change.isJSON = json
        let place = typed.resolved(in: change.effective)
        try change.refuseIncluded(place)
        guard let element = change.authored.element(at: place) else {
            throw ConfigChange.absent(place, in: change.authored, command: "unset")
        }
        let isDone = try change.make(at: [place]) { document throws(DocumentError) in try document.remove(at: place) }
        let count = element.valueCount
        guard isDone, !change.isRehearsal, count > 1 else { return }
        let file = change.file.path
        context.terminal.notice(
            "\(count) values went with it. Until the next change, this puts them back: cp -p \(context.typed(file + ".bak")) \(context.typed(file))"
        )
    }
}

extension Element {
    /// Texts, numbers and the like, at any depth.
    fileprivate var valueCount: Int {
        switch kind {
        case .object: members.reduce(0) { $0 + $1.value.valueCount }
        case .array: elements.reduce(0) { $0 + $1.valueCount }
        default: 1
        }
    }
}
