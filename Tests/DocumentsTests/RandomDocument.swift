// SPDX-License-Identifier: Apache-2.0
import Documents
import TestKit

/// Writes a document with everything that is legal wherever it is legal.
struct RandomDocument {
    private var random: SeededGenerator
    private let dialect: Dialect
    private let lineBreak: String
    private var comments = 0
    private(set) var text = ""
    private(set) var tree = Tree.scalar("null")

    init(seed: UInt64, dialect: Dialect) {
        random = SeededGenerator(seed: seed)
        self.dialect = dialect
        lineBreak = random.pick(["\n", "\n", "\r\n"])
        if random.chance(30) { text = "\u{FEFF}" }
        trivia()
        tree = object(depth: 0)
        trivia()
        if random.chance(50) { text += lineBreak }
    }

    private var isJSON5: Bool { dialect == .json5 }

    private mutating func trivia() {
        for _ in 0..<random.pick([0, 0, 1, 1, 2]) {
            let spaces =
                isJSON5 ? [" ", "  ", "\t", lineBreak, lineBreak + "  ", "\u{A0}", "\u{B}"] : [" ", "\t", lineBreak]
            text += random.pick(spaces)
            if isJSON5, random.chance(30) { comment() }
        }
    }

    private mutating func comment() {
        comments += 1
        let content = "c\(comments) " + random.pick(["", "{", "} ,", "a: 1,", "\"", "it's", "\\", "/", "*", "ü  "])
        if random.chance(50) {
            text += "/*\(content)\(random.pick(["", lineBreak, "\(lineBreak) * x"]))*/"
        } else {
            text += "//\(content)\(random.pick([lineBreak, lineBreak, "\u{2028}"]))"
        }
    }

    private mutating func value(depth: Int) -> Tree {
        switch depth < 4 ? random.next() % 4 : 3 {
        case 0: return array(depth: depth)
        case 1, 2: return object(depth: depth)
        default:
            let scalar = random.pick(Self.scalars + (isJSON5 ? Self.scalarsOfJSON5 : []))
            text += scalar
            return .scalar(scalar)
        }
    }

    private static let scalars = [
        "null", "true", "false", "0", "-0", "12", "1.50", "1e3", "-2.5E-7", "9007199254740993", "\"\"", "\"${NAME}\"",
        #""a\"b\\ \u00e9 // no comment""#, "\"ü🔑\"", #""/* no comment */""#,
    ]
    private static let scalarsOfJSON5 = [
        "+1", "-0x1F", "0XaB", ".5", "5.", "Infinity", "-Infinity", "+NaN", "''", #"'it\'s'"#, #"'"'"#, #""'""#,
        "'a\\\nb'", "'a\\\r\nb'", #"'\x41\v\0'"#, "'a\u{2028}b'",
    ]

    private mutating func array(depth: Int) -> Tree {
        text += "["
        trivia()
        var values: [Tree] = []
        for position in 0..<random.pick([0, 1, 2, 3]) {
            if position > 0 { separator() }
            values.append(value(depth: depth + 1))
            trivia()
        }
        close("]", isEmpty: values.isEmpty)
        return .array(values)
    }

    private mutating func object(depth: Int) -> Tree {
        text += "{"
        trivia()
        var members: [Tree.Member] = []
        for position in 0..<random.pick(depth == 0 ? [0, 3, 5, 8] : [0, 1, 2, 4]) {
            if position > 0 { separator() }
            let key = key()
            trivia()
            text += ":"
            trivia()
            members.append(Tree.Member(key: key, value: value(depth: depth + 1)))
            trivia()
        }
        close("}", isEmpty: members.isEmpty)
        return .object(members)
    }

    private mutating func separator() {
        text += ","
        trivia()
    }

    private mutating func close(_ bracket: String, isEmpty: Bool) {
        if isJSON5, !isEmpty, random.chance(40) { separator() }
        text += bracket
    }

    /// One of six, so that keys are repeated, in one of the spellings that mean the same.
    private mutating func key() -> String {
        let number = Int.random(in: 0..<6, using: &random)
        let digit = "\\u003\(number)"
        let plain = ["\"k\(number)\"", "\"k\(digit)\""]
        let spellings = ["k\(number)", "'k\(number)'", "k\(digit)", "'\\x6b\(number)'", "\"\\k\(number)\""]
        text += random.pick(isJSON5 ? plain + spellings : plain)
        return "k\(number)"
    }
}
