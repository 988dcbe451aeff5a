// SPDX-License-Identifier: Apache-2.0
package import Credentials

/// A credential's text as a person pasted or piped it, checked before anything is stored.
package struct PastedSecret: Sendable {
    package let secret: Secret
    /// What was taken off around it, to be told: blanks and line ends say nothing, quotes do.
    package let removedQuotes: Bool

    static let length = 8...4096

    /// - Parameter takesAnyWord: it is for a server of somebody's own, which may ask for `none` or `EMPTY`.
    /// - Throws: ``IntakeError`` naming the position and code point of what does not belong into a credential. The
    ///   text itself is in no message.
    package init(_ pasted: String, takesAnyWord: Bool = false) throws(IntakeError) {
        var text = pasted.trimmed
        removedQuotes = text.count >= 2 && text.first == text.last && text.first.map(Self.quotes.contains) == true
        if removedQuotes { text = String(text.dropFirst().dropLast()) }
        if text.isEmpty { throw .empty }
        if !takesAnyWord, Self.wordsForNothing.contains(text.lowercased()) { throw .another(.nothing) }
        if text.hasPrefix("<"), text.hasSuffix(">") { throw .another(.placeholder) }
        if let line = Self.shellLine(text) { throw .notTheKeyAlone(found: line) }
        var position = 0
        for scalar in text.unicodeScalars {
            position += 1
            // A quote is the rest of a pair, or of a whole document.
            if !(0x21...0x7E).contains(scalar.value) || Self.foreign.contains(Character(scalar)) {
                throw .foreignCharacter(position: position, codePoint: scalar.value)
            }
        }
        if text.utf8.count > Self.length.upperBound { throw .tooLong(Self.length.upperBound) }
        if text.contains("...") || text.contains("****") { throw .masked }
        if let first = text.first, "(*:=,;".contains(first) { throw .markBeside(first, isFirst: true) }
        if let last = text.last, ")*:,;.%".contains(last) { throw .markBeside(last, isFirst: false) }
        if Self.isSeveral(text) { throw .several }
        if !takesAnyWord, text.utf8.count < Self.length.lowerBound { throw .tooShort(Self.length.lowerBound) }
        secret = Secret(text)
    }

    private static let quotes: Set<Character> = ["\"", "'", "`"]
    private static let foreign: Set<Character> = quotes.union(["\\"])
    /// What programs write where there is no value.
    private static let wordsForNothing: Set<String> = ["undefined", "null", "none", "nil", "nan", "[object object]"]

    /// Two keys with a mark between them, or one of them right behind the other.
    private static func isSeveral(_ text: String) -> Bool {
        let parts = text.split { $0 == "," || $0 == ";" }
        if parts.count > 1, parts.allSatisfy({ $0.utf8.count >= length.lowerBound }) { return true }
        if SecretShape.begins(text), beginnings.contains(where: { text.dropFirst().firstRange(of: $0) != nil }) {
            return true
        }
        let half = text.prefix(text.count / 2)
        guard text.count == 2 * half.count, half == text.suffix(half.count) else { return false }
        // What is made of one short piece may be what somebody made up.
        return SecretShape.begins(half) && half.count >= length.lowerBound
            || half.count >= 20 && half.prefix(half.count / 2) != half.suffix(half.count / 2)
    }

    /// What stands in no key but at its beginning.
    private static let beginnings = ["sk-ant-", "sk-or-v1-", "sk-proj-", "github_pat_"]

    /// `export NAME=…`, `NAME=…`, `Bearer …`, `Authorization: …`, `$NAME`, JSON: a line around the key, or instead of it.
    private static func shellLine(_ text: String) -> String? {
        let lowered = text.lowercased()
        if lowered.hasPrefix("export ") { return "export NAME=" }
        if lowered.hasPrefix("bearer ") { return "Bearer" }
        if lowered.hasPrefix("authorization:") || lowered.hasPrefix("x-api-key:") { return "a header's name" }
        if text.hasPrefix("$") { return "$, a variable's name that the shell did not replace" }
        if text.hasPrefix("{") || text.hasPrefix("[") { return "a bracket" }
        if let line = assignment(text) { return line }
        guard let sign = text.firstIndex(where: { $0 == ":" || $0 == "=" }), sign != text.startIndex,
            SecretShape.begins(text[text.index(after: sign)...]), !SecretShape.begins(text)
        else { return nil }
        return "a name and \(text[sign] == ":" ? "a colon" : "an equals sign")"
    }

    private static func assignment(_ text: String) -> String? {
        guard let equals = text.firstIndex(of: "="), equals != text.startIndex else { return nil }
        let name = text[..<equals]
        let isName = name.allSatisfy { ("A"..."Z").contains($0) || ("0"..."9").contains($0) || $0 == "_" }
        // Base64 ends in one or two equals signs; behind a variable's name comes a value.
        let hasValue = text[text.index(after: equals)...].utf8.count >= length.lowerBound
        return isName && (name.contains("_") || hasValue) ? "NAME=" : nil
    }
}

