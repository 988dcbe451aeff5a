// SPDX-License-Identifier: Apache-2.0

extension JSONValue: CustomStringConvertible {
    /// Compact JSON text in one line.
    package var description: String {
        var text = ""
        write(to: &text)
        return text
    }

    /// Over several lines with two blanks, as OpenAI writes its plain answers.
    var pretty: String {
        var text = ""
        writePretty(to: &text, indent: "\n")
        return text + "\n"
    }

    /// - Parameter indent: the line break and the blanks of this level.
    private func writePretty(to text: inout String, indent: String) {
        let inner = indent + "  "
        switch self {
        case .array(let values) where !values.isEmpty:
            for (index, value) in values.enumerated() {
                text += (index == 0 ? "[" : ",") + inner
                value.writePretty(to: &text, indent: inner)
            }
            text += indent + "]"
        case .object(let members) where !members.isEmpty:
            for (index, member) in members.enumerated() {
                text += (index == 0 ? "{" : ",") + inner
                Self.write(member.key, to: &text)
                text += ": "
                member.value.writePretty(to: &text, indent: inner)
            }
            text += indent + "}"
        default: write(to: &text)
        }
    }

    private func write(to text: inout String) {
        switch self {
        case .null: text += "null"
        case .boolean(let value): text += value ? "true" : "false"
        case .integer(let value): text += String(value)
        case .number(let value): text += value.isFinite ? String(value) : "null"
        case .string(let value): Self.write(value, to: &text)
        case .array(let values):
            text += "["
            for (index, value) in values.enumerated() {
                if index > 0 { text += "," }
                value.write(to: &text)
            }
            text += "]"
        case .object(let members):
            text += "{"
            for (index, member) in members.enumerated() {
                if index > 0 { text += "," }
                Self.write(member.key, to: &text)
                text += ":"
                member.value.write(to: &text)
            }
            text += "}"
        }
    }

    private static func write(_ value: String, to text: inout String) {
        text += "\""
        for scalar in value.unicodeScalars {
            switch scalar {
            case "\"": text += "\\\""
            case "\\": text += "\\\\"
            case "\n": text += "\\n"
            case "\r": text += "\\r"
            case "\t": text += "\\t"
            // C1 and the bidirectional controls too: legal as they are, but a terminal that shows this must not act.
            case "\u{0}"..."\u{1F}", "\u{7F}"..."\u{9F}", "\u{2028}"..."\u{202E}", "\u{2066}"..."\u{2069}":
                text += "\\u" + hexadecimal(scalar.value)
            default: text.unicodeScalars.append(scalar)
            }
        }
        text += "\""
    }

    private static func hexadecimal(_ value: UInt32) -> String {
        let digits = String(value, radix: 16)
        return String(repeating: "0", count: 4 - digits.count) + digits
    }
}
