// SPDX-License-Identifier: Apache-2.0
import Credentials

/// Rows under headings. Where they do not fit, each row becomes a block, so that no value is cut or broken.
struct Table {
    let headings: [String]
    let rows: [[String]]

    /// - Parameter width: nil for as wide as it takes, as for a file or another program.
    func lines(width: Int?) -> [String] {
        let cells = ([headings] + rows).map { $0.map(\.escapedForDisplay) }
        let widths = headings.indices.map { column in cells.map { $0[column].count }.max() ?? 0 }
        let total = widths.reduce(0, +) + 2 * (widths.count - 1)
        if let width, total > width { return blocks(Array(cells.dropFirst())) }
        return cells.map { row in
            let padded = row.enumerated().map { column, text in
                column == row.count - 1 ? text : text + String(repeating: " ", count: widths[column] - text.count)
            }
            return padded.joined(separator: "  ")
        }
    }

    private func blocks(_ rows: [[String]]) -> [String] {
        let width = headings.map(\.count).max() ?? 0
        var lines: [String] = []
        for row in rows {
            if !lines.isEmpty { lines.append("") }
            lines.append(row[0])
            for (heading, cell) in zip(headings, row).dropFirst() where cell != "-" {
                lines.append("  " + heading + String(repeating: " ", count: width - heading.count + 2) + cell)
            }
        }
        return lines
    }
}
