// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import Credentials
import Settings

struct EnvUnset: ContextCommand {
    static let configuration = CommandConfiguration(
        commandName: "unset", abstract: "Take a variable out of .env of the state directory.",
        discussion: """
            Every line that sets it goes; the others keep every byte. Other places may still set it: the command says so.

            Example: agenticflow-enterprise env unset ANTHROPIC_API_KEY
            """)

    @Argument(help: ArgumentHelp("The variable's name.", valueName: "name"), completion: .setVariables)
    var name: String
    /// Whatever else was typed: it may be a secret, so it is refused without being repeated.
    @Argument(help: .hidden)
    var rest: [String] = []

    func run(in context: CommandContext) throws {
        if !rest.isEmpty || name.contains("=") { throw EnvironmentError.severalNames(of: [name] + rest) }
        guard name.isVariableName else { throw EnvironmentError.badName("unset") }
        let target = try EnvironmentTarget(name, in: context)
        let found = try target.edit { file throws(StoreError) in (file.remove(target.name), file.names) }
        guard found.0 else {
            throw EnvironmentError.notThere(
                target.name, path: target.shownPath, near: Spelling.nearest(to: target.name, among: found.1),
                known: found.1)
        }
        context.terminal.say("Updated \(target.shownPath)")
        context.terminal.say("Removed: \(target.name)")
        target.tellWhatCounts(now: nil)
    }
}
