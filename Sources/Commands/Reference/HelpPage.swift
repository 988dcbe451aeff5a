// SPDX-License-Identifier: Apache-2.0
import ArgumentParser

/// What `--help` prints: the command's purpose, how it is typed, what it takes, and an example that can be copied.
struct HelpPage {
    let command: CommandOutline
    let width: Int
    let style: Style

    var text: String {
        let arguments = command.arguments
        var blocks = [TextLayout.wrap(command.abstract, to: width), usage(arguments)]
        blocks += command.prose.map(paragraph)
        let rare = command.rareOptions
        let shown = arguments.filter { $0.isShown && !rare.contains($0.name) }
        blocks.append(list("Arguments", shown.filter { $0.kind == .positional }.map { ($0.label, $0.description) }))
        // Who reads the help of a group knows how it is asked for.
        let options = shown.filter { option in
            option.kind != .positional && (command.shownSubcommands.isEmpty || option.name != "--help")
        }
        blocks.append(list("Options", options.map { ($0.label, $0.description) }))
        if !rare.isEmpty {
            let page = ([CommandOutline.program] + command.words).joined(separator: "-")
            let place = width < 60 ? "see the manual page" : "man \(page)"
            let line = "And, seldom needed (\(place)): \(rare.joined(separator: ", "))"
            blocks[blocks.count - 1] += TextLayout.wrap(line, to: width, indent: 2, hanging: 4)
        }
        blocks.append(list("Commands", command.shownSubcommands.map(subcommand)))
        blocks.append(examples)
        if !command.shownSubcommands.isEmpty {
            let line = (["help"] + command.words + ["<command>"]).joined(separator: " ")
            blocks.append(TextLayout.wrap("More: \(CommandOutline.program) \(line)", to: width, hanging: 2))
        }
        return blocks.filter { !$0.isEmpty }.map { $0.joined(separator: "\n") }.joined(separator: "\n\n") + "\n"
    }

    private func usage(_ arguments: [ArgumentOutline]) -> [String] {
        let words = command.line.split(separator: " ").map(String.init)
        var lines = TextLayout.fill(words + command.usageParts(arguments), to: width - 7, indent: 0, hanging: 2)
        if lines.count > 2 {
            // What may be left out is in the list below.
            let needed = command.usageParts(arguments.filter { !$0.isOptional || $0.kind == .positional })
            lines = TextLayout.fill(words + ["[<options>]"] + needed, to: width - 7, indent: 0, hanging: 2)
        }
        return lines.enumerated().map { $0 == 0 ? style.heading("Usage:") + " \($1)" : "       \($1)" }
    }

    private func paragraph(_ text: String) -> [String] {
        text.split(separator: "\n").flatMap { line in
            if line.count <= width, line.first == " " { return [String(line)] }
            let indent = line.prefix { $0 == " " }.count
            return TextLayout.wrap(String(line), to: width, indent: indent, hanging: indent == 0 ? 0 : indent + 2)
        }
    }

    private func subcommand(_ command: CommandOutline) -> (String, String) {
        let isDefault = self.command.defaultSubcommand.map { $0.words == command.words } ?? false
        let label = ([command.words.last ?? ""] + command.type.configuration.aliases).joined(separator: ", ")
        return (label, command.abstract + (isDefault ? " (the default)" : ""))
    }

    private func list(_ title: String, _ entries: [(label: String, description: String)]) -> [String] {
        if entries.isEmpty { return [] }
        let roomy = entries.map(\.label.count).filter { $0 <= 26 }.max() ?? 26
        let column = width < 60 ? 6 : roomy + 4
        return [style.heading("\(title):")]
            + entries.flatMap { label, description in
                var lines = TextLayout.wrap(description, to: width, indent: column)
                let head = "  " + label
                if let first = lines.first, head.count + 2 <= column {
                    lines[0] = head + first.dropFirst(head.count)
                    return lines
                }
                return [head] + lines
            }
    }

    private var examples: [String] {
        if command.examples.isEmpty { return [] }
        return [style.heading(command.examples.count == 1 ? "Example:" : "Examples:")]
            + command.examples.flatMap { TextLayout.command($0, to: width, indent: 2) }
    }
}
