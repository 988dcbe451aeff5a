// SPDX-License-Identifier: Apache-2.0
package import Credentials
package import Documents

/// Values of the configuration as they may be shown: credentials masked, references to variables as they are written.
/// What a credential is by its place is known here; what is one by its shape is known by ``Credentials/Masking``.
package enum ShownValue {
    /// The value with everything masked that is, or may be, a credential. Of equal keys the last one is shown.
    package static func literal(_ element: Element, at path: DocumentPath) -> Literal {
        literal(element, at: path, previous: previous(of: element, at: path), isSecret: KnownKeys.isSecret)
    }

    /// - Parameter previous: the text before it in the same list.
    static func literal(
        _ element: Element, at path: DocumentPath, previous: String?, isSecret: (DocumentPath) -> Bool
    ) -> Literal {
        switch element.kind {
        case .object:
            var members: [Literal.Member] = []
            var places: [String: Int] = [:]
            for (key, value) in element.members {
                let shown = literal(value, at: path.appending(.key(key)), previous: nil, isSecret: isSecret)
                if let place = places[key] {
                    members[place].value = shown
                } else {
                    places[key] = members.count
                    members.append(.init(Masking.name(key), shown))
                }
            }
            return .object(members)
        case .array:
            let elements = element.elements
            return .array(
                elements.indices.map { index in
                    literal(
                        elements[index], at: path.appending(.index(index)),
                        previous: index > 0 ? elements[index - 1].string : nil, isSecret: isSecret)
                })
        case .string: return .string(text(element.string ?? "", at: path, after: previous, isSecret: isSecret))
        case .number where isSecret(path): return .string(Masking.mask)
        default: return element.literal
        }
    }

    private static func previous(of element: Element, at path: DocumentPath) -> String? {
        guard case .index(let index) = path.last, index > 0 else { return nil }
        return element.document.element(at: path.parent.appending(.index(index - 1)))?.string
    }

    // MARK: Texts

    private static func text(
        _ text: String, at path: DocumentPath, after previous: String?, isSecret: (DocumentPath) -> Bool
    ) -> String {
        if isSecret(path) { return masked(text) }
        // Ids of profiles, in a store: what is before their colon announces nothing.
        if path.steps.first == .key("order") || path.steps.first == .key("lastGood") { return Masking.text(text) }
        guard let known = KnownKeys.key(at: path)?.pattern else { return Masking.note(text, isSentence: false).text }
        switch known {
        case "secrets.providers.*.args[]": return Masking.argument(text, after: previous)
        case "secrets.providers.*.args": return Masking.note(text, isSentence: true).text
        case "gateway.proxy", "models.providers.*.baseUrl", "gateway.allowedHosts[]": return Masking.address(text)
        default: return Masking.text(text)
        }
    }

    /// The text is made of `${NAME}` alone.
    package static func isReference(_ text: String) -> Bool {
        let pieces = ExpandedText.pieces(of: text)
        return !pieces.isEmpty && pieces.allSatisfy(\.isReference)
    }

    /// The text is one of our own displays of a secret, or another program's: never to be stored as one.
    package static func looksMasked(_ text: String) -> Bool {
        if text.contains("...") || text.contains("\u{2026}") || text.contains("***")
            || text.contains("\u{2022}\u{2022}")
        {
            return true
        }
        return ["[secret]", "[redacted]", "[masked]", "[hidden]", "<redacted>", "secretref-managed"].contains(
            text.trimmed.lowercased())
    }

    private static func masked(_ text: String) -> String {
        let pieces = ExpandedText.pieces(of: text)
        guard pieces.contains(where: \.isReference) else { return Secret(text).masked }
        return pieces.map { $0.isReference ? $0.text : Masking.mask }.joined()
    }

    /// The text of a number, a switch or a path, which need no mask; nil for any other.
    package static func plain(_ value: Secret) -> String? {
        let text = value.reveal()
        guard text.utf8.count <= 1024, Masking.text(text) == text else { return nil }
        // A port or a count; what is longer may be a PIN.
        let isNumber = text.utf8.count <= 5 && text.utf8.allSatisfy { (0x30...0x39).contains($0) }
        let isSwitch = ["true", "false", "yes", "no", "on", "off"].contains(text.lowercased())
        // A key in base 64 may begin so: it goes on with = or +, or is as mixed as chance makes it.
        let isPath = text.hasPrefix("/") || text.hasPrefix("~/")
        let isPlainPath =
            isPath && text.utf8.dropFirst().contains(UInt8(ascii: "/")) && !text.contains { "=+&?".contains($0) }
            && !text.split(separator: "/").contains { SecretShape.isOpaque($0) }
        return isNumber || isSwitch || isPlainPath ? text.escapedForDisplay : nil
    }
}
