// SPDX-License-Identifier: Apache-2.0
import Credentials

/// What people type where they have no key at hand: words that anybody could guess, and rows on the keyboard.
enum EverydayWord {
    /// Made of nothing but such words, with marks between them and a few digits behind: `password`, `my-test-key_1`. What
    /// begins as keys do is left to whoever is asked.
    static func isOne(_ text: String) -> Bool {
        guard text.utf8.count <= 40, !SecretShape.begins(text) else { return false }
        let lowered = Array(text.lowercased().utf8)
        if isRow(lowered) { return true }
        let behind = lowered.reversed().prefix { !isLetter($0) }.filter { isDigit($0) }
        guard behind.count <= 4 || isRow(behind.reversed()) else { return false }
        let letters = lowered.filter { isLetter($0) }
        // Digits between letters make a key of it.
        let hasDigitsBetween = lowered.count { isDigit($0) } > behind.count
        return !letters.isEmpty && !hasDigitsBetween && isMadeOfWords(letters)
    }

    private static func isLetter(_ byte: UInt8) -> Bool { (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) }
    private static func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }

    /// `aaaaaaaa`, `abababab`, `12345678`, `abcdefgh`
    private static func isRow(_ text: [UInt8]) -> Bool {
        if Set(text).count <= 2 { return true }
        return rows.contains { $0.firstRange(of: text) != nil }
    }

    private static let rows: [[UInt8]] = [
        "0123456789012345678901234567890123456789", "9876543210987654321098765432109876543210",
        "abcdefghijklmnopqrstuvwxyz",
        "qwertyuiop", "qwertzuiop", "asdfghjkl", "1234567890abcdef", "0123456789abcdef",
    ].map { Array($0.utf8) }

    private static func isMadeOfWords(_ letters: [UInt8]) -> Bool {
        // Whether the first so many letters are words.
        var reached = [true] + [Bool](repeating: false, count: letters.count)
        for end in 1...letters.count {
            reached[end] = words.contains { word in
                word.count <= end && reached[end - word.count] && letters[(end - word.count)..<end].elementsEqual(word)
            }
        }
        return reached[letters.count]
    }

    private static let words = [
        "password", "passwort", "passwd", "passphrase", "secret", "test", "testing", "hello", "world", "example",
        "sample",
        "dummy", "fake", "demo", "default", "unknown", "foo", "bar", "baz", "admin", "root", "user", "letmein",
        "welcome",
        "qwerty", "change", "changeme", "me", "my", "the", "a", "your", "this", "is", "no", "not", "none", "needed",
        "required", "key", "keys", "api", "token", "access", "credential", "credentials", "auth", "empty", "null",
        "local", "localhost", "ollama", "lm", "studio", "openai", "anthropic", "claude", "todo", "whatever",
        "something",
        "anything", "here", "insert", "paste", "new", "old", "value",
    ].map { Array($0.utf8) }
}
