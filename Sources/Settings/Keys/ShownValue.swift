// SPDX-License-Identifier: Apache-2.0
package import Credentials
package import Documents

/// Values of the configuration as they may be shown: credentials masked, references to variables as they are written.
package enum ShownValue {
    /// The value with everything masked that is, or may be, a credential. Of equal keys the last one is shown.
    package static func literal(_ element: Element, at path: DocumentPath) -> Literal {
        switch element.kind {
        case .object:
            var members: [Literal.Member] = []
            var places: [String: Int] = [:]
            for (key, value) in element.members {
                let shown = literal(value, at: path.appending(.key(key)))
                if let place = places[key] {
                    members[place].value = shown
                } else {
                    places[key] = members.count
                    members.append(.init(key, shown))
                }
            }
            return .object(members)
        case .array:
            return .array(element.elements.enumerated().map { literal($1, at: path.appending(.index($0))) })
        case .string:
            return .string(text(element.string ?? "", at: path))
        case .number where KnownKeys.isSecret(path): return .string("****")
        default: return element.literal
        }
    }

    /// A text as it may be shown at a place.
    package static func text(_ text: String, at path: DocumentPath) -> String {
        KnownKeys.isSecret(path) ? masked(text) : withoutKeys(text)
    }

    /// The bytes of a document with every credential masked, line for line: for showing a change.
    package static func text(of document: Document) -> String {
        var edits: [(span: Range<Int>, text: String)] = []
        collect(document.root, at: DocumentPath([PathStep]()), &edits)
        var shown: [UInt8] = []
        var position = 0
        for edit in edits {
            shown += document.bytes[position..<edit.span.lowerBound]
            shown += edit.text.utf8
            position = edit.span.upperBound
        }
        shown += document.bytes[position...]
        return withoutKeys(String(decoding: shown, as: UTF8.self))
    }

    private static func collect(
        _ element: Element, at path: DocumentPath, _ edits: inout [(span: Range<Int>, text: String)]
    ) {
        switch element.kind {
        case .object: for (key, value) in element.members { collect(value, at: path.appending(.key(key)), &edits) }
        case .array:
            for (index, value) in element.elements.enumerated() {
                collect(value, at: path.appending(.index(index)), &edits)
            }
        case .string, .number:
            let shown = literal(element, at: path)
            if shown != element.literal { edits.append((element.span, shown.compact)) }
        default: break
        }
    }

    // MARK: Texts

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
        return pieces.map { $0.isReference ? $0.text : "****" }.joined()
    }

    /// The text of a number, a switch or a path, which need no mask; nil for any other.
    package static func plain(_ value: Secret) -> String? {
        let text = value.reveal()
        guard text.utf8.count <= 1024, withoutKeys(text) == text else { return nil }
        let isNumber = text.utf8.count <= 10 && text.utf8.allSatisfy { (0x30...0x39).contains($0) }
        let isSwitch = ["true", "false", "yes", "no", "on", "off"].contains(text.lowercased())
        // What begins so and goes on with = or + may be a key in base 64.
        let isPath = text.hasPrefix("/") || text.hasPrefix("~/")
        let isPlainPath =
            isPath && text.utf8.dropFirst().contains(UInt8(ascii: "/")) && !text.contains { "=+&?".contains($0) }
        return isNumber || isSwitch || isPlainPath ? text.escapedForDisplay : nil
    }

    private static let keyPrefixes = [
        "sk-", "sk_", "agw_", "gsk_", "xai-", "hf_", "ghp_", "gho_", "github_pat_", "AIza", "AKIA", "nvapi-", "r8_",
        "fw_",
        "pplx-", "csk-",
    ]

    /// Without what looks like a key wherever it stands, and without the user and password of an URL.
    package static func withoutKeys(_ text: String) -> String {
        var out = ""
        var word = ""
        for character in text {
            if character.isASCII, character.isLetter || character.isNumber || "_-.".contains(character) {
                word.append(character)
            } else {
                out += shown(word: word)
                word = ""
                if character == "@", let start = out.userInfoStart {
                    out = out[..<start] + "****"
                }
                out.append(character)
            }
        }
        return out + shown(word: word)
    }

    private static func shown(word: String) -> String {
        let isKey = word.count >= 16 && keyPrefixes.contains { word.hasPrefix($0) }
        return isKey ? Secret(word).masked : word
    }
}

extension String {
    /// Behind the `://` of an URL that goes on to the end of this text without a slash or a blank.
    fileprivate var userInfoStart: String.Index? {
        guard let scheme = range(ofLast: "://") else { return nil }
        return self[scheme...].contains { $0 == "/" || $0.isWhitespace || $0 == "\"" } ? nil : scheme
    }

    private func range(ofLast mark: String) -> String.Index? {
        var found: String.Index?
        var index = startIndex
        while index < endIndex {
            if self[index...].hasPrefix(mark) { found = self.index(index, offsetBy: mark.count) }
            index = self.index(after: index)
        }
        return found
    }
}
