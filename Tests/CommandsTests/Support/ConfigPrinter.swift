// SPDX-License-Identifier: Apache-2.0
import TestKit

/// Writes a configuration with everything that JSON5 allows wherever it is allowed, and knows where each value stands
/// without reading it back.
struct ConfigPrinter {
    private var random: SeededGenerator
    private let lineBreak: String
    private var count = 0
    private(set) var text = ""
    /// Value → its bytes; of repeated keys the last one.
    private(set) var values: [[String]: Range<Int>] = [:]
    /// Member → its bytes, from the key to the end of the value; all that have the key.
    private(set) var members: [[String]: [Range<Int>]] = [:]

    init(seed: UInt64, _ tree: Tree) {
        random = SeededGenerator(seed: seed)
        lineBreak = random.pick(["\n", "\n", "\r\n"])
        if random.chance(25) { text = "\u{FEFF}" }
        trivia()
        print(tree, at: [])
        trivia()
        if random.chance(50) { text += lineBreak }
    }

    private mutating func trivia() {
        for _ in 0..<random.pick([0, 0, 1, 1, 2]) {
            text += random.pick([" ", "  ", "\t", lineBreak, lineBreak + "  ", "\u{A0}"])
            if random.chance(30) { comment() }
        }
    }

    private mutating func comment() {
        count += 1
        let content = "c\(count) " + random.pick(["", "{", "} ,", "a: 1,", "\"", "it's", "\\", "/", "ü"])
        text += random.chance(50) ? "/*\(content)\(random.pick(["", lineBreak]))*/" : "//\(content)\(lineBreak)"
    }

    private mutating func print(_ tree: Tree, at path: [String]) {
        let start = text.utf8.count
        switch tree {
        case .scalar(let source): text += source
        case .array(let elements):
            list("[", "]", count: elements.count) { printer, index in
                printer.print(elements[index], at: path + ["#\(index)"])
            }
        case .object(let all):
            list("{", "}", count: all.count) { printer, index in
                let inner = path + [all[index].key]
                let key = printer.text.utf8.count
                printer.key(all[index].key)
                printer.trivia()
                printer.text += ":"
                printer.trivia()
                printer.print(all[index].value, at: inner)
                printer.members[inner, default: []].append(key..<printer.text.utf8.count)
            }
        }
        values[path] = start..<text.utf8.count
    }

    private mutating func list(
        _ open: String, _ close: String, count: Int, _ print: (inout ConfigPrinter, Int) -> Void
    ) {
        text += open
        trivia()
        for index in 0..<count {
            print(&self, index)
            trivia()
            if index < count - 1 || random.chance(35) {
                text += ","
                trivia()
            }
        }
        text += close
    }

    /// In one of the spellings that mean the same.
    private mutating func key(_ name: String) {
        let first = name.unicodeScalars.first.map { String($0.value, radix: 16) } ?? "61"
        let escaped = "\\u00\(first.count == 1 ? "0" : "")\(first)\(name.dropFirst())"
        var spellings = ["\"\(name)\"", "'\(name)'", "\"\(escaped)\""]
        if name.allSatisfy({ $0.isLetter && $0.isASCII }) { spellings += [name, name, escaped] }
        text += random.pick(spellings)
    }
}
