// SPDX-License-Identifier: Apache-2.0

/// One value of a document: a light handle that decodes when asked.
package struct Element: Sendable {
    package enum Kind: Sendable { case object, array, string, number, boolean, null }

    package let document: Document
    let index: Int
    var node: Node { document.nodes[index] }

    package var kind: Kind {
        switch node.kind {
        case .object: .object
        case .array: .array
        case .string, .key: .string
        case .number: .number
        case .boolean: .boolean
        case .null: .null
        }
    }

    /// Where the value rests in the document's bytes.
    package var span: Range<Int> { Int(node.start)..<Int(node.end) }
    package var sourceText: String { String(decoding: document.bytes[span], as: UTF8.self) }
    /// Line, counted from 1: for messages.
    package var line: Int { document.bytes.prefix(span.lowerBound).count { $0 == UInt8(ascii: "\n") } + 1 }

    /// The members of an object in source order, repeated keys included; empty for other kinds.
    package var members: [(key: String, value: Element)] {
        memberIndices.map { (decodedText(document.nodes[$0]), Element(document: document, index: $0 + 1)) }
    }

    /// Where the keys of an object rest in the document's bytes, in the order of ``members``.
    package var keySpans: [Range<Int>] { memberIndices.map { Element(document: document, index: $0).span } }

    /// The values of an array; empty for other kinds.
    package var elements: [Element] {
        guard node.kind == .array else { return [] }
        var found: [Element] = []
        var next = index + 1
        while next < node.subtreeEnd {
            found.append(Element(document: document, index: next))
            next = Int(document.nodes[next].subtreeEnd)
        }
        return found
    }

    /// The value of a member; of equal keys the last one counts. Nil for other kinds.
    package subscript(key: String) -> Element? {
        var last: Int?
        forEachMember(named: key) { last = $0 }
        return last.map { Element(document: document, index: $0 + 1) }
    }

    /// Keys that occur more than once, each named once.
    package var duplicateKeys: [String] {
        var seen: Set<String> = []
        var repeated: [String] = []
        for (key, _) in members where !seen.insert(key).inserted && !repeated.contains(key) { repeated.append(key) }
        return repeated
    }

    /// The text of a string; nil for other kinds.
    package var string: String? { node.kind == .string ? decodedText(node) : nil }
    package var boolean: Bool? { node.kind == .boolean ? document.bytes[span.lowerBound] == UInt8(ascii: "t") : nil }
    /// The text of a key node.
    var keyText: String? { node.kind == .key ? decodedText(node) : nil }
    package var isNull: Bool { node.kind == .null }
    /// The value of a number without a fraction or an exponent, hexadecimal ones included.
    package var integer: Int64? { node.kind == .number ? Number.integer(sourceText) : nil }
    package var double: Double? { node.kind == .number ? Number.double(sourceText) : nil }

    /// A copy of the value that stands alone. Numbers that are no integers become `Double`.
    package var literal: Literal {
        switch node.kind {
        case .object: .object(members.map { Literal.Member($0.key, $0.value.literal) })
        case .array: .array(elements.map(\.literal))
        case .string, .key: .string(decodedText(node))
        case .number: integer.map { .integer($0) } ?? .number(double ?? .nan)
        case .boolean: .boolean(boolean == true)
        case .null: .null
        }
    }

    /// The indices of the object's key nodes.
    var memberIndices: [Int] {
        guard node.kind == .object else { return [] }
        var found: [Int] = []
        var next = index + 1
        while next < node.subtreeEnd {
            found.append(next)
            next = Int(document.nodes[next + 1].subtreeEnd)
        }
        return found
    }

    func memberIndices(of key: String) -> [Int] {
        var found: [Int] = []
        forEachMember(named: key) { found.append($0) }
        return found
    }

    /// Gives the indices of the key nodes with that name. A store of thousands of profiles is read through here.
    private func forEachMember(named key: String, _ body: (Int) -> Void) {
        guard node.kind == .object else { return }
        var key = key
        let end = Int(node.subtreeEnd)
        key.withUTF8 { wanted in
            document.nodes.withUnsafeBufferPointer { nodes in
                var next = index + 1
                while next < end {
                    if isNamed(nodes[next], wanted) { body(next) }
                    next = Int(nodes[next + 1].subtreeEnd)
                }
            }
        }
    }

    private func isNamed(_ node: Node, _ wanted: UnsafeBufferPointer<UInt8>) -> Bool {
        if node.isEscaped { return decodedText(node).utf8.elementsEqual(wanted) }
        return document.bytes.withUnsafeBufferPointer { bytes in
            var text = bytes[Int(node.start)..<Int(node.end)]
            if let first = text.first, first == UInt8(ascii: "\"") || first == UInt8(ascii: "'") {
                text = text.dropFirst().dropLast()
            }
            guard text.count == wanted.count else { return false }
            var same = true
            for offset in 0..<wanted.count { same = same && text[text.startIndex + offset] == wanted[offset] }
            return same
        }
    }

    /// The bytes between the quotes, or all of an unquoted key.
    private func textBytes(_ node: Node) -> ArraySlice<UInt8> {
        let all = document.bytes[Int(node.start)..<Int(node.end)]
        guard let first = all.first, first == UInt8(ascii: "\"") || first == UInt8(ascii: "'") else { return all }
        return all.dropFirst().dropLast()
    }

    private func decodedText(_ node: Node) -> String {
        let raw = textBytes(node)
        return node.isEscaped ? Escapes.decode(raw) : String(decoding: raw, as: UTF8.self)
    }
}

/// Reads the numbers of JSON and JSON5.
enum Number {
    static func integer(_ text: String) -> Int64? {
        var digits = Substring(text)
        let isNegative = digits.first == "-"
        if digits.first == "-" || digits.first == "+" { digits.removeFirst() }
        if digits.hasPrefix("0x") || digits.hasPrefix("0X") {
            return Int64((isNegative ? "-" : "") + digits.dropFirst(2), radix: 16)
        }
        guard digits.utf8.allSatisfy({ UInt8(ascii: "0") <= $0 && $0 <= UInt8(ascii: "9") }) else { return nil }
        return Int64((isNegative ? "-" : "") + digits)
    }

    static func double(_ text: String) -> Double? {
        if let whole = integer(text) { return Double(whole) }
        var digits = Substring(text)
        let isNegative = digits.first == "-"
        if digits.first == "-" || digits.first == "+" { digits.removeFirst() }
        let magnitude: Double? =
            switch digits {
            case "Infinity": .infinity
            case "NaN": .nan
            default: Double(digits)
            }
        return magnitude.map { isNegative ? -$0 : $0 }
    }
}
