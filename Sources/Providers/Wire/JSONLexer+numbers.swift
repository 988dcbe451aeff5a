// SPDX-License-Identifier: Apache-2.0

extension JSONLexer {
    /// The number read last as a count: its whole part, or nil if it is negative, has an exponent or 18 digits or more.
    var count: Int? { isNegative || hasExponent || wholeDigits >= 18 ? nil : whole }

    @inline(__always)
    mutating func beginNumber(_ byte: UInt8, _ cursor: inout JSONCursor) -> Token {
        isNegative = byte == UInt8(ascii: "-")
        let digit = isNegative ? 0 : byte &- UInt8(ascii: "0")
        whole = Int(digit)
        wholeDigits = 1
        hasExponent = false
        isZero = digit == 0
        phase = isNegative ? .minus : isZero ? .zero : .integer
        cursor.at += 1
        return resumeNumber(&cursor)
    }

    mutating func resumeNumber(_ cursor: inout JSONCursor) -> Token {
        while cursor.at < cursor.end {
            let byte = cursor.at.pointee
            let digit = byte &- UInt8(ascii: "0")
            if digit < 10 {
                guard take(digit: digit) else { return fail() }
            } else if byte == UInt8(ascii: ".") {
                guard phase == .zero || phase == .integer else { return fail() }
                phase = .point
            } else if byte | 0x20 == UInt8(ascii: "e") {
                guard phase == .zero || phase == .integer || phase == .fraction else { return fail() }
                phase = .exponentMark
                hasExponent = true
            } else if byte == UInt8(ascii: "+") || byte == UInt8(ascii: "-") {
                guard phase == .exponentMark else { return fail() }
                phase = .exponentSign
            } else {
                return endNumber()
            }
            cursor.at += 1
        }
        return .starved
    }

    @inline(__always)
    private mutating func take(digit: UInt8) -> Bool {
        switch phase {
        case .integer:
            whole = whole &* 10 &+ Int(digit)
            wholeDigits &+= 1
        case .fraction, .point:
            phase = .fraction
            if digit != 0 { isZero = false }
        case .minus:
            whole = Int(digit)
            isZero = digit == 0
            phase = isZero ? .zero : .integer
        case .exponentMark, .exponentSign, .exponent: phase = .exponent
        default: return false  // a digit after a leading zero
        }
        return true
    }

    /// The byte under the cursor belongs to what follows the number.
    @inline(__always)
    private mutating func endNumber() -> Token {
        guard phase == .zero || phase == .integer || phase == .fraction || phase == .exponent else { return fail() }
        phase = .afterValue
        return .number
    }
}
