// SPDX-License-Identifier: Apache-2.0

/// One step from a value to one inside it.
package enum PathStep: Hashable, Sendable {
    /// A member of an object.
    case key(String)
    /// An element of a list, counted from 0.
    case index(Int)
}

/// The way from the root of a document to one of its values.
package struct DocumentPath: Hashable, Sendable, CustomStringConvertible {
    package var steps: [PathStep]

    package init(_ steps: [PathStep]) { self.steps = steps }
    package init(_ keys: [String]) { steps = keys.map { .key($0) } }

    package var isEmpty: Bool { steps.isEmpty }
    package var last: PathStep? { steps.last }
    /// The way to what holds the value; the root is held by nothing and stays.
    package var parent: DocumentPath { DocumentPath(Array(steps.dropLast())) }
    /// The keys, when there is no index among the steps.
    package var keys: [String]? {
        var keys: [String] = []
        for step in steps {
            guard case .key(let key) = step else { return nil }
            keys.append(key)
        }
        return keys
    }

    package func prefix(_ count: Int) -> DocumentPath { DocumentPath(Array(steps.prefix(count))) }
    package func appending(_ step: PathStep) -> DocumentPath { DocumentPath(steps + [step]) }
    package func hasPrefix(_ other: DocumentPath) -> Bool { steps.starts(with: other.steps) }

    /// The same path with neighbouring keys taken as one with dots in its name, in every way there is.
    package var joiningKeys: [(path: DocumentPath, joined: Range<Int>)] {
        steps.indices.flatMap { start in
            steps.indices[start...].dropFirst().compactMap { end in
                guard let keys = DocumentPath(Array(steps[start...end])).keys else { return nil }
                let joined = [PathStep.key(keys.joined(separator: "."))]
                return (DocumentPath(steps[..<start] + joined + steps[(end + 1)...]), start..<end + 1)
            }
        }
    }

    /// As in `agents.list[0].id` and `agents.defaults.models["anthropic/claude-haiku-4-5"]`; what ``init(parsing:)``
    /// reads. A key that is no plain word stands in brackets and quotes.
    package var description: String {
        steps.reduce("") { text, step in
            switch step {
            case .index(let index): "\(text)[\(index)]"
            case .key(let key): Self.shown(key, below: text)
            }
        }
    }

    /// One key more behind a path in that form.
    package static func shown(_ key: String, below path: String) -> String {
        if isPlain(key) { return path.isEmpty ? key : "\(path).\(key)" }
        var text = "\(path)["
        Literal.quote(key, to: &text)
        return text + "]"
    }

    /// Letters, digits, `_`, `-`, `$`: what stands in a path without quotes.
    package static func isPlain(_ key: String) -> Bool {
        !key.isEmpty
            && key.utf8.allSatisfy {
                switch $0 {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"), UInt8(ascii: "$"):
                    true
                default: $0 >= 0x80
                }
            }
    }
}

extension Document {
    /// The value under a path; of equal keys the last one counts.
    package func element(at path: DocumentPath) -> Element? {
        var found = root
        for step in path.steps {
            guard let next = found[step] else { return nil }
            found = next
        }
        return found
    }
}

extension Element {
    package subscript(step: PathStep) -> Element? {
        switch step {
        case .key(let key): return self[key]
        case .index(let index):
            let all = elements
            return all.indices.contains(index) ? all[index] : nil
        }
    }
}
