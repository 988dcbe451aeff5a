// SPDX-License-Identifier: Apache-2.0

/// Checks a request body while it arrives and finds the two fields that routing needs. It keeps nothing else of it.
///
/// The body must be one JSON object (RFC 8259) without a byte order mark; only blanks may follow it. Names that differ
/// in spelling alone (`"model"`, `"mod\u0065l"`) count as the same field. Strings are not checked for valid UTF-8
/// beyond refusing control bytes: a provider does that, and no byte of a broken sequence can pass for a quote.
package struct RequestScanner: Sendable {
    private enum Field { case other, model, stream }

    private var lexer: JSONLexer
    private var names = FieldNameSet()
    private let maximumFields: Int
    private var fault: RequestFault?
    private var field = Field.other
    private var bytesFed = 0

    /// The top-level field `model`, once its value has been read.
    package private(set) var model: ScannedString?
    /// The top-level field `stream`, if it is a bool.
    package private(set) var stream: Bool?

    /// - Parameters:
    ///   - maximumDepth: objects and arrays inside each other, the outermost included; at most 256.
    ///   - maximumFields: top-level fields. Any number is handled in linear time; each costs about 20 bytes and its
    ///     name.
    package init(maximumDepth: Int = 200, maximumFields: Int = .max) {
        lexer = JSONLexer(maximumDepth: maximumDepth, captureLimitBytes: .max)
        lexer.dullDepth = 2
        self.maximumFields = maximumFields
    }

    /// Reads the next bytes of the body, however it was cut.
    ///
    /// - Throws: the first fault, and the same one again on every later call.
    package mutating func feed(_ bytes: UnsafeRawBufferPointer) throws(RequestFault) {
        if let fault { throw fault }
        guard let start = bytes.baseAddress?.assumingMemoryBound(to: UInt8.self) else { return }
        var cursor = JSONCursor(start, start + bytes.count, origin: bytesFed)
        while true {
            let token = lexer.next(&cursor)
            if token == .starved { break }
            if token.rawValue <= JSONLexer.Token.tooDeep.rawValue { throw refuse(token, at: cursor.offset) }
            if let found = take(token, &cursor) { throw found }
        }
        bytesFed += bytes.count
    }

    /// Says that the body is complete.
    package mutating func finish() throws(RequestFault) {
        if let fault { throw fault }
        guard lexer.phase == .done else {
            let early = RequestFault.invalidJSON(offset: bytesFed, problem: "the document ends too early")
            fault = early
            throw early
        }
    }

    /// A token of the top level.
    @inline(__always)
    private mutating func take(_ token: JSONLexer.Token, _ cursor: inout JSONCursor) -> RequestFault? {
        if token == .key { return takeName(&cursor) }
        if field == .model {
            guard token == .string else { return refuse(.modelNotString) }
            takeModel(&cursor)
        } else if field == .stream {
            if token == .trueLiteral { stream = true }
            if token == .falseLiteral { stream = false }
        }
        field = .other
        lexer.capturesText = true
        return nil
    }

    private mutating func takeName(_ cursor: inout JSONCursor) -> RequestFault? {
        guard names.count < maximumFields else { return refuse(.tooManyFields) }
        let name = lexer.withText(&cursor) { ShortText($0) }
        // Not through `withText`: a closure that changes `names` would make it copy the whole lexer.
        let isNew =
            lexer.isTextHeld ? lexer.held.withUnsafeBufferPointer { names.insert($0) } : names.insert(cursor.text)
        guard isNew else {
            let text = lexer.withText(&cursor) { String(decoding: $0.prefix(128), as: UTF8.self) }
            return refuse(.duplicateField(name: text))
        }
        field = name == ShortText("model") ? .model : name == ShortText("stream") ? .stream : .other
        lexer.capturesText = field == .model
        return nil
    }

    private mutating func takeModel(_ cursor: inout JSONCursor) {
        let value = lexer.withText(&cursor) { String(decoding: $0, as: UTF8.self) }
        let start = lexer.isTextHeld ? lexer.stringOffset : cursor.offset - cursor.text.count - 2
        model = ScannedString(value: value, range: start..<cursor.offset)
    }

    private mutating func refuse(_ token: JSONLexer.Token, at offset: Int) -> RequestFault {
        refuse(token == .tooDeep ? .tooDeep : .invalidJSON(offset: offset, problem: lexer.problem))
    }

    private mutating func refuse(_ found: RequestFault) -> RequestFault {
        fault = found
        return found
    }
}
