// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import Documents

/// One command as its help, its manual page, its completions and its errors see it: read from the command itself.
struct CommandOutline {
    /// Words after the program's name; none for the program.
    let words: [String]
    let type: any ParsableCommand.Type

    static let program = "agenticflow-enterprise"
    static var root: CommandOutline { CommandOutline(words: [], type: AgenticFlow.self) }

    /// As it is typed.
    var line: String { ([Self.program] + words).joined(separator: " ") }
    /// As a sentence names it.
    var shortName: String { words.isEmpty ? Self.program : words.joined(separator: " ") }
    var abstract: String { type.configuration.abstract }
    var isShown: Bool { type.configuration.shouldDisplay }

    // MARK: Its place in the tree

    var subcommands: [CommandOutline] {
        type.configuration.subcommands.map { CommandOutline(words: words + [$0._commandName], type: $0) }
    }
    var shownSubcommands: [CommandOutline] { subcommands.filter(\.isShown) }

    /// The one that is meant when none is named.
    var defaultSubcommand: CommandOutline? {
        type.configuration.defaultSubcommand.map { CommandOutline(words: words + [$0._commandName], type: $0) }
    }

    func subcommand(_ name: String) -> CommandOutline? {
        subcommands.first { $0.words.last == name || $0.type.configuration.aliases.contains(name) }
    }

    /// This one and every one below it that is shown, each before its own subcommands.
    var everyShown: [CommandOutline] { [self] + shownSubcommands.flatMap(\.everyShown) }

    /// As far down as the words lead.
    func following(_ words: some Sequence<String>) -> (command: CommandOutline, rest: [String]) {
        var (command, rest) = (self, Array(words))
        while let word = rest.first, let next = command.subcommand(word) {
            command = next
            rest.removeFirst()
        }
        return (command, rest)
    }

    // MARK: What it takes

    /// Reading them costs a walk through the command's properties: keep the answer.
    var arguments: [ArgumentOutline] {
        // The package writes the list itself, and valid.
        let dump = try? Document(Array(type._dumpHelp().utf8), as: .json)
        return dump?.root["command"]?["arguments"]?.elements.compactMap(ArgumentOutline.init) ?? []
    }

    /// Options that its help only names.
    var rareOptions: [String] { (type as? any LongCommand.Type)?.rareOptions ?? [] }

    // MARK: What is said about it

    /// Paragraphs without the examples. A line of its own stays one when a blank begins it.
    var prose: [String] { sections.prose }
    /// Whole command lines.
    var examples: [String] { sections.examples }

    private var sections: (prose: [String], examples: [String]) {
        var (prose, examples): ([String], [String]) = ([], [])
        for paragraph in type.configuration.discussion.split(separator: "\n\n") {
            if paragraph.hasPrefix("Examples:") {
                examples += paragraph.split(separator: "\n").dropFirst().map { $0.trimmingBlanks }
            } else if let mark = paragraph.firstRange(of: "Example: ") {
                let before = paragraph[..<mark.lowerBound].trimmingBlanks
                if !before.isEmpty { prose.append(before) }
                examples.append(Self.joined(paragraph[mark.upperBound...]))
            } else {
                prose.append(Self.reflowed(paragraph))
            }
        }
        return (prose, examples)
    }

    /// Lines that belong to one sentence become one line; a list, whose lines begin with a blank, stays as it is.
    private static func reflowed(_ paragraph: Substring) -> String {
        paragraph.contains("\n ") || paragraph.hasPrefix(" ") ? String(paragraph) : joined(paragraph)
    }

    private static func joined(_ lines: Substring) -> String {
        lines.split(separator: "\n").map(\.trimmingBlanks).joined(separator: " ")
    }
}

extension Substring {
    fileprivate var trimmingBlanks: String {
        var text = self
        while text.last?.isWhitespace == true { text.removeLast() }
        return String(text.drop(while: \.isWhitespace))
    }
}

/// A command with more options than fit a screen: those that are seldom needed are explained in its manual page.
protocol LongCommand: ParsableCommand {
    /// With their dashes, sorted.
    static var rareOptions: [String] { get }
}
