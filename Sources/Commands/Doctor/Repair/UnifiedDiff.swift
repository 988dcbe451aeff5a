// SPDX-License-Identifier: Apache-2.0
import Credentials
import Documents

/// The difference of two texts, as people know it from `diff -u`.
struct UnifiedDiff {
    private struct Line {
        var mark: Character
        var text: Substring
    }

    private static let context = 3
    let lines: [String]

    init(_ before: String, _ after: String) {
        let old = before.split(separator: "\n", omittingEmptySubsequences: false)
        let new = after.split(separator: "\n", omittingEmptySubsequences: false)
        let all = Self.merged(old, new)
        var out: [String] = []
        var next = 0
        while let first = all[next...].firstIndex(where: { $0.mark != " " }) {
            let start = max(next, first - Self.context)
            var end = first
            var quiet = 0
            // Two changes with few lines between them stand together.
            while end < all.count, quiet <= 2 * Self.context {
                quiet = all[end].mark == " " ? quiet + 1 : 0
                end += 1
            }
            end -= max(0, quiet - Self.context)
            out.append(Self.header(all, start..<end))
            out += all[start..<end].map { "\($0.mark)\($0.text)" }
            next = end
        }
        lines = out
    }

    private static func merged(_ old: [Substring], _ new: [Substring]) -> [Line] {
        let difference = new.difference(from: old)
        var removed = Set<Int>(), inserted = Set<Int>()
        for change in difference {
            switch change {
            case .remove(let offset, _, _): removed.insert(offset)
            case .insert(let offset, _, _): inserted.insert(offset)
            }
        }
        var lines: [Line] = []
        var (from, to) = (0, 0)
        while from < old.count || to < new.count {
            if from < old.count, removed.contains(from) {
                lines.append(Line(mark: "-", text: old[from]))
                from += 1
            } else if to < new.count, inserted.contains(to) {
                lines.append(Line(mark: "+", text: new[to]))
                to += 1
            } else {
                lines.append(Line(mark: " ", text: new[to]))
                from += 1
                to += 1
            }
        }
        return lines
    }

    private static func header(_ all: [Line], _ range: Range<Int>) -> String {
        let before = all[..<range.lowerBound]
        let part = all[range]
        let old = (before.count { $0.mark != "+" } + 1, part.count { $0.mark != "+" })
        let new = (before.count { $0.mark != "-" } + 1, part.count { $0.mark != "-" })
        return "@@ -\(old.0),\(old.1) +\(new.0),\(new.1) @@"
    }
}

/// A text of ours as it may be shown: whatever is or could be a secret is masked. Never written anywhere.
enum MaskedText {
    private static let secretNames = [
        "key", "token", "secret", "password", "access", "refresh", "auth", "cookie", "credential", "bearer",
    ]

    /// - Parameter bytes: JSON or JSON5; text that is neither is not shown at all.
    static func of(_ bytes: [UInt8]?) -> String {
        guard let bytes else { return "" }
        // The reader that is more lenient reads both.
        guard let document = try? Document(bytes, as: .json5) else { return "(\(bytes.count) bytes)" }
        var spans: [(Range<Int>, String)] = []
        collect(document.root, isSecret: false, &spans)
        var text = ""
        var position = 0
        for (span, mask) in spans {
            text += String(decoding: bytes[position..<span.lowerBound], as: UTF8.self) + "\"\(mask)\""
            position = span.upperBound
        }
        text += String(decoding: bytes[position...], as: UTF8.self)
        return text.split(separator: "\n", omittingEmptySubsequences: false).map(maskRuns).joined(separator: "\n")
    }

    private static func collect(_ element: Element, isSecret: Bool, _ spans: inout [(Range<Int>, String)]) {
        switch element.kind {
        case .string where isSecret: spans.append((element.span, Secret(element.string ?? "").masked))
        case .object:
            for (key, value) in element.members { collect(value, isSecret: isSecret || isSecretName(key), &spans) }
        case .array: for value in element.elements { collect(value, isSecret: isSecret, &spans) }
        default: break
        }
    }

    /// Of a value, or of an object whose values all are: `headers`, `vars`.
    private static func isSecretName(_ key: String) -> Bool {
        let name = key.lowercased()
        if name == "headers" || name == "vars" { return true }
        // `auth` and `keyRef` are objects with harmless values of their own; ids such as anthropic:work are names.
        if name == "auth" || name.contains(":") { return false }
        return secretNames.contains { name.contains($0) }
    }

    /// What looks like a key, in a comment for example: a long run of letters and digits.
    private static func maskRuns(_ line: Substring) -> String {
        var out = ""
        var run = ""
        func flush() {
            let isLong = run.utf8.count >= 24 && run.contains(where: \.isNumber) && run.contains(where: \.isLetter)
            out += isLong ? Secret(run).masked : run
            run = ""
        }
        for character in line {
            if character.isLetter || character.isNumber || character == "_" || character == "-" || character == "+" {
                run.append(character)
            } else {
                flush()
                out.append(character)
            }
        }
        flush()
        return out
    }
}
