// SPDX-License-Identifier: Apache-2.0
import Credentials
import Documents

/// The comments of a document as they may be shown: people keep old keys there, and whole blocks that are switched off.
struct ShownComments {
    private(set) var edits: [(span: Range<Int>, text: String)] = []
    /// The line before ended with the name of a credential: this one is its value.
    private var isOpen = false

    init(_ document: Document) {
        let bytes = document.bytes
        var position = 0
        while position < bytes.count {
            switch (bytes[position], position + 1 < bytes.count ? bytes[position + 1] : 0) {
            case (UInt8(ascii: "\""), _), (UInt8(ascii: "'"), _):
                position = Self.endOfString(in: bytes, at: position)
                isOpen = false
            case (UInt8(ascii: "/"), UInt8(ascii: "/")):
                let end = Self.endOfLine(in: bytes, from: position)
                add(bytes, position..<end)
                position = end
            case (UInt8(ascii: "/"), UInt8(ascii: "*")):
                let close = bytes[(position + 2)...].firstRange(of: Array("*/".utf8))
                let end = close?.lowerBound ?? bytes.count
                add(bytes, position..<end)
                position = close?.upperBound ?? end
            case (let byte, _):
                // The comma after a value that is switched off, and space, separate no lines of a note.
                if byte > 0x20 { isOpen = false }
                position += 1
            }
        }
    }

    /// As JSON5 has it: also U+2028 and U+2029 end a line.
    private static func endOfLine(in bytes: [UInt8], from start: Int) -> Int {
        for position in start..<bytes.count {
            switch bytes[position] {
            case 0x0A, 0x0D: return position
            case 0xE2
            where bytes[position...].starts(with: [0xE2, 0x80, 0xA8])
                || bytes[position...].starts(with: [0xE2, 0x80, 0xA9]):
                return position
            default: continue
            }
        }
        return bytes.count
    }

    private static func endOfString(in bytes: [UInt8], at start: Int) -> Int {
        var position = start + 1
        while position < bytes.count, bytes[position] != bytes[start] {
            position += bytes[position] == UInt8(ascii: "\\") ? 2 : 1
        }
        return position + 1
    }

    /// - Parameter span: from the first slash to before the end of the line, or before the mark that closes it.
    private mutating func add(_ bytes: [UInt8], _ span: Range<Int>) {
        var lines: [String] = []
        for line in bytes[span].split(separator: 0x0A, omittingEmptySubsequences: false) {
            let isReturned = line.last == 0x0D
            let text = String(decoding: isReturned ? line.dropLast() : line, as: UTF8.self)
            let start = text.firstIndex { !"/* \t".contains($0) } ?? text.endIndex
            lines.append(text[..<start] + shown(String(text[start...])) + (isReturned ? "\r" : ""))
        }
        let shown = lines.joined(separator: "\n")
        if !shown.utf8.elementsEqual(bytes[span]) { edits.append((span, shown)) }
    }

    private mutating func shown(_ line: String) -> String {
        // A line of marks alone says nothing, and the value is still to come.
        guard line.contains(where: { $0.isLetter || $0.isNumber }) else { return line }
        if isOpen {
            isOpen = false
            return Masking.mask
        }
        let note = Masking.note(line, isSentence: true)
        isOpen = note.isOpen
        return note.text
    }
}
