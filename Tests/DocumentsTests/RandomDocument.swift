// SPDX-License-Identifier: Apache-2.0
import Documents
import TestKit

/// A value as it was written, known to the test without reading it back.
indirect enum Tree: Equatable {
    /// The text of a number, a string, a boolean or null.
    case scalar(String)
    case array([Tree])
    /// Keys decoded, in source order, repeated ones included.
    case object([Member])

    struct Member: Equatable {
        var key: String
        var value: Tree
    }

    init(_ literal: Literal) {
        switch literal {
        case .array(let values): self = .array(values.map { Tree($0) })
        case .object(let members): self = .object(members.map { Member(key: $0.key, value: Tree($0.value)) })
        default: self = .scalar(literal.compact)
        }
    }

    /// What a document says, by its own account.
    init(_ element: Element) {
        switch element.kind {
        case .array: self = .array(element.elements.map { Tree($0) })
        case .object: self = .object(element.members.map { Member(key: $0.key, value: Tree($0.value)) })
        default: self = .scalar(element.sourceText)
        }
    }

    /// - Returns: false when something on the way is no object.
    mutating func set(_ value: Tree, at path: ArraySlice<String>) -> Bool {
        guard let key = path.first else {
            self = value
            return true
        }
        if self == .scalar("null") { self = .object([]) }
        guard case .object(var members) = self else { return false }
        let rest = path.dropFirst()
        if let index = members.lastIndex(where: { $0.key == key }) {
            guard members[index].value.set(value, at: rest) else { return false }
        } else {
            let nested = rest.reversed().reduce(value) { .object([Member(key: $1, value: $0)]) }
            members.append(Member(key: key, value: nested))
        }
        self = .object(members)
        return true
    }

    mutating func remove(at path: ArraySlice<String>) {
        guard let key = path.first, case .object(var members) = self else { return }
        if path.count == 1 {
            members.removeAll { $0.key == key }
        } else if let index = members.lastIndex(where: { $0.key == key }) {
            members[index].value.remove(at: path.dropFirst())
        }
        self = .object(members)
    }

    subscript(path: ArraySlice<String>) -> Tree? {
        guard let key = path.first else { return self }
        guard case .object(let members) = self else { return nil }
        return members.last { $0.key == key }?.value[path.dropFirst()]
    }
}

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

/// The comments of a JSON5 text, found without a parser.
func comments(of text: String) -> [String] {
    let scalars = Array(text.unicodeScalars)
    var found: [String] = []
    var position = 0
    while position < scalars.count {
        let pair = String(String.UnicodeScalarView(scalars[position..<min(position + 2, scalars.count)]))
        var end = position + 1
        switch pair {
        case "//":
            while end < scalars.count, !["\n", "\r", "\u{2028}", "\u{2029}"].contains(scalars[end]) { end += 1 }
        case "/*":
            end = position + 2
            while !(scalars[end] == "*" && scalars[end + 1] == "/") { end += 1 }
            end += 2
        default:
            if scalars[position] == "\"" || scalars[position] == "'" {
                while scalars[end] != scalars[position] { end += scalars[end] == "\\" ? 2 : 1 }
                end += 1
            }
        }
        if pair == "//" || pair == "/*" { found.append(String(String.UnicodeScalarView(scalars[position..<end]))) }
        position = end
    }
    return found
}
