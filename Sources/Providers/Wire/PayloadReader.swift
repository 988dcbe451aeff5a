// SPDX-License-Identifier: Apache-2.0

/// Reads the JSON of one event or one plain answer, and gathers the few facts that matter about it.
struct PayloadReader: Sendable {
    struct Signs: OptionSet {
        let rawValue: UInt8
        static let output = Signs(rawValue: 1)
        /// Some block or item other than text and thinking began, such as a tool call.
        static let tool = Signs(rawValue: 2)
        static let finish = Signs(rawValue: 4)
        static let refusal = Signs(rawValue: 8)
        static let error = Signs(rawValue: 16)
    }

    /// Several answers may come in one stream (`n` of chat completions): which of them were seen, by index.
    struct Choices {
        private(set) var seen: UInt64 = 0
        private(set) var finished: UInt64 = 0

        /// All that began have ended.
        var areOver: Bool { seen != 0 && seen == finished }

        /// Those from 63 on count as one.
        mutating func note(_ index: Int, isFinished: Bool) {
            let bit = UInt64(1) << UInt64(min(max(index, 0), 63))
            seen |= bit
            if isFinished { finished |= bit }
        }

        mutating func add(_ other: Choices) {
            seen |= other.seen
            finished |= other.finished
        }
    }

    let dialect: ClientDialect
    private(set) var signs: Signs = []
    private(set) var choices = Choices()
    private(set) var kind = EventKind.unnamed
    private(set) var counts = UsageCounts()
    private(set) var error = InBandError()

    private var lexer = JSONLexer(maximumDepth: 200, captureLimitBytes: InBandError.textLimitBytes)
    private var isCommitted = false
    private var place = PayloadPlace.elsewhere
    /// The places around this one, the innermost in the lowest byte. The map is never more than eight deep.
    private var around: UInt64 = 0
    private var field = PayloadField.none
    private var hasCounts = false
    private var hasErrorText = false
    private var choiceIndex = 0
    private var isChoiceFinished = false

    init(_ dialect: ClientDialect) { self.dialect = dialect }

    /// Whether some JSON has been read since ``restart(isCommitted:)``.
    var hasBegun: Bool { lexer.phase != .start }

    /// Whether the JSON read is one whole object.
    var isComplete: Bool { lexer.phase == .done }

    /// Whether what was read is no longer the beginning of an object.
    var isMalformed: Bool { lexer.phase == .failed }

    /// Known to hold nothing of interest: the rest of it need not be read.
    var isQuiet: Bool { isCommitted && kind == .quiet }

    mutating func restart(isCommitted: Bool) {
        self.isCommitted = isCommitted
        lexer.restart()
        signs = []
        choices = Choices()
        kind = .unnamed
        place = .elsewhere
        field = .none
        if hasCounts { counts = UsageCounts() }
        if hasErrorText { error = InBandError() }
        (hasCounts, hasErrorText) = (false, false)
    }

    mutating func read(_ start: UnsafePointer<UInt8>, _ end: UnsafePointer<UInt8>) {
        var cursor = JSONCursor(start, end)
        while true {
            let token = lexer.next(&cursor)
            if token.rawValue <= JSONLexer.Token.tooDeep.rawValue { return }
            take(token, &cursor)
            if isQuiet { return }
        }
    }

    @inline(__always)
    private mutating func take(_ token: JSONLexer.Token, _ cursor: inout JSONCursor) {
        switch token {
        case .key:
            let name = lexer.withText(&cursor) { ShortText($0) }
            field = PayloadField(name, in: place, isCommitted: isCommitted)
            lexer.capturesText = field.wantsText
            return
        case .openObject, .openArray: return open(isObject: token == .openObject)
        case .closeObject, .closeArray: close()
        case .string where field != .none: takeString(&cursor)
        case .number where field != .none: takeNumber()
        case .trueLiteral where field != .none: takeTruth()
        default: break
        }
        lexer.capturesText = true
    }

