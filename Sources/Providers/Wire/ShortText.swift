// SPDX-License-Identifier: Apache-2.0

/// A text by its first eight bytes, its last eight and its length: enough to recognise a field's name in two
/// comparisons and no allocation.
///
/// Up to 16 bytes two equal values are equal texts. Longer ones could differ in the middle; they are only ever
/// compared with names that providers chose, and a provider that plays tricks deceives only its own answer.
struct ShortText: Equatable, Sendable {
    let count: Int
    let head: UInt64
    let tail: UInt64

    @inline(__always)
    init(_ bytes: UnsafeBufferPointer<UInt8>) {
        self.init(bytes.baseAddress, count: bytes.count)
    }

    /// For a literal, which the optimiser turns into two constants.
    @inline(__always)
    init(_ literal: StaticString) {
        self.init(literal.utf8Start, count: literal.utf8CodeUnitCount)
    }

    @inline(__always)
    private init(_ start: UnsafePointer<UInt8>?, count: Int) {
        self.count = count
        guard let start, count > 0 else {
            (head, tail) = (0, 0)
            return
        }
        if count >= 8 {
            head = ByteRun.word(start)
            tail = ByteRun.word(start + (count - 8))
        } else if count >= 4 {
            head = UInt64(Self.half(start))
            tail = UInt64(Self.half(start + (count - 4)))
        } else {
            // One to three bytes: first, middle and last cover them all.
            head = UInt64(start[0]) | UInt64(start[count / 2]) << 8 | UInt64(start[count - 1]) << 16
            tail = 0
        }
    }

    @inline(__always)
    private static func half(_ at: UnsafePointer<UInt8>) -> UInt32 {
        UInt32(littleEndian: UnsafeRawPointer(at).loadUnaligned(as: UInt32.self))
    }
}
