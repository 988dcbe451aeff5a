// SPDX-License-Identifier: Apache-2.0

/// The pages of `docs/cli`: one for each group of commands, and an index.
struct MarkdownPage {
    /// Longest line of a block that shows how something is typed.
    private static let width = 100

    static var all: [String: @Sendable (String) -> String] {
        var pages: [String: @Sendable (String) -> String] = ["README.md": { _ in index }]
        for group in groups {
            let words = group.words
            pages[fileName(group)] = { _ in MarkdownPage(group: CommandOutline.root.following(words).command).text }
        }
        return pages
    }

    let group: CommandOutline

    /// The first words, and groups of the second.
    private static var groups: [CommandOutline] {
        let first = CommandOutline.root.shownSubcommands
        return first + first.flatMap(\.shownSubcommands).filter { !$0.shownSubcommands.isEmpty }
    }

    private static func fileName(_ group: CommandOutline) -> String { group.words.joined(separator: "-") + ".md" }

    /// The page on which a command stands.
    private static func page(of command: CommandOutline) -> String {
        let words = Set(groups.map(\.words))
        let depth = (1...max(1, command.words.count)).last { words.contains(Array(command.words.prefix($0))) } ?? 1
        return command.words.prefix(depth).joined(separator: "-") + ".md"
    }

    private static func anchor(_ command: CommandOutline) -> String { command.words.joined(separator: "-") }

    // MARK: The index

    private static var index: String {
        var lines = [
            generated, "# The command line", "",
            "Every command and what it takes, made from the commands themselves. `agenticflow-enterprise help` shows the same in",
            "a terminal, `man agenticflow-enterprise` too once it is installed; each command has a manual page of its own.",
            "",
            "| command | what it does |", "|---|---|",
        ]
        for command in CommandOutline.root.everyShown.dropFirst() where command.shownSubcommands.isEmpty {
            lines.append(
                "| [`\(command.shortName)`](\(page(of: command))#\(anchor(command))) | \(cell(command.abstract)) |")
        }
        lines += [
            "", "## Everywhere", "",
            "- `--profile NAME`, anywhere, selects another *instance* with a state directory of its own; in all other words",
            "  \"profile\" is a stored credential, such as `anthropic:work`. `--agent ID` chooses an agent; without it the",
            "  configured default agent is meant.",
            "- `--json` prints one JSON document on standard output and nothing else there. Warnings go to standard error.",
            "- A secret is typed at a prompt that does not show it, or piped. It is never a word of a command, and never printed:",
            "  a mask shows nothing of a text up to 12 characters, 4...2 of one up to 24, else 6...4.",
            "- An error says what happened, why, and what to type (`error`, `why`, `fix`; with `--json` the same three keys).",
            "- `--no-color`, `NO_COLOR`, `TERM=dumb` and an output that is no terminal: no colour.", "",
            "## Exit codes", "", "| code | meaning |", "|---|---|", "| 0 | done |",
            "| 1, 2 | `models status --check` and `doctor --lint` alone: see there |",
        ]
        lines += ExitCodes.failures.map { "| \($0.code) | \($0.meaning) |" }
        return lines.joined(separator: "\n") + "\n"
    }

    private static let generated = "<!-- Made from the commands: make reference. Do not edit. -->"

    // MARK: A group

    private var text: String {
        var lines = [Self.generated, "# `\(group.shortName)`", "", group.abstract]
        lines += group.prose.flatMap { [""] + Self.paragraph($0) }
        if group.shownSubcommands.isEmpty { lines += body(group) }
        for command in group.everyShown.dropFirst() where Self.page(of: command) == Self.fileName(group) {
            guard command.shownSubcommands.isEmpty else { continue }
            lines +=
                ["", "## `\(command.shortName)`", "", command.abstract]
                + command.prose.flatMap { [""] + Self.paragraph($0) }
            lines += body(command)
        }
        let inner = group.shownSubcommands.filter {
            !$0.shownSubcommands.isEmpty && Self.page(of: $0) != Self.fileName(group)
        }
        if !inner.isEmpty {
            lines += ["", "## More", ""] + inner.map { "- [`\($0.shortName)`](\(Self.fileName($0))): \($0.abstract)" }
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private func body(_ command: CommandOutline) -> [String] {
        let arguments = command.arguments.filter { $0.isShown && !$0.isBuiltIn }
        let parts = [command.line] + command.usageParts(command.arguments)
        var lines = ["", "```text"] + TextLayout.fill(parts, to: Self.width, indent: 0, hanging: 4) + ["```"]
        if !arguments.isEmpty {
            lines += ["", "| takes | meaning |", "|---|---|"]
            lines += arguments.map { "| `\($0.label)` | \(Self.cell($0.description)) |" }
        }
        let codes = ExitCodes.rows(of: command)
        if codes.count > 1 || codes[0].meaning != "done" {
            lines += ["", "Exit codes: " + codes.map { "\($0.code), \($0.meaning)" }.joined(separator: "; ") + "."]
        }
        if !command.examples.isEmpty {
            lines +=
                ["", "```sh"] + command.examples.flatMap { TextLayout.command($0, to: Self.width, indent: 0) } + ["```"]
        }
        return lines
    }

    /// Indented lines are a list.
    private static func paragraph(_ text: String) -> [String] {
        text.split(separator: "\n").flatMap { line in
            line.hasPrefix(" ") ? ["- `" + line.drop { $0 == " " } + "`"] : TextLayout.wrap(escaped(line), to: 120)
        }
    }

    private static func cell(_ text: String) -> String {
        escaped(text[...]).split(separator: "|", omittingEmptySubsequences: false).joined(separator: "\\|")
    }

    /// An angle bracket begins no element.
    private static func escaped(_ text: Substring) -> String {
        text.split(separator: "<", omittingEmptySubsequences: false).joined(separator: "&lt;")
    }
}
