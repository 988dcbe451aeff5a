// SPDX-License-Identifier: Apache-2.0

/// Names a provider of models, such as `anthropic`. Always trimmed, lower-case and with old spellings folded.
package struct ProviderID: Hashable, Sendable, Comparable, CustomStringConvertible {
    package let text: String
    package static let anthropic = ProviderID(known: "anthropic")
    package static let openai = ProviderID(known: "openai")

    private init(known text: String) { self.text = text }

    private static let spellings = [
        "z.ai": "zai", "z-ai": "zai", "opencode-zen": "opencode", "openai-codex": "openai",
    ]

    /// - Parameter text: letters, digits, `.`, `_` and `-`, at most 64, starting with a letter or digit; case and
    ///   surrounding blanks do not matter. Anything else gives nil.
    package init?(_ text: some StringProtocol) {
        var text = String(text)
        // Nearly every id is written as it should be, and stores hold thousands.
        if !text.withUTF8(Self.isPlain) {
            // Some letters beyond ASCII have ASCII ones as their lower case.
            guard text.utf8.allSatisfy({ $0 < 0x80 }) else { return nil }
            text = text.trimmed.lowercased()
            guard text.withUTF8(Self.isPlain) else { return nil }
        }
        self.text = Self.spellings[text] ?? text
    }

    /// Where the configuration says something of it, as a command takes it back: `models.providers.groq.baseUrl`,
    /// `models.providers["my.lab"].baseUrl`. As a word of a command it is a ``Swift/StringProtocol/shellWord``.
    package func place(_ key: String? = nil) -> String {
        "models.providers\(step)" + (key.map { ".\($0)" } ?? "")
    }

    /// Where the configuration orders its credentials, in the same form.
    package var orderPlace: String { "auth.order\(step)" }

    private var step: String { text.contains(".") ? "[\"\(text)\"]" : ".\(text)" }

    private static func isPlain(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        guard bytes.count <= 64, let first = bytes.first, first.isLowerAlphanumeric else { return false }
        return bytes.allSatisfy { $0.isLowerAlphanumeric || $0 == UInt8(ascii: ".") || $0.isDashOrUnderscore }
    }

    package var description: String { text }
    package static func < (a: Self, b: Self) -> Bool { a.text < b.text }
}

/// Names one stored credential: `<provider>:<name>`, such as `anthropic:work`.
package struct ProfileID: Hashable, Sendable, Comparable, CustomStringConvertible {
    package let text: String

    /// - Parameter text: `[a-z0-9][a-z0-9_.-]{0,63}:[A-Za-z0-9][A-Za-z0-9_.@+-]{0,127}`; anything else gives nil.
    package init?(_ text: some StringProtocol) {
        var text = String(text)
        guard text.withUTF8(Self.isValid) else { return nil }
        self.text = text
    }

    private static func isValid(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        guard let colon = bytes.firstIndex(of: UInt8(ascii: ":")) else { return false }
        let provider = bytes[..<colon]
        let name = bytes[(colon + 1)...]
        guard let firstOfProvider = provider.first, firstOfProvider.isLowerAlphanumeric, provider.count <= 64,
            let firstOfName = name.first, firstOfName.isAlphanumeric, name.count <= 128
        else { return false }
        return provider.allSatisfy { $0.isLowerAlphanumeric || $0 == UInt8(ascii: ".") || $0.isDashOrUnderscore }
            && name.allSatisfy { $0.isAlphanumeric || $0.isDashOrUnderscore || $0.isNameMark }
    }

    /// What a name such as `My Work!` becomes: small letters, one `-` for every run of characters other than letters,
    /// digits, `.` and `_`, none around it; `default` when nothing is left.
    ///
    /// - Parameter text: the name, or the provider, a colon and the name. Nil for what cannot be shown as it is, and for
    ///   a name that no id can hold.
    package init?(spelling text: some StringProtocol, of provider: ProviderID) {
        guard String(text).escapedForDisplay == text, text.utf8.count <= 128, !text.contains("/") else { return nil }
        let colon = text.firstIndex(of: ":")
        if let colon, ProviderID(text[..<colon]) != provider { return nil }
        let typed = colon.map { text[text.index(after: $0)...] } ?? text[...]
        // A variable that holds nothing is no name.
        if typed.trimmed.isEmpty { return nil }
        var name = ""
        for character in typed {
            let byte = character.utf8.count == 1 ? character.asciiValue ?? 0 : 0
            let isUpper = (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte)
            let lower = isUpper ? byte | 0x20 : byte
            if lower.isLowerAlphanumeric || lower == UInt8(ascii: ".") || lower == UInt8(ascii: "_") {
                name.unicodeScalars.append(UnicodeScalar(lower))
            } else if name.last != "-" {
                name.append("-")
            }
        }
        if name.first == "-" { name.removeFirst() }
        if name.last == "-" { name.removeLast() }
        self.init(provider: provider, name: name.isEmpty ? "default" : name)
    }

    package init?(provider: ProviderID, name: String) { self.init("\(provider.text):\(name)") }

    /// The part after the colon.
    package var name: Substring { text[text.index(after: text.firstIndex(of: ":") ?? text.startIndex)...] }

    package var description: String { text }
    package static func < (a: Self, b: Self) -> Bool { a.text < b.text }
}

