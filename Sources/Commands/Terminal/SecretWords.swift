// SPDX-License-Identifier: Apache-2.0
import Credentials

/// Which words of a command line may be shown again. A credential that was typed where none belongs must not reach a
/// log or a screen a second time.
enum SecretWords {
    /// The commands that take a secret, or a value that may be one: nothing typed to them is repeated.
    private static let commands: Set<[String]> = [
        ["models", "auth", "add"], ["models", "auth", "paste-api-key"], ["models", "auth", "paste-token"],
        ["models", "auth", "setup-token"], ["models", "auth", "rotate"], ["env", "set"], ["config", "set"],
    ]

    static func areTaken(by command: CommandOutline) -> Bool { commands.contains(command.words) }

    /// Begun as keys begin, or as long and as mixed as they are.
    static func looksSecret(_ word: String) -> Bool {
        // What base64 is filled up with is no sign of an assignment.
        let text = word.drop { "-\"' ".contains($0) }.withoutPadding
        if SecretShape.begins(text) || text.hasPrefix("Bearer") { return true }
        if let sign = text.firstIndex(of: "="), sign != text.startIndex {
            return looksSecret(String(text[text.index(after: sign)...]))
        }
        if text.contains(where: { "/ :".contains($0) }) { return false }
        let isMixed = text.contains(where: \.isNumber) && text.contains(where: \.isLetter)
        return SecretShape.isOpaque(text) || (text.count > 40 && isMixed)
    }

    /// The word in quotes, or nothing but that it is one.
    static func shown(_ word: String, by command: CommandOutline) -> String {
        areTaken(by: command) || looksSecret(word) ? "one of the words" : "\"\(word.escapedForDisplay)\""
    }

    /// Takes every word that looks like a secret out of what is said about a command line, cut short or not.
    static func withoutSecrets(of words: [String], _ text: String) -> String {
        var text = text
        for word in words where looksSecret(word) {
            let core = word[...].withoutPadding
            let secret = core.lastIndex(of: "=").map { core[core.index(after: $0)...] } ?? core
            let beginning = secret.prefix(12)
            guard beginning.count > 4 else { continue }
            var out = ""
            var rest = text[...]
            // On from behind each replacement, which may hold the same letters.
            while let start = rest.firstRange(of: beginning)?.lowerBound {
                out += rest[..<start] + notShown
                let matched = zip(rest[start...], secret).prefix { $0 == $1 }.count
                rest = rest[start...].dropFirst(matched)
            }
            text = out + rest
        }
        return text
    }

    private static let notShown = "(not shown)"
}

extension Substring {
    fileprivate var withoutPadding: Substring {
        var text = self
        while text.last == "=" { text.removeLast() }
        return text
    }
}
