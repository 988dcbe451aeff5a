// SPDX-License-Identifier: Apache-2.0

/// Puts text into lines of a given width.
enum TextLayout {
    /// - Parameters:
    ///   - width: of the longest line; only a word that is longer than that goes beyond it.
    ///   - indent: blanks before the first line.
    ///   - hanging: blanks before all further lines; without it: as many as before the first.
    static func wrap(_ text: String, to width: Int, indent: Int = 0, hanging: Int? = nil) -> [String] {
        fill(text.split(separator: " ").map(String.init), to: width, indent: indent, hanging: hanging ?? indent)
    }

    /// Parts, separated by blanks, none of them broken.
    static func fill(_ parts: [String], to width: Int, indent: Int, hanging: Int, ending: String = "") -> [String] {
        var lines: [String] = []
        var line = String(repeating: " ", count: indent)
        var isEmpty = true
        for (index, part) in parts.enumerated() {
            let room = width - (index == parts.count - 1 ? 0 : ending.count)
            if !isEmpty, line.count + 1 + part.count > room {
                lines.append(line + ending)
                line = String(repeating: " ", count: hanging)
                isEmpty = true
            }
            line += (isEmpty ? "" : " ") + part
            isEmpty = false
        }
        return isEmpty ? lines : lines + [line]
    }

    /// A command line that can be copied as it stands: a line that goes on ends in a backslash.
    static func command(_ text: String, to width: Int, indent: Int) -> [String] {
        fill(words(text), to: width, indent: indent, hanging: indent + 2, ending: " \\")
    }

    /// At blanks outside quotes. An option stays with its value.
    private static func words(_ text: String) -> [String] {
        var parts = [""]
        var quote: Character?
        for character in text {
            if character == quote { quote = nil } else if quote == nil, "'\"".contains(character) { quote = character }
            if character == " ", quote == nil { parts.append("") } else { parts[parts.count - 1].append(character) }
        }
        var joined: [String] = []
        for part in parts where !part.isEmpty {
            if let last = joined.last, last.hasPrefix("--"), !last.contains(" "), !part.hasPrefix("-") {
                joined[joined.count - 1] += " " + part
            } else {
                joined.append(part)
            }
        }
        return joined
    }
}
