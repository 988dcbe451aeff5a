// SPDX-License-Identifier: Apache-2.0
import Documents
import TestKit
import Testing

struct ListEdit: Sendable, CustomTestStringConvertible {
    var before: String
    var index: Int
    var after: String

    init(_ before: String, _ index: Int, _ after: String) {
        self.before = before
        self.index = index
        self.after = after
    }

    var testDescription: String { "\(before.debugDescription) \(index)" }
}

/// Elements of lists are put in and taken out, and every other byte stays.
@Suite struct ListEditTests {
    @Test(arguments: [
        ListEdit("{a:[]}", 0, "{a:[\n  9\n]}"),
        ListEdit("{a:[1]}", 1, "{a:[1, 9]}"),
        ListEdit("{a:[1,]}", 1, "{a:[1, 9,]}"),
        ListEdit("{a:[1, 2]}", 0, "{a:[9, 1, 2]}"),
        ListEdit("{a:[1, 2]}", 1, "{a:[1, 9, 2]}"),
        ListEdit(
            "{\n  a: [\n    1, // one\n    2 // two\n  ]\n}", 2,
            "{\n  a: [\n    1, // one\n    2, // two\n    9\n  ]\n}"),
        ListEdit(
            "{\n  a: [\n    1, // one\n    2 // two\n  ]\n}", 1,
            "{\n  a: [\n    1, // one\n    9,\n    2 // two\n  ]\n}"),
        ListEdit("{\n  a: [ // all\n    1\n  ]\n}", 0, "{\n  a: [ // all\n    9,\n    1\n  ]\n}"),
        ListEdit("{\r\n a: [\r\n  1\r\n ]\r\n}", 1, "{\r\n a: [\r\n  1,\r\n  9\r\n ]\r\n}"),
        ListEdit("{}\n", 0, "{\n  \"a\": [\n    9\n  ]\n}\n"),
        ListEdit("{a: null}", 0, "{a: [\n  9\n]}"),
        ListEdit("\u{FEFF}{a: [0x1]}", 1, "\u{FEFF}{a: [0x1, 9]}"),
        ListEdit("{a: 0, a: [1]}", 1, "{a: 0, a: [1, 9]}"),
    ])
    func `an element is put before the one that has its index`(edit: ListEdit) throws {
        var document = try Document(Array(edit.before.utf8), as: .json5)
        try document.insert(.integer(9), at: edit.index, inListAt: DocumentPath(["a"]))
        #expect(document.text == edit.after)
        #expect(document.element(at: DocumentPath([.key("a"), .index(edit.index)]))?.integer == 9)
    }

    @Test(arguments: [
        ListEdit("{a:[1]}", 0, "{a:[]}"),
        ListEdit("{a:[1, 2]}", 0, "{a:[2]}"),
        ListEdit("{a:[1, 2]}", 1, "{a:[1 ]}"),
        ListEdit("{a:[\n  1, // one\n  2,\n]}", 1, "{a:[\n  1, // one\n]}"),
        ListEdit("{a:[\n  1,\n  2\n]}", 1, "{a:[\n  1\n]}"),
        ListEdit("{a:[1]}", 1, "{a:[1]}"),
        ListEdit("{a:1}", 0, "{a:1}"),
        ListEdit("{}", 0, "{}"),
    ])
    func `an element is taken out with its comma`(edit: ListEdit) throws {
        var document = try Document(Array(edit.before.utf8), as: .json5)
        let isThere = document.text != edit.after
        #expect(try document.removeElement(at: edit.index, inListAt: ["a"]) == isThere)
        #expect(document.text == edit.after)
    }

    @Test func `a path goes through lists`() throws {
        var document = try Document(Array("{list: [{id: 'a'}, {id: 'b', x: 1}]}".utf8), as: .json5)
        let second = DocumentPath([.key("list"), .index(1)])
        try document.set(.string("c"), at: second.appending(.key("id")))
        try document.set(.string("m"), at: DocumentPath([.key("list"), .index(2), .key("auth"), .key("id")]))
        #expect(try document.remove(at: second.appending(.key("x"))))
        #expect(try document.remove(at: DocumentPath([.key("list"), .index(0)])))
        #expect(document.text == "{list: [{id: \"c\" }, {\n  \"auth\": {\n    \"id\": \"m\"\n  }\n}]}")
        try document.append(.null, toListAt: ["new", "list"])
        #expect(document.element(at: ["new", "list"])?.elements.count == 1)
    }

    @Test(
        arguments: [
            [.key("a"), .index(0)], [.key("l"), .index(3)], [.key("l"), .index(-1)], [.key("l"), .key("x")],
            [.key("n"), .index(1)], [.index(0)],
        ] as [[PathStep]])
    func `a step that its holder has no place for is refused`(steps: [PathStep]) throws {
        var document = try Document(Array("{a: {}, l: [1, 2], n: null}".utf8), as: .json5)
        #expect(throws: DocumentError.self) { try document.set(.null, at: DocumentPath(steps)) }
        #expect(document.text == "{a: {}, l: [1, 2], n: null}")
    }

    @Test func `a path is shown as it is typed`() {
        let path = DocumentPath([.key("agents"), .key("list"), .index(0), .key("a.b/c\""), .key("x")])
        #expect(path.description == #"agents.list[0]["a.b/c\""].x"#)
    }

    @Test(arguments: 0..<40 as Range<UInt64>)
    func `any number of edits of a list leaves the others and the comments alone`(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let starts = [
            "[0xF, +1 /* one */,// two\n 'x', // three\n]", "[\r\n  1,\r\n  2 // end\r\n]", "[ /* none */ ]",
            "[// head\n]", "[1,2,3]", "[\n  1 // a\n  , 2 /* b */ , /* c */\n  3]",
        ]
        let start = "// head\n{ k: 1, list: \(random.pick(starts)), /* after */ z: Infinity } // tail"
        var document = try Document(Array(start.utf8), as: .json5)
        let path = DocumentPath(["list"])
        var model = document.element(at: path)?.elements.map(\.sourceText) ?? []
        let written = comments(of: start)
        for step in 0..<60 {
            let index = Int.random(in: 0...model.count, using: &random)
            if random.chance(55) {
                try document.insert(.integer(Int64(step)), at: index, inListAt: path)
                model.insert(String(step), at: index)
            } else if try document.removeElement(at: index, inListAt: path) {
                model.remove(at: index)
            }
            #expect(document.element(at: path)?.elements.map(\.sourceText) == model)
            #expect(comments(of: document.text) == written)
            #expect(document.text.hasPrefix("// head\n{ k: 1, list: ["))
            #expect(document.text.hasSuffix("], /* after */ z: Infinity } // tail"))
        }
    }
}
