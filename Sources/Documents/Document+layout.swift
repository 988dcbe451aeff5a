// SPDX-License-Identifier: Apache-2.0

/// Where lines and commas are, so that an edit looks as if its owner had typed it.
extension Document {
    /// The line breaks and the indentation of this document.
    func layout(margin: String) -> Literal.Layout {
        var layout = Literal.Layout()
        layout.margin = margin
        if let first = bytes.firstIndex(of: 0x0A), first > 0, bytes[first - 1] == 0x0D { layout.lineBreak = "\r\n" }
        if let first = root.memberIndices.first.map({ Int(nodes[$0].start) }), hasLineBreak(0..<first) {
            let unit = self.margin(at: first)
            if !unit.isEmpty { layout.unit = unit }
        }
        return layout
    }

    /// The blanks that the line of `offset` begins with.
    func margin(at offset: Int) -> String {
        let start = lineStart(offset)
        let blanks = bytes[start..<offset].prefix { $0 == 0x20 || $0 == 0x09 }
        return String(decoding: blanks, as: UTF8.self)
    }

    func hasLineBreak(_ range: Range<Int>) -> Bool { bytes[range].contains { $0 == 0x0A || $0 == 0x0D } }

    func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D }

    /// The comma after a value; `end` is where the next token of the document begins.
    func comma(from valueEnd: Int, to end: Int) -> Int? {
        var position = valueEnd
        while position < end {
            switch bytes[position] {
            case UInt8(ascii: ","): return position
            case UInt8(ascii: "/"): position = commentEnd(position, end)
            default: position += 1
            }
        }
        return nil
    }

    /// The end of the line of a value and of the comments on it, or the place right behind it when more follows.
    func endOfLine(from valueEnd: Int, to end: Int) -> Int {
        var position = valueEnd
        // Without the blanks before the line break, but with those that a comment ends with.
        var last = valueEnd
        while position < end {
            switch bytes[position] {
            case 0x0A, 0x0D: return last
            case 0x20, 0x09: position += 1
            case UInt8(ascii: "/"):
                position = commentEnd(position, end)
                last = position
            default:
                position += 1
                last = position
            }
        }
        return valueEnd
    }

    /// The end of the last comment in an object or array without members; its opening bracket's when there is none.
    func endOfComments(from start: Int, to end: Int) -> Int {
        var position = start
        var last = start
        while position < end {
            guard bytes[position] == UInt8(ascii: "/") else {
                position += 1
                continue
            }
            position = commentEnd(position, end)
            last = position
        }
        return last
    }

    private func commentEnd(_ start: Int, _ end: Int) -> Int {
        guard start + 1 < end else { return end }
        var position = start + 2
        if bytes[start + 1] == UInt8(ascii: "/") {
            while position < end, !isLineBreak(position) { position += 1 }
            return position
        }
        while position + 1 < end {
            if bytes[position] == UInt8(ascii: "*"), bytes[position + 1] == UInt8(ascii: "/") { return position + 2 }
            position += 1
        }
        return end
    }

    private func isLineBreak(_ position: Int) -> Bool {
        switch bytes[position] {
        case 0x0A, 0x0D: true
        // The two line breaks of Unicode end a comment too.
        case 0xE2:
            bytes[position...].starts(with: [0xE2, 0x80, 0xA8]) || bytes[position...].starts(with: [0xE2, 0x80, 0xA9])
        default: false
        }
    }

    private func lineStart(_ offset: Int) -> Int {
        var start = offset
        while start > 0, bytes[start - 1] != 0x0A, bytes[start - 1] != 0x0D { start -= 1 }
        return start
    }

    /// The start of the line, when nothing but blanks stands before `offset` on it; never the first line.
    func startOfOwnLine(_ offset: Int) -> Int? {
        let start = lineStart(offset)
        guard start > 0, bytes[start..<offset].allSatisfy({ $0 == 0x20 || $0 == 0x09 }) else { return nil }
        return start
    }

    /// The start of the next line, when nothing but blanks follows on this one.
    func startOfNextLine(_ offset: Int) -> Int? {
        var position = offset
        while position < bytes.count {
            switch bytes[position] {
            case 0x20, 0x09: position += 1
            case 0x0D: return position + 1 < bytes.count && bytes[position + 1] == 0x0A ? position + 2 : position + 1
            case 0x0A: return position + 1
            default: return nil
            }
        }
        return nil
    }

    func spaceEnd(from start: Int, to end: Int) -> Int {
        var position = start
        while position < end, bytes[position] == 0x20 || bytes[position] == 0x09 { position += 1 }
        return position
    }
}
