// SPDX-License-Identifier: Apache-2.0

/// Why a text is no path. Never quotes the text.
package struct DocumentPathError: Error, Hashable, Sendable {
    /// The character, counted from 1.
    package var position: Int
    /// A sentence.
    package var problem: String
}

extension DocumentPath {
    package static let maximumSteps = 64

    /// Reads a path as people type it: keys joined by dots, `[0]` for an element of a list, `["a.b"]` or `"a.b"` for
    /// a key with dots. What stands in brackets without quotes and is no number is a key too: shells take quotes away.
    package init(parsing text: String) throws(DocumentPathError) {
        var parser = PathParser(text)
        self.init(try parser.steps())
    }

    /// The path with numbers among its keys read as indices where the document has a list: `agents.list.0`.
    package func resolved(in document: Document) -> DocumentPath {
        var found = DocumentPath([PathStep]())
        var element: Element? = document.root
        for step in steps {
            var step = step
            if case .key(let key) = step, element?.kind == .array, let index = Int(key), index >= 0 {
                step = .index(index)
            }
            found = found.appending(step)
            element = element?[step]
        }
        return found
    }
}

private struct PathParser {
    private let characters: [Character]
    private var position = 0

    init(_ text: String) { characters = Array(text) }

    private var current: Character? { position < characters.count ? characters[position] : nil }

    private func failure(_ problem: String) -> DocumentPathError {
        DocumentPathError(position: position + 1, problem: problem)
    }

    mutating func steps() throws(DocumentPathError) -> [PathStep] {
        var found: [PathStep] = []
        while position < characters.count {
            guard found.count < DocumentPath.maximumSteps else {
                throw failure("It has more than \(DocumentPath.maximumSteps) steps.")
            }
            if current == "[" {
                found.append(try bracket())
            } else {
                if !found.isEmpty {
                    guard current == "." else { throw failure("A '.' or '[' was expected.") }
                    position += 1
                }
                found.append(.key(try key()))
            }
        }
        guard !found.isEmpty else { throw failure("It is empty.") }
        return found
    }

    private mutating func key() throws(DocumentPathError) -> String {
        if current == "\"" || current == "'" { return try quoted() }
        var text = ""
        while let character = current, character != ".", character != "[" {
            try check(character)
            guard character != "]", character != "\"", character != "'" else {
                throw failure("A quote or bracket stands in the middle of a key.")
            }
            text.append(character)
            position += 1
        }
        guard !text.isEmpty else { throw failure("A key was expected.") }
        return text
    }

    private mutating func bracket() throws(DocumentPathError) -> PathStep {
        position += 1
        let step: PathStep
        if current == "\"" || current == "'" {
            step = .key(try quoted())
        } else {
            var text = ""
            while let character = current, character != "]" {
                try check(character)
                text.append(character)
                position += 1
            }
            guard !text.isEmpty else { throw failure("An index or a key was expected in the brackets.") }
            let isNumber = text.utf8.allSatisfy { UInt8(ascii: "0") <= $0 && $0 <= UInt8(ascii: "9") }
            if isNumber {
                guard let index = Int(text), index <= 1_000_000 else { throw failure("The index is too large.") }
                step = .index(index)
            } else {
                guard !text.hasPrefix("-") else { throw failure("An index counts from 0.") }
                step = .key(text)
            }
        }
        guard current == "]" else { throw failure("A ']' was expected.") }
        position += 1
        return step
    }

    private mutating func quoted() throws(DocumentPathError) -> String {
        let quote = current
        position += 1
        var text = ""
        while let character = current {
            position += 1
            if character == quote { return text }
            try check(character)
            if character == "\\", let next = current {
                text.append(next)
                position += 1
            } else {
                text.append(character)
            }
        }
        throw failure("A quote is not closed.")
    }

    private func check(_ character: Character) throws(DocumentPathError) {
        guard character.unicodeScalars.allSatisfy({ $0.value >= 0x20 && $0.value != 0x7F }) else {
            throw failure("It holds a control character.")
        }
    }
}
