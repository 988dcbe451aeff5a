// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import Credentials
import Documents
import Settings

/// Says what is wrong with a command line, why, and what to type instead.
struct UsageAdvice {
    let command: CommandOutline
    let arguments: [ArgumentOutline]
    /// As typed, the program's name and `--profile NAME` apart.
    let words: [String]
    private let isQuiet: Bool

    init(_ command: CommandOutline, words: [String]) {
        self.command = command
        self.words = words
        arguments = command.arguments
        isQuiet = SecretWords.areTaken(by: command)
    }

    /// - Parameter message: the package's own, for what is not recognised.
    func error(for kind: ParsingProblem.Kind, message: String) -> any ActionableError {
        switch kind {
        case .unknownOption(let name): unknownCommandAmongWords ?? unknownOption(name)
        case .missingValue(let name): missingValue(name)
        case .unexpectedValue(let name):
            UsageError(
                what: "\(name) takes no value.", why: summary(of: name) ?? "It is there, or it is not.",
                fix: "Leave out the equals sign and what follows it. \(seeHelp)")
        case .unexpectedWords(let extra): unexpected(extra)
        case .badValue(let option, let value, let key, let reason): badValue(option, value, key, reason)
        case .missingArgument(let key): missing(key)
        case .rule(let error as any ActionableError): error
        case .rule, .help, .other:
            UsageError(what: isQuiet ? "The command line cannot be followed." : message, why: takes, fix: seeHelp)
        }
    }

    // MARK: Options

    private func unknownOption(_ name: String) -> UsageError {
        // An option that everything takes would make another command of it.
        let known = options.filter { $0 != "--profile" || name.hasPrefix("--prof") }
        let meant = Self.elsewhere[name].flatMap { known.contains($0) ? $0 : nil }
        if let near = meant ?? (name.hasPrefix("--") ? Spelling.nearest(to: name, among: known) : nil) {
            return UsageError(
                what: "\(command.shortName) has no option \(name.escapedForDisplay). Did you mean \(near)?",
                why: knownOptions, fix: corrected(name, to: near) ?? "Write \(near). \(seeHelp)")
        }
        if let (inner, late) = movedBehind(name) {
            return UsageError(
                what: "\(name.escapedForDisplay) stands before the command.",
                why: "Options are those of a command, here of \(inner), and follow it.", fix: "Run: \(late)")
        }
        let shown = isQuiet || SecretWords.looksSecret(name) ? "an option that it does not know" : nil
        return UsageError(
            what: shown.map { "\(command.shortName) was given \($0)." }
                ?? "\(command.shortName) has no option \(name.escapedForDisplay).",
            why: knownOptions, fix: behindDashes(name) ?? seeHelp)
    }

    /// A value such as -5, which is no option; it may be a secret, so it is not repeated.
    private func behindDashes(_ name: String) -> String? {
        guard command.words == ["config", "set"], !name.hasPrefix("--") else { return nil }
        // Whatever is no path is not shown.
        let place = words.dropFirst(2).first { !$0.hasPrefix("-") }.flatMap { try? DocumentPath(parsing: $0) }
        let path = place.map { KnownKeys.unknown(on: $0) == nil ? $0.typed : "PATH" } ?? "PATH"
        return "A value that begins with a dash stands behind two: \(command.line) \(path) -- VALUE"
    }

    /// What other programs call it.
    private static let elsewhere = ["--host": "--bind", "--address": "--bind", "--listen": "--bind"]

    /// An option that was typed before the words of the command that has it.
    private func movedBehind(_ name: String) -> (command: String, line: String)? {
        guard !command.subcommands.isEmpty, let place = words.firstIndex(of: name) else { return nil }
        let others = words[..<place] + words[(place + 1)...]
        let (inner, _) = CommandOutline.root.following(others)
        guard inner.words != command.words, inner.arguments.contains(where: { $0.names.contains(name) }) else {
            return nil
        }
        return line(Array(others) + [name]).map { (inner.shortName, $0) }
    }

    private func missingValue(_ name: String) -> UsageError {
        let option = arguments.first { $0.names.contains(name) }
        return UsageError(
            what: "\(name) needs a value.", why: option.map { "It is <\($0.valueName)>: \($0.description)" } ?? takes,
            fix: example(of: option))
    }

