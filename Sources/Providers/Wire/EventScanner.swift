// SPDX-License-Identifier: Apache-2.0

/// Watches a stream of server-sent events go by and keeps what the relay must know about it.
///
/// It reads the grammar of the HTML standard (lines ending in `\n`, `\r\n` or `\r`, comments, a leading byte order
/// mark) from chunks cut anywhere. Lines may have any length: of an unfinished one at most one short string is kept.
/// An event counts when its blank line arrives. Events whose JSON is malformed count, and say nothing.
package struct EventScanner: Sendable {
    private enum Line: UInt8 {
        case mark, start, fieldName, value, eventName, payloadStart, payload, foreignPayload, ignored
    }
    private enum Field: UInt8 { case other, event, payload }
    private typealias Pointer = UnsafePointer<UInt8>

    private let dialect: ClientDialect
    private var payload: PayloadReader
    private var findings = StreamFindings()

    private var line = Line.mark
    /// The line's field, once its colon has been read.
    private var field = Field.other
    /// The latest bytes of a field name, or the first of a payload that is no JSON; the newest lowest.
    private var letters: UInt64 = 0
    private var letterCount = 0
    /// An event's name, while chunks cut it.
    private var name: [UInt8] = []
    private var swallowsLineFeed = false

    // The event being read.
    private var eventKind = EventKind.unnamed
    private var hasPayload = false
    /// Its payload is no JSON object.
    private var isForeign = false
    private var isDone = false

    /// Events so far, pings included, comments not.
    package private(set) var eventCount = 0

    /// - Parameter dialect: ``ClientDialect/openaiOther`` has no streams; it is read like chat.
    package init(dialect: ClientDialect) {
        self.dialect = dialect
        payload = PayloadReader(dialect)
    }

    /// Whether the answer has begun to mean something (the commit point): text, thinking, the start of a tool, a
    /// refusal, or the end of the answer. From then on the scanner looks only for usage, errors and the end.
    package var isMeaningful: Bool { findings.isMeaningful }
    /// Whether the answer has shown more than its end. A stream that is terminal without it was empty.
    package var hasOutput: Bool { findings.hasOutput }
    /// Whether the provider has said that the answer is over, as a success or a failure.
    package var isTerminal: Bool { findings.isTerminal }
    /// The first failure reported inside the stream.
    package var inBandError: InBandError? { findings.error }
    package var sawError: Bool { findings.hasError }
    /// The latest counts the stream has named; 0 for those it has not.
    package var usage: TokenUsage { findings.counts.usage(in: dialect) }

    /// Reads the stream's next bytes.
    package mutating func feed(_ bytes: UnsafeRawBufferPointer) {
        guard let start = bytes.baseAddress?.assumingMemoryBound(to: UInt8.self), !bytes.isEmpty else { return }
        let end = start + bytes.count
        var at = start
        if swallowsLineFeed, at.pointee == UInt8(ascii: "\n") { at += 1 }
        swallowsLineFeed = false
        if line == .mark { at = skipByteOrderMark(at, end) }
        while at < end {
            let lineEnd = ByteRun.endOfLine(at, end)
            if at < lineEnd { take(at, lineEnd, isWhole: lineEnd < end) }
            guard lineEnd < end else { return }
            endLine()
            at = lineEnd + 1
            guard lineEnd.pointee == UInt8(ascii: "\r") else { continue }
            if at == end { swallowsLineFeed = true } else if at.pointee == UInt8(ascii: "\n") { at += 1 }
        }
    }

    /// Says that the stream has closed. Some servers leave out the last blank line: what they had begun counts.
    package mutating func finish() {
        if line != .start, line != .mark { endLine() }
        dispatch()
    }

    private mutating func skipByteOrderMark(_ start: Pointer, _ end: Pointer) -> Pointer {
        var at = start
        while at < end, letterCount < 3 {
            guard at.pointee == (letterCount == 0 ? 0xEF : letterCount == 1 ? 0xBB : 0xBF) else {
                line = letterCount == 0 ? .start : .ignored  // half a mark begins an unknown field's name
                return at
            }
            at += 1
            letterCount += 1
        }
        if letterCount == 3 { line = .start }
        return at
    }

    /// - Parameter isWhole: whether the line ends at `end`; else more of it follows in the next chunk.
    private mutating func take(_ start: Pointer, _ end: Pointer, isWhole: Bool) {
        var at = start
        if line == .start {
            (letters, letterCount) = (0, 0)
            line = .fieldName
            if end - at >= 8, ByteRun.word(at) & 0xFF_FFFF_FFFF == 0x3A_61_74_61_64 {  // "data:", backwards
                field = .payload
                line = .value
                at += 5
            }
        }
        if line == .fieldName { at = readFieldName(at, end) }
        if line == .value, at < end {
            if at.pointee == UInt8(ascii: " ") { at += 1 }
            beginValue()
        }
        if line == .payloadStart { at = beginPayload(at, end) }
        switch line {
        case .payload: readPayload(at, end)
        case .eventName: readEventName(at, end, isWhole: isWhole)
        case .foreignPayload: readForeign(at, end)
        default: break
        }
    }

    @inline(__always)
    private mutating func readFieldName(_ start: Pointer, _ end: Pointer) -> Pointer {
        var at = start
        while at < end {
            let byte = at.pointee
            at += 1
            if byte == UInt8(ascii: ":") {
                field = namedField
                line = field == .other ? .ignored : .value
                return at
            }
            letters = letters << 8 | UInt64(byte)
            letterCount &+= 1
            if letterCount > 5 {
                line = .ignored
                return end
            }
        }
        return at
    }

    private var namedField: Field {
        if letterCount == 4, letters == 0x64_61_74_61 { return .payload }  // "data"
        return letterCount == 5 && letters == 0x65_76_65_6E_74 ? .event : .other  // "event"
    }

    /// The field's first byte has come.
    @inline(__always)
    private mutating func beginValue() {
        if field == .event {
            line = .eventName
            eventKind = .unnamed
            name.removeAll(keepingCapacity: true)
        } else {
            hasPayload = true
            let isDull = isForeign || (isMeaningful && eventKind == .quiet)
            line = isDull ? .ignored : .payloadStart
        }
    }

    @inline(__always)
    private mutating func readEventName(_ start: Pointer, _ end: Pointer, isWhole: Bool) {
        let piece = UnsafeBufferPointer(start: start, count: end - start)
        if isWhole, name.isEmpty {
            if !piece.isEmpty { eventKind = EventKind(ShortText(piece), in: dialect) }
        } else {
            name.append(contentsOf: piece.prefix(64 - name.count))
        }
    }

    private mutating func endLine() {
        switch line {
        case .start: dispatch()
        case .fieldName:
            field = namedField
            endEmptyValue()
        case .value: endEmptyValue()
        case .eventName where !name.isEmpty:
            eventKind = name.withUnsafeBufferPointer { EventKind(ShortText($0), in: dialect) }
            name.removeAll(keepingCapacity: true)
        default: break
        }
        line = .start
    }

    private mutating func endEmptyValue() {
        if field == .event { eventKind = .unnamed }
        if field == .payload { hasPayload = true }
    }
}

