// SPDX-License-Identifier: Apache-2.0
@testable import Documents
import TestKit
import Testing

/// 1 000 edits of documents with comments in every legal place, byte-order marks, both line ends, repeated keys and
/// every spelling of keys and values: what was not edited keeps its bytes.
@Suite struct LosslessEditTests {
    @Test(arguments: 0..<50 as Range<UInt64>)
    func `an edit of any document changes what was meant and nothing else`(seed: UInt64) throws {
        try check(seed) { _ in }
    }

    @Test func `an editor that writes the whole document anew is found out`() {
        withKnownIssue {
            for seed in 1..<3 as Range<UInt64> {
                try check(seed) { document in
                    document = try Document(Array(document.root.literal.pretty().utf8), as: document.dialect)
                }
            }
        }
    }

    /// - Parameter twist: what a broken twin does to the document after each edit.
    private func check(_ seed: UInt64, _ twist: (inout Document) throws -> Void) throws {
        let dialect: Dialect = seed % 5 == 0 ? .json : .json5
        let made = RandomDocument(seed: seed, dialect: dialect)
        var document = try Document(Array(made.text.utf8), as: dialect)
        var tree = made.tree
        #expect(Tree(document.root) == tree)
        var random = SeededGenerator(seed: seed &* 31 &+ 7)
        for _ in 0..<20 {
            let path = (0..<random.pick([1, 1, 2, 2, 3])).map { _ in "k\(Int.random(in: 0..<7, using: &random))" }
            if random.chance(60) {
                try set(random.pick(Self.values), at: path, in: &document, &tree, twist)
            } else {
                try remove(at: path, from: &document, &tree, twist)
            }
            #expect(Tree(document.root) == tree)
        }
    }

    private static let values: [Literal] = [
        .null, .integer(7), .string("it's // \"new\" \u{2028}"), .array([]), .object([]),
        .array([.integer(1), .object([.init("k1", .boolean(true))])]),
        .object([.init("k0", .number(0.5)), .init("k1", .object([.init("k2", .string(""))]))]),
    ]

    private func set(
        _ value: Literal, at path: [String], in document: inout Document, _ tree: inout Tree,
        _ twist: (inout Document) throws -> Void
    ) throws {
        let before = document
        // A null on the way is replaced by an object, as the value itself would be.
        let depths = (1...path.count).filter {
            $0 == path.count || before.element(at: Array(path[..<$0]))?.isNull == true
        }
        let old = depths.first.flatMap { before.element(at: Array(path[..<$0])) }
        guard tree.set(Tree(value), at: path[...]) else {
            #expect(throws: DocumentError.self) { try document.set(value, at: path) }
            #expect(document.bytes == before.bytes)
            return
        }
        try document.set(value, at: path)
        try twist(&document)
        if let old {
            #expect(document.bytes.starts(with: before.bytes[..<old.span.lowerBound]))
            #expect(document.bytes.reversed().starts(with: before.bytes[old.span.upperBound...].reversed()))
            #expect(comments(of: document.text) == comments(of: before.text, without: [old.span]))
        } else {
            #expect(isSubsequence(before.bytes, of: document.bytes))
            #expect(comments(of: document.text) == comments(of: before.text))
        }
    }

    private func remove(
        at path: [String], from document: inout Document, _ tree: inout Tree,
        _ twist: (inout Document) throws -> Void
    ) throws {
        let before = document
        let isThere = tree[path[...]] != nil
        tree.remove(at: path[...])
        #expect(try document.remove(at: path) == isThere)
        guard isThere else {
            #expect(document.bytes == before.bytes)
            return
        }
        try twist(&document)
        #expect(isSubsequence(document.bytes, of: before.bytes))
        let gone = memberSpans(at: path, in: before)
        #expect(comments(of: document.text) == comments(of: before.text, without: gone))
        // Outside of the members that went, nothing but space and commas may have gone with them.
        let outside = count(before.bytes) - gone.reduce(0) { $0 + count(Array(before.bytes[$1])) }
        #expect(count(document.bytes) == outside)
    }

    /// From each key of that name to the end of its value.
    private func memberSpans(at path: [String], in document: Document) -> [Range<Int>] {
        guard let holder = document.element(at: path.dropLast()), let key = path.last else { return [] }
        let nodes = document.nodes
        return holder.memberIndices(of: key).map { Int(nodes[$0].start)..<Int(nodes[$0 + 1].end) }
    }

    private func comments(of text: String, without spans: [Range<Int>] = []) -> [String] {
        var bytes = Array(text.utf8)
        for span in spans.sorted(by: { $0.lowerBound > $1.lowerBound }) { bytes.replaceSubrange(span, with: [0x20]) }
        return TestKit.comments(of: String(decoding: bytes, as: UTF8.self))
    }

    /// Of bytes that are neither space nor a comma.
    private func count(_ bytes: [UInt8]) -> Int { bytes.count { ![0x20, 0x09, 0x0A, 0x0D, 0x2C].contains($0) } }

    private func isSubsequence(_ part: [UInt8], of whole: [UInt8]) -> Bool {
        var rest = part[...]
        for byte in whole where rest.first == byte { rest.removeFirst() }
        return rest.isEmpty
    }
}
