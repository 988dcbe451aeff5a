// SPDX-License-Identifier: Apache-2.0
import FoundationEssentials
import Providers
import TestKit

/// JSON as a tree, read by somebody else's parser: what the scanners are compared with.
enum Tree: Decodable, Equatable {
    case object([String: Tree])
    case array([Tree])
    case string(String)
    case number(Double)
    case bool(Bool)
    case null

    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if container.decodeNil() {
            self = .null
        } else if let value = try? container.decode(Bool.self) {
            self = .bool(value)
        } else if let value = try? container.decode(Double.self) {
            self = .number(value)
        } else if let value = try? container.decode(String.self) {
            self = .string(value)
        } else if let value = try? container.decode([Tree].self) {
            self = .array(value)
        } else {
            self = .object(try container.decode([String: Tree].self))
        }
    }

    /// Nil for what is not one JSON object.
    init?(_ text: String) {
        guard text.first(where: { !$0.isWhitespace }) == "{",
            let tree = try? JSONDecoder().decode(Tree.self, from: Data(text.utf8))
        else { return nil }
        self = tree
    }

    subscript(name: String) -> Tree? { if case .object(let members) = self { members[name] } else { nil } }
    var elements: [Tree] { if case .array(let elements) = self { elements } else { [] } }
    var text: String? { if case .string(let text) = self { text } else { nil } }

    /// As JavaScript sees it, except that an empty container is nothing.
    var isTrue: Bool {
        switch self {
        case .object(let members): !members.isEmpty
        case .array(let elements): !elements.isEmpty
        case .string(let text): !text.isEmpty
        case .number(let number): number != 0
        case .bool(let bool): bool
        case .null: false
        }
    }
}

/// Splits a whole stream into events, line by line, and looks at each as a tree.
struct SlowStreamReader {
    enum Flaw: CaseIterable {
        case countsComments, endsAtTheFirstChoice, takesEmptyText, takesPings, ignoresCarriageReturns, forgetsDone
        case takesOneLine, takesAnErrorForOutput
    }

    var flaw: Flaw?
    private(set) var isMeaningful = false
    private(set) var hasOutput = false
    private(set) var hasError = false
    private(set) var eventCount = 0
    private var isOver = false
    private var seen: Set<Int> = []
    private var finished: Set<Int> = []
    private let dialect: ClientDialect

    var isTerminal: Bool { isOver || (!seen.isEmpty && seen == finished) }

    init(_ text: String, _ dialect: ClientDialect, flaw: Flaw? = nil) {
        self.dialect = dialect
        self.flaw = flaw
        var unified = text.hasPrefix("\u{FEFF}") ? String(text.unicodeScalars.dropFirst()) : text
        if flaw != .ignoresCarriageReturns {
            unified = unified.replacing("\r\n", with: "\n").replacing("\r", with: "\n")
        }
        var name = ""
        var lines: [String] = []
        for line in unified.split(separator: "\n", omittingEmptySubsequences: false) {
            if line.isEmpty {
                if !lines.isEmpty { note(name, flaw == .takesOneLine ? lines[0] : lines.joined(separator: "\n")) }
                (name, lines) = ("", [])
            } else if line.hasPrefix(":") {
                if flaw == .countsComments { eventCount += 1 }
            } else if let (field, value) = Self.split(line) {
                if field == "event" { name = value }
                if field == "data" { lines.append(value) }
            }
        }
    }

    private static func split(_ line: Substring) -> (String, String)? {
        guard let colon = line.firstIndex(of: ":") else { return (String(line), "") }
        let value = line[line.index(after: colon)...]
        return (String(line[..<colon]), String(value.hasPrefix(" ") ? value.dropFirst() : value))
    }

