// SPDX-License-Identifier: Apache-2.0

/// A JSON value to be written. The members of an object keep their order.
package indirect enum Literal: Hashable, Sendable {
    case null
    case boolean(Bool)
    case integer(Int64)
    /// A number with a fraction; what JSON cannot say (infinity, not a number) is written as null.
    case number(Double)
    case string(String)
    case array([Literal])
    case object([Member])

    package struct Member: Hashable, Sendable {
        package var key: String
        package var value: Literal

        package init(_ key: String, _ value: Literal) {
            self.key = key
            self.value = value
        }
    }

    /// `nil` as `null`.
    package static func optional(_ text: String?) -> Literal { text.map { .string($0) } ?? .null }

    /// The value as strict JSON on one line.
    package var compact: String {
        var text = ""
        write(to: &text, nil)
        return text
    }

    /// The value as strict JSON over several lines.
    package func pretty(_ layout: Layout = Layout()) -> String {
        var text = ""
        write(to: &text, layout)
        return text
    }

    /// How lines are broken and indented.
    package struct Layout: Hashable, Sendable {
        package var unit = "  "
        package var lineBreak = "\n"
        /// What the lines after the first begin with.
        package var margin = ""

        package init() {}

        var deeper: Layout {
            var layout = self
            layout.margin += unit
            return layout
        }
    }

    private func write(to text: inout String, _ layout: Layout?) {
        switch self {
        case .null: text += "null"
        case .boolean(let value): text += value ? "true" : "false"
        case .integer(let value): text += String(value)
        case .number(let value): text += value.isFinite ? String(describing: value) : "null"
        case .string(let value): Self.quote(value, to: &text)
        case .array(let values):
            Self.list(values, "[", "]", to: &text, layout) { value, text, layout in value.write(to: &text, layout) }
        case .object(let members):
            Self.list(members, "{", "}", to: &text, layout) { member, text, layout in
                Self.quote(member.key, to: &text)
                text += layout == nil ? ":" : ": "
                member.value.write(to: &text, layout)
            }
        }
    }

    private static func list<Item>(
        _ items: [Item], _ open: String, _ close: String, to text: inout String, _ layout: Layout?,
        _ write: (Item, inout String, Layout?) -> Void
    ) {
        text += open
        let inner = layout?.deeper
        for (position, item) in items.enumerated() {
            if position > 0 { text += "," }
            if let inner { text += inner.lineBreak + inner.margin }
            write(item, &text, inner)
        }
        if let layout, !items.isEmpty { text += layout.lineBreak + layout.margin }
        text += close
    }

    /// Writes a JSON string. Control characters and the two Unicode line breaks are escaped.
    static func quote(_ value: String, to text: inout String) {
        // Nearly everything that is written is plain.
        if value.utf8.allSatisfy({ (0x20...0x7E).contains($0) && $0 != 0x22 && $0 != 0x5C }) {
            text += "\"\(value)\""
            return
        }
        text += "\""
        for scalar in value.unicodeScalars {
            switch scalar {
            case "\"": text += "\\\""
            case "\\": text += "\\\\"
            case "\n": text += "\\n"
            case "\r": text += "\\r"
            case "\t": text += "\\t"
            case "\u{0}"..<"\u{20}", "\u{7F}", "\u{2028}", "\u{2029}":
                let digits = String(scalar.value, radix: 16)
                text += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: text.unicodeScalars.append(scalar)
            }
        }
        text += "\""
    }
}
