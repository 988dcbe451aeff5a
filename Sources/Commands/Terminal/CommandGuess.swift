// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import Settings

/// Which command was probably meant by a word that none of a group's commands has: one beside it, or nothing. A wrong
/// guess costs more than none.
struct CommandGuess {
    /// What it may have been; more than one when the word fits several.
    let commands: [CommandOutline]
    /// All of them are in the group, so that the rest of the line may follow.
    let isInGroup: Bool
    /// The word is another one for the same, not a slip of the pen.
    let isSynonym: Bool

    init(_ word: String, in group: CommandOutline) {
        let inside = Self.inside(group, word.lowercased())
        isInGroup = !inside.isEmpty
        let all = isInGroup ? inside : Self.elsewhere(word.lowercased(), seenFrom: group)
        commands = all.count > 3 ? [] : all
        isSynonym = Self.meanings.contains { $0.typed.contains(word.lowercased()) }
    }

    private static func inside(_ group: CommandOutline, _ word: String) -> [CommandOutline] {
        let all = group.shownSubcommands
        func names(_ command: CommandOutline) -> [String] {
            command.words.suffix(1) + command.type.configuration.aliases
        }
        let partly = all.filter { names($0).contains { isPart(word, of: $0) } }
        if !partly.isEmpty { return partly }
        for name in meanings.first(where: { $0.typed.contains(word) })?.meant ?? [] {
            let meant = all.filter { names($0).contains(name) }
            if !meant.isEmpty { return meant }
        }
        // A verb that means something else here is no slip of the pen for another verb.
        if meanings.contains(where: { $0.typed.contains(word) }) { return [] }
        guard let near = Spelling.nearest(to: word, among: all.flatMap(names)) else { return [] }
        return all.filter { names($0).contains(near) }
    }

    /// Words that say by themselves which command is meant, wherever they are typed. From the program itself every
    /// command of that name may be.
    private static func elsewhere(_ word: String, seenFrom group: CommandOutline) -> [CommandOutline] {
        if let words = far[word] { return [CommandOutline.root.following(words).command] }
        let same = CommandOutline.root.everyShown.filter { $0.words.last == word }
        return same.count == 1 || group.words.isEmpty ? same : []
    }

    /// `paste-key` of `paste-api-key`, `apikey` of the same, `expl` of `explain`.
    private static func isPart(_ word: String, of name: String) -> Bool {
        if word.count >= 4, name.hasPrefix(word) { return true }
        let parts = name.split(separator: "-").map(String.init)
        var rest = word.split(separator: "-").map(String.init)[...]
        for part in parts where part == rest.first { rest.removeFirst() }
        if rest.isEmpty, !word.isEmpty { return true }
        let plain = word.filter { $0 != "-" }
        return parts.indices.contains { start in
            parts.indices[start...].contains { end in end > start && parts[start...end].joined() == plain }
        }
    }

    /// Verbs of other programs, and ours for the same, the likeliest first.
    private static let meanings: [(typed: [String], meant: [String])] = [
        (["remove", "rm", "delete", "del", "unset", "drop", "erase"], ["remove", "delete", "unset"]),
        (["get", "show", "list", "ls", "print", "view", "display", "info", "status"], ["list", "get", "status"]),
        (["add", "create", "new", "append"], ["add", "set"]),
        (["use", "select", "switch", "choose"], ["set", "default"]),
        (["set", "put"], ["set"]), (["change", "update", "replace", "edit", "renew"], ["set", "rotate"]),
        (["check", "verify", "lint", "test", "ping", "probe"], ["validate", "test", "health"]),
        (["start", "serve", "up", "stop", "restart", "kill"], []),
        (["why"], ["explain"]),
    ]

    private static let far: [String: [String]] = [
        "login": ["models", "auth", "add"], "signin": ["models", "auth", "add"], "start": ["gateway", "run"],
        "serve": ["gateway", "run"], "onboard": ["models", "auth", "add"],
    ]
}
