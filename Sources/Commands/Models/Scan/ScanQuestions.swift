// SPDX-License-Identifier: Apache-2.0
import Credentials

extension Terminal {
    var isPersonTyping: Bool { if case .person = input() { true } else { false } }

    /// Asks for numbers of a list that was shown before.
    ///
    /// - Returns: what was chosen, in the order typed; the proposal when nothing was typed.
    func choose(_ what: String, among choices: [String], proposed: [String]) throws -> [String] {
        let numbers = proposed.compactMap { choices.firstIndex(of: $0) }.map { "\($0 + 1)" }.joined(separator: ",")
        while true {
            notices("\(what) (numbers, or none) [\(numbers)]: ")
            // A visible line; its end of file is Ctrl-D.
            guard let line = readLine() else { throw TerminalError.interrupted }
            if let chosen = Self.chosen(line, among: choices, proposed: proposed) { return chosen }
            notice("Type numbers from 1 to \(choices.count) with commas between them, or none.")
        }
    }

    /// - Returns: nil for what is no answer.
    static func chosen(_ line: String, among choices: [String], proposed: [String]) -> [String]? {
        let text = line.trimmed.lowercased()
        if text.isEmpty { return proposed }
        if text == "none" { return [] }
        var chosen: [String] = []
        for word in text.split(whereSeparator: { $0 == "," || $0 == " " }) {
            guard let number = Int(word), (1...choices.count).contains(number) else { return nil }
            if !chosen.contains(choices[number - 1]) { chosen.append(choices[number - 1]) }
        }
        return chosen
    }
}
