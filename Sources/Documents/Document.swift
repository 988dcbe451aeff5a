// SPDX-License-Identifier: Apache-2.0

/// The grammar of a document.
package enum Dialect: Sendable {
    /// RFC 8259, with a byte-order mark allowed at the start.
    case json
    /// https://spec.json5.org: comments, trailing commas, unquoted keys and more, for what people write by hand.
    case json5
}

/// A JSON or JSON5 text that keeps every byte, so that an edit changes what was meant and nothing else.
///
/// Reading makes a flat table of nodes over the bytes; values are decoded when asked for. An edit splices the bytes
/// and reads them again, so whatever comes out has been read once.
package struct Document: Sendable {
    package private(set) var bytes: [UInt8]
    package let dialect: Dialect
    let maximumDepth: Int
    private(set) var nodes: [Node]

    /// - Parameter maximumDepth: of nested arrays and objects.
    /// - Throws: the first problem, with its line and column.
    package init(_ bytes: [UInt8], as dialect: Dialect, maximumDepth: Int = 200) throws(DocumentError) {
        self.bytes = bytes
        self.dialect = dialect
        self.maximumDepth = maximumDepth
        nodes = try Self.read(bytes, dialect, maximumDepth)
    }

    /// `{}` and a line break.
    package init(emptyObjectAs dialect: Dialect) {
        bytes = Array("{}\n".utf8)
        self.dialect = dialect
        maximumDepth = 200
        nodes = [Node(kind: .object, start: 0, end: 2, subtreeEnd: 1)]
    }

    package var text: String { String(decoding: bytes, as: UTF8.self) }
    package var root: Element { Element(document: self, index: 0) }

    /// Whether a key of that name stands anywhere in the document.
    package func hasKey(_ name: String) -> Bool {
        nodes.indices.contains { nodes[$0].kind == .key && Element(document: self, index: $0).keyText == name }
    }

    /// The value under a path of object keys; of equal keys the last one counts, as in JavaScript.
    package func element(at path: [String]) -> Element? {
        var found = root
        for key in path {
            guard let next = found[key] else { return nil }
            found = next
        }
        return found
    }

    /// Replaces ranges of the bytes, given in ascending order, and reads the result.
    mutating func splice(_ edits: [Splice]) throws(DocumentError) {
        var edited: [UInt8] = []
        edited.reserveCapacity(bytes.count + edits.reduce(0) { $0 + $1.text.utf8.count })
        var position = 0
        for edit in edits {
            edited += bytes[position..<edit.range.lowerBound]
            edited += edit.text.utf8
            position = edit.range.upperBound
        }
        edited += bytes[position...]
        nodes = try Self.read(edited, dialect, maximumDepth)
        bytes = edited
    }

    private static func read(
        _ bytes: [UInt8], _ dialect: Dialect, _ maximumDepth: Int
    ) throws(DocumentError) -> [Node] {
        guard bytes.count < Int(UInt32.max) else {
            throw DocumentError(bytes, at: 0, "The document is larger than 4 GB.")
        }
        let result: Result<[Node], Reader.Failure> = bytes.withUnsafeBufferPointer { buffer in
            var reader = Reader(buffer, dialect, maximumDepth)
            do throws(Reader.Failure) {
                try reader.readDocument()
                return .success(reader.nodes)
            } catch { return .failure(error) }
        }
        switch result {
        case .success(let nodes): return nodes
        case .failure(let failure): throw DocumentError(bytes, at: failure.offset, failure.problem)
        }
    }
}

/// One change of the bytes.
struct Splice {
    var range: Range<Int>
    var text: String
}

/// One value, or one key of an object, with its place in the bytes. Nodes rest in source order: an object is followed
/// by key, value, key, value; an array by its values.
struct Node: Sendable {
    enum Kind: UInt8 { case object, array, string, number, boolean, null, key }

    var kind: Kind
    /// Something has to be decoded: a string with escapes, a number that strict JSON does not have.
    var isEscaped = false
    var start: UInt32
    var end: UInt32
    /// The index of the next node that is not inside this one.
    var subtreeEnd: UInt32
}

/// What is wrong with a document, and where. Holds key names at most, never a value: values can be secrets.
package struct DocumentError: Error, Hashable, Sendable, CustomStringConvertible {
    /// Both count from 1; the column counts bytes.
    package var line: Int
    package var column: Int
    package var offset: Int
    /// A sentence.
    package var problem: String

    init(_ bytes: [UInt8], at offset: Int, _ problem: String) {
        self.offset = offset
        self.problem = problem
        line = 1
        var lineStart = 0
        for (position, byte) in bytes.prefix(offset).enumerated() where byte == UInt8(ascii: "\n") {
            line += 1
            lineStart = position + 1
        }
        column = offset - lineStart + 1
    }

    package var description: String { "Line \(line), column \(column): \(problem)" }
}
