// SPDX-License-Identifier: Apache-2.0

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
