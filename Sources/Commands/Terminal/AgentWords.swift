// SPDX-License-Identifier: Apache-2.0

/// `--agent ID` counts before the words of a command as well as behind them: `--agent coder models auth list`.
enum AgentWords {
    static let option = "--agent"

    /// The same words with the option where its command takes it. A command that has no such option refuses it there.
    static func behindCommand(_ words: [String]) -> [String] {
        guard let first = words.first, first == "models" || first == option || first.hasPrefix("\(option)=") else {
            return words
        }
        var command = CommandOutline.root
        var (path, moved): ([String], [String]) = ([], [])
        var rest = words[...]
        while let word = rest.first {
            if word == option, rest.count > 1 {
                moved += rest.prefix(2)
                rest = rest.dropFirst(2)
            } else if word.hasPrefix("\(option)=") {
                moved.append(word)
                rest = rest.dropFirst()
            } else if let next = command.subcommand(word) {
                command = next
                path.append(word)
                rest = rest.dropFirst()
            } else {
                break
            }
        }
        return path + moved + rest
    }
}
