// SPDX-License-Identifier: Apache-2.0
import Credentials

/// Paths as people write them: with `~` for the home directory.
struct HomePath: Hashable, Sendable {
    private let home: String

    /// - Returns: nil when there is no home to speak of.
    init?(_ home: String?) {
        guard let home = home?.trimmed, home.count > 1, home.hasPrefix("/") else { return nil }
        self.home = home.hasSuffix("/") ? String(home.dropLast()) : home
    }

    func shown(_ path: String) -> String {
        path == home || path.hasPrefix(home + "/") ? "~" + path.dropFirst(home.count) : path
    }

    /// The same as one word of a command line: a shell replaces `~` only where it is not quoted.
    func typed(_ path: String) -> String {
        guard path.hasPrefix(home + "/") else { return path.shellWord }
        return "~/" + String(path.dropFirst(home.count + 1)).shellWord
    }

    /// A text with every path below the home directory so, whether it stands in quotes for a shell or not.
    func shown(in text: String) -> String {
        guard text.contains(home) else { return text }
        var out = ""
        var rest = text[...]
        while let found = rest.firstRange(of: home) {
            let before = rest[..<found.lowerBound]
            let after = rest[found.upperBound...]
            // Not in the middle of a longer path, nor of a longer name.
            let head = (out + before).suffix(2)
            // Nor behind NAME=, where no shell has to replace it.
            let isStart = (head.last.map { " \t\n'(,".contains($0) } ?? true) && head != "='"
            let isEnd = after.first.map { "/ \n'),.;:".contains($0) } ?? true
            guard isStart, isEnd else {
                out += rest[..<found.upperBound]
                rest = after
                continue
            }
            if before.last == "'", after.first == "/", let end = after.firstIndex(of: "'") {
                out += before.dropLast() + typed(home + after[..<end])
                rest = after[after.index(after: end)...]
            } else {
                out += before + "~"
                rest = after
            }
        }
        return out + rest
    }
}

extension CommandContext {
    func shown(_ path: String) -> String { terminal.home?.shown(path) ?? path }
    /// As one word of a command line.
    func typed(_ path: String) -> String { terminal.home?.typed(path) ?? path.shellWord }
    /// A sentence or a command with paths in it.
    func shown(in text: String) -> String { terminal.home?.shown(in: text) ?? text }
    func shown(in advice: Advice) -> Advice {
        advice.mapped { shown(in: $0) }
    }
}