    @inline(__always)
    private mutating func open(isObject: Bool) {
        if lexer.depth == 1 {
            place = .top
            around = 0
            lexer.capturesText = true
            return
        }
        let inner = place == .choices ? (isObject ? .choice : .elsewhere) : field.place(isObject: isObject)
        if inner == .elsewhere {
            // The field stays: when its container closes, it shows whether there was anything in it.
            lexer.dullDepth = lexer.depth
            lexer.capturesText = false
        } else {
            around = around << 8 | UInt64(place.rawValue)
            place = inner
            if inner == .choice { (choiceIndex, isChoiceFinished) = (0, false) }
            field = .none
            lexer.capturesText = true
        }
    }

    @inline(__always)
    private mutating func close() {
        if lexer.dullDepth != .max {
            lexer.dullDepth = .max
            if !lexer.closedEmpty { takeTruth() }
        } else {
            if place == .error, !lexer.closedEmpty { signs.insert(.error) }
            if place == .choice { choices.note(choiceIndex, isFinished: isChoiceFinished) }
            place = PayloadPlace(rawValue: UInt8(truncatingIfNeeded: around)) ?? .elsewhere
            around >>= 8
        }
        field = .none
    }

    /// The current field has a value that JavaScript would call true.
    private mutating func takeTruth() {
        switch field {
        case .output: signs.insert(.output)
        case .delta where place == .top: signs.insert(.output)
        case .finishReason:
            signs.insert(.finish)
            isChoiceFinished = true
        case .error: signs.insert(.error)
        default: break
        }
    }

    private mutating func takeString(_ cursor: inout JSONCursor) {
        guard !lexer.isTextEmpty else { return }
        takeTruth()
        guard field.wantsText else { return }
        let text = lexer.withText(&cursor) { ShortText($0) }
        switch field {
        case .type: kind = EventKind(text, in: dialect)
        case .blockType: if text != ShortText("text"), text != ShortText("thinking") { signs.insert(.tool) }
        case .itemType: if text != ShortText("message"), text != ShortText("reasoning") { signs.insert(.tool) }
        case .stopReason: if text == ShortText("refusal") { signs.insert(.refusal) }
        case .message, .error: keep(\.message, &cursor)
        case .errorType: keep(\.type, &cursor)
        case .errorCode: keep(\.code, &cursor)
        default: break
        }
    }

    private mutating func keep(_ part: WritableKeyPath<InBandError, String?>, _ cursor: inout JSONCursor) {
        error[keyPath: part] = lexer.withText(&cursor) { String(boundedUTF8: $0, InBandError.textLimitBytes) }
        hasErrorText = true
    }

    private mutating func takeNumber() {
        if !lexer.isZero { takeTruth() }
        guard let count = lexer.count else { return }
        switch field {
        case .inputTokens: counts.input = count
        case .outputTokens: counts.output = count
        case .cacheRead: counts.cacheRead = count
        case .cacheWrite: counts.cacheWrite = count
        case .choiceIndex:
            choiceIndex = count
            return
        case .errorCode:
            error.code = String(count)
            hasErrorText = true
        default: return
        }
        hasCounts = true
    }
}

extension String {
    /// The longest beginning of `bytes` that has at most `limit` bytes and does not cut a scalar in two.
    fileprivate init(boundedUTF8 bytes: UnsafeBufferPointer<UInt8>, _ limit: Int) {
        var end = Swift.min(bytes.count, limit)
        var lead = end - 1
        while lead >= 0, lead > end - 4, bytes[lead] & 0xC0 == 0x80 { lead -= 1 }
        if lead >= 0, bytes[lead] >= 0xC0 {
            let length = bytes[lead] >= 0xF0 ? 4 : bytes[lead] >= 0xE0 ? 3 : 2
            if lead + length > end { end = lead }
        }
        self = String(decoding: bytes.prefix(end), as: UTF8.self)
    }
}
