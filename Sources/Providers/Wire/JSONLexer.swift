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

    let maximumDepth: Int
    /// The most bytes kept of a captured string; the rest is checked and dropped.
    let captureLimitBytes: Int
    /// Whether the next string's text is wanted.
    var capturesText = false

    var phase = Phase.start
    /// Containers that are open.
    private(set) var depth = 0
    /// Whether the container closed last had nothing in it.
    private(set) var closedEmpty = false
    private var nesting = Nesting()
    private var failedIn = Phase.start

    // The string read last. Its slices of the state machine are in JSONLexer+strings.swift.
    var isKey = false
    /// Where its opening quote stands, in bytes from the start of the input.
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
        capturesText = false
        highSurrogate = 0
    }

    /// The next token of `cursor`, or ``Token/starved`` when all of it is used.
    mutating func next(_ cursor: inout JSONCursor) -> Token {
        while cursor.at < cursor.end {
            let token: Token
            if phase.rawValue < Phase.string.rawValue {
                token = structure(cursor.at.pointee, &cursor)
            } else if phase.rawValue < Phase.literal.rawValue {
                token = resumeString(&cursor)
            } else if phase == .literal {
                token = resumeLiteral(&cursor)
            } else {
                token = resumeNumber(&cursor)
            }
            if token != .starved { return token }
        }
        return .starved
    }

    /// Leaves the cursor at the offending byte.
    mutating func fail(_ token: Token = .invalid) -> Token {
        if phase != .failed { failedIn = phase }
        phase = .failed
        return token
    }

    @inline(__always)
    private mutating func structure(_ byte: UInt8, _ cursor: inout JSONCursor) -> Token {
        if byte <= 0x20 {
            guard byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09, phase != .failed else { return fail() }
            cursor.at += 1
            return .starved
        }
        switch phase {
        case .afterValue: return afterValue(byte, &cursor)
        case .key: return byte == UInt8(ascii: "\"") ? beginString(&cursor, isKey: true) : fail()
        case .colon:
            guard byte == UInt8(ascii: ":") else { return fail() }
            cursor.at += 1
            phase = .value
            return .starved
        case .value, .firstValue: return value(byte, &cursor)
        case .firstKey:
            if byte == UInt8(ascii: "\"") { return beginString(&cursor, isKey: true) }
            return byte == UInt8(ascii: "}") ? close(.closeObject, &cursor) : fail()
        case .start: return byte == UInt8(ascii: "{") ? open(.openObject, &cursor) : fail()
        default: return fail()
        }
    }

    @inline(__always)
    private mutating func afterValue(_ byte: UInt8, _ cursor: inout JSONCursor) -> Token {
        if byte == UInt8(ascii: ",") {
            cursor.at += 1
            phase = nesting.isObject ? .key : .value
            return .starved
        }
        if byte == UInt8(ascii: "}"), nesting.isObject { return close(.closeObject, &cursor) }
        if byte == UInt8(ascii: "]"), !nesting.isObject { return close(.closeArray, &cursor) }
        return fail()
    }

    @inline(__always)
    private mutating func value(_ byte: UInt8, _ cursor: inout JSONCursor) -> Token {
        switch byte {
        case UInt8(ascii: "\""): return beginString(&cursor, isKey: false)
        case UInt8(ascii: "{"): return open(.openObject, &cursor)
        case UInt8(ascii: "["): return open(.openArray, &cursor)
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"): return beginNumber(byte, &cursor)
        case UInt8(ascii: "t"): return beginLiteral(.trueLiteral, rest: 0x65_75_72, &cursor)  // "rue", backwards
        case UInt8(ascii: "f"): return beginLiteral(.falseLiteral, rest: 0x65_73_6C_61, &cursor)  // "alse"
        case UInt8(ascii: "n"): return beginLiteral(.null, rest: 0x6C_6C_75, &cursor)  // "ull"
        case UInt8(ascii: "]"): return phase == .firstValue ? close(.closeArray, &cursor) : fail()
        default: return fail()
        }
    }

    @inline(__always)
    private mutating func open(_ token: Token, _ cursor: inout JSONCursor) -> Token {
        guard depth < maximumDepth else { return fail(.tooDeep) }
        cursor.at += 1
        depth &+= 1
        nesting.push(isObject: token == .openObject)
        phase = token == .openObject ? .firstKey : .firstValue
        return token
    }

    @inline(__always)
    private mutating func close(_ token: Token, _ cursor: inout JSONCursor) -> Token {
        cursor.at += 1
        closedEmpty = phase != .afterValue
        depth &-= 1
        nesting.pop()
        phase = depth == 0 ? .done : .afterValue
        return token
    }

    /// - Parameter rest: the letters still to come, the next one in the lowest byte.
    @inline(__always)
    private mutating func beginLiteral(_ token: Token, rest: UInt32, _ cursor: inout JSONCursor) -> Token {
        literalToken = token
        literalRest = rest
        phase = .literal
        cursor.at += 1
        return resumeLiteral(&cursor)
    }

    @inline(__always)
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
