// SPDX-License-Identifier: Apache-2.0

/// Finds the word that somebody probably meant.
package enum Spelling {
    /// - Returns: the known word nearest to `word`, if it is near enough to be a slip; letter case never counts. With one
    ///   letter replaced a short word is another word (`get` and `set`), and of a very short one nothing is left.
    package static func nearest(to word: String, among known: [String]) -> String? {
        nearest(to: word, among: known, within: word.count < 3 ? 0 : min(3, word.count / 3))
    }

    private static func nearest(to word: String, among known: [String], within limit: Int) -> String? {
        guard word.utf8.count <= 64 else { return nil }
        let lowered = word.lowercased()
        // A word that much longer or shorter is none of them, and there may be hundreds of words.
        let ranked = known.filter { abs($0.utf8.count - word.utf8.count) <= limit }
            .map { (word: $0, distance: distance(lowered, $0.lowercased())) }
        guard let best = ranked.min(by: { $0.distance < $1.distance }), best.distance <= limit else { return nil }
        return best.word
    }

    /// The same for ids such as `openai:work`: where the part before the colon is right, only what follows it is a slip. Of
    /// a very short one a letter may be missing or doubled.
    package static func nearestID(to id: String, among known: [String]) -> String? {
        guard let colon = id.firstIndex(of: ":") else { return nearest(to: id, among: known) }
        let provider = id[...colon]
        let names = known.filter { $0.hasPrefix(provider) }.map { String($0.dropFirst(provider.count)) }
        if names.isEmpty { return nearest(to: id, among: known) }
        let name = String(id[id.index(after: colon)...])
        return nearest(to: name, among: names, within: max(1, min(3, name.count / 3))).map { provider + $0 }
    }

    /// The number of insertions, deletions, replacements and exchanges of neighbours between two words.
    private static func distance(_ a: String, _ b: String) -> Int {
        let (a, b) = (Array(a.utf8), Array(b.utf8))
        let replacement = max(a.count, b.count) <= 3 ? 2 : 1
        var rows = [Array(0...b.count)]
        for i in a.indices {
            var row = [i + 1]
            for j in b.indices {
                var best = min(rows[i][j] + (a[i] == b[j] ? 0 : replacement), rows[i][j + 1] + 1, row[j] + 1)
                if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] { best = min(best, rows[i - 1][j - 1] + 1) }
                row.append(best)
            }
            rows.append(row)
        }
        return rows[a.count][b.count]
    }
}
