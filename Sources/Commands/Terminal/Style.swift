// SPDX-License-Identifier: Apache-2.0

#if canImport(Glibc)
    import Glibc
#endif

/// The little colour there is: the first words of an error, and the headings of a help page. Nothing is said by it alone.
package struct Style: Sendable {
    package var isOn: Bool

    func failure(_ text: String) -> String { wrapped(text, "1;31") }
    func warning(_ text: String) -> String { wrapped(text, "1;33") }
    func advice(_ text: String) -> String { wrapped(text, "1;32") }
    func heading(_ text: String) -> String { wrapped(text, "1") }

    private func wrapped(_ text: String, _ code: String) -> String { isOn ? "\u{1B}[\(code)m\(text)\u{1B}[0m" : text }

    /// Whether the environment wants any: not with `NO_COLOR`, nor on a terminal that does not know how.
    static func isWanted(noColor: String?, terminal: String?) -> Bool {
        (noColor ?? "").isEmpty && terminal != nil && terminal != "" && terminal != "dumb"
    }
}

/// How wide a page is.
enum PageWidth {
    static let standard = 80
    static let narrowest = 40
    /// Longer lines are hard to read.
    static let widest = 120

    /// `COLUMNS`, else what the terminal says, else 80.
    static func of(columns: String?, reported: Int?) -> Int {
        let wanted = columns.flatMap { Int($0) } ?? 0
        let width = wanted > 0 ? wanted : (reported ?? 0) > 0 ? reported ?? 0 : standard
        return min(max(width, narrowest), widest)
    }

    static var ofOutput: Int {
        var size = winsize()
        let isKnown = ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0
        return of(columns: variable("COLUMNS"), reported: isKnown ? Int(size.ws_col) : nil)
    }

    static func variable(_ name: String) -> String? { getenv(name).map { String(cString: $0) } }
}
