// SPDX-License-Identifier: Apache-2.0

/// Reads one JSON object strictly (RFC 8259), token by token, from chunks that may end at any byte.
///
/// It checks structure, escapes, numbers and literals, and refuses control bytes inside strings. It does not check
/// that strings are valid UTF-8. It keeps no text, except of a string that ``capturesText`` asks for and that does
/// not lie whole and unescaped inside one chunk.
struct JSONLexer: Sendable {
    enum Token: UInt8 {
        /// The chunk is used up.
        case starved
        /// Not JSON: see ``problem``. The cursor points at the offending byte. Final.
        case invalid
        /// A container below ``maximumDepth``. Final.
        case tooDeep
        case openObject, openArray, closeObject, closeArray
        case key, string, number, trueLiteral, falseLiteral, null
    }

    enum Phase: UInt8 {
        case start, value, firstValue, firstKey, key, colon, afterValue, done, failed
        case string, escape, hex
        case literal
        case minus, zero, integer, point, fraction, exponentMark, exponentSign, exponent
    }

    typealias Pointer = UnsafePointer<UInt8>

    let maximumDepth: Int
    /// The most bytes kept of a captured string; the rest is checked and dropped.
    let captureLimitBytes: Int
    /// Whether the next string's text is wanted.
    var capturesText = false

    var phase = Phase.start
    /// Containers that are open.
    private(set) var depth = 0
    /// Containers of this depth and below are checked, but their tokens are not reported, nor that they open.
    var dullDepth = Int.max
    /// Whether the container closed last had nothing in it.
    private(set) var closedEmpty = false
    private var nesting = Nesting()
    private var failedIn = Phase.start

    // The string read last. Its slices of the state machine are in JSONLexer+strings.swift.
    var isKey = false
    /// Where its opening quote stands, in bytes from the start of the input, if its text is held.
    var stringOffset = 0
    var isTextEmpty = true
    var isTextHeld = false
    var held: [UInt8] = []
    var codeUnit: UInt16 = 0
    var hexDigitsLeft: UInt8 = 0
    /// The first half of a surrogate pair, until its second half comes; 0 for none.
    var highSurrogate: UInt16 = 0

    // The number read last: see JSONLexer+numbers.swift.
    var whole = 0
    var wholeDigits = 0
    var isNegative = false
    var hasExponent = false
    var isZero = true

    private var literalRest: UInt32 = 0
    private var literalToken = Token.null

    /// - Parameter maximumDepth: containers inside each other, at most ``Nesting/capacity``.
    init(maximumDepth: Int, captureLimitBytes: Int) {
        self.maximumDepth = min(maximumDepth, Nesting.capacity)
        self.captureLimitBytes = captureLimitBytes
    }

    /// Ready for another document; keeps the memory of captured text.
    mutating func restart() {
        phase = .start
        depth = 0
        dullDepth = .max
        capturesText = false
        highSurrogate = 0
    }

    /// The next token of `cursor` that is not inside a dull container, or ``Token/starved`` when all of it is used.
    mutating func next(_ cursor: inout JSONCursor) -> Token {
        var token = Token.starved
        if phase.rawValue >= Phase.string.rawValue {
            token = resume(&cursor)
            if isWanted(token) { return token }
        }
        // State that every step reads and writes lives in registers; `self` only gets it back at the end.
        var at = cursor.at
        var phase = phase
        while at < cursor.end {
            token = step(&at, &phase, &cursor)
            if isWanted(token) { break }
        }
        cursor.at = at
        self.phase = phase
        return isWanted(token) ? token : .starved
    }

    /// Leaves the cursor at the offending byte.
    mutating func fail() -> Token {
        failedIn = phase
        phase = .failed
        return .invalid
    }

    @inline(__always)
    private func isWanted(_ token: Token) -> Bool {
        token != .starved && (depth < dullDepth || token.rawValue <= Token.tooDeep.rawValue)
    }

    /// Continues a string, literal or number that the last chunk cut, or that needs care.
    private mutating func resume(_ cursor: inout JSONCursor) -> Token {
        guard cursor.at < cursor.end else { return .starved }
        switch phase {
        case .string, .escape, .hex: return resumeString(&cursor)
        case .literal: return resumeLiteral(&cursor)
        default: return resumeNumber(&cursor)
        }
    }

    @inline(__always)
    private mutating func resume(_ at: inout Pointer, _ phase: inout Phase, _ cursor: inout JSONCursor) -> Token {
        cursor.at = at
        self.phase = phase
        let token = resume(&cursor)
        at = cursor.at
        phase = self.phase
        return token
    }

    @inline(__always)
    private mutating func fail(_ phase: inout Phase) -> Token {
        failedIn = phase
        phase = .failed
        return .invalid
    }
}

// The states between strings, literals and numbers.
extension JSONLexer {
    /// A chain of tests in the order in which things follow each other: a jump table is predicted badly here.
    @inline(__always)
    private mutating func step(_ at: inout Pointer, _ phase: inout Phase, _ cursor: inout JSONCursor) -> Token {
        if at.pointee <= 0x20 { return blank(&at, &phase) }
        if phase == .afterValue {
            guard at.pointee == UInt8(ascii: ",") else { return closeAfterValue(&at, &phase) }
            at += 1
            phase = nesting.isObject ? .key : .value
            guard at < cursor.end, at.pointee > 0x20 else { return .starved }
        }
        let byte = at.pointee
        if byte == UInt8(ascii: "\"") {
            if phase == .key || phase == .firstKey { return string(isKey: true, &at, &phase, &cursor) }
            if phase == .value || phase == .firstValue { return string(isKey: false, &at, &phase, &cursor) }
        } else if phase == .value || phase == .firstValue {
            return value(byte, &at, &phase, &cursor)
        } else if phase == .colon, byte == UInt8(ascii: ":") {
            at += 1
            phase = .value
            return .starved
        } else if phase == .firstKey, byte == UInt8(ascii: "}") {
            return close(.closeObject, &at, &phase)
        } else if phase == .start, byte == UInt8(ascii: "{") {
            return open(.openObject, &at, &phase)
        }
        return fail(&phase)
    }

