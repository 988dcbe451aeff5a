// SPDX-License-Identifier: Apache-2.0

extension Reader {
    /// Skips what means nothing: space, line breaks and, in JSON5, comments.
    mutating func skipTrivia() throws(Failure) {
        while let byte = current {
            switch byte {
            case 0x20, 0x09, 0x0A, 0x0D: position += 1
            case UInt8(ascii: "/") where dialect == .json5: try skipComment()
            default:
                let length = dialect == .json5 ? spaceLength() : 0
                guard length > 0 else { return }
                position += length
            }
        }
    }

    private mutating func skipComment() throws(Failure) {
        let start = position
        switch position + 1 < bytes.count ? bytes[position + 1] : 0 {
        case UInt8(ascii: "/"):
            while position < bytes.count, lineBreakLength() == 0 { position += 1 }
        case UInt8(ascii: "*"):
            position += 2
            while position + 1 < bytes.count {
                if bytes[position] == UInt8(ascii: "*"), bytes[position + 1] == UInt8(ascii: "/") {
                    position += 2
                    return
                }
                position += 1
            }
            throw Failure(offset: start, problem: "A comment is not closed.")
        default: throw failure("This is not a value.")
        }
    }

    /// The bytes of a line break at the current position, 0 for none.
    private func lineBreakLength() -> Int {
        switch bytes[position] {
        case 0x0A, 0x0D: 1
        case 0xE2 where matches(0x80, 0xA8) || matches(0x80, 0xA9): 3
        default: 0
        }
    }

    /// The bytes of a space that only JSON5 knows, 0 for none (https://spec.json5.org/#white-space).
    func spaceLength() -> Int {
        guard position < bytes.count else { return 0 }
        switch bytes[position] {
        case 0x0B, 0x0C: return 1
        case 0xC2: return position + 1 < bytes.count && bytes[position + 1] == 0xA0 ? 2 : 0
        case 0xE1: return matches(0x9A, 0x80) ? 3 : 0
        case 0xE2:
            guard position + 2 < bytes.count else { return 0 }
            switch (bytes[position + 1], bytes[position + 2]) {
            case (0x80, 0x80...0x8A), (0x80, 0xA8...0xA9), (0x80, 0xAF), (0x81, 0x9F): return 3
            default: return 0
            }
        case 0xE3: return matches(0x80, 0x80) ? 3 : 0
        case 0xEF: return matches(0xBB, 0xBF) ? 3 : 0
        default: return 0
        }
    }

    private func matches(_ second: UInt8, _ third: UInt8) -> Bool {
        position + 2 < bytes.count && bytes[position + 1] == second && bytes[position + 2] == third
    }
}