// Payloads and the ends of events.
extension EventScanner {
    /// Passes the blanks before a payload and tells JSON from other text.
    @inline(__always)
    private mutating func beginPayload(_ start: Pointer, _ end: Pointer) -> Pointer {
        var at = start
        while at < end, at.pointee == UInt8(ascii: " ") || at.pointee == UInt8(ascii: "\t") { at += 1 }
        guard at < end else { return at }
        if payload.hasBegun {
            // Several `data:` lines of one event are one text with line feeds between.
            withUnsafePointer(to: UInt8(ascii: "\n")) { payload.read($0, $0 + 1) }
            line = .payload
        } else if at.pointee == UInt8(ascii: "{") {
            line = .payload
        } else {
            (letters, letterCount) = (0, 0)
            isForeign = true
            line = .foreignPayload
        }
        return at
    }

    @inline(__always)
    private mutating func readPayload(_ start: Pointer, _ end: Pointer) {
        payload.read(start, end)
        if payload.isQuiet { line = .ignored }
    }

    /// Looks for `[DONE]`; as in OpenAI's SDK, what follows it on the line does not matter.
    private mutating func readForeign(_ start: Pointer, _ end: Pointer) {
        var at = start
        while at < end, letterCount < 6 {
            letters = letters << 8 | UInt64(at.pointee)
            letterCount += 1
            at += 1
        }
        if letterCount == 6 {
            isDone = letters == 0x5B_44_4F_4E_45_5D
            line = .ignored
        }
    }

    private mutating func dispatch() {
        if hasPayload {
            eventCount += 1
            if !isDone {
                findings.note(&payload, named: eventKind)
            } else if dialect == .openaiChat || dialect == .openaiOther {
                findings.noteDone()
            }
            payload.restart(isCommitted: findings.isMeaningful)
            (hasPayload, isForeign, isDone) = (false, false, false)
        }
        eventKind = .unnamed
    }
}
