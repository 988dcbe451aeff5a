// SPDX-License-Identifier: Apache-2.0

/// Reads the backslash sequences of strings and of unquoted keys. The reader has checked their form before.
enum Escapes {
    static func decode(_ raw: ArraySlice<UInt8>) -> String {
        var text: [UInt8] = []
        text.reserveCapacity(raw.count)
        var rest = raw
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "\\") { decodeOne(&rest, into: &text) } else { text.append(byte) }
        }
        return String(decoding: text, as: UTF8.self)
    }

    private static func decodeOne(_ rest: inout ArraySlice<UInt8>, into text: inout [UInt8]) {
        guard let kind = rest.popFirst() else { return }
        switch kind {
        case UInt8(ascii: "n"): text.append(0x0A)
        case UInt8(ascii: "r"): text.append(0x0D)
        case UInt8(ascii: "t"): text.append(0x09)
        case UInt8(ascii: "b"): text.append(0x08)
        case UInt8(ascii: "f"): text.append(0x0C)
        case UInt8(ascii: "v"): text.append(0x0B)
        case UInt8(ascii: "0"): text.append(0x00)
        case UInt8(ascii: "x"): append(hexadecimal(&rest, digits: 2), to: &text)
        case UInt8(ascii: "u"): append(unicode(&rest), to: &text)
        // A line that goes on: nothing is meant by its end.
        case 0x0A: break
        case 0x0D: if rest.first == 0x0A { rest.removeFirst() }
        case 0xE2 where rest.starts(with: [0x80, 0xA8]) || rest.starts(with: [0x80, 0xA9]): rest.removeFirst(2)
        default: text.append(kind)
        }
    }

    /// A surrogate without its other half becomes U+FFFD: Swift's strings cannot hold it.
    private static func unicode(_ rest: inout ArraySlice<UInt8>) -> UInt32 {
        let high = hexadecimal(&rest, digits: 4)
        guard (0xD800..<0xDC00).contains(high), rest.starts(with: [UInt8(ascii: "\\"), UInt8(ascii: "u")]) else {
            return high
        }
        var ahead = rest.dropFirst(2)
        let low = hexadecimal(&ahead, digits: 4)
        guard (0xDC00..<0xE000).contains(low) else { return high }
        rest = ahead
        return 0x10000 + (high - 0xD800) << 10 + (low - 0xDC00)
    }

    private static func hexadecimal(_ rest: inout ArraySlice<UInt8>, digits: Int) -> UInt32 {
        var value: UInt32 = 0
        for _ in 0..<digits {
            guard let digit = rest.first.flatMap({ Character(UnicodeScalar($0)).hexDigitValue }) else { break }
            value = value << 4 + UInt32(digit)
            rest.removeFirst()
        }
        return value
    }

    private static func append(_ value: UInt32, to text: inout [UInt8]) {
        text += Array(String(Character(UnicodeScalar(value) ?? "\u{FFFD}")).utf8)
    }
}
