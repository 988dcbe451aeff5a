// SPDX-License-Identifier: Apache-2.0

/// Reads one line of a `.env` file.
struct DotEnvLine {
    enum Reading {
        /// Blank, or a comment.
        case nothing
        case value(name: String, text: String, span: Range<Int>)
        /// `name` is known when only the value is at fault; `span` is then the rest of the line.
        case unreadable(name: String?, span: Range<Int>, problem: String)
    }

    private let bytes: [UInt8]
    private let end: Int
    private var position: Int

    /// - Parameter line: without its line break.
    init(_ bytes: [UInt8], _ line: Range<Int>) {
        self.bytes = bytes
        position = line.lowerBound
        end = line.upperBound
    }

    mutating func read() -> Reading {
        skipBlanks()
        guard let first = current, first != UInt8(ascii: "#") else { return .nothing }
        guard !bytes[position..<end].contains(0) else { return unreadable("The line holds a NUL character.") }
        var name = word()
        if name == "export", let next = current, next.isBlank {
            skipBlanks()
            if current != UInt8(ascii: "=") { name = word() }
        }
        guard name.isVariableName else { return unreadable("A line must read NAME=VALUE.") }
        skipBlanks()
        guard current == UInt8(ascii: "=") else { return unreadable("There is no = after the name.") }
        position += 1
        return value(of: name)
    }

    private mutating func value(of name: String) -> Reading {
        let afterSign = position
        skipBlanks()
        guard let first = current, !(first == UInt8(ascii: "#") && position > afterSign) else {
            return .value(name: name, text: "", span: afterSign..<afterSign)
        }
        let start = position
        let isQuoted = first == UInt8(ascii: "\"") || first == UInt8(ascii: "'") || first == UInt8(ascii: "`")
        guard let content = isQuoted ? quoted(by: first) : plain() else {
            return .unreadable(name: name, span: start..<end, problem: "The quote is not closed on the same line.")
        }
        let span = start..<position
        skipBlanks()
        if isQuoted, let next = current, next != UInt8(ascii: "#") {
            return .unreadable(name: name, span: start..<end, problem: "There is text after the closing quote.")
        }
        guard let text = String(validating: content, as: UTF8.self) else {
            return .unreadable(name: name, span: start..<end, problem: "The value is not UTF-8 text.")
        }
        return .value(name: name, text: text, span: span)
    }

    /// Up to a `#` after a blank or the end of the line, without blanks at the end.
    private mutating func plain() -> [UInt8]? {
        let start = position
        var last = position
        while let byte = current, !(byte == UInt8(ascii: "#") && position > start && bytes[position - 1].isBlank) {
            position += 1
            if !byte.isBlank { last = position }
        }
        position = last
        return Array(bytes[start..<last])
    }

    /// - Returns: what is between the quotes, or nil when there is no closing one.
    private mutating func quoted(by quote: UInt8) -> [UInt8]? {
        var content: [UInt8] = []
        position += 1
        while let byte = current {
            position += 1
            if byte == quote { return content }
            if quote == UInt8(ascii: "\""), byte == UInt8(ascii: "\\"), let escaped = current {
                position += 1
                content += Self.meaning(of: escaped)
            } else {
                content.append(byte)
            }
        }
        return nil
    }

    /// Of the byte after a backslash in double quotes. Unknown escapes stay as they are.
    private static func meaning(of escaped: UInt8) -> [UInt8] {
        switch escaped {
        case UInt8(ascii: "n"): [UInt8(ascii: "\n")]
        case UInt8(ascii: "r"): [UInt8(ascii: "\r")]
        case UInt8(ascii: "t"): [UInt8(ascii: "\t")]
        case UInt8(ascii: "\""), UInt8(ascii: "\\"): [escaped]
        default: [UInt8(ascii: "\\"), escaped]
        }
    }

    private var current: UInt8? { position < end ? bytes[position] : nil }

    private mutating func skipBlanks() { while let byte = current, byte.isBlank { position += 1 } }

    /// Up to a blank or `=`.
    private mutating func word() -> String {
        let start = position
        while let byte = current, !byte.isBlank, byte != UInt8(ascii: "=") { position += 1 }
        return String(decoding: bytes[start..<position], as: UTF8.self)
    }

    /// What stands where a name would.
    mutating func leadingWord() -> String {
        skipBlanks()
        let first = word()
        guard first == "export" else { return first }
        skipBlanks()
        return word()
    }

    private func unreadable(_ problem: String) -> Reading {
        .unreadable(name: nil, span: position..<end, problem: problem)
    }
}

extension UInt8 {
    fileprivate var isBlank: Bool { self == UInt8(ascii: " ") || self == UInt8(ascii: "\t") }
}
