// SPDX-License-Identifier: Apache-2.0

/// Reads one document into its table of nodes.
struct Reader {
    struct Failure: Error {
        var offset: Int
        var problem: String
    }

    let bytes: UnsafeBufferPointer<UInt8>
    let dialect: Dialect
    private let maximumDepth: Int
    private var depth = 0
    var position = 0
    var nodes: [Node] = []

    init(_ bytes: UnsafeBufferPointer<UInt8>, _ dialect: Dialect, _ maximumDepth: Int) {
        self.bytes = bytes
        self.dialect = dialect
        self.maximumDepth = maximumDepth
        nodes.reserveCapacity(min(bytes.count / 12 + 8, 1 << 20))
    }

    mutating func readDocument() throws(Failure) {
        try checkUTF8()
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { position = 3 }
        try skipTrivia()
        guard position < bytes.count else { throw failure("The document is empty.") }
        try readValue()
        try skipTrivia()
        guard position == bytes.count else { throw failure("Something follows the end of the document.") }
    }

    private func checkUTF8() throws(Failure) {
        var decoder = UTF8.ForwardParser()
        // Nearly every document is ASCII, and this is the quick way to know.
        guard bytes.contains(where: { $0 >= 0x80 }) else { return }
        var iterator = bytes.makeIterator()
        var consumed = 0
        while true {
            switch decoder.parseScalar(from: &iterator) {
            case .valid(let scalar): consumed += scalar.count
            case .emptyInput: return
            case .error: throw Failure(offset: consumed, problem: "This is not UTF-8 text.")
            }
        }
    }

    var current: UInt8? { position < bytes.count ? bytes[position] : nil }

    func failure(_ problem: String) -> Failure { Failure(offset: position, problem: problem) }

    mutating func readValue() throws(Failure) {
        guard let byte = current else { throw failure("The document ends where a value was expected.") }
        switch byte {
        case UInt8(ascii: "{"): try readObject()
        case UInt8(ascii: "["): try readArray()
        case UInt8(ascii: "\""): try readString(as: .string)
        case UInt8(ascii: "'") where dialect == .json5: try readString(as: .string)
        case UInt8(ascii: "t"): try readWord("true", as: .boolean)
        case UInt8(ascii: "f"): try readWord("false", as: .boolean)
        case UInt8(ascii: "n"): try readWord("null", as: .null)
        default: try readNumber()
        }
    }

    private mutating func readObject() throws(Failure) {
        let index = try open(.object)
        while true {
            try skipTrivia()
            if current == UInt8(ascii: "}") { break }
            try readKey()
            try skipTrivia()
            guard current == UInt8(ascii: ":") else { throw failure("A ':' was expected after the key.") }
            position += 1
            try skipTrivia()
            try readValue()
            guard try continues(closing: UInt8(ascii: "}")) else { break }
        }
        close(index)
    }

    private mutating func readArray() throws(Failure) {
        let index = try open(.array)
        while true {
            try skipTrivia()
            if current == UInt8(ascii: "]") { break }
            try readValue()
            guard try continues(closing: UInt8(ascii: "]")) else { break }
        }
        close(index)
    }

    private mutating func open(_ kind: Node.Kind) throws(Failure) -> Int {
        depth += 1
        guard depth <= maximumDepth else { throw failure("It is nested deeper than \(maximumDepth) levels.") }
        append(kind, from: position, to: position)
        position += 1
        return nodes.count - 1
    }

    private mutating func close(_ index: Int) {
        depth -= 1
        position += 1
        nodes[index].end = UInt32(position)
        nodes[index].subtreeEnd = UInt32(nodes.count)
    }

    /// Reads the comma between two values.
    ///
    /// - Returns: false at the closing bracket.
    private mutating func continues(closing: UInt8) throws(Failure) -> Bool {
        try skipTrivia()
        if current == closing { return false }
        guard current == UInt8(ascii: ",") else {
            // audited: a message, not a command
            throw failure("A ',' or '\(Character(UnicodeScalar(closing)))' was expected.")
        }
        position += 1
        try skipTrivia()
        if current == closing, dialect == .json { throw failure("A ',' may not stand before the closing bracket.") }
        return true
    }

    mutating func append(_ kind: Node.Kind, from start: Int, to end: Int, isEscaped: Bool = false) {
        nodes.append(
            Node(
                kind: kind, isEscaped: isEscaped, start: UInt32(start), end: UInt32(end),
                subtreeEnd: UInt32(nodes.count + 1)))
    }

    private mutating func readWord(_ word: StaticString, as kind: Node.Kind) throws(Failure) {
        let start = position
        for offset in 0..<word.utf8CodeUnitCount {
            guard current == word.utf8Start[offset] else { throw failure("This is not a value.") }
            position += 1
        }
        append(kind, from: start, to: position)
    }
}
