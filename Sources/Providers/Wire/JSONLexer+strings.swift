// SPDX-License-Identifier: Apache-2.0

extension JSONLexer {
    /// The text of the string read last, unescaped. Only meaningful if ``capturesText`` was set before it began.
    ///
    /// The cursor is never passed by value: copying it just after its position was written stalls the processor, at
    /// every token.
    @inline(__always)
    func withText<Result>(_ cursor: inout JSONCursor, _ body: (UnsafeBufferPointer<UInt8>) -> Result) -> Result {
        isTextHeld ? held.withUnsafeBufferPointer(body) : body(cursor.text)
    }

    /// Begins a string that the chunk's end or an escape interrupts.
    ///
    /// - Parameter plainEnd: where the plain text after the quote under the cursor ends.
    mutating func beginString(_ cursor: inout JSONCursor, isKey: Bool, plainEnd: Pointer) {
        stringOffset = cursor.offset
        self.isKey = isKey
        let start = cursor.at + 1
        isTextEmpty = plainEnd == start
        isTextHeld = true
        cursor.at = plainEnd
        guard capturesText else { return }
        held.removeAll(keepingCapacity: true)
        hold(UnsafeBufferPointer(start: start, count: plainEnd - start))
    }

    @inline(__always)
    private mutating func endString(_ cursor: inout JSONCursor) -> Token {
        cursor.at += 1
        phase = isKey ? .colon : .afterValue
        return isKey ? .key : .string
    }

    @inline(never)
    mutating func resumeString(_ cursor: inout JSONCursor) -> Token {
        while cursor.at < cursor.end {
            if phase == .escape {
                guard escape(&cursor) else { return fail() }
            } else if phase == .hex {
                guard hexDigit(&cursor) else { return fail() }
            } else {
                let start = cursor.at
                cursor.at = ByteRun.endOfPlainText(start, cursor.end)
                if cursor.at != start {
                    isTextEmpty = false
                    if capturesText { hold(UnsafeBufferPointer(start: start, count: cursor.at - start)) }
                }
                guard cursor.at < cursor.end else { return .starved }
                if cursor.at.pointee == UInt8(ascii: "\"") {
                    if capturesText { holdLoneSurrogate() }
                    return endString(&cursor)
                }
                guard cursor.at.pointee == UInt8(ascii: "\\") else { return fail() }
                cursor.at += 1
                isTextEmpty = false
                phase = .escape
            }
        }
        return .starved
    }

    /// Reads the byte after a backslash.
    @inline(__always)
    private mutating func escape(_ cursor: inout JSONCursor) -> Bool {
        let byte = cursor.at.pointee
        phase = .string
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): holdByte(byte)
        case UInt8(ascii: "n"): holdByte(0x0A)
        case UInt8(ascii: "t"): holdByte(0x09)
        case UInt8(ascii: "r"): holdByte(0x0D)
        case UInt8(ascii: "b"): holdByte(0x08)
        case UInt8(ascii: "f"): holdByte(0x0C)
        case UInt8(ascii: "u"):
            phase = .hex
            codeUnit = 0
            hexDigitsLeft = 4
        default:
            phase = .escape
            return false
        }
        cursor.at += 1
        return true
    }

    private mutating func hexDigit(_ cursor: inout JSONCursor) -> Bool {
        let byte = cursor.at.pointee
        let digit: UInt8
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): digit = byte &- UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): digit = byte &- UInt8(ascii: "a") &+ 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): digit = byte &- UInt8(ascii: "A") &+ 10
        default: return false
        }
        codeUnit = codeUnit << 4 | UInt16(digit)
        hexDigitsLeft &-= 1
        cursor.at += 1
        if hexDigitsLeft == 0 {
            phase = .string
            if capturesText { holdCodeUnit() }
        }
        return true
    }
}

// What is kept of a captured string.
extension JSONLexer {
    private mutating func hold(_ run: UnsafeBufferPointer<UInt8>) {
        guard !run.isEmpty else { return }
        holdLoneSurrogate()
        held.append(contentsOf: run.prefix(captureLimitBytes - held.count))
    }

    @inline(__always)
    private mutating func holdByte(_ byte: UInt8) {
        guard capturesText else { return }
        holdLoneSurrogate()
        if held.count < captureLimitBytes { held.append(byte) }
    }

    private mutating func holdCodeUnit() {
        if 0xD800...0xDBFF ~= codeUnit {
            holdLoneSurrogate()
            highSurrogate = codeUnit
        } else if 0xDC00...0xDFFF ~= codeUnit, highSurrogate != 0 {
            let scalar = 0x10000 + (UInt32(highSurrogate) - 0xD800) << 10 + (UInt32(codeUnit) - 0xDC00)
            highSurrogate = 0
            holdScalar(scalar)
        } else {
            holdLoneSurrogate()
            holdScalar(UInt32(codeUnit))
        }
    }

    /// Half a pair is legal JSON but no text. It is kept as three bytes, so that different halves stay different.
    @inline(__always)
    private mutating func holdLoneSurrogate() {
        guard highSurrogate != 0 else { return }
        let scalar = UInt32(highSurrogate)
        highSurrogate = 0
        holdScalar(scalar)
    }

    private mutating func holdScalar(_ value: UInt32) {
        func tail(_ shift: UInt32) -> UInt8 { UInt8(truncatingIfNeeded: 0x80 | (value >> shift & 0x3F)) }
        func lead(_ mark: UInt32, _ shift: UInt32) -> UInt8 { UInt8(truncatingIfNeeded: mark | value >> shift) }
        let room = captureLimitBytes - held.count
        switch value {
        case ..<0x80 where room >= 1: held.append(UInt8(truncatingIfNeeded: value))
        case 0x80..<0x800 where room >= 2: held.append(contentsOf: [lead(0xC0, 6), tail(0)])
        case 0x800..<0x10000 where room >= 3: held.append(contentsOf: [lead(0xE0, 12), tail(6), tail(0)])
        case 0x10000... where room >= 4: held.append(contentsOf: [lead(0xF0, 18), tail(12), tail(6), tail(0)])
        default: break
        }
    }
}
