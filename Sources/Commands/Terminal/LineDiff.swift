// SPDX-License-Identifier: Apache-2.0

/// What differs between two texts, line by line, with two lines around each difference.
struct LineDiff {
    private enum Mark { case same, gone, new }

    let lines: [String]

    init(_ old: String, _ new: String) {
        let steps = Self.steps(Self.split(old), Self.split(new))
        let near = steps.indices.filter { index in
            steps[max(0, index - 2)...min(steps.count - 1, index + 2)].contains { $0.mark != .same }
        }
        var shown: [String] = []
        var last: Int?
        for index in near {
            if let last, index > last + 1 { shown.append("  ...") }
            last = index
            let sign = steps[index].mark == .same ? " " : steps[index].mark == .gone ? "-" : "+"
            shown.append("\(sign) \(steps[index].line)")
        }
        lines = shown
    }

    private static func split(_ text: String) -> [String] {
        var lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        // A carriage return belongs to the line's end.
        lines = lines.flatMap { $0.split(separator: "\r\n", omittingEmptySubsequences: false).map(String.init) }
        if lines.last == "" { lines.removeLast() }
        return lines
    }

    private static func steps(_ old: [String], _ new: [String]) -> [(mark: Mark, line: String)] {
        let head = zip(old, new).prefix { $0 == $1 }.count
        let tail = zip(old.dropFirst(head).reversed(), new.dropFirst(head).reversed()).prefix { $0 == $1 }.count
        let middle = changed(Array(old[head..<(old.count - tail)]), Array(new[head..<(new.count - tail)]))
        return old[..<head].map { (.same, $0) } + middle + old[(old.count - tail)...].map { (.same, $0) }
    }

    /// By the longest common subsequence; a block of both when that would take too long.
    private static func changed(_ old: [String], _ new: [String]) -> [(mark: Mark, line: String)] {
        guard old.count * new.count <= 1 << 20 else { return old.map { (.gone, $0) } + new.map { (.new, $0) } }
        var lengths = [[Int]](repeating: [Int](repeating: 0, count: new.count + 1), count: old.count + 1)
        for i in old.indices.reversed() {
            for j in new.indices.reversed() {
                lengths[i][j] =
                    old[i] == new[j] ? lengths[i + 1][j + 1] + 1 : max(lengths[i + 1][j], lengths[i][j + 1])
            }
        }
        var steps: [(mark: Mark, line: String)] = []
        var (i, j) = (0, 0)
        while i < old.count || j < new.count {
            if i < old.count, j < new.count, old[i] == new[j] {
                steps.append((.same, old[i]))
                (i, j) = (i + 1, j + 1)
            } else if i < old.count, j == new.count || lengths[i + 1][j] >= lengths[i][j + 1] {
                steps.append((.gone, old[i]))
                i += 1
            } else {
                steps.append((.new, new[j]))
                j += 1
            }
        }
        return steps
    }
}
