// SPDX-License-Identifier: Apache-2.0
import Providers

/// One command's manual page, in the mdoc macros.
struct ManualPage {
    let command: CommandOutline
    let date: String

    static var all: [String: @Sendable (String) -> String] {
        let pages = CommandOutline.root.everyShown.map { command in
            let words = command.words
            return (
                name(command) + ".1",
                { @Sendable (date: String) -> String in
                    ManualPage(command: CommandOutline.root.following(words).command, date: date).text
                }
            )
        }
        return Dictionary(pages) { first, _ in first }
    }

    static func name(_ command: CommandOutline) -> String {
        ([CommandOutline.program] + command.words).joined(separator: "-")
    }

    var text: String {
        let arguments = command.arguments
        var lines = [
            ".\\\" Made from the commands themselves: make reference.",
            ".Dd \(date)", ".Dt \(Self.name(command).uppercased()) 1",
            ".Os \"AgenticFlow Enterprise \(CredentialFields.version)\"",
            ".Sh NAME", ".Nm \(Self.name(command))", ".Nd \(Self.plain(withoutStop(command.abstract)))",
            ".Sh SYNOPSIS", ".Nm \(command.line)",
        ]
        lines += synopsis(arguments)
        lines += [".Sh DESCRIPTION"] + description
        lines += list(
            "Arguments",
            arguments.filter { $0.isShown && $0.kind == .positional }.map {
                (".It Ar \(Self.plain($0.valueName))", $0.description)
            })
        lines += list(
            "Options", arguments.filter { $0.isShown && $0.kind != .positional }.map { (item($0), $0.description) })
        lines += list(
            "Commands", command.shownSubcommands.map { (".It Cm \(Self.macroWord($0.words.last ?? ""))", $0.abstract) })
        if command.words.isEmpty { lines += surroundings }
        lines += [".Sh EXIT STATUS"] + exitStatus
        if !command.examples.isEmpty {
            lines += [".Sh EXAMPLES"] + command.examples.flatMap { [".Dl \(Self.plain($0))"] }
        }
        lines += [".Sh SEE ALSO"] + related
        return lines.joined(separator: "\n") + "\n"
    }

    // MARK: Sections

    private func synopsis(_ arguments: [ArgumentOutline]) -> [String] {
        let shown = arguments.filter { $0.isShown && !$0.isBuiltIn }
        var lines = shown.filter { $0.kind != .positional }.sorted { !$0.isOptional && $1.isOptional }.map(macro)
        lines += shown.filter { $0.kind == .positional }.map(macro)
        if !command.subcommands.isEmpty {
            lines.append(command.defaultSubcommand == nil ? ".Ar command" : ".Op Ar command")
        }
        return lines
    }

    private func macro(_ argument: ArgumentOutline) -> String {
        var words =
            argument.kind == .positional ? "Ar \(Self.plain(argument.valueName))" : "Fl \(Self.dashless(argument.name))"
        if argument.kind == .option { words += " Ar \(Self.macroWord(argument.valueName))" }
        if argument.isRepeating { words += " ..." }
        return argument.isOptional ? ".Op \(words)" : ".\(words)"
    }

    private func item(_ argument: ArgumentOutline) -> String {
        let names = argument.names.map { "Fl \(Self.dashless($0))" }.joined(separator: " , ")
        return ".It \(names)" + (argument.kind == .option ? " Ar \(Self.macroWord(argument.valueName))" : "")
    }

    private var description: [String] {
        let paragraphs = [command.abstract] + command.prose
        return paragraphs.enumerated().flatMap { index, paragraph in
            let lines = paragraph.split(separator: "\n").map(String.init)
            var text = index == 0 ? [] : [".Pp"]
            for (number, line) in lines.enumerated() {
                if line.hasPrefix(" ") {
                    text.append(".D1 \(Self.plain(line.trimmedLeft))")
                } else {
                    if number > 0 { text.append(".Pp") }
                    text += Self.sentences(line)
                }
            }
            return text
        }
    }