/// Why a pasted credential was not taken. Never holds any of it.
package enum IntakeError: ActionableError, Equatable {
    /// What people paste in a credential's place.
    package enum Instead: String, Hashable, Sendable, CaseIterable {
        case address = "a web address"
        case email = "an e-mail address"
        case placeholder = "what instructions write where the key belongs"
        case word = "a word or a row that anybody could guess, and no provider gives out as a key"
        case variable = "the name of a variable"
        case path = "the path of a file"
        case reference = "a reference to a credential, not the credential"
        /// `undefined`
        case nothing = "the word that a program writes where there is no value"
        case clientToken = "a client token (agw_...) of this gateway, which no provider knows"
    }

    case empty
    /// No terminal, and an empty pipe; with the command that was run.
    case nothingPiped(String)
    case notTheKeyAlone(found: String)
    case foreignCharacter(position: Int, codePoint: UInt32)
    /// Punctuation of what was around the key, as it was copied.
    case markBeside(Character, isFirst: Bool)
    case several
    case tooShort(Int)
    case tooLong(Int)
    case masked
    case another(Instead)
    case setupTokenAsKey
    case keyAsToken
    case noSetupToken
    case setupTokenTooShort
    case badDuration(String)
    /// - `fix`: nil where one is stored under a new name.
    case badProfileName(String, fix: String? = nil)

    package var exitCode: ExitStatus {
        switch self {
        case .badDuration, .badProfileName: .usage
        default: .badInput
        }
    }

    package var advice: Advice {
        switch self {
        case .empty:
            Self.refused("Nothing was pasted.", "Copy the key and run the command again.")
        case .nothingPiped(let command):
            Self.refused(
                "There is no terminal to ask at, and nothing came in through the pipe.",
                "Run it in a terminal. Or give it a file: \(command) < key-file. Or a variable that was read unseen: "
                    + "read -rs KEY && printf %s \"$KEY\" | \(command)")
        case .notTheKeyAlone(let found):
            Self.refused(
                "The text begins with \(found), so it is more than the key.",
                "Paste the key alone, without what is around it.")
        case .foreignCharacter(let position, let codePoint):
            Self.refused(
                "Character \(position) is U+\(Self.hexadecimal(codePoint)), which no credential holds.",
                "Copy the key again from its source; wrapped lines and typographic marks are the usual cause.")
        case .markBeside(let mark, let isFirst):
            Self.refused(
                "It \(isFirst ? "begins" : "ends") with \"\(mark)\", which no key does.",
                "Copy the key alone, without what is around it"
                    + (mark == "%" ? " (some shells write % where a line has no end)." : "."))
        case .several:
            Self.refused(
                "It is more than one key, or the same one twice.", "Copy one key alone and run the command again.")
        case .tooShort(let least):
            Self.refused("It has fewer than \(least) characters.", "Copy the whole key and run the command again.")
        case .tooLong(let most):
            Self.refused("It has more than \(most) characters.", "Copy the key alone and run the command again.")
        case .masked:
            Self.refused(
                "It is a shortened display of a key (\"...\" or \"****\").",
                "Copy the key itself; providers show it once, when it is made.")
        case .another(let found): Self.refused("It is \(found.rawValue).", Self.fix(found))
        case .setupTokenAsKey:
            Self.refused(
                "It is a setup token (sk-ant-oat...), not an API key.",
                "Run: agenticflow-enterprise models auth paste-token --provider anthropic")
        case .keyAsToken:
            Self.refused(
                "It is an API key (sk-ant-api...), not a token.",
                "Run: agenticflow-enterprise models auth paste-api-key --provider anthropic")
        case .noSetupToken:
            Self.refused(
                "A setup token begins with sk-ant-oat01-; this text does not.",
                "Run claude setup-token and copy what it prints, the whole of it.")
        case .setupTokenTooShort:
            Self.refused(
                "A setup token has at least 80 characters; this one is cut.",
                "Run claude setup-token again and copy the whole token.")
        case .badDuration(let text):
            Advice(
                what: "\"\(text.prefix(40))\" is no duration.",
                why: "A duration is a number above zero and up to 100000 days, with ms, s, m, h or d; "
                    + "without a unit it means days.",
                fix: "Give, for example, --expires-in 365d")
        case .badProfileName(let text, let fix):
            Advice(
                what: "\"\(text.prefix(60))\" is no profile id.",
                why:
                    "A profile id is the provider, a colon and a name of letters, digits and . _ @ + -, "
                    + "such as anthropic:work.",
                fix: fix ?? "Give, for example, --profile-id anthropic:work")
        }
    }

    /// The command of `models auth` that takes what this one was given; nil when none does.
    package var otherCommand: String? {
        switch self {
        case .setupTokenAsKey: "paste-token"
        case .keyAsToken: "paste-api-key"
        default: nil
        }
    }

    private static func fix(_ found: Instead) -> String {
        switch found {
        case .address: "Open the page, make a key there, and paste the key itself."
        case .email, .placeholder, .nothing:
            "Copy the key itself from the provider's console, and run the command again."
        case .word:
            "Copy the key itself from the provider's console. A server of your own may take any word: say first where it "
                + "is: agenticflow-enterprise config set models.providers.PROVIDER.baseUrl URL"
        case .path: "Paste what is in the file, or pipe it in: the command, < FILE. \(reference("file:PATH"))"
        case .reference: reference("REFERENCE")
        case .variable: "Paste the value of the variable; to see which are set, run: agenticflow-enterprise env list"
        case .clientToken:
            "Make a key at the provider, and paste the key. What clients present is told by: agenticflow-enterprise gateway token"
        }
    }

    private static func reference(_ word: String) -> String {
        "To have it read from there, run: agenticflow-enterprise models auth add --provider PROVIDER --profile-id ID "
            + "--ref \(word)"
    }

    private static func refused(_ why: String, _ fix: String) -> Advice {
        Advice(what: "The credential was not stored.", why: why, fix: fix)
    }

    private static func hexadecimal(_ value: UInt32) -> String {
        let digits = String(value, radix: 16, uppercase: true)
        return String(repeating: "0", count: max(0, 4 - digits.count)) + digits
    }
}
