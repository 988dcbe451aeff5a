// SPDX-License-Identifier: Apache-2.0

/// What is looked for in every text. Each pass gives places in ascending order that do not overlap.
extension Masking {
    private static let parameterMarks = ByteSet("?&#")
    private static let nameMarks = ByteSet("[]%")
    private static let parameterEnds = ByteSet("&#\"'`<>\\)")
    private static let wordEnds = ByteSet("\"'`<>()")
    private static let credentialMarks = ByteSet("+/=~")
    private static let pathMarks = ByteSet("/?#")
    private static let userMarks = ByteSet("=,[{")

    /// Words that begin as keys do.
    static func keys(in bytes: [UInt8]) -> [Found] {
        var found: [Found] = []
        var position = 0
        while position < bytes.count {
            if let end = SecretShape.end(ofKeyAt: position, in: bytes) {
                found.append(Found(position..<end, masked(bytes[position..<end])))
                position = end
            } else {
                position += 1
            }
        }
        return found
    }

    /// The credential behind `Bearer` and `Basic`, as in a header.
    static func schemes(in bytes: [UInt8]) -> [Found] {
        var found: [Found] = []
        for (place, byte) in bytes.enumerated() where byte | 0x20 == UInt8(ascii: "b") {
            if place > 0, bytes[place - 1].isASCIIAlphanumeric { continue }
            let rest = bytes[place...]
            let isNamed = ["bearer", "basic"].contains { name in
                rest.count > name.utf8.count && zip(rest, name.utf8).allSatisfy { $0 | 0x20 == $1 }
                    && rest[place + name.utf8.count] == UInt8(ascii: " ")
            }
            guard isNamed else { continue }
            let blank = rest.firstIndex(of: UInt8(ascii: " ")) ?? place
            let start = bytes[blank...].firstIndex { $0 != UInt8(ascii: " ") } ?? bytes.count
            let end = bytes[start...].firstIndex { !isOfCredential($0) } ?? bytes.count
            let word = bytes[start..<end]
            if looksPresented(word) { found.append(Found(start..<end, masked(word))) }
        }
        return found
    }

    private static func isOfCredential(_ byte: UInt8) -> Bool { byte.isKeyCharacter || credentialMarks.contains(byte) }

    /// Not the next word of a sentence, nor a mask.
    private static func looksPresented(_ word: ArraySlice<UInt8>) -> Bool {
        guard word.count >= 8, word.firstRange(of: Array("...".utf8)) == nil else { return false }
        return word.count >= 20 || word.dropFirst().contains { !$0.isASCIILower && $0 != UInt8(ascii: ".") }
    }

    /// The values of secret parameters: `?api_key=…`, `&sig=…`, `#access_token=…`.
    static func parameters(in bytes: [UInt8]) -> [Found] {
        var found: [Found] = []
        var position = 0
        while let mark = bytes[position...].firstIndex(where: parameterMarks.contains) {
            position = mark + 1
            let sign = bytes[position...].firstIndex { !$0.isKeyCharacter && !nameMarks.contains($0) } ?? bytes.count
            guard sign < bytes.count, bytes[sign] == UInt8(ascii: "="), sign > position,
                SecretName.isParameter(String(decoding: bytes[position..<sign], as: UTF8.self))
            else { continue }
            let end = bytes[(sign + 1)...].firstIndex { $0 <= 0x20 || parameterEnds.contains($0) } ?? bytes.count
            let old = String(decoding: bytes[(sign + 1)..<end], as: UTF8.self)
            position = end
            let shown = old.isEmpty ? "" : value(old)
            if shown != old { found.append(Found((sign + 1)..<end, shown)) }
        }
        return found
    }

    /// The user and password before an `@`: of an URL, and of `user:password@host:port` without a scheme. Ids of
    /// profiles have an `@` too (`openai:me@example.com`), but no port behind it.
    static func users(in bytes: [UInt8]) -> [Found] {
        guard bytes.contains(UInt8(ascii: "@")) else { return [] }
        var found: [Found] = []
        var position = 0
        while position < bytes.count {
            // A word: what has no blank and no quotation mark in it.
            let end = bytes[position...].firstIndex(where: isBetweenWords) ?? bytes.count
            if let span = user(in: bytes, position..<end) {
                let old = String(decoding: bytes[span], as: UTF8.self)
                let shown = value(old)
                if shown != old { found.append(Found(span, shown)) }
            }
            position = end + 1
        }
        return found
    }

    private static func isBetweenWords(_ byte: UInt8) -> Bool { byte <= 0x20 || wordEnds.contains(byte) }

    private static func user(in bytes: [UInt8], _ word: Range<Int>) -> Range<Int>? {
        guard let last = bytes[word].lastIndex(of: UInt8(ascii: "@")) else { return nil }
        if let scheme = bytes[word].firstRange(of: Array("://".utf8)) {
            let rest = bytes[scheme.upperBound..<word.upperBound]
            let slash = rest.firstIndex(where: pathMarks.contains) ?? word.upperBound
            let host = bytes[scheme.upperBound..<slash]
            if let at = host.lastIndex(of: UInt8(ascii: "@")) { return scheme.upperBound..<at }
            // A port is a number: what is none is a password with a slash in it.
            guard let colon = host.firstIndex(of: UInt8(ascii: ":")), last > slash, host.first != UInt8(ascii: "["),
                !host[(colon + 1)...].allSatisfy(\.isASCIIDigit)
            else { return nil }
            return scheme.upperBound..<last
        }
        guard let colon = bytes[word].firstIndex(of: UInt8(ascii: ":")), colon < last,
            hasPort(bytes[(last + 1)..<word.upperBound])
        else { return nil }
        // `NAME=user:password@host:1`
        let sign = bytes[word.lowerBound..<colon].lastIndex(where: userMarks.contains)
        return (sign.map { $0 + 1 } ?? word.lowerBound)..<last
    }

    /// `host:8080`, whatever follows.
    private static func hasPort(_ bytes: ArraySlice<UInt8>) -> Bool {
        guard let colon = bytes.firstIndex(of: UInt8(ascii: ":")), colon > bytes.startIndex,
            bytes[..<colon].allSatisfy(\.isKeyCharacter)
        else { return false }
        let digits = bytes[(colon + 1)...].prefix(while: \.isASCIIDigit)
        return (2...5).contains(digits.count)
            && bytes[digits.endIndex...].first?.isASCIIAlphanumeric != true
    }
}
