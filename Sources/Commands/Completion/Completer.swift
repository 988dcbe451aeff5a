// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import Credentials

/// What may follow a command line that is being typed. Reads the commands themselves, and for names that are kept in
/// files those files; never fails, never asks anybody.
struct Completer {
    private struct Offer {
        var word: String
        var meaning = ""
    }

    private let context: CommandContext
    /// The last one is being typed.
    private let words: [String]
    private let current: String

    // Where the words before it have led.
    private var command = CommandOutline.root
    /// What the command takes; read when it is needed, since that is what takes the time here.
    private var arguments: [ArgumentOutline] = []
    private var isRead = false
    private var isOfDefault = false
    private var used: Set<String> = []
    private var positionals = 0
    /// The option whose value is next.
    private var pending: ArgumentOutline?
    private var isAfterDashes = false
    /// `help` was typed: only commands follow.
    private var isHelp = false
    private var isInstance = false
    /// `--agent` was typed before the words of a command are complete (see ``AgentWords``): its value is next.
    private var isAgent = false

    init(_ words: [String], in context: CommandContext) {
        self.words = words
        var context = context
        let global = GlobalWords(words.dropLast())
        if let instance = global.instance { context.environment["AGENTICFLOW_PROFILE"] = instance }
        self.context = context
        current = words.last ?? ""
        isInstance = global.lacksInstance
        for word in global.rest { follow(word) }
        if current.hasPrefix("-") || command.type.configuration.subcommands.isEmpty { read() }
        if isRead { enterDefault() }
    }

    private mutating func read() {
        if isRead { return }
        isRead = true
        arguments = command.arguments
    }

    private mutating func follow(_ word: String) {
        if pending != nil { return pending = nil }
        if isAgent { return isAgent = false }
        if mayNameAgent, word == AgentWords.option { return isAgent = true }
        if mayNameAgent, word.hasPrefix("\(AgentWords.option)=") { return }
        if !isAfterDashes, word == "--" { return isAfterDashes = true }
        if !isAfterDashes, word.hasPrefix("-"), word != "-" {
            read()
            if arguments.allSatisfy({ !$0.names.contains(word) }) { enterDefault() }
            let name = String(word.prefix { $0 != "=" })
            guard let option = arguments.first(where: { $0.names.contains(name) }) else { return }
            used.insert(option.name)
            if option.kind == .option, !word.contains("=") { pending = option }
        } else if command.words.isEmpty, !isHelp, word == "help" {
            isHelp = true
        } else if positionals == 0, !isOfDefault, let next = command.subcommand(word) {
            command = next
            (arguments, isRead) = ([], false)
        } else {
            positionals += 1
        }
    }

    private var mayNameAgent: Bool {
        !isAfterDashes && !isOfDefault && positionals == 0 && !command.type.configuration.subcommands.isEmpty
            && (command.words.first ?? "models") == "models"
    }

    private func agents(behind stem: String = "") -> [String] {
        written(Completions(in: context).agents.map { Offer(word: stem + $0) })
    }

    /// What follows a group that means one of its commands when none is named may be meant for that one.
    private mutating func enterDefault() {
        guard !isOfDefault, let inner = command.defaultSubcommand else { return }
        read()
        isOfDefault = true
        arguments += inner.arguments.filter { $0.kind != .positional && !$0.isBuiltIn }
    }

    // MARK: The answer

    var lines: [String] {
        if isInstance { return written(Completions(in: context).instances.map { Offer(word: $0) }) }
        if isAgent { return agents() }
        if let pending { return values(of: pending, behind: "") }
        if current.hasPrefix("-"), !isAfterDashes {
            if let sign = current.firstIndex(of: "=") {
                let name = String(current[..<sign])
                if name == AgentWords.option, command.words.isEmpty { return agents(behind: name + "=") }
                guard let option = arguments.first(where: { $0.names.contains(name) }) else { return [] }
                return values(of: option, behind: name + "=")
            }
            return written(options)
        }
        let words = commands
        let own = isHelp ? [] : positionalValues
        if words.isEmpty, own.isEmpty, current.isEmpty, !isHelp { return written(options) }
        return written(words) + own
    }

    private var commands: [Offer] {
        guard positionals == 0, !isAfterDashes, used.isEmpty else { return [] }
        var offers = command.shownSubcommands.map { Offer(word: $0.words.last ?? "", meaning: $0.abstract) }
        if command.words.isEmpty, !isHelp { offers.append(Offer(word: "help", meaning: "Show the help of a command.")) }
        return offers
    }

    private var options: [Offer] {
        if isHelp || isAfterDashes { return [] }
        let free = arguments.filter { argument in
            argument.isShown && argument.kind != .positional && (argument.isRepeating || !used.contains(argument.name))
        }
        let own = (free.filter { !$0.isBuiltIn } + free.filter(\.isBuiltIn)).map {
            Offer(word: $0.name, meaning: $0.summary)
        }
        return own + [
            Offer(word: "--profile", meaning: "Another instance of the product."),
            Offer(word: "--no-color", meaning: "Plain text."),
        ]
    }

    private var positionalValues: [String] {
        let all = arguments.filter { $0.kind == .positional && $0.isShown }
        guard !all.isEmpty else { return [] }
        if positionals < all.count { return values(of: all[positionals], behind: "") }
        return all.last?.isRepeating == true ? values(of: all[all.count - 1], behind: "") : []
    }

    private func values(of argument: ArgumentOutline, behind stem: String) -> [String] {
        switch argument.completion {
        case .files: return [":files"]
        case .directories: return [":directories"]
        case .list(let values): return written(values.map { Offer(word: stem + $0) })
        case .custom: return written(custom(argument).map { Offer(word: stem + $0) })
        case .none: return written(argument.values.map { Offer(word: stem + $0) })
        }
    }

    /// Asks the argument's own closure, in the way in which the package lets a shell ask.
    private func custom(_ argument: ArgumentOutline) -> [String] {
        let target =
            isOfDefault && !command.arguments.contains { $0.names == argument.names }
            ? command.defaultSubcommand ?? command : command
        let index = target.arguments.filter { $0.kind == .positional }.firstIndex { $0 == argument } ?? 0
        let name = argument.kind == .positional ? "positional@\(index)" : argument.name
        let request = ["---completion"] + target.words + ["--", name, "\(words.count)", "\(current.count)"]
        return Completions.$context.withValue(context) {
            do {
                _ = try AgenticFlow.parseAsRoot(request + [CommandOutline.program] + words)
                return []
            } catch {
                guard AgenticFlow.exitCode(for: error).isSuccess else { return [] }
                return AgenticFlow.message(for: error).split(separator: "\n").map(String.init)
            }
        }
    }

    private func written(_ offers: [Offer]) -> [String] {
        // A name that somebody has put a credential in is not offered: a masked one would be another.
        offers.filter { $0.word.hasPrefix(current) && Masking.name($0.word) == $0.word }
            .map { $0.meaning.isEmpty ? $0.word.escapedForDisplay : "\($0.word.escapedForDisplay)\t\($0.meaning)" }
    }
}
