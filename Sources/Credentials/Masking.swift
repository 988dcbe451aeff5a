// SPDX-License-Identifier: Apache-2.0

/// The one rule by which texts are shown: whatever has the shape of a credential is masked. `Settings` adds what is one
/// by its place; the terminal passes everything through ``text(_:)`` once more. What is masked already stays as it is.
package enum Masking {
    package static let mask = "****"

    /// Any text of ours: without keys, tokens, and the user, password and secret parameters of URLs.
    package static func text(_ text: String) -> String {
        var bytes = Array(text.utf8)
        var isChanged = false
        for pass in [users(in:), parameters(in:), schemes(in:), keys(in:)] {
            let found = pass(bytes)
            if found.isEmpty { continue }
            isChanged = true
            bytes = replace(found, in: bytes)
        }
        return isChanged ? String(decoding: bytes, as: UTF8.self) : text
    }

    /// The name of a key of a file, where somebody may have typed the credential itself.
    package static func name(_ name: String) -> String { withoutOpaqueWords(text(name)) }

    /// The place of a service, with or without a scheme.
    package static func address(_ text: String) -> String {
        guard !text.contains("://"), let at = text.lastIndex(of: "@") else { return self.text(text) }
        return value(text[..<at]) + self.text(String(text[at...]))
    }

    /// A value that is a credential for certain: references to variables show what they are, and nothing else is shown.
    static func value(_ text: some StringProtocol) -> String {
        let parts = String(text).split(separator: ":", omittingEmptySubsequences: false)
        return parts.contains { isReference($0) }
            ? parts.map { isReference($0) ? String($0) : mask }.joined(separator: ":") : mask
    }

    /// `${NAME}`.
    private static func isReference(_ text: some StringProtocol) -> Bool {
        guard text.hasPrefix("${"), text.hasSuffix("}"), text.utf8.count > 3 else { return false }
        return text.utf8.dropFirst(2).dropLast().allSatisfy { $0.isASCIIAlphanumeric || $0 == UInt8(ascii: "_") }
    }

    // MARK: Notes

    /// A line that people wrote for themselves, such as one of a comment: what follows the name of a credential is
    /// masked, and so is every word that chance may have made.
    ///
    /// - Parameter isSentence: a name needs no `:` or `=` behind it.
    /// - Returns: `isOpen`: nothing followed the name, so that it may come on the next line.
    package static func note(_ line: String, isSentence: Bool) -> (text: String, isOpen: Bool) {
        guard let end = endOfName(in: line, isSentence: isSentence) else {
            return (withoutOpaqueWords(text(line)), false)
        }
        let rest = line[end...]
        // A full stop ends what was said about it.
        let isOpen = !rest.contains { $0.isLetter || $0.isNumber || $0 == "." } && !line[..<end].hasSuffix(".")
        let shown = withoutOpaqueWords(text(String(line[..<end])))
        let value = rest.trimmed.trimmingMarks
        if value.isEmpty || isReference(value) { return (shown + rest, isOpen) }
        return (shown + " " + mask, false)
    }

    /// Behind the first name of a credential, and the `:` or `=` after it.
    private static func endOfName(in line: String, isSentence: Bool) -> String.Index? {
        var start = line.startIndex
        while let begin = line[start...].firstIndex(where: \.isNameCharacter) {
            let end = line[begin...].firstIndex { !$0.isNameCharacter } ?? line.endIndex
            let behind = line[end...].drop { "\"'` \t]".contains($0) }
            let isAssigned = behind.first == ":" || behind.first == "="
            if isAssigned, !behind.hasPrefix("://"), SecretName.isOne(line[begin..<end]) {
                return line.index(after: behind.startIndex)
            }
            if isSentence, SecretName.isAnnouncement(line[begin..<end]) { return end }
            start = end
        }
        return nil
    }

    private static let opaqueMarks = ByteSet("+/=_-")

    private static func withoutOpaqueWords(_ text: String) -> String {
        let bytes = Array(text.utf8)
        var found: [Found] = []
        var start = 0
        while start < bytes.count {
            var end = start
            while end < bytes.count, bytes[end].isASCIIAlphanumeric || opaqueMarks.contains(bytes[end]) { end += 1 }
            if SecretShape.isOpaque(bytes[start..<end]) { found.append(Found(start..<end, masked(bytes[start..<end]))) }
            start = max(end, start + 1)
        }
        return found.isEmpty ? text : String(decoding: replace(found, in: bytes), as: UTF8.self)
    }

    // MARK: Arguments

    /// A word for a program that is asked for secrets, and may need one itself.
    ///
    /// - Parameter previous: the word before it.
    package static func argument(_ word: String, after previous: String?) -> String {
        if word.isEmpty || isReference(word) { return word }
        let isFlag = word.isLongFlag || (word.hasPrefix("-") && SecretName.isOne(word.prefix { $0 != "=" }))
        if let previous, previous.hasPrefix("-"), !previous.contains("="), !isFlag {
            if SecretName.isOne(previous) || secretLetters.contains(previous) { return mask }
            if previous.isLongFlag { return note(word, isSentence: false).text }
        }
        if isFlag {
            guard let sign = word.firstIndex(of: "="), SecretName.isOne(word[..<sign]) else {
                return note(word, isSentence: false).text
            }
            return "\(word[...sign])\(value(word[word.index(after: sign)...]))"
        }
        // `-pPassword`: what follows a letter may be its value.
        if word.hasPrefix("-"), word.count > 3 { return "\(word.prefix(2))\(mask)" }
        // A word with a digit may be a password; a path, an address or a number of one digit is none.
        let isPlain = word.count < 2 || word.contains("/") || !word.contains(where: \.isNumber)
        return isPlain ? note(word, isSentence: false).text : mask
    }

    // MARK: Pieces

    struct Found {
        var span: Range<Int>
        var shown: [UInt8]

        init(_ span: Range<Int>, _ shown: String) {
            self.span = span
            self.shown = Array(shown.utf8)
        }
    }

    static func masked(_ word: ArraySlice<UInt8>) -> String { Secret(String(decoding: word, as: UTF8.self)).masked }

    /// What many programs name a password, a user with one, a key or a token by.
    private static let secretLetters: Set<String> = ["-p", "-u", "-k", "-t", "-s"]

    private static func replace(_ found: [Found], in bytes: [UInt8]) -> [UInt8] {
        var out: [UInt8] = []
        var position = 0
        for piece in found {
            out += bytes[position..<piece.span.lowerBound] + piece.shown
            position = piece.span.upperBound
        }
        return out + bytes[position...]
    }
}

extension Character {
    fileprivate var isNameCharacter: Bool { isLetter || isNumber || "_-.".contains(self) }
}

extension StringProtocol {
    fileprivate var isLongFlag: Bool { hasPrefix("--") && utf8.count > 2 }

    /// Without quotes, commas and brackets around it.
    fileprivate var trimmingMarks: String {
        let isMark: (Character) -> Bool = { "\"'`,; ()[]".contains($0) }
        guard let first = firstIndex(where: { !isMark($0) }), let last = lastIndex(where: { !isMark($0) }) else {
            return ""
        }
        return String(self[first...last])
    }
}
