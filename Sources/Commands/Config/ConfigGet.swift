// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import Credentials
import Documents
import Settings

struct ConfigGet: ContextCommand {
    static let configuration = CommandConfiguration(
        commandName: "get", abstract: "Print a value of the configuration, or all of it.",
        discussion: """
            What $include brings in is shown as part of it. Credentials are shown shortened, ${NAME} as it is written. \
            Exit code 66 says that nothing is set there.

            Example: agenticflow-enterprise config get gateway.port
            """)

    @Argument(
        help: ArgumentHelp("As in agents.list[0].id; without it: everything.", valueName: "path"),
        completion: .custom(ConfigCompletion.paths))
    var path: String?
    @Flag(help: "Print JSON.")
    var json = false

    func run(in context: CommandContext) throws {
        let layout = try context.furnishedLayout()
        let resolved = SettingsFile(layout).resolved()
        context.tell(resolved.notices)
        if let failure = resolved.failure { throw failure }
        let document = resolved.document ?? Document(emptyObjectAs: .json5)
        let place = try path.map { text throws(ConfigError) in try ConfigError.parse(text) }?.resolved(in: document)
        guard let place else {
            let shown = ShownValue.literal(document.root, at: DocumentPath([PathStep]()))
            return context.terminal.printAsItIs(shown.pretty() + "\n")
        }
        guard let element = document.element(at: place) else {
            throw ConfigChange.absent(place, in: document, command: "get")
        }
        let shown = ShownValue.literal(element, at: place)
        if json || element.kind == .object || element.kind == .array {
            return context.terminal.printAsItIs(shown.pretty() + "\n")
        }
        if case .string(let text) = shown {
            context.terminal.show(text)
        } else {
            context.terminal.show(element.sourceText)
        }
    }
}
