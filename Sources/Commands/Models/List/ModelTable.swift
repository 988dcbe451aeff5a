// SPDX-License-Identifier: Apache-2.0

/// `models list` for people: a table, or two lines for each model where a table has no room.
struct ModelTable {
    private let rows: [ModelRow]
    private let isNarrow: Bool
    private static let widths = [42, 10, 8, 5, 5]
    /// The columns before the tags, and room for one of those.
    private static let leastColumns = widths.reduce(0, +) + widths.count + 9

    /// - Parameter columns: of the terminal; nil for anything else.
    init(_ rows: [ModelRow], columns: Int?) {
        self.rows = rows
        isNarrow = columns.map { $0 < Self.leastColumns } ?? false
    }

    var lines: [String] {
        if rows.isEmpty { return ["No models found."] }
        if isNarrow { return rows.flatMap { [$0.key, "  \(Self.inWords($0))"] } }
        return [Self.line(["Model", "Input", "Ctx", "Local", "Auth", "Tags"])]
            + rows.map { row in
                Self.line([
                    row.key, row.input ?? "-", row.contextWindow.map(Self.tokens) ?? "-", Self.answer(row.isLocal),
                    Self.answer(row.isAvailable), row.tags.joined(separator: ","),
                ])
            }
    }

    private static func line(_ cells: [String]) -> String {
        let padded = zip(cells, widths).map { cell, width in
            let text = cell.count > width ? "\(cell.prefix(width - 3))..." : cell
            return text + String(repeating: " ", count: width - text.count)
        }
        var line = padded.joined(separator: " ") + " " + (cells.last ?? "")
        while line.last == " " { line.removeLast() }
        return line
    }

    private static func inWords(_ row: ModelRow) -> String {
        var parts = [row.input, row.contextWindow.map { "\(tokens($0)) context" }].compactMap { $0 }
        if row.isLocal == true { parts.append("local") }
        parts.append("auth \(answer(row.isAvailable))")
        return (parts + row.tags).joined(separator: ", ")
    }

    private static func answer(_ value: Bool?) -> String { value.map { $0 ? "yes" : "no" } ?? "-" }

    /// Such as `195k`.
    static func tokens(_ count: Int) -> String {
        count < 1024 ? "\(count)" : "\(Int((Double(count) / 1024).rounded()))k"
    }
}
