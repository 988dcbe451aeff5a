// SPDX-License-Identifier: Apache-2.0
import Documents
import TestKit
import Testing

struct Edited: Sendable, CustomTestStringConvertible {
    var before: String
    var path: [String]
    /// Nil: the member is removed.
    var value: Literal?
    var after: String

    init(_ before: String, _ path: String, _ value: Literal?, _ after: String) {
        self.before = before
        self.path = path.split(separator: ".").map(String.init)
        self.value = value
        self.after = after
    }

    var testDescription: String { "\(before.debugDescription) \(path)" }
}

@Suite struct EditTests {
    @Test(arguments: [
        Edited("{}\n", "a", .integer(1), "{\n  \"a\": 1\n}\n"),
        Edited("{}\n", "a.b", .integer(1), "{\n  \"a\": {\n    \"b\": 1\n  }\n}\n"),
        Edited("{a:1}", "a", .string("x"), "{a:\"x\"}"),
        Edited("{a:1}", "b", .integer(2), "{a:1, \"b\": 2}"),
        Edited("{a:1,}", "b", .integer(2), "{a:1, \"b\": 2,}"),
        Edited("{\n\ta: 1 // one\n}", "b", .integer(2), "{\n\ta: 1, // one\n\t\"b\": 2\n}"),
        Edited("{\n\ta: 1, // one\n}", "b", .integer(2), "{\n\ta: 1, // one\n\t\"b\": 2,\n}"),
        Edited("{\r\n  a: 1\r\n}\r\n", "b", .integer(2), "{\r\n  a: 1,\r\n  \"b\": 2\r\n}\r\n"),
        Edited("{\n  a: 1 /* x\n y */\n}", "b", .integer(2), "{\n  a: 1, /* x\n y */\n  \"b\": 2\n}"),
        Edited("{ /* none */ }", "a", .integer(1), "{ /* none */\n  \"a\": 1\n }"),
        Edited("{ // none\n}", "a", .integer(1), "{ // none\n  \"a\": 1\n}"),
        Edited("{\n    \"a\": {}\n}", "a.b", .integer(1), "{\n    \"a\": {\n        \"b\": 1\n    }\n}"),
        Edited("{a:1,a:2}", "a", .integer(3), "{a:1,a:3}"),
        Edited("{'a': /* k */ 0x10 /* v */}", "a", .integer(3), "{'a': /* k */ 3 /* v */}"),
        Edited("{a:{b:1}}", "a", .object([.init("c", .array([]))]), "{a:{\n  \"c\": []\n}}"),
        Edited("{\n  a: 1 // one \n}", "b", .integer(2), "{\n  a: 1, // one \n  \"b\": 2\n}"),
        Edited("{ // none \n}", "a", .integer(1), "{ // none \n  \"a\": 1\n}"),
        Edited("{a:null}", "a.b.c", .integer(1), "{a:{\n  \"b\": {\n    \"c\": 1\n  }\n}}"),
        Edited("\u{FEFF}{\"a\": 1}", "a", .integer(2), "\u{FEFF}{\"a\": 2}"),
        Edited("{'\\x61': 1, \\u0061: 2}", "a", .integer(3), "{'\\x61': 1, \\u0061: 3}"),
        Edited("{\n a: 1 // x\n ,\n}", "b", .integer(2), "{\n a: 1 // x\n ,\n \"b\": 2,\n}"),
        Edited("{a:1, /*,*/ b:2}", "c", .null, "{a:1, /*,*/ b:2, \"c\": null}"),
    ])
    func `a value is put in its place and every other byte stays`(edited: Edited) throws {
        var document = try Document(Array(edited.before.utf8), as: .json5)
        try document.set(#require(edited.value), at: edited.path)
        #expect(document.text == edited.after)
    }

    @Test(arguments: [
        Edited("{a:1}", "a", nil, "{}"),
        Edited("{a:1, b:2, c:3}", "b", nil, "{a:1, c:3}"),
        Edited("{a:1, b:2}", "b", nil, "{a:1 }"),
        Edited("{a:1, b:2}", "a", nil, "{b:2}"),
        Edited("{\n  a: 1,\n  b: 2, // two\n  c: 3\n}", "a", nil, "{\n  b: 2, // two\n  c: 3\n}"),
        Edited("{\n  a: 1,\n  b: 2, // two\n  c: 3\n}", "b", nil, "{\n  a: 1,\n   // two\n  c: 3\n}"),
        Edited("{\n  a: 1, // one\n  b: 2\n}", "b", nil, "{\n  a: 1 // one\n}"),
        Edited("{\n  a: 1,\n  b: 2,\n}", "b", nil, "{\n  a: 1,\n}"),
        Edited("{a:1, a:2, b:3}", "a", nil, "{b:3}"),
        Edited("{a:1 /* x */ , b:3}", "a", nil, "{ /* x */  b:3}"),
        Edited("{a:{b:1}}", "a.b", nil, "{a:{}}"),
        Edited("{a:1}", "x", nil, "{a:1}"),
        Edited("{a:1}", "a.b", nil, "{a:1}"),
    ])
    func `a member is removed with its comma and nothing else`(edited: Edited) throws {
        var document = try Document(Array(edited.before.utf8), as: .json5)
        try document.remove(at: edited.path)
        #expect(document.text == edited.after)
    }

    @Test func `a path through something that is no object is refused and nothing changes`() throws {
        var document = try Document(Array("{a: {b: 1}}".utf8), as: .json5)
        #expect(throws: DocumentError.self) { try document.set(.null, at: ["a", "b", "c"]) }
        #expect(document.text == "{a: {b: 1}}")
        var list = try Document(Array("[]".utf8), as: .json5)
        #expect(throws: DocumentError.self) { try list.set(.null, at: ["a"]) }
    }
}

/// Edits at random, checked against a plain dictionary and against the bytes they must not touch.
@Suite struct RandomEditTests {
    @Test(arguments: 0..<8)
    func `after any number of edits the values are right and the comments are all there`(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let strict = seed % 2 == 0
        let start =
            strict ? "{\"k0\": 1}" : "// head\n{ /* in */\n  k0: +1, // zero\n  'k1': [0xF,], /* one */\n} // tail"
        var document = try Document(Array(start.utf8), as: strict ? .json : .json5)
        var model: [String: Int64?] = ["k0": 1]
        if !strict { model["k1"] = .some(nil) }
        for step in 0..<250 {
            let key = "k\(Int.random(in: 0..<12, using: &random))"
            if Bool.random(using: &random) {
                try document.set(.integer(Int64(step)), at: [key])
                model[key] = Int64(step)
            } else {
                try document.remove(at: [key])
                model.removeValue(forKey: key)
            }
            let read = Dictionary(uniqueKeysWithValues: document.root.members.map { ($0.key, $0.value.integer) })
            #expect(read == model)
            if !strict {
                for comment in ["// head\n", "/* in */", "// zero", "/* one */", "// tail"] {
                    #expect(document.text.contains(comment))
                }
            }
        }
    }
}
