// SPDX-License-Identifier: Apache-2.0
package import Credentials

/// The part of an upstream request's head that is the same for every request with one credential.
package enum CredentialFields {
    package static let userAgent = "agenticflow-enterprise/\(version)"
    /// The product's version, as `--version` prints it.
    package static let version = "0.1.0"

    /// - Returns: `host`, `user-agent`, `accept-encoding`, the configured fields and the credential, each line ended
    ///   by CR LF; or nil when the secret cannot be a field's value, or is one that is never sent over HTTP by us.
    package static func bytes(for provider: Provider, secret: Secret) -> [UInt8]? {
        guard let place = provider.place, secret.isSafeFieldValue, !secret.isSetupToken else { return nil }
        var text = "host: \(place.authority)\r\nuser-agent: \(userAgent)\r\naccept-encoding: identity\r\n"
        for (name, value) in provider.extraHeaders.sorted(by: { $0.key < $1.key }) where isAllowed(name, value) {
            text += "\(name): \(value)\r\n"
        }
        switch provider.header {
        case .xAPIKey: text += "x-api-key: \(secret.reveal())\r\n"
        case .bearer: text += "authorization: Bearer \(secret.reveal())\r\n"
        }
        return Array(text.utf8)
    }

    /// The same for a page that is open to everybody: no credential, and no field of the configuration, which may be one.
    package static func bytesWithoutCredential(for provider: Provider) -> [UInt8]? {
        provider.place.map {
            Array("host: \($0.authority)\r\nuser-agent: \(userAgent)\r\naccept-encoding: identity\r\n".utf8)
        }
    }

    private static let ours: Set<String> = [
        "host", "user-agent", "accept", "accept-encoding", "authorization", "x-api-key", "content-length",
        "transfer-encoding", "connection", "content-type", "cookie", "expect", "keep-alive", "te", "trailer", "upgrade",
    ]

    /// Fields of the configuration may not take the place of those that are ours.
    private static func isAllowed(_ name: String, _ value: String) -> Bool {
        let isToken =
            !name.isEmpty
            && name.utf8.allSatisfy {
                (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) || $0 == UInt8(ascii: "-")
            }
        return isToken && !ours.contains(name) && value.utf8.allSatisfy { (0x20...0x7E).contains($0) }
    }
}

extension Secret {
    /// Printable ASCII without blanks, up to 4096 bytes: nothing that could end a field and begin another.
    package var isSafeFieldValue: Bool { fieldFlaw(takesAnyWord: true) == nil }

    /// Why it is not sent, as the second half of a sentence; nil when it is.
    ///
    /// - Parameter takesAnyWord: a server of one's own may ask for `none`; what is so short is no vendor's.
    package func fieldFlaw(takesAnyWord: Bool = false) -> String? {
        let bytes = reveal().utf8
        if bytes.contains(where: { $0 == 0x20 || $0 == 0x09 }) { return "has a blank inside" }
        if !bytes.allSatisfy({ (0x21...0x7E).contains($0) }) {
            return "has a character that no header can carry, such as a line break or a typographic mark"
        }
        if bytes.count < (takesAnyWord ? 1 : 8) { return "has fewer than 8 characters" }
        return bytes.count > 4096 ? "has more than 4096 characters" : nil
    }
}
