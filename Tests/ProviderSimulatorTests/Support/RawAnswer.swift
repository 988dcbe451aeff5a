// SPDX-License-Identifier: Apache-2.0
@testable import ProviderSimulator

/// An answer taken apart by hand.
struct RawAnswer {
    var status: Int?
    var fields: [(name: String, value: String)] = []
    /// Without chunk framing.
    var body = ""
    /// Whether the framing says that the whole body has come.
    var isComplete = false
    /// The sizes of the chunks, for a chunked body.
    var chunks: [Int] = []

    init(_ text: String) {
        guard let headEnd = text.utf8Range(of: "\r\n\r\n"), text.hasPrefix("HTTP/1.") else { return }
        let lines = String(text.utf8.prefix(headEnd))!.split(separator: "\r\n")
        status = Int(lines[0].split(separator: " ")[1])
        fields = lines.dropFirst().map { line in
            let parts = line.split(separator: ":", maxSplits: 1)
            return (String(parts[0]), String(parts[1].drop { $0 == " " }))
        }
        let rest = Array(text.utf8.dropFirst(headEnd + 4))
        if self["transfer-encoding"] == "chunked" {
            dechunk(rest)
        } else {
            body = String(decoding: rest, as: UTF8.self)
            isComplete = self["content-length"].flatMap { Int($0) } == rest.count
        }
    }

    subscript(name: String) -> String? { fields.first { $0.name.lowercased() == name }?.value }

    var json: JSONValue? {
        // Not JSON is nil, which no expectation equals.
        try? JSONParser.parse(Array(body.utf8))
    }

    /// The events of a stream: their names (or what stands for one), and their payloads.
    var events: [(name: String, payload: JSONValue)] {
        body.components(between: "\n\n").map { frame in
            let lines = frame.components(between: "\n")
            let name = lines.first { $0.hasPrefix("event: ") }.map { String($0.dropFirst(7)) }
            let text = lines.first { $0.hasPrefix("data: ") }.map { String($0.dropFirst(6)) }
            let payload = text.flatMap { try? JSONParser.parse(Array($0.utf8)) }
            return (name ?? (payload == nil ? frame : "data"), payload ?? nil)
        }
    }

    private mutating func dechunk(_ bytes: [UInt8]) {
        var rest = bytes[...]
        var whole: [UInt8] = []
        while let lineEnd = rest.firstIndex(of: UInt8(ascii: "\r")) {
            guard let size = Int(String(decoding: rest[..<lineEnd], as: UTF8.self), radix: 16) else { break }
            guard size > 0 else {
                isComplete = Array(rest[lineEnd...]) == Array("\r\n\r\n".utf8)
                break
            }
            chunks.append(size)
            whole += rest[(lineEnd + 2)...].prefix(size)
            rest = rest[(lineEnd + 2)...].dropFirst(size + 2)
        }
        body = String(decoding: whole, as: UTF8.self)
    }
}

extension String {
    func utf8Range(of text: String) -> Int? {
        let own = Array(utf8)
        let wanted = Array(text.utf8)
        guard own.count >= wanted.count else { return nil }
        return (0...(own.count - wanted.count)).first { own[$0..<($0 + wanted.count)].elementsEqual(wanted) }
    }

    /// Non-empty parts between separators.
    func components(between separator: String) -> [String] {
        split(separator: separator, omittingEmptySubsequences: true).map(String.init)
    }
}
