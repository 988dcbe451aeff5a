// SPDX-License-Identifier: Apache-2.0
import Credentials

#if canImport(Glibc)
    import Glibc
#endif

/// Questions to a person at the terminal. They are asked on standard error, so that standard output stays a command's
/// own. Ctrl-C ends the process as it ends any other; the end of the input (Ctrl-D) is ``TerminalError/ended``.
extension Terminal {
    /// Whether somebody can be asked.
    var hasPerson: Bool { if case .person = input() { true } else { false } }

    /// - Parameter standing: what an empty answer means; nil when there has to be one.
    func ask(_ question: String, standing: String? = nil) throws(TerminalError) -> String {
        let hint = standing.map { " [\($0)]" } ?? ""
        notices(masking("\(question)\(hint): ").escapedForTerminal)
        let answer = try Self.readLine().trimmed
        return answer.isEmpty ? standing ?? "" : answer
    }

    /// Asks again, with the reason, until `accept` takes the answer.
    func ask<R>(
        _ question: String, standing: @autoclosure () -> String? = nil, accept: (String) throws -> R
    ) throws -> R {
        while true {
            do { return try accept(try ask(question, standing: standing())) } catch let error as any ActionableError {
                if error is TerminalError { throw error }
                notice("\(error.advice.what) \(error.advice.why)")
            }
        }
    }

    /// Only a clear yes is one.
    func confirm(_ question: String) throws(TerminalError) -> Bool {
        notices(masking("\(question) [y/N] ").escapedForTerminal)
        return ["y", "yes"].contains(try Self.readLine().trimmed.lowercased())
    }

    /// One of several, by its number or its name.
    ///
    /// - Parameter choices: names, each with what it means; an underscore is as good as a dash.
    func choose(_ question: String, among choices: [(name: String, meaning: String)]) throws(TerminalError) -> Int {
        for (index, choice) in choices.enumerated() { notice("  \(index + 1)  \(choice.name): \(choice.meaning)") }
        while true {
            let answer = try ask(question, standing: "1").lowercased()
            if let number = Int(answer), choices.indices.contains(number - 1) { return number - 1 }
            let name = String(answer.map { $0 == "_" ? "-" : $0 })
            if let index = choices.firstIndex(where: { $0.name == name }) { return index }
            notice("\"\(answer.prefix(40))\" is none of them. Type its name, or a number from 1 to \(choices.count).")
        }
    }

    private static func readLine() throws(TerminalError) -> String {
        var bytes: [UInt8] = []
        while true {
            var byte: UInt8 = 0
            let count = read(STDIN_FILENO, &byte, 1)
            if count < 0, errno == EINTR { continue }
            if count < 0 { throw .unreadable(errno) }
            if count == 0 { throw .ended }
            if byte == 0x0A { return String(decoding: bytes, as: UTF8.self).withoutPasteMarks }
            bytes.append(byte)
            if bytes.count > 4096 { throw .tooLong(nil) }
        }
    }
}