    private func badValue(_ option: String?, _ value: String, _ key: String, _ reason: (any Error)?) -> UsageError {
        let argument = arguments.first { option.map($0.names.contains) ?? ($0.kind == .positional && $0.isFor(key)) }
        let name = option ?? argument?.name ?? "a word of \(command.shortName)"
        let near = argument.flatMap { Spelling.nearest(to: value, among: $0.values) }
        let shown = SecretWords.shown(value, by: command)
        let guess = near.map { " Did you mean \($0)?" } ?? ""
        let own = (reason as? any ActionableError)?.advice.what ?? (reason as? ValidationError)?.message
        let why =
            own ?? argument.map { $0.values.isEmpty ? $0.description : "It is one of \($0.values.list)." } ?? takes
        let fix = near.flatMap { corrected(value, to: $0) } ?? example(of: argument)
        return UsageError(what: "\(shown.capitalizedFirst) is no value for \(name).\(guess)", why: why, fix: fix)
    }

    // MARK: Arguments

    private func missing(_ key: String) -> UsageError {
        // Whoever misspells an option has not left it out.
        if let slip = unknownAmongWords { return unknownOption(slip) }
        guard let argument = arguments.first(where: { $0.isFor(key) && !$0.isOptional }) else {
            return UsageError(what: "\(command.shortName) needs more words.", why: takes, fix: forExample)
        }
        return UsageError(
            what: "\(command.shortName) needs \(argument.name).", why: argument.description,
            fix: example(of: argument))
    }

    private var unknownAmongWords: String? {
        let known = options
        return words.prefix { $0 != "--" }.filter { $0.hasPrefix("--") }.map { String($0.prefix { $0 != "=" }) }
            .first { !known.contains($0) && Spelling.nearest(to: $0, among: known) != nil }
    }

    // MARK: Pieces

    private var options: [String] { arguments.filter(\.isShown).flatMap(\.names) + ["--profile", "--no-color"] }

    private var knownOptions: String {
        let own = arguments.filter { $0.isShown && !$0.isBuiltIn && $0.kind != .positional }.map(\.name)
        return own.isEmpty
            ? "It has none of its own; everywhere there are --profile and --no-color."
            : "Its options are \(own.list)."
    }

    private func summary(of name: String) -> String? { arguments.first { $0.names.contains(name) }?.description }
    /// The words that it takes, apart from options.
    var takes: String {
        let own = arguments.filter { $0.isShown && $0.kind == .positional }.map(\.synopsis)
        return own.isEmpty ? "It takes options, and no words." : "It takes \(own.joined(separator: " ")), and options."
    }
    var seeHelp: String { "See: \(command.line) --help" }
    /// One that shows how the argument is given; nil is any.
    private func example(of argument: ArgumentOutline?) -> String {
        guard let argument, argument.kind != .positional else { return forExample }
        let shown = command.examples.first { example in argument.names.contains { example.contains("\($0) ") } }
        return shown.map { "For example: \($0)" } ?? seeHelp
    }
    private var forExample: String { command.examples.first.map { "For example: \($0)" } ?? seeHelp }

    /// The same line with one word put right.
    private func corrected(_ word: String, to right: String) -> String? {
        guard let place = words.firstIndex(where: { $0 == word || $0.hasPrefix(word + "=") }) else { return nil }
        var words = words
        words[place] = right + words[place].dropFirst(word.count)
        return line(words).map { "Run: \($0)" }
    }

    /// A whole line, unless a word of it may be a secret.
    func line(_ words: [String]) -> String? {
        let (typed, _) = CommandOutline.root.following(words)
        if isQuiet || SecretWords.areTaken(by: typed) || words.contains(where: SecretWords.looksSecret) { return nil }
        return ([CommandOutline.program] + words.map(\.shellWord)).joined(separator: " ").escapedForDisplay
    }
}

extension ArgumentOutline {
    /// Whether it is the one that a property of that name reads: `profileID` is `--profile-id`.
    fileprivate func isFor(_ key: String) -> Bool {
        let plain = key.lowercased()
        let spelled = (names + [valueName]).map { $0.filter { $0 != "-" }.lowercased() }
        return spelled.contains(plain) || (kind == .positional && spelled.contains { plain.hasPrefix($0.prefix(3)) })
    }
}

extension String {
    fileprivate var capitalizedFirst: String { prefix(1).uppercased() + dropFirst() }
}

extension [String] {
    fileprivate var list: String { joined(separator: ", ") }
}