    @inline(__always)
    private mutating func blank(_ at: inout Pointer, _ phase: inout Phase) -> Token {
        let byte = at.pointee
        guard byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09, phase != .failed else {
            return fail(&phase)
        }
        at += 1
        return .starved
    }

    @inline(__always)
    private mutating func closeAfterValue(_ at: inout Pointer, _ phase: inout Phase) -> Token {
        if at.pointee == UInt8(ascii: "}"), nesting.isObject { return close(.closeObject, &at, &phase) }
        if at.pointee == UInt8(ascii: "]"), !nesting.isObject { return close(.closeArray, &at, &phase) }
        return fail(&phase)
    }

    @inline(__always)
    private mutating func value(
        _ byte: UInt8, _ at: inout Pointer, _ phase: inout Phase, _ cursor: inout JSONCursor
    ) -> Token {
        switch byte {
        case UInt8(ascii: "{"): return open(.openObject, &at, &phase)
        case UInt8(ascii: "["): return open(.openArray, &at, &phase)
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"):
            if beginNumber(byte, &at, &phase, cursor.end) { return .number }
        case UInt8(ascii: "t"): beginLiteral(.trueLiteral, rest: 0x65_75_72, &at, &phase)  // "rue", backwards
        case UInt8(ascii: "f"): beginLiteral(.falseLiteral, rest: 0x65_73_6C_61, &at, &phase)  // "alse"
        case UInt8(ascii: "n"): beginLiteral(.null, rest: 0x6C_6C_75, &at, &phase)  // "ull"
        case UInt8(ascii: "]") where phase == .firstValue: return close(.closeArray, &at, &phase)
        default: return fail(&phase)
        }
        return resume(&at, &phase, &cursor)
    }

    @inline(__always)
    private mutating func open(_ token: Token, _ at: inout Pointer, _ phase: inout Phase) -> Token {
        guard depth < maximumDepth else {
            phase = .failed
            return .tooDeep
        }
        at += 1
        depth &+= 1
        nesting.push(isObject: token == .openObject)
        phase = token == .openObject ? .firstKey : .firstValue
        return token
    }

    @inline(__always)
    private mutating func close(_ token: Token, _ at: inout Pointer, _ phase: inout Phase) -> Token {
        at += 1
        closedEmpty = phase != .afterValue
        depth &-= 1
        nesting.pop()
        phase = depth == 0 ? .done : .afterValue
        return token
    }

    /// Reads from the opening quote at `at`.
    @inline(__always)
    private mutating func string(
        isKey: Bool, _ at: inout Pointer, _ phase: inout Phase, _ cursor: inout JSONCursor
    ) -> Token {
        let start = at + 1
        let stop = ByteRun.endOfPlainText(start, cursor.end)
        if stop < cursor.end, stop.pointee == UInt8(ascii: "\"") {
            cursor.text = UnsafeBufferPointer(start: start, count: stop - start)
            isTextHeld = false
            isTextEmpty = stop == start
            at = stop + 1
            phase = isKey ? .colon : .afterValue
            if isKey, at < cursor.end, at.pointee == UInt8(ascii: ":") {
                at += 1
                phase = .value
            }
            return isKey ? .key : .string
        }
        cursor.at = at
        beginString(&cursor, isKey: isKey, plainEnd: stop)
        at = cursor.at
        phase = .string
        return resume(&at, &phase, &cursor)
    }

    /// - Parameter rest: the letters still to come, the next one in the lowest byte.
    @inline(__always)
    private mutating func beginLiteral(_ token: Token, rest: UInt32, _ at: inout Pointer, _ phase: inout Phase) {
        literalToken = token
        literalRest = rest
        phase = .literal
        at += 1
    }

    private mutating func resumeLiteral(_ cursor: inout JSONCursor) -> Token {
        while cursor.at < cursor.end {
            guard cursor.at.pointee == UInt8(truncatingIfNeeded: literalRest) else { return fail() }
            cursor.at += 1
            literalRest >>= 8
            if literalRest == 0 {
                phase = .afterValue
                return literalToken
            }
        }
        return .starved
    }
}

extension JSONLexer {
    /// What is wrong, after ``Token/invalid``: a phrase without any of the document's text.
    var problem: String {
        switch failedIn {
        case .start: "the document is not a JSON object"
        case .value, .firstValue: "a value is expected"
        case .firstKey, .key: "a field name in double quotes is expected"
        case .colon: "a colon is expected"
        case .afterValue: "a comma or the end of the list or object is expected"
        case .done, .failed: "bytes follow the document"
        case .string: "a control character stands unescaped inside a string"
        case .escape: "an escape is unknown"
        case .hex: "a \\u escape lacks its four hexadecimal digits"
        case .literal: "a word is neither true, false nor null"
        default: "a number is malformed"
        }
    }
}
