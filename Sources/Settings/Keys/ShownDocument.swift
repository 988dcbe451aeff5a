// SPDX-License-Identifier: Apache-2.0
import Credentials
package import Documents

/// A whole document as it may be shown, line for line: for the difference that a change makes. Never written anywhere.
package struct ShownDocument {
    /// What the document is: it says where credentials belong.
    package enum Content: Sendable {
        case configuration
        /// Stored credentials, of today's shape or of an older one.
        case store
    }

    /// As many lines as the document has, except where a credential had several.
    package let text: String

    package init(_ document: Document, as content: Content = .configuration) {
        let isSecret: (DocumentPath) -> Bool =
            switch content {
            case .configuration: { KnownKeys.isSecret($0) }
            case .store: { Self.isSecret(inStore: $0) }
            }
        var collected = Collector(isSecret: isSecret)
        collected.add(document.root, at: DocumentPath([PathStep]()), after: nil)
        let all = (collected.edits + ShownComments(document).edits).sorted { $0.span.lowerBound < $1.span.lowerBound }
        var shown: [UInt8] = []
        var position = 0
        for edit in all where edit.span.lowerBound >= position {
            shown += document.bytes[position..<edit.span.lowerBound] + Array(edit.text.utf8)
            position = edit.span.upperBound
        }
        text = String(decoding: shown + document.bytes[position...], as: UTF8.self)
    }

    /// - Parameter bytes: JSON or JSON5; what is neither is not shown at all.
    package static func text(of bytes: [UInt8]?, as content: Content) -> String {
        guard let bytes else { return "" }
        // The reader that is more lenient reads both.
        return (try? Document(bytes, as: .json5)).map { ShownDocument($0, as: content).text }
            ?? "(\(bytes.count) bytes)"
    }

    /// In the entries of a store everything is a credential that is not known to be none.
    private static func isSecret(inStore path: DocumentPath) -> Bool {
        guard case .key(let first) = path.steps.first,
            !["version", "order", "lastGood", "usageStats"].contains(first)
        else { return false }
        // Older stores had no `profiles` around the entries.
        guard case .key(let field) = path.steps.dropFirst(first == "profiles" ? 2 : 1).first else { return true }
        return !harmless.contains(field)
    }

    private static let harmless: Set<String> = [
        "type", "provider", "mode", "email", "name", "displayName", "label", "expires", "keyRef", "tokenRef",
    ]

    /// Keys and single values whose text is not shown as it is.
    private struct Collector {
        let isSecret: (DocumentPath) -> Bool
        var edits: [(span: Range<Int>, text: String)] = []

        mutating func add(_ element: Element, at path: DocumentPath, after previous: String?) {
            switch element.kind {
            case .object:
                for (span, (key, value)) in zip(element.keySpans, element.members) {
                    let shown = Masking.name(key)
                    if shown != key { edits.append((span, Literal.string(shown).compact)) }
                    add(value, at: path.appending(.key(key)), after: nil)
                }
            case .array:
                var before: String?
                for (index, value) in element.elements.enumerated() {
                    add(value, at: path.appending(.index(index)), after: before)
                    before = value.string
                }
            case .string, .number:
                let shown = ShownValue.literal(element, at: path, previous: previous, isSecret: isSecret)
                if shown != element.literal { edits.append((element.span, shown.compact)) }
            default: break
            }
        }
    }
}