/// Names an agent: one folder of state and one store of credentials. `main` is the default.
package struct AgentID: Hashable, Sendable, Comparable, CustomStringConvertible {
    package let text: String
    package static let main = AgentID(valid: "main")

    private init(valid text: String) { self.text = text }

    /// - Parameter text: `[a-z0-9][a-z0-9_-]{0,63}` after lower-casing; anything else gives nil, so that an id can
    ///   never leave the folder of agents.
    package init?(_ text: some StringProtocol) {
        guard text.allBytes({ $0 < 0x80 }) else { return nil }
        let lowered = text.lowercased()
        guard let first = lowered.utf8.first, first.isLowerAlphanumeric, lowered.utf8.count <= Self.maximumLength,
            lowered.utf8.allSatisfy({ $0.isLowerAlphanumeric || $0.isDashOrUnderscore })
        else { return nil }
        self.text = lowered
    }

    package static let maximumLength = 64

    /// What a name such as `My Coder` becomes: lower-case, `-` for every other character, no dashes around it. It is
    /// an id unless it is empty or longer than ``maximumLength``.
    package static func spelling(of name: some StringProtocol) -> String {
        let spelled = name.trimmed.map { character -> Character in
            // Not by way of `lowercased()`: some letters beyond ASCII have ASCII ones as their lower case.
            guard let byte = character.asciiValue, character.utf8.count == 1 else { return "-" }
            let lower = (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) ? byte | 0x20 : byte
            return lower.isLowerAlphanumeric || lower.isDashOrUnderscore ? Character(UnicodeScalar(lower)) : "-"
        }
        let start = spelled.drop { $0 == "-" || $0 == "_" }
        return String(start.reversed().drop { $0 == "-" }.reversed())
    }

    package var description: String { text }
    package static func < (a: Self, b: Self) -> Bool { a.text < b.text }
}

extension StringProtocol {
    /// Without the ASCII white space around it.
    package var trimmed: String {
        let isBlank: (Character) -> Bool = { $0 == " " || $0 == "\t" || $0 == "\n" || $0 == "\r" || $0 == "\r\n" }
        guard let first = firstIndex(where: { !isBlank($0) }), let last = lastIndex(where: { !isBlank($0) })
        else { return "" }
        return String(self[first...last])
    }
}

extension UInt8 {
    fileprivate var isLowerAlphanumeric: Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(self) || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(self)
    }
    fileprivate var isAlphanumeric: Bool {
        isLowerAlphanumeric || (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(self)
    }
    fileprivate var isDashOrUnderscore: Bool { self == UInt8(ascii: "-") || self == UInt8(ascii: "_") }
    fileprivate var isNameMark: Bool {
        self == UInt8(ascii: ".") || self == UInt8(ascii: "@") || self == UInt8(ascii: "+")
    }
}
