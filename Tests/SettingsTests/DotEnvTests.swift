// SPDX-License-Identifier: Apache-2.0
import Credentials
import SafeFiles
import Settings
import TestKit
import Testing

@Suite struct DotEnvTests {
    @Test(
        arguments: [
            ("", [:]), ("A=1", ["A": "1"]), ("A=1\nB=2\n", ["A": "1", "B": "2"]),
            ("A=1\r\nB=2\rC=3", ["A": "1", "B": "2", "C": "3"]),
            ("\u{FEFF}A=1", ["A": "1"]), ("# c\n\n  # d\nA=1", ["A": "1"]), ("export A=1", ["A": "1"]),
            ("  export\tA = 1 ", ["A": "1"]),
            ("export=1", ["export": "1"]), ("export =1", ["export": "1"]), ("A=", ["A": ""]), ("A= ", ["A": ""]),
            ("A=#x", ["A": "#x"]),
            ("A= # x", ["A": ""]),
            ("A=a#b", ["A": "a#b"]), ("A=a #b", ["A": "a"]), ("A=a b  c  ", ["A": "a b  c"]),
            ("A=a=b==", ["A": "a=b=="]),
            ("A='a \"$B\\n# '", ["A": "a \"$B\\n# "]), ("A=\"a\\n\\t\\r\\\"\\\\\\x'\" # c", ["A": "a\n\t\r\"\\\\x'"]),
            ("A=`a'\"b`", ["A": "a'\"b"]), ("A=''", ["A": ""]), ("A=1\nA=2", ["A": "2"]), ("A=${B}", ["A": "${B}"]),
            ("A=ü🔑", ["A": "ü🔑"]), ("_a1=x", ["_a1": "x"]), ("A=a\"b\"", ["A": "a\"b\""]),
        ] as [(String, [String: String])])
    func `a line sets a variable`(text: String, variables: [String: String]) {
        let file = DotEnv(Array(text.utf8))
        #expect(file.variables.mapValues { $0.reveal() } == variables)
        #expect(file.problems == [])
    }

    @Test(arguments: [
        ("A", "There is no = after the name."), ("A B=1", "There is no = after the name."),
        ("1A=1", "A line must read NAME=VALUE."),
        ("A-B=1", "A line must read NAME=VALUE."), ("=1", "A line must read NAME=VALUE."),

        ("A='x", "The quote is not closed on the same line."),
        ("A=\"x\\\"", "The quote is not closed on the same line."),
        ("A='x'y", "There is text after the closing quote."), ("A=a\u{0}b", "The line holds a NUL character."),
    ])
    func `a line that cannot be read is named by its number and never quoted`(line: String, problem: String) {
        let file = DotEnv(Array("B=1\n\n\(line)\nC=2".utf8))
        #expect(file.problems == [DotEnv.Problem(line: 3, problem: problem)])
        #expect(file.variables.mapValues { $0.reveal() } == ["B": "1", "C": "2"])
    }

