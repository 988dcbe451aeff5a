// SPDX-License-Identifier: Apache-2.0

/// The content of a good answer, before it takes a provider's shape.
struct Reply: Sendable {
    /// The request's number; all ids derive from it.
    var number: Int
    var requestID: String
    var label: String
    var model: String
    /// Seconds since 1970.
    var created: Int
    /// The pieces of the text; empty for an answer without text.
    var deltas: [String]
    var tool: ToolUse?
    var inputTokens: Int
    /// The request's JSON, for answers that repeat parts of it.
    var request: JSONValue
    /// Without any content, as `role-then-end` has it.
    var isHollow = false

    var text: String { deltas.joined() }
    /// One for each piece: the text is made of short ones.
    var outputTokens: Int { max(1, deltas.count + (tool?.pieces.count ?? 0)) }

    /// A number that differs by request, in the alphabet of ids.
    func id(_ prefix: String) -> String {
        let digits = String(number, radix: 36)
        return prefix + "sim" + String(repeating: "0", count: max(0, 21 - digits.count)) + digits
    }

    /// The sentence by which tests tell who served, and as many more words as asked for.
    static func deltas(label: String, count: Int?) -> [String] {
        let sentence = ["Hello", " from ", label, "."]
        guard let count else { return sentence }
        guard count >= sentence.count else {
            return count == 0 ? [] : sentence.prefix(count - 1) + [sentence.dropFirst(count - 1).joined()]
        }
        return sentence + (sentence.count..<count).map { " \($0 + 1)" }
    }
}

/// A call of a tool that the request offers.
struct ToolUse: Sendable {
    var name: String
    var input: JSONValue
    /// The request insists on it: no text goes before it.
    var isForced: Bool

    /// The arguments as a stream brings them.
    var pieces: [String] {
        let text = Array(input.description.unicodeScalars)
        let middle = text.count / 2
        let halves = [text[..<middle], text[middle...]].filter { !$0.isEmpty }
        return halves.map { half in
            var piece = ""
            piece.unicodeScalars.append(contentsOf: half)
            return piece
        }
    }
}
