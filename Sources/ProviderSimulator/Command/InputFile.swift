// SPDX-License-Identifier: Apache-2.0
import FoundationEssentials

/// A file named on the command line.
struct InputFile {
    let path: String

    func ruleScript() throws(StartProblem) -> RuleScript {
        let text = try text()
        do throws(RuleProblem) {
            return try RuleScript(text: text)
        } catch {
            throw .unfitFile(path, error.text)
        }
    }

    /// One token a line; empty lines do not count.
    func tokens() throws(StartProblem) -> [String] {
        let lines = try text().split(whereSeparator: \.isNewline)
        let tokens = lines.map { $0.trimmingPrefix(while: \.isWhitespace) }.map {
            String($0.prefix { !$0.isWhitespace })
        }
        do throws(RuleProblem) {
            return try RuleScript.tokens(tokens.filter { !$0.isEmpty })
        } catch {
            throw .unfitFile(path, error.text)
        }
    }

    private func text() throws(StartProblem) -> String {
        guard let bytes = FileManager.default.contents(atPath: path) else { throw .unreadableFile(path) }
        guard let text = String(validating: bytes, as: UTF8.self) else { throw .unfitFile(path, "it is not UTF-8") }
        return text
    }
}
