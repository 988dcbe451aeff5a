// SPDX-License-Identifier: Apache-2.0

/// Text that must never reach a log. Not `Codable`: only the stored file's own type writes it.
package struct Secret: Hashable, Sendable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    private let text: String

    package init(_ text: String) { self.text = text }

    /// The text itself. Every file that calls this is on the short list in `scripts/check`.
    package func reveal() -> String { text }

    /// True when there is nothing to use: no text, or only blanks.
    package var isBlank: Bool { text.allSatisfy(\.isWhitespace) }

    package var description: String { "[secret]" }
    package var debugDescription: String { "[secret]" }
    /// Keeps `dump` and test failures silent too.
    package var customMirror: Mirror { Mirror(self, children: [:]) }

    /// What may be shown: nothing of a text up to 12 characters, 4…2 up to 24, else 6…4.
    package var masked: String {
        let count = text.count
        if count <= 12 { return "****" }
        let (head, tail) = count <= 24 ? (4, 2) : (6, 4)
        return "\(text.prefix(head))...\(text.suffix(tail))".escapedForDisplay
    }
}