    private func list(_ title: String, _ entries: [(String, String)]) -> [String] {
        if entries.isEmpty { return [] }
        return [".Ss \(title)", ".Bl -tag -width Ds"] + entries.flatMap { [$0.0] + Self.sentences($0.1) } + [".El"]
    }

    private var exitStatus: [String] {
        let rows = ExitCodes.rows(of: command) + ExitCodes.failures
        return [".Bl -tag -width Ds"] + rows.flatMap { [".It \($0.code)", Self.plain($0.meaning)] } + [".El"]
    }

    private var surroundings: [String] {
        let variables = [
            ("AGENTICFLOW_STATE_DIR", "The state directory, instead of ~/.agenticflow-enterprise."),
            (
                "AGENTICFLOW_CONFIG_PATH",
                "The configuration, instead of agenticflow-enterprise.json in the state directory."
            ),
            ("AGENTICFLOW_PROFILE", "The instance, as --profile selects it."),
            ("NO_COLOR", "When it is set and not empty, nothing is coloured."),
            ("COLUMNS", "The width of help pages."),
        ]
        let files = [
            ("~/.agenticflow-enterprise/agenticflow-enterprise.json", "The configuration (JSON5)."),
            ("~/.agenticflow-enterprise/.env", "Variables for the gateway."),
            ("~/.agenticflow-enterprise/agents/main/agent/auth-profiles.json", "The stored credentials."),
        ]
        var lines = [".Sh ENVIRONMENT", ".Bl -tag -width Ds"]
        for (name, meaning) in variables { lines += [".It Ev \(name)"] + Self.sentences(meaning) }
        lines += [".El", ".Sh FILES", ".Bl -tag -width Ds"]
        for (path, meaning) in files { lines += [".It Pa \(Self.plain(path))"] + Self.sentences(meaning) }
        return lines + [".El"]
    }

    /// Its group and its own commands.
    private var related: [String] {
        var pages = command.shownSubcommands.map(Self.name)
        if !command.words.isEmpty {
            let group = CommandOutline.root.following(command.words.dropLast()).command
            pages += [Self.name(group)] + group.shownSubcommands.filter { $0.words != command.words }.map(Self.name)
        }
        let sorted = Set(pages).sorted()
        return sorted.enumerated().map { ".Xr \($1) 1" + ($0 == sorted.count - 1 ? "" : " ,") }
    }

    // MARK: Text for roff

    /// A new sentence begins a new line.
    private static func sentences(_ text: String) -> [String] {
        var lines = [""]
        for word in text.split(separator: " ") {
            let line = lines[lines.count - 1]
            let isEnd = line.hasSuffix(".") || line.hasSuffix("!") || line.hasSuffix("?")
            if isEnd, word.first?.isUppercase == true {
                lines.append(String(word))
            } else {
                lines[lines.count - 1] = line.isEmpty ? String(word) : "\(line) \(word)"
            }
        }
        return lines.filter { !$0.isEmpty }.map(plain)
    }

    private static func plain(_ text: String) -> String {
        var out = ""
        for character in text {
            switch character {
            case "\\": out += "\\e"
            case "-": out += "\\-"
            case "\"": out += "\\(dq"
            case "'": out += "\\(aq"
            case "`": out += "\\(ga"
            case "~": out += "\\(ti"
            case "^": out += "\\(ha"
            default: out.append(character)
            }
        }
        return out.hasPrefix(".") ? "\\&" + out : out
    }

    /// mdoc writes the first dash of a flag itself.
    private static func dashless(_ name: String) -> String { plain(String(name.dropFirst())) }

    /// A word on a macro's line that looks like a macro would be taken for one.
    private static func macroWord(_ word: String) -> String {
        (2...3).contains(word.count) && word.first?.isUppercase == true ? "\\&" + plain(word) : plain(word)
    }
    private func withoutStop(_ text: String) -> String { text.hasSuffix(".") ? String(text.dropLast()) : text }
}

extension String {
    fileprivate var trimmedLeft: String { String(drop { $0 == " " }) }
}
