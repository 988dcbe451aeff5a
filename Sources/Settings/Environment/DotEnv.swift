// SPDX-License-Identifier: Apache-2.0
package import Credentials

/// The text of a `.env` file: one `NAME=VALUE` per line. Every byte is kept, so that an edit changes its own line only.
///
/// Read as a POSIX shell would, where it matters for secrets: `#` starts a comment only after a blank, single and back
/// quotes take everything as it stands, and in double quotes `\n`, `\r`, `\t`, `\"` and `\\` are escapes. `${…}` is not
/// expanded. Of several lines for one name the last one holds.
package struct DotEnv: Sendable, CustomReflectable {
    /// One line that could not be read. Never holds text of the line: it may be a secret.
    package struct Problem: Hashable, Sendable {
        /// From 1.
        package var line: Int
        package var problem: String

        package init(line: Int, problem: String) {
            self.line = line
            self.problem = problem
        }
    }

    /// A name that more than one line sets. The last of them counts.
    package struct Repeat: Hashable, Sendable {
        package var name: String
        /// From 1, in the order of the file.
        package var lines: [Int]

        package init(name: String, lines: [Int]) {
            self.name = name
            self.lines = lines
        }
    }

    /// A line that sets a name, or tries to.
    struct Assignment: Sendable {
        var name: String
        /// From 1.
        var line: Int
        /// Nil when the value cannot be read.
        var value: Secret?
        /// With quotes, without blanks around it and without a comment.
        var valueSpan: Range<Int>
        /// With its line break.
        var lineSpan: Range<Int>
    }

    package private(set) var bytes: [UInt8]
    private(set) var assignments: [Assignment] = []
    /// Lines that set nothing, with the word that stands where a name would. Only to find them: it may be a secret.
    private(set) var strays: [(word: String, lineSpan: Range<Int>)] = []
    package private(set) var problems: [Problem] = []

    /// - Parameter bytes: UTF-8, with or without a byte order mark; lines end in LF, CRLF or CR.
    package init(_ bytes: [UInt8] = []) {
        self.bytes = bytes
        parse()
    }

    /// What the file sets; blank values included.
    package var variables: [String: Secret] {
        var values: [String: Secret] = [:]
        for assignment in assignments { if let value = assignment.value { values[assignment.name] = value } }
        return values
    }

    /// What it sets, unreadable values included: each once, sorted.
    package var names: [String] { Set(assignments.map(\.name)).sorted() }

    /// In the order in which their first lines stand.
    package var repeats: [Repeat] {
        let readable = assignments.filter { $0.value != nil }
        guard Set(readable.map(\.name)).count < readable.count else { return [] }
        return Dictionary(grouping: readable, by: \.name).values.filter { $0.count > 1 }
            .map { Repeat(name: $0[0].name, lines: $0.map(\.line)) }.sorted { $0.lines[0] < $1.lines[0] }
    }

    /// Keeps `dump` and test failures silent.
    package var customMirror: Mirror { Mirror(self, children: ["problems": problems]) }

    mutating func replaceBytes(_ bytes: [UInt8]) {
        self.bytes = bytes
        assignments = []
        strays = []
        problems = []
        parse()
    }

    private mutating func parse() {
        var start = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
        var number = 0
        while start < bytes.count {
            number += 1
            let end = bytes[start...].firstIndex { $0 == UInt8(ascii: "\n") || $0 == UInt8(ascii: "\r") } ?? bytes.count
            var next = min(end + 1, bytes.count)
            if next < bytes.count, bytes[end] == UInt8(ascii: "\r"), bytes[next] == UInt8(ascii: "\n") { next += 1 }
            var line = DotEnvLine(bytes, start..<end)
            switch line.read() {
            case .nothing: break
            case .value(let name, let text, let span):
                assignments.append(
                    Assignment(
                        name: name, line: number, value: Secret(text), valueSpan: span, lineSpan: start..<next))
            case .unreadable(let name, let span, let problem):
                problems.append(Problem(line: number, problem: problem))
                if let name {
                    assignments.append(
                        Assignment(name: name, line: number, value: nil, valueSpan: span, lineSpan: start..<next))
                } else {
                    var again = DotEnvLine(bytes, start..<end)
                    strays.append((again.leadingWord(), start..<next))
                }
            }
            start = next
        }
    }
}
