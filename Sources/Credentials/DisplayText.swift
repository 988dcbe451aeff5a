// SPDX-License-Identifier: Apache-2.0

extension Unicode.Scalar {
    /// Control characters, line separators, direction marks and what nobody can see.
    fileprivate var isUnsafeToShow: Bool {
        switch value {
        case 0..<0x20, 0x7F..<0xA0, 0xAD, 0x061C, 0x180E, 0x200B...0x200F, 0x2028...0x202E, 0x2060...0x206F, 0xFEFF,
            0xFFF9...0xFFFB, 0xE0000...0xE007F:
            true
        default: false
        }
    }
}

extension StringProtocol {
    /// Nearly everything that is shown is: printable ASCII.
    private var isPlain: Bool { allBytes { (0x20...0x7E).contains($0) } }

    /// On the bytes as they lie in memory: by way of the generic view this took a third of a status with 1,000 profiles.
    func allBytes(_ condition: (UInt8) -> Bool) -> Bool {
        utf8.withContiguousStorageIfAvailable { $0.allSatisfy(condition) } ?? utf8.allSatisfy(condition)
    }

    /// For terminals and messages: what could command a terminal or hide becomes `\u{…}`, so that no name or message
    /// from elsewhere can move a cursor, forge a line, turn text around or look like another one.
    package var escapedForDisplay: String {
        if isPlain { return String(self) }
        var out = ""
        for scalar in unicodeScalars {
            if scalar.isUnsafeToShow {
                out += "\\u{\(String(scalar.value, radix: 16))}"
            } else {
                out.unicodeScalars.append(scalar)
            }
        }
        return out
    }

    /// The same for a line that may hold our own line breaks and tabs.
    package var escapedForTerminal: String {
        if isPlain { return String(self) }
        return split(separator: "\n", omittingEmptySubsequences: false).map(\.escapedForDisplay).joined(separator: "\n")
    }

    /// JSON that means the same, and of which a terminal shows every character: beyond ASCII, `\uXXXX` as above.
    package var escapedInJSON: String {
        if allBytes({ $0 < 0x7F }) { return String(self) }
        var out = ""
        for scalar in unicodeScalars {
            guard scalar.value >= 0x7F, scalar.isUnsafeToShow else {
                out.unicodeScalars.append(scalar)
                continue
            }
            for unit in UTF16.encode(scalar)?.map({ $0 }) ?? [] {
                let digits = String(unit, radix: 16)
                out += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            }
        }
        return out
    }
}
