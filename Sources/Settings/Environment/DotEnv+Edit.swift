// SPDX-License-Identifier: Apache-2.0
package import Credentials

/// Why a variable cannot be written to a `.env` file. The text is as it was before.
package enum DotEnvError: ActionableError, Equatable {
    case badName
    /// A NUL character: no environment can hold it.
    case badValue(name: String)

    package var exitCode: ExitStatus { .badInput }

    package var advice: Advice {
        switch self {
        case .badName:
            Advice(
                what: "That is not a name for a variable.",
                why: "A name has letters, digits and _, and does not start with a digit.",
                fix: "Choose another name, such as ANTHROPIC_API_KEY.")
        case .badValue(let name):
            Advice(
                what: "The value for \(name) cannot be stored.", why: "It holds a NUL character.",
                fix: "Copy the value again, as text.")
        }
    }
}

extension DotEnv {
    /// Sets a variable. Other lines keep every byte, and so do an `export`, the blanks and the comment of its own line.
    ///
    /// The first line of that name gets the value; later ones, which would win over it, are removed, and so are lines
    /// that were meant to set it and cannot be read. Without one, a line is added at the end, with the line breaks that
    /// the file has.
    package mutating func upsert(_ name: String, _ value: Secret) throws(DotEnvError) {
        guard name.isVariableName else { throw .badName }
        let text = value.reveal()
        guard !text.utf8.contains(0) else { throw .badValue(name: name) }
        let lines = assignments.filter { $0.name == name }
        var edited = bytes
        let first = lines.first.map { ($0.valueSpan, Self.written(text)) }
        let gone = (lines.dropFirst().map(\.lineSpan) + straySpans(name)).map { ($0, [UInt8]()) }
        for (span, bytes) in ([first].compactMap { $0 } + gone).sorted(by: { $0.0.lowerBound > $1.0.lowerBound }) {
            edited.replaceSubrange(span, with: bytes)
        }
        if first == nil {
            if let last = edited.last, last != UInt8(ascii: "\n"), last != UInt8(ascii: "\r"), !isMarkOnly {
                edited += lineBreak
            }
            edited += Array("\(name)=".utf8) + Self.written(text) + lineBreak
        }
        replaceBytes(edited)
    }

    /// Removes every line of that name, and those that were meant to set it.
    ///
    /// - Returns: whether there was one.
    package mutating func remove(_ name: String) -> Bool {
        let spans = assignments.filter { $0.name == name }.map(\.lineSpan) + straySpans(name)
        guard !spans.isEmpty else { return false }
        var edited = bytes
        for span in spans.sorted(by: { $0.lowerBound > $1.lowerBound }) { edited.removeSubrange(span) }
        replaceBytes(edited)
        return true
    }

    private func straySpans(_ name: String) -> [Range<Int>] {
        strays.filter { $0.word == name }.map(\.lineSpan)
    }

    private var isMarkOnly: Bool { bytes == [0xEF, 0xBB, 0xBF] }

    /// That of the first line.
    private var lineBreak: [UInt8] {
        guard let first = bytes.firstIndex(where: { $0 == UInt8(ascii: "\n") || $0 == UInt8(ascii: "\r") }) else {
            return [UInt8(ascii: "\n")]
        }
        if bytes[first] == UInt8(ascii: "\n") { return [UInt8(ascii: "\n")] }
        let isPair = first + 1 < bytes.count && bytes[first + 1] == UInt8(ascii: "\n")
        return isPair ? [UInt8(ascii: "\r"), UInt8(ascii: "\n")] : [UInt8(ascii: "\r")]
    }

    /// In the plainest form that reads back as the same text, here and in a shell.
    private static func written(_ text: String) -> [UInt8] {
        let isPlain = text.utf8.allSatisfy { $0.isASCIILetterOrDigit || "_-./:@%+,=".utf8.contains($0) }
        if isPlain { return Array(text.utf8) }
        let hasBreak = text.utf8.contains { $0 == UInt8(ascii: "\n") || $0 == UInt8(ascii: "\r") }
        // audited: the text holds no quote
        if !hasBreak, !text.utf8.contains(UInt8(ascii: "'")) { return Array("'\(text)'".utf8) }
        var out: [UInt8] = [UInt8(ascii: "\"")]
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\n"): out += Array("\\n".utf8)
            case UInt8(ascii: "\r"): out += Array("\\r".utf8)
            case UInt8(ascii: "\""), UInt8(ascii: "\\"): out += [UInt8(ascii: "\\"), byte]
            default: out.append(byte)
            }
        }
        return out + [UInt8(ascii: "\"")]
    }
}
