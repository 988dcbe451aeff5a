// SPDX-License-Identifier: Apache-2.0

/// Finds the end of a run of dull bytes, sixteen at a time.
///
/// In the word tests below a borrow can only spoil bytes after the first hit, so the lowest set bit is always right.
enum ByteRun {
    typealias Pointer = UnsafePointer<UInt8>

    /// The first `"`, `\` or control byte in `start ..< end`, or `end`.
    @inline(__always)
    static func endOfPlainText(_ start: Pointer, _ end: Pointer) -> Pointer {
        var at = start
        while end - at >= 16 {
            let low = textHits(word(at))
            let high = textHits(word(at + 8))
            if low | high != 0 {
                return low != 0 ? at + low.trailingZeroBitCount / 8 : at + 8 + high.trailingZeroBitCount / 8
            }
            at += 16
        }
        while at < end, at.pointee >= 0x20, at.pointee != UInt8(ascii: "\""), at.pointee != UInt8(ascii: "\\") {
            at += 1
        }
        return at
    }

    /// The first `\n` or `\r` in `start ..< end`, or `end`.
    @inline(__always)
    static func endOfLine(_ start: Pointer, _ end: Pointer) -> Pointer {
        var at = start
        while end - at >= 16 {
            let low = lineHits(word(at))
            let high = lineHits(word(at + 8))
            if low | high != 0 {
                return low != 0 ? at + low.trailingZeroBitCount / 8 : at + 8 + high.trailingZeroBitCount / 8
            }
            at += 16
        }
        while at < end, at.pointee != UInt8(ascii: "\n"), at.pointee != UInt8(ascii: "\r") { at += 1 }
        return at
    }

    @inline(__always)
    static func word(_ at: Pointer) -> UInt64 {
        UInt64(littleEndian: UnsafeRawPointer(at).loadUnaligned(as: UInt64.self))
    }

    private static var ones: UInt64 { 0x0101_0101_0101_0101 }
    private static var highBits: UInt64 { 0x8080_8080_8080_8080 }

    /// A high bit for each byte that ends plain text inside a JSON string.
    @inline(__always)
    private static func textHits(_ word: UInt64) -> UInt64 {
        let quote = word ^ 0x2222_2222_2222_2222
        let backslash = word ^ 0x5C5C_5C5C_5C5C_5C5C
        let control = (word &- 0x2020_2020_2020_2020) & ~word
        return (((quote &- ones) & ~quote) | ((backslash &- ones) & ~backslash) | control) & highBits
    }

    @inline(__always)
    private static func lineHits(_ word: UInt64) -> UInt64 {
        let feed = word ^ 0x0A0A_0A0A_0A0A_0A0A
        let carriageReturn = word ^ 0x0D0D_0D0D_0D0D_0D0D
        return (((feed &- ones) & ~feed) | ((carriageReturn &- ones) & ~carriageReturn)) & highBits
    }
}
