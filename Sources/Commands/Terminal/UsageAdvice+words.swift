// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import Credentials

/// A word that no command has, or that stands where none is expected: what was probably meant.
extension UsageAdvice {
    func unexpected(_ extra: [String]) -> UsageError {
        if let error = unknownCommandAmongWords { return error }
        guard let word = extra.first else { return UsageError(what: "Too many words.", why: takes, fix: seeHelp) }
        let shown = SecretWords.shown(word, by: command)
        return UsageError(
            what: "\(command.shortName) does not know what to do with \(shown).", why: takes,
            fix: behindItsOption(word) ?? seeHelp)
    }

    /// The line with the command's first option before a word that stands alone: `models explain --model gpt-5`.
    private func behindItsOption(_ word: String) -> String? {
        guard let first = arguments.first, first.kind == .option, !words.contains(first.name),
            let place = words.firstIndex(of: word)
        else { return nil }
        let whole = words[..<place] + [first.name] + words[place...]
        return isUnderstood(Array(whole)) ? line(Array(whole)).map { "Run: \($0)" } : nil
    }

    /// The first word that no command has, where one is expected. What follows it cannot be judged.
    var unknownCommandAmongWords: UsageError? {
        let (typed, rest) = CommandOutline.root.following(words)
        guard let word = rest.first, !word.hasPrefix("-"), !typed.subcommands.isEmpty else { return nil }
        return UsageAdvice(typed, words: words).unknownCommand(word)
    }

    /// The command is a group, and none of its commands has that name.
    func unknownCommand(_ word: String) -> UsageError {
        let known = command.shownSubcommands.compactMap(\.words.last)
        let place = command.words.isEmpty ? "" : " under \(command.shortName)"
        let name = SecretWords.looksSecret(word) ? "command of that name" : "command \"\(word.escapedForDisplay)\""
        let (meant, fix) = guess(word)
        let guessed = meant.isEmpty ? "" : " Did you mean \(meant.joined(separator: " or "))?"
        return UsageError(
            what: "There is no \(name)\(place).\(guessed)",
            why: "The commands\(place.isEmpty ? "" : " there") are \(known.joined(separator: ", ")).",
            fix: fix ?? seeHelp)
    }

    private func guess(_ word: String) -> (meant: [String], fix: String?) {
        if command.words.isEmpty, word == "version" { return (["--version"], "Run: \(command.line) --version") }
        let guess = CommandGuess(word, in: command)
        guard let only = guess.commands.first, guess.commands.count == 1 else {
            return (guess.commands.map(\.shortName), nil)
        }
        let place = words.firstIndex(of: word) ?? words.endIndex
        if guess.isInGroup, let name = only.words.last {
            var words = words
            if place < words.endIndex { words[place] = name }
            return ([only.shortName], fix(typing: words, for: only, isSure: guess.isSynonym))
        }
        // Whoever knows the command's name knows what follows it.
        let rest = only.words.last == word ? words[place...].dropFirst() : []
        let whole = only.following(rest).command
        return ([whole.shortName], fix(typing: only.words + rest, for: whole))
    }

    private func isUnderstood(_ words: [String]) -> Bool {
        // Whether, not why.
        (try? AgenticFlow.parseAsRoot(words)) != nil
    }

    /// The whole line, if it can be followed; else the command that it leads to alone, or its example.
    ///
    /// - Parameter isSure: it is what was typed, in other words. A guess that takes something away is only one.
    private func fix(typing words: [String], for command: CommandOutline, isSure: Bool = true) -> String {
        let run = isSure || !command.takesAway ? "Run:" : "If that is meant, run:"
        if isUnderstood(words), let line = line(words) { return "\(run) \(line)" }
        let inner = CommandOutline.root.following(words).command
        if inner.words.count > command.words.count { return fix(typing: inner.words, for: inner, isSure: isSure) }
        if isUnderstood(command.words) { return "\(run) \(command.line)" }
        return command.examples.first.map { "For example: \($0)" } ?? "See: \(command.line) --help"
    }

    /// `help` was asked for a word that no command has.
    func tooDeep(_ word: String) -> UsageError {
        UsageError(
            what: "There is no help for that: the command has no further commands.",
            why:
                "The words before \(SecretWords.looksSecret(word) ? "the last one" : "\"\(word.escapedForDisplay)\"") are a whole command.",
            fix: "Leave it out.")
    }
}

extension CommandOutline {
    /// What it does is not undone by typing another command.
    fileprivate var takesAway: Bool {
        ["logout", "clean", "delete", "unset", "remove", "clear"].contains(words.last ?? "")
    }
}
