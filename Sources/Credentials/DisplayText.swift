// SPDX-License-Identifier: Apache-2.0

extension StringProtocol {
    /// For terminals and messages: control characters, line separators, direction marks and what nobody can see become
    /// `\u{…}`, so that no name or message from elsewhere can move a cursor, forge a line, turn text around or look like
    /// another one.
    package var escapedForDisplay: String {
        // Nearly everything that is shown is plain.
        if utf8.allSatisfy({ (0x20...0x7E).contains($0) }) { return String(self) }
        var out = ""
        for scalar in unicodeScalars {
            switch scalar.value {
            case 0..<0x20, 0x7F..<0xA0, 0xAD, 0x061C, 0x180E, 0x200B...0x200F, 0x2028...0x202E, 0x2060...0x206F, 0xFEFF,
                0xFFF9...0xFFFB, 0xE0000...0xE007F:
                out += "\\u{\(String(scalar.value, radix: 16))}"
            default: out.unicodeScalars.append(scalar)
            }
        }
        return out
    }

    /// The same for a line that may hold our own line breaks and tabs.
    package var escapedForTerminal: String {
        split(separator: "\n", omittingEmptySubsequences: false).map(\.escapedForDisplay).joined(separator: "\n")
    }
}
