// SPDX-License-Identifier: Apache-2.0
import Documents
import Testing

@Suite struct GrammarTests {
    @Test(arguments: [
        "{}", "[]", "null", "true", "false", "0", "-0", "-1.5e+10", "1E2", #""""#, #""\u00e9\"\\\/\b\f\n\r\t""#,
        "[1,2,[3]]", "\u{FEFF}{\"a\":1}", " { \"a\" : [ ] } \r\n", "{\"a\":1,\"a\":2}",
    ])
    func `what strict JSON allows is read, by both grammars`(text: String) throws {
        #expect(try Document(Array(text.utf8), as: .json).text == text)
        #expect(try Document(Array(text.utf8), as: .json5).text == text)
    }

    @Test(arguments: [
        "", " ", "{", "[", "{\"a\"}", "{\"a\":}", "{\"a\":1,}", "[1,]", "[,]", "{a:1}", "'x'", "01", "1.", ".5", "+1",
        "0x1", "Infinity", "NaN", "-", "1e", "tru", "nul", "truex", "{} {}", "{} x", "\"a\nb\"", "\"\u{1}\"",
        "\"\\x41\"",
        "\"\\u12\"", "\"a", "// c\n{}", "{/**/}", "[1 2]", "{\"a\" 1}", "{\"a\":1 \"b\":2}",
    ])
    func `what strict JSON forbids is refused`(text: String) {
        #expect(throws: DocumentError.self) { try Document(Array(text.utf8), as: .json) }
    }

    @Test(arguments: [
        "{a:1}", "{$_a9:1,}", "{'a':'b\"'}", "[1,]", "// c\n{}//d", "/* a\n * b */{}", "{\"a\": 'x\\\ny'}", "+1",
        "-0x1F",
        ".5", "5.", "-Infinity", "NaN", "+NaN", "{\u{00e9}t\u{00e9}: 1}", "{\\u0061b: 1}", "\u{00A0}{}\u{2028}",
        "'\\x41\\0\\v'",
        "\"\u{1}\"", "\u{3000}[]\u{FEFF}",
    ])
    func `what only JSON5 allows is read`(text: String) throws {
        #expect(try Document(Array(text.utf8), as: .json5).text == text)
        #expect(throws: DocumentError.self) { try Document(Array(text.utf8), as: .json) }
    }

    @Test(arguments: [
        "{,}", "[,]", "{a:1,,}", "{a b:1}", "{1a:1}", "0x", "01", "1e", "'a", "/* a", "{a:1} /", "'\\01'", "'\\1'",
        "'\\x4'",
        "'a\nb'", "Infinit", "{\\x61:1}", "--1", ".", "+.", "{a:1",
    ])
    func `what JSON5 forbids too is refused`(text: String) {
        #expect(throws: DocumentError.self) { try Document(Array(text.utf8), as: .json5) }
    }

    @Test func `bytes that are not text are refused with their place`() throws {
        let error = #expect(throws: DocumentError.self) {
            try Document([UInt8(ascii: "\""), 0xC3, 0x28, UInt8(ascii: "\"")], as: .json)
        }
        #expect(error?.offset == 1)
    }

    @Test func `a problem has its line and column and quotes no value`() throws {
        let error = #expect(throws: DocumentError.self) {
            try Document(Array("{\n  \"key\": \"sk-very-secret\" x\n}".utf8), as: .json5)
        }
        #expect(error?.line == 2)
        #expect(error?.column == 27)
        #expect(error?.description.contains("secret") == false)
    }

    @Test(arguments: [(200, true), (201, false)])
    func `nesting has a limit`(depth: Int, isRead: Bool) {
        let text = String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
        #expect(((try? Document(Array(text.utf8), as: .json)) != nil) == isRead)
        let objects = String(repeating: "{\"a\":", count: depth) + "1" + String(repeating: "}", count: depth)
        #expect(((try? Document(Array(objects.utf8), as: .json)) != nil) == isRead)
    }

    @Test func `every cut of a document is refused or read, and never crashes`() throws {
        let text = Array(
            "\u{FEFF}{a: [1, .5e3, 0xF, 'x\\u0041\\\n'], /* c */ \"b\": {c: null, d: -Infinity,},} // e".utf8)
        let whole = text.count - Array(" // e".utf8).count
        for length in 0..<text.count {
            let document = try? Document(Array(text.prefix(length)), as: .json5)
            #expect((document != nil) == (length >= whole && length != whole + 2), "\(length)")
        }
    }
}

@Suite struct ElementTests {
    private let document: Document

    init() throws {
        let text = #"""
            {
              // a comment
              string: 'it\'s\u0041\uD83D\uDE00\
            !', "two": 2, hex: -0xFF, half: .5, "yes": true, no: false, none: null,
              list: [1, [2], {a: 3}], big: 9223372036854775807, bigger: 9223372036854775808,
              "same": 1, same: 2, infinity: -Infinity, escaped\u0041: 1, empty: {}, lonely: '\uD800x',
            }
            """#
        document = try Document(Array(text.utf8), as: .json5)
    }

    @Test func `values are decoded`() {
        let root = document.root
        #expect(root["string"]?.string == "it'sA😀!")
        #expect(root["two"]?.integer == 2)
        #expect(root["hex"]?.integer == -255)
        #expect(root["half"]?.double == 0.5)
        #expect(root["half"]?.integer == nil)
        #expect(root["yes"]?.boolean == true)
        #expect(root["no"]?.boolean == false)
        #expect(root["none"]?.isNull == true)
        #expect(root["big"]?.integer == .max)
        #expect(root["bigger"]?.integer == nil)
        #expect(root["bigger"]?.double == 9.223372036854775808e18)
        #expect(root["infinity"]?.double == -.infinity)
        #expect(root["escapedA"]?.integer == 1)
        #expect(root["lonely"]?.string == "\u{FFFD}x")
        #expect(root["absent"] == nil)
        #expect(root["two"]?["x"] == nil)
    }

    @Test func `lists and nested values are found`() {
        #expect(document.root["list"]?.elements.map(\.sourceText) == ["1", "[2]", "{a: 3}"])
        #expect(document.root["list"]?.elements[2]["a"]?.integer == 3)
        #expect(document.element(at: ["empty"])?.members.count == 0)
        #expect(document.element(at: ["two", "x"]) == nil)
    }

    @Test func `of equal keys the last one counts, and they are named`() {
        #expect(document.root["same"]?.integer == 2)
        #expect(document.root.duplicateKeys == ["same"])
        #expect(document.root.members.filter { $0.key == "same" }.count == 2)
    }

    @Test func `a value can be written again as strict JSON`() throws {
        let literal = document.root.literal
        let again = try Document(Array(literal.compact.utf8), as: .json)
        #expect(again.root["string"]?.string == "it'sA😀!")
        let pretty = try Document(Array(literal.pretty().utf8), as: .json)
        #expect(pretty.root.literal == again.root.literal)
    }

    @Test func `control characters are escaped`() {
        #expect(Literal.string("a\u{1B}[31m\"\\\n\u{2028}").compact == #""a\u001b[31m\"\\\n\u2028""#)
        #expect(Literal.number(.infinity).compact == "null")
    }
}
