// SPDX-License-Identifier: Apache-2.0
package import Documents

/// A value as it was written, known to the test without reading it back.
package indirect enum Tree: Equatable, Sendable {
    /// The text of a number, a string, a boolean or null.
    case scalar(String)
    case array([Tree])
    /// Keys decoded, in source order, repeated ones included.
    case object([Member])

    package struct Member: Equatable, Sendable {
        package var key: String
        package var value: Tree

        package init(key: String, value: Tree) {
            self.key = key
            self.value = value
        }
    }

    package init(_ literal: Literal) {
        switch literal {
        case .array(let values): self = .array(values.map { Tree($0) })
        case .object(let members): self = .object(members.map { Member(key: $0.key, value: Tree($0.value)) })
        default: self = .scalar(literal.compact)
        }
    }

    /// What a document says, by its own account.
    package init(_ element: Element) {
        switch element.kind {
        case .array: self = .array(element.elements.map { Tree($0) })
        case .object: self = .object(element.members.map { Member(key: $0.key, value: Tree($0.value)) })
        default: self = .scalar(element.sourceText)
        }
    }

    /// - Returns: false when something on the way is no object.
    package mutating func set(_ value: Tree, at path: ArraySlice<String>) -> Bool {
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

    package mutating func remove(at path: ArraySlice<String>) {
        guard let key = path.first, case .object(var members) = self else { return }
        if path.count == 1 {
            members.removeAll { $0.key == key }
        } else if let index = members.lastIndex(where: { $0.key == key }) {
            members[index].value.remove(at: path.dropFirst())
        }
        self = .object(members)
    }

    /// Adds to the list under a path, which is made when it is not there.
    package mutating func append(_ value: Tree, at path: ArraySlice<String>) {
        guard case .array(let elements) = self[path] else {
            _ = set(.array([value]), at: path)
            return
        }
        _ = set(.array(elements + [value]), at: path)
    }

    package subscript(path: ArraySlice<String>) -> Tree? {
        guard let key = path.first else { return self }
        guard case .object(let members) = self else { return nil }
        return members.last { $0.key == key }?.value[path.dropFirst()]
    }
}

/// The comments of a JSON5 text, found without a parser.
package func comments(of text: String) -> [String] {
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
