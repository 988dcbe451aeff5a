// SPDX-License-Identifier: Apache-2.0

/// The fields of a provider's error body that say what went wrong, read leniently: bodies are cut, are HTML, or are
/// no JSON at all, and all of that is information.
package struct ErrorBody: Hashable, Sendable {
    /// `error.type`
    package var type: String?
    /// `error.code`, numbers as text; for Google-like bodies `error.status`.
    package var code: String?
    /// `error.message`, or the whole `error` when it is a string, or a top-level `message` or `detail`.
    package var message: String?
    /// Every other number or text below the error, by its last name: `resets_at`, `retryDelay`, …
    package var details: [String: String] = [:]
    package var isEmpty: Bool
    package var isHTML: Bool

    static let textLimit = 2048
    static let memberLimit = 64

    package init(_ body: [UInt8]) {
        let start = body.firstIndex { !($0 == 0x20 || (0x09...0x0D).contains($0)) }
        isEmpty = start == nil
        isHTML = start.map { body[$0] == UInt8(ascii: "<") } ?? false
        guard let start, body[start] == UInt8(ascii: "{") || body[start] == UInt8(ascii: "[") else { return }
        var reader = LenientReader(bytes: body, at: start)
        reader.read { path, text in
            let inError = path.contains("error") || path.count == 1
            guard inError, let name = path.last else { return }
            switch name {
            case "type": if type == nil || path.count > 1 { if text != "error" { type = type ?? text } }
            case "code": code = code ?? text
            case "message", "detail": message = message ?? text
            case "error": message = message ?? text
            case "status" where Int(text) == nil: code = text
            default: if details.count < Self.memberLimit, details[name] == nil { details[name] = text }
            }
        }
    }
}

/// Walks JSON and reports every text and number with its names, giving up without complaint where the text ends.
private struct LenientReader {
    let bytes: [UInt8]
    var at: Int
    private var path: [String] = []
    private var members = 0

    init(bytes: [UInt8], at: Int) {
        self.bytes = bytes
        self.at = at
    }

    mutating func read(_ report: ([String], String) -> Void) {
        /// For each open container: whether it is an object.
        var open: [Bool] = []
        var expectsName = false
        while at < bytes.count, members < 512 {
            switch bytes[at] {
            case UInt8(ascii: "{"), UInt8(ascii: "["):
                let isObject = bytes[at] == UInt8(ascii: "{")
                if open.count >= 16 { return }
                open.append(isObject)
                if open.count > 1, !isObject || path.count < open.count - 1 { if path.count < open.count - 1 { path.append("") } }
                expectsName = isObject
                at += 1
            case UInt8(ascii: "}"), UInt8(ascii: "]"):
                if open.isEmpty { return }
                open.removeLast()
                while path.count > max(open.count - 1, 0) { path.removeLast() }
                expectsName = false
                at += 1
            case UInt8(ascii: ","):
                expectsName = open.last ?? false
                while path.count > max(open.count - 1, 0) { path.removeLast() }
                at += 1
            case UInt8(ascii: "\""):
                guard let text = string() else { return }
                if expectsName {
                    while path.count > max(open.count - 1, 0) { path.removeLast() }
                    path.append(text)
                    expectsName = false
                } else {
                    members += 1
                    report(path, text)
                }
            case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"):
                let start = at
                while at < bytes.count, bytes[at] == UInt8(ascii: "-") || bytes[at] == UInt8(ascii: ".") || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(bytes[at]) { at += 1 }
                members += 1
                report(path, String(decoding: bytes[start..<at].prefix(32), as: UTF8.self))
            default: at += 1
            }
        }
    }

    /// At most `ErrorBody.textLimit` bytes of a string; nil when the body ends inside it and it is a name.
    private mutating func string() -> String? {
        var out: [UInt8] = []
        at += 1
        while at < bytes.count {
            let byte = bytes[at]
            at += 1
            if byte == UInt8(ascii: "\"") { break }
            if out.count >= ErrorBody.textLimit { continue }
            guard byte == UInt8(ascii: "\\"), at < bytes.count else {
                out.append(byte)
                continue
            }
            let escape = bytes[at]
            at += 1
            switch escape {
            case UInt8(ascii: "n"): out.append(0x0A)
            case UInt8(ascii: "t"): out.append(0x09)
            case UInt8(ascii: "u"):
                let digits = String(decoding: bytes[at..<min(at + 4, bytes.count)], as: UTF8.self)
                at = min(at + 4, bytes.count)
                if let value = UInt32(digits, radix: 16), let scalar = Unicode.Scalar(value) { out += Array(String(scalar).utf8) }
            default: out.append(escape)
            }
        }
        return String(decoding: out, as: UTF8.self)
    }
}