    private mutating func note(_ name: String, _ payload: String) {
        eventCount += 1
        let isChat = dialect == .openaiChat
        // After the commit nobody asks for output any more.
        let wasMeaningful = isMeaningful
        if payload.hasPrefix("[DONE]") {
            if isChat, flaw != .forgetsDone { (isOver, isMeaningful) = (true, true) }
            return
        }
        let tree = Tree(payload)
        let type = tree?["type"]?.text ?? name
        if type == "error" || name == "error" || tree?["error"]?.isTrue == true || type == "response.failed"
            || (tree?["response"]?["error"]?.isTrue == true)
        {
            if !isChat, type == "response.failed", tree != nil { isOver = true }
            if tree != nil || name == "error" { hasError = true }
            if flaw == .takesAnErrorForOutput { (hasOutput, isMeaningful) = (true, true) }
            noteChoices(tree)
            return
        }
        guard let tree else { return }
        noteChoices(tree)
        if !isChat, ["message_stop", "response.completed", "response.incomplete"].contains(type) {
            (isOver, isMeaningful) = (true, true)
        }
        if flaw == .takesPings, type == "ping" { isMeaningful = true }
        if !wasMeaningful, isOutput(tree) { (hasOutput, isMeaningful) = (true, true) }
        if tree["choices"]?.elements.contains(where: { $0["finish_reason"]?.isTrue == true }) == true {
            isMeaningful = true
        }
    }

    private mutating func noteChoices(_ tree: Tree?) {
        for choice in tree?["choices"]?.elements ?? [] {
            var index = 0
            if case .number(let number) = choice["index"] { index = Int(number) }
            seen.insert(index)
            if choice["finish_reason"]?.isTrue == true {
                finished.insert(index)
                if flaw == .endsAtTheFirstChoice { isOver = true }
            }
        }
    }

    private func isOutput(_ tree: Tree) -> Bool {
        let parts = [
            "text", "thinking", "partial_json", "content", "refusal", "reasoning", "reasoning_content", "tool_calls",
        ]
        func shows(_ delta: Tree?) -> Bool {
            parts.contains { delta?[$0].map { $0.isTrue || (flaw == .takesEmptyText && $0.text != nil) } ?? false }
        }
        if case .string(let text)? = tree["delta"], !text.isEmpty { return true }
        if shows(tree["delta"]) || (tree["choices"]?.elements ?? []).contains(where: { shows($0["delta"]) }) {
            return true
        }
        if let block = tree["content_block"] {
            if let type = block["type"]?.text, type != "text", type != "thinking" { return true }
            if block["text"]?.isTrue == true || block["thinking"]?.isTrue == true { return true }
        }
        if let type = tree["item"]?["type"]?.text { return type != "message" && type != "reasoning" }
        return tree["delta"]?["stop_reason"]?.text == "refusal"
    }
}

/// Reads a whole request body as a tree, after looking for repeated names by hand.
struct SlowRequestReader {
    enum Flaw: CaseIterable {
        case keepsTheLast, keepsTheFirst, comparesSpelling, looksInside
    }

    private(set) var model: String?
    private(set) var isDuplicate = false

    /// - Parameter members: the top-level members as they were written, names without quotes and values as JSON.
    init(_ members: [(name: String, value: String)], flaw: Flaw? = nil) {
        var values: [String: String] = [:]
        for (spelling, value) in members {
            let name = flaw == .comparesSpelling ? spelling : Self.unescaped(spelling)
            let isRepeated = values[name] != nil
            if isRepeated, flaw == .keepsTheFirst { continue }
            if isRepeated, flaw != .keepsTheLast { isDuplicate = true }
            values[name] = value
        }
        model = values["model"].map(Self.unquoted)
        if flaw == .looksInside, model == nil {
            model = members.compactMap { Tree($0.value)?["model"]?.text }.first
        }
    }

    private static func unquoted(_ json: String) -> String { Tree("{\"v\":\(json)}")?["v"]?.text ?? "" }
    private static func unescaped(_ spelling: String) -> String { unquoted("\"\(spelling)\"") }
}