    @Test(arguments: [
        ("A=1\nB=2\n", []), ("A=1\n# c\n\nB=2\r\nexport A='3'\rA=4", [DotEnv.Repeat(name: "A", lines: [1, 5, 6])]),
        ("B=1\nA=1\nA=\nB=1", [DotEnv.Repeat(name: "B", lines: [1, 4]), DotEnv.Repeat(name: "A", lines: [2, 3])]),
        ("A=1\nA='x\nA b\n", []),
    ])
    func `a name that stands there more than once is found with its lines`(text: String, repeats: [DotEnv.Repeat])
        throws
    {
        var file = DotEnv(Array(text.utf8))
        #expect(file.repeats == repeats)
        for found in repeats { try file.upsert(found.name, Secret("new")) }
        #expect(file.repeats == [])
        for found in repeats { #expect(file.variables[found.name] == Secret("new")) }
    }

    @Test func `bytes that are no text are not taken for some`() {
        let file = DotEnv(Array("A=".utf8) + [0xFF] + Array("\nB=1".utf8))
        #expect(file.problems == [DotEnv.Problem(line: 1, problem: "The value is not UTF-8 text.")])
        #expect(file.variables.keys.sorted() == ["B"])
    }

    @Test func `no way of printing shows a value`() {
        let file = DotEnv(Array("A=CANARY-1\nB='CANARY-2".utf8))
        var dumped = "\(file) \(String(reflecting: file))"
        dump(file, to: &dumped)
        #expect(!dumped.contains("CANARY"))
    }

    @Test(arguments: [
        ("", "A=new\n"), ("A=old", "A=new"), ("A=old\n", "A=new\n"), ("B=1", "B=1\nA=new\n"),
        ("B=1\r\n", "B=1\r\nA=new\r\n"),
        ("B=1\rC=2", "B=1\rC=2\rA=new\r"), ("\u{FEFF}", "\u{FEFF}A=new\n"),
        ("  export  A = old # why\nB=1\n", "  export  A = new # why\nB=1\n"),
        ("A='o l d' # c\n", "A=new # c\n"), ("A=\nB=1", "A=new\nB=1"), ("A=1\nB=2\nA=3\n", "A=new\nB=2\n"),
        ("A='broken\nB=1\n", "A=new\nB=1\n"),
        ("#A=1\n", "#A=1\nA=new\n"), ("not a line\n", "not a line\nA=new\n"),
    ])
    func `an edit changes its own line and nothing else`(before: String, after: String) throws {
        var file = DotEnv(Array(before.utf8))
        try file.upsert("A", Secret("new"))
        #expect(String(decoding: file.bytes, as: UTF8.self) == after)
        #expect(file.variables["A"] == Secret("new"))
    }

    @Test(arguments: [
        ("A b\nB=1\n", "B=1\nA=new\n", "B=1\n"), ("export A\nA=1\n", "A=new\n", ""),
        ("A=1\n A b\n", "A=new\n", ""), ("AB c\nA", "AB c\nA=new\n", "AB c\n"),
    ])
    func `a line that was meant to set it goes`(before: String, set: String, unset: String) throws {
        var file = DotEnv(Array(before.utf8))
        try file.upsert("A", Secret("new"))
        #expect(String(decoding: file.bytes, as: UTF8.self) == set)
        file = DotEnv(Array(before.utf8))
        let isGone = file.remove("A")
        #expect(isGone)
        #expect(String(decoding: file.bytes, as: UTF8.self) == unset)
    }

    @Test func `every line of a name is removed with its line break`() {
        var file = DotEnv(Array("A=1\r\n# c\r\nexport A='2\r\nB=3 # A=4".utf8))
        let (first, text) = (file.remove("A"), String(decoding: file.bytes, as: UTF8.self))
        #expect(first)
        #expect(text == "# c\r\nB=3 # A=4")
        let second = file.remove("A")
        #expect(!second)
    }

    @Test(arguments: ["", "1A", "A B", "A=B", "Ä", "A\n"])
    func `what is no name is not written`(name: String) {
        var file = DotEnv(Array("B=1".utf8))
        #expect(throws: DotEnvError.badName) { try file.upsert(name, Secret("x")) }
        #expect(throws: DotEnvError.badValue(name: "A")) { try file.upsert("A", Secret("a\u{0}")) }
        #expect(String(decoding: file.bytes, as: UTF8.self) == "B=1")
    }

    @Test(arguments: 0..<20 as Range<UInt64>)
    func `any text is read back as it was written, and other lines keep their bytes`(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let pieces = [
            "a", "B", " ", "#", "'", "\"", "`", "\\", "\\n", "\n", "\r\n", "\t", "=", "$", "${X}", "ü", "🔑", "export ",
            ";",
        ]
        let others = ["# it's \"kept\"\n", "B = 'x' # y\n", "  export C=\"\\n\"\r\n", "broken line\n", "\n"]
        for _ in 0..<50 {
            let before = (0..<3).map { _ in random.pick(others) }.joined()
            let value = (0..<Int.random(in: 0...8, using: &random)).map { _ in random.pick(pieces) }.joined()
            var file = DotEnv(Array((random.chance(50) ? before : before + "A=old\n").utf8))
            try file.upsert("A", Secret(value))
            #expect(file.variables["A"]?.reveal() == value)
            #expect(String(decoding: file.bytes, as: UTF8.self).hasPrefix(before))
            #expect(DotEnv(file.bytes).variables == file.variables)
        }
    }
}

@Suite struct EnvironmentFileTests {
    private let scratch = ScratchFolder(missing: "state")

    private func file() throws -> EnvironmentFile {
        EnvironmentFile(try StateLayout(environment: ["AGENTICFLOW_STATE_DIR": scratch.path]))
    }

    @Test func `no folder and no file set nothing`() throws {
        #expect(try file().load().file.variables == [:])
        scratch.makeFolder("")
        #expect(try file().load().file.variables == [:])
        #expect(scratch.names == [])
    }

    @Test func `an open file is read, closed, and reported once`() throws {
        scratch.makeFolder("", mode: 0o755)
        scratch.write("A=1\n", to: ".env", mode: 0o644)
        let first = try file().load()
        #expect(first.file.variables == ["A": Secret("1")])
        #expect(
            first.notices.map { "\($0.path): \($0.text)" } == [
                "\(scratch.path): Other users had access; it is now private (mode 700).",
                "\(scratch.path)/.env: Other users had access; it is now private (mode 600).",
            ])
        #expect(scratch.mode() == 0o700)
        #expect(scratch.mode(of: ".env") == 0o600)
        let second = try file().load()
        #expect(second.file.variables == ["A": Secret("1")])
        #expect(second.notices == [])
    }

    @Test func `a huge file is refused`() throws {
        scratch.makeFolder("")
        scratch.write([UInt8](repeating: UInt8(ascii: "a"), count: 1 << 20 + 1), to: ".env")
        #expect(throws: StoreError.self) { try file().load() }
    }
}
