// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import Documents
import Settings

struct ConfigPath: ContextCommand {
    static let configuration = CommandConfiguration(
        commandName: "path", abstract: "Print the path of the configuration.",
        discussion: """
            The file need not exist yet. AGENTICFLOW_CONFIG_PATH names another one.

            Example: agenticflow-enterprise config path
            """)

    @Flag(help: "Print JSON.")
    var json = false

    func run(in context: CommandContext) throws {
        let path = try context.furnishedLayout().configPath
        guard json else { return context.terminal.say(path) }
        context.terminal.print(Literal.object([.init("configPath", .string(path))]).pretty() + "\n")
    }
}
