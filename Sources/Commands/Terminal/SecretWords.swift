// SPDX-License-Identifier: Apache-2.0
import Credentials
import Documents
import Settings

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

    /// Takes every word that looks like a secret out of what is said about a command line: also one that is cut short, or
    /// was folded to small letters on the way.
    ///
    /// - Parameter mask: what stands there instead.
    static func withoutSecrets(of words: [String], _ text: String, mask: String = "(not shown)") -> String {
        var text = Array(text.utf8)
        for word in words where looksSecret(word) {
            let core = word[...].withoutPadding
            let secret = Array((core.lastIndex(of: "=").map { core[core.index(after: $0)...] } ?? core).utf8)
            let beginning = secret.prefix(12).map(\.foldedToLower)
            guard beginning.count > 4 else { continue }
            let folded = text.map(\.foldedToLower)
            var out: [UInt8] = []
            var position = 0
            // On from behind each replacement, which may hold the same letters.
            while let start = folded[position...].firstRange(of: beginning)?.lowerBound {
                out += text[position..<start] + Array(mask.utf8)
                position = start + zip(folded[start...], secret).prefix { $0 == $1.foldedToLower }.count
            }
            text = out + text[position...]
        }
        return String(decoding: text, as: UTF8.self)
    }

    /// The words of a command line for somebody to type again: a value that is a secret by its place, or may hold one, is
    /// then read from standard input.
    static func typable(_ words: [String]) -> [String] {
        guard let command = words.firstRange(of: ["config", "set"]),
            let path = words[command.upperBound...].firstIndex(where: { !$0.hasPrefix("-") }),
            // Whatever is no path is refused before any file is looked at.
            let place = try? DocumentPath(parsing: words[path])
        else { return words }
        let rest = words[(path + 1)...]
        let flags = rest.prefix { $0 != "--" }.filter { $0.hasPrefix("--") }
        let hasValue = rest.count { $0 != "--" } > flags.count
        let mayBeSecret = KnownKeys.isSecret(place) || rest.contains { $0.contains { "{[".contains($0) } }
        return hasValue && mayBeSecret ? words[...path] + ["--stdin"] + flags : words
    }

    /// In a command to type: no shell takes brackets there.
    static let placeholder = "NAME"

    /// Whether a name would never be shown as it is, because it is, or has in it, what begins as keys do.
    static func isMasked(_ name: String) -> Bool { Masking.text(name) != name }
}

extension UInt8 {
    fileprivate var foldedToLower: UInt8 { (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(self) ? self | 0x20 : self }
}

extension Substring {
    fileprivate var withoutPadding: Substring {
        var text = self
        while text.last == "=" { text.removeLast() }
        return text
    }
}
