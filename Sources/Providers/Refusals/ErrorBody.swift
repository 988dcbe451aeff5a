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
    /// Every other number or text, by its last name in lower case: `resets_at`, `retrydelay`, …
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
        // Names of the error itself win over the same names around it.
        var around = Found()
        var inside = Found()
        var reader = LenientReader(body, at: start)
        while let (path, text) = reader.next() {
            let names = path.filter { !$0.isEmpty }
            guard let name = names.last else { continue }
            let isTaken =
                names.count == 1
                ? around.take(name, text) : Self.parents.contains(names[names.count - 2]) && inside.take(name, text)
            if isTaken || details.count >= Self.memberLimit || details[name.lowercased()] != nil { continue }
            details[name.lowercased()] = text
        }
        type = inside.type ?? around.type
        code = inside.code ?? around.code
        message = inside.message ?? around.message
    }

    /// An error inside an answer whose status said 200.
    init(_ inBand: InBandError) {
        self.init([])
        (type, code, message) = (inBand.type, inBand.code, inBand.message)
        isEmpty = false
    }

    /// Names under which providers put the object that describes the failure.
    private static let parents: Set<String> = ["error", "errors", "detail", "response"]

    private struct Found {
        var type: String?
        var code: String?
        var message: String?
        private var hasStatus = false

        mutating func take(_ name: String, _ text: String) -> Bool {
            switch name {
            case "type": if text != "error" { type = type ?? text }
            case "status" where Int(text) == nil:
                if !hasStatus { code = text }
                hasStatus = true
            case "code": if !hasStatus { code = code ?? text }
            case "message", "detail", "error", "msg": message = message ?? text
            default: return false
            }
            return true
        }
    }
}
