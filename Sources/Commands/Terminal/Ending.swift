// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import Credentials
import FoundationEssentials

/// How a command line ends that does not simply succeed: with help, or with an error of ours.
struct Ending {
    private let words: [String]
    private let terminal: Terminal

    init(_ words: [String], on terminal: Terminal) {
        self.words = words
        self.terminal = terminal
    }

    /// `--profile` was given what is no instance, but a credential.
    var instanceSlip: InstanceSlip? { InstanceSlip(terminal.instance, in: words) }

    func instanceConflict(_ context: CommandContext?) -> InstanceConflict? {
        InstanceConflict(
            terminal.instance, in: context?.environment ?? ProcessInfo.processInfo.environment)
    }

    /// `help`, also behind a group's words, and a group without a further word: its help. nil for any other line.
    func ofHelp() -> Int32? {
        if words == ["--profile"] || (words.last == "--profile" && !words.contains("--")) {
            return report(
                UsageError(
                    what: "--profile needs a value.", why: "It is the name of another instance of the product.",
                    fix: "For example: agenticflow-enterprise --profile second gateway status"))
        }
        let (group, behind) = CommandOutline.root.following(words)
        let isAsked = behind.first == "help" && !group.subcommands.isEmpty
        let (command, rest) =
            isAsked ? group.following(behind.dropFirst().filter { $0 != "--help" && $0 != "-h" }) : (group, behind)
        if isAsked, let word = rest.first {
            if command.subcommands.isEmpty { return report(UsageAdvice(command, words: words).tooDeep(word)) }
            return report(UsageAdvice(command, words: words).unknownCommand(word))
        }
        if isAsked || (rest.isEmpty && !command.subcommands.isEmpty && command.defaultSubcommand == nil) {
            return help(command)
        }
        return nil
    }

    func of(_ error: any Error) -> Int32 {
        if case TerminalError.tooLong(nil) = error { return report(TerminalError.tooLong(typed)) }
        if let error = error as? any ActionableError { return report(error) }
        let problem = ParsingProblem(error)
        let types = problem?.types ?? []
        let command = CommandOutline(
            words: types.dropFirst().map { $0._commandName }, type: types.last ?? AgenticFlow.self)
        // Before the package is asked anything: it lays its own help out first, and ends the process where that is narrow.
        if case .help = problem?.kind { return help(command) }
        if case .unexpectedWords(["help"]) = problem?.kind { return help(command) }
        let code = AgenticFlow.exitCode(for: error)
        if let problem, !code.isSuccess {
            let message = AgenticFlow.message(for: error)
            return report(UsageAdvice(command, words: words).error(for: problem.kind, message: message))
        }
        let message = AgenticFlow.fullMessage(for: error)
        if message.isEmpty { return code.rawValue }
        if code.isSuccess { terminal.printAsItIs(message + "\n") } else { return report(Unforeseen(text: message)) }
        return code.rawValue
    }

    /// The line as it may be typed once more; the command alone where a word of it may be a secret.
    private var typed: String {
        let isShown = !words.contains { SecretWords.looksSecret($0) || SecretWords.isMasked($0) }
        let line = isShown ? words : CommandOutline.root.following(words).command.words
        return ([CommandOutline.program] + line.map(\.shellWord)).joined(separator: " ")
    }

    private func help(_ command: CommandOutline) -> Int32 {
        terminal.printAsItIs(HelpPage(command: command, width: terminal.columns, style: terminal.outputStyle).text)
        return 0
    }

    private func report(_ error: any ActionableError) -> Int32 {
        let spoken = Spoken(error, to: words)
        var terminal = terminal
        // The commands that it names are not for an instance that cannot be.
        if error is InstanceSlip { terminal.instance = nil }
        terminal.report(spoken, asJSON: words.prefix { $0 != "--" }.contains("--json"))
        return error.exitCode.rawValue
    }

    /// An error as it is told to whoever typed the words: without those that look like secrets.
    private struct Spoken: ActionableError {
        let advice: Advice
        let exitCode: ExitStatus

        init(_ error: any ActionableError, to words: [String]) {
            var told = error.advice.mapped { SecretWords.withoutSecrets(of: words, $0) }
            told.fix = SecretWords.withoutSecrets(of: words, error.advice.fix, mask: SecretWords.placeholder)
            advice = told
            exitCode = error.exitCode
        }
    }

    /// An error that no part of ours has thrown.
    private struct Unforeseen: ActionableError {
        let text: String
        var exitCode: ExitStatus { .software }
        var advice: Advice {
            Advice(
                what: text, why: "This is not expected to happen.",
                fix:
                    "Run the command again. If it stays, report it with the output of: agenticflow-enterprise --version"
            )
        }
    }
}
