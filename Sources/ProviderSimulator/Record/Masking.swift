// SPDX-License-Identifier: Apache-2.0
import NIOHTTP1

/// What the record may show of a request: no credential, and nothing without bounds.
struct Masking {
    let secret: String?
    let label: String
    let prohibitions: Prohibitions

    /// Fields that hold nothing but a credential.
    private static let credentials: Set<String> = [
        "authorization", "proxy-authorization", "x-api-key", "api-key", "x-goog-api-key", "cookie",
    ]
    /// A shorter secret would be found in innocent values.
    private static let shortestSecret = 8
    private static let longestText = 512
    private static let mostFields = 100
    private static let hidden = "[masked]"

    func shown(_ text: String) -> String {
        if isSecret(text) || prohibitions.isToken(text) { return Self.hidden }
        return text.utf8.count > Self.longestText ? text.prefix(Self.longestText) + "…" : text
    }

    func shown(_ headers: HTTPHeaders) -> [ReceivedField] {
        headers.prefix(Self.mostFields).map { name, value in
            let name = name.lowercased()
            return ReceivedField(name: shown(name), value: shown(value, of: name))
        }
    }

    private func shown(_ value: String, of name: String) -> String {
        guard Self.credentials.contains(name) else { return shown(value) }
        guard isSecret(value) else { return Self.hidden }
        return value == secret ? "[\(label)]" : "\(value.prefix(6)) [\(label)]"
    }

    private func isSecret(_ text: String) -> Bool {
        guard let secret, secret.utf8.count >= Self.shortestSecret else { return false }
        return text.holds(secret)
    }
}
