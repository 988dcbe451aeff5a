// SPDX-License-Identifier: Apache-2.0
import Credentials

extension Terminal {
    /// Asks a question that is answered with yes or no.
    ///
    /// - Returns: nil where nobody can be asked.
    func confirm(_ question: String) -> Bool? {
        guard case .person = input() else { return nil }
        notices("\(question.escapedForTerminal) [y/N] ")
        let answer = readLine()?.trimmed.lowercased()
        return answer == "y" || answer == "yes"
    }
}
