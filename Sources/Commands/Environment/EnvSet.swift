// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import CredentialLifecycle
import Credentials
import Settings

struct EnvSet: ContextCommand {
    static let configuration = CommandConfiguration(
        commandName: "set", abstract: "Put a variable into .env of the state directory, for the daemon.",
        discussion: """
            The value is typed at a prompt that does not show it, or piped; it is never a word of the command. Other
            lines of the file keep every byte. A running gateway takes the change up within two seconds.

            Example: agenticflow-enterprise env set ANTHROPIC_API_KEY
            """)

    @Flag(help: "Read the value from standard input, which must not be a terminal.")
    var stdin = false
    @Argument(
        help: ArgumentHelp("The variable's name, such as ANTHROPIC_API_KEY.", valueName: "name"), completion: .variables
    )
    var name: String
    /// Whatever else was typed: it may be the secret, so it is refused without being repeated.
    @Argument(help: .hidden)
    var rest: [String] = []

    func run(in context: CommandContext) throws {
        if !rest.isEmpty || name.contains("=") { throw EnvironmentError.valueAsArgument(of: name) }
        let target = try EnvironmentTarget(name, in: context)
        try target.refuseStructural()
        try target.refuseOfProcess()
        if stdin, case .person = context.terminal.input() { throw EnvironmentError.noPipe(target.name) }
        let value = try target.value(pasted: context.terminal.readSecret("Value for \(target.name)"))
        try target.edit { file throws(StoreError) in
            if let refusal = target.refusal(of: value, over: file.variables[target.name]) { throw .refused(refusal) }
            do throws(DotEnvError) { try file.upsert(target.name, value) } catch { throw .refused(error.advice) }
        }
        context.terminal.say("Updated \(target.shownPath)")
        context.terminal.say("Variable: \(target.name)=\(value.masked)")
        target.tellForeign(value)
        for doubt in [target.nameDoubt, target.addressDoubt(value)].compactMap({ $0 }) {
            context.terminal.notice("warning", doubt)
        }
        for hint in OrderHint.all(ofVariable: target.name, try context.reading(), at: context.now()) {
            context.terminal.notice(hint.text)
        }
        target.tellWhatCounts(now: value)
    }
}
