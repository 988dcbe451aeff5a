// SPDX-License-Identifier: Apache-2.0

extension JSONLexer {
    /// The number read last as a count: its whole part, or nil if it is negative, has an exponent or 18 digits or more.
    var count: Int? { isNegative || hasExponent || wholeDigits >= 18 ? nil : whole }

    /// Reads from the number's first byte.
    ///
    /// - Returns: whether it was a plain whole number and ended here; else ``resumeNumber(_:)`` reads on.
    @inline(__always)
    mutating func beginNumber(_ byte: UInt8, _ at: inout Pointer, _ phase: inout Phase, _ end: Pointer) -> Bool {
        isNegative = byte == UInt8(ascii: "-")
        let first = isNegative ? 0 : byte &- UInt8(ascii: "0")
        var value = Int(first)
        let start = at
        at += 1
        phase = isNegative ? .minus : first == 0 ? .zero : .integer
        if phase == .integer {
            while at < end, at.pointee &- UInt8(ascii: "0") < 10 {
                value = value &* 10 &+ Int(at.pointee &- UInt8(ascii: "0"))
                at += 1
            }
        }
        whole = value
        wholeDigits = at - start
        isZero = first == 0
        hasExponent = false
        guard phase != .minus, at < end, Self.endsNumber(at.pointee) else { return false }
        phase = .afterValue
        return true
    }

    @inline(__always)
    private static func endsNumber(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: ",") || byte == UInt8(ascii: "}") || byte == UInt8(ascii: "]")
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
