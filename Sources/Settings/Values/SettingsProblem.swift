// SPDX-License-Identifier: Apache-2.0
import Credentials

/// Something in the configuration that is not used as it stands. Never holds the text of a value: it may be a secret.
package struct SettingsProblem: Hashable, Sendable, CustomStringConvertible {
    package enum Severity: String, Sendable, CaseIterable {
        /// The value is not used; the default holds, or the entry is left out.
        case error
        /// The value is used, but is probably not what was meant.
        case warning
        /// Kept in the file and without effect, such as an unknown key.
        case info
    }

    package var severity: Severity
    /// Where: `gateway.deadlines.headSeconds`, `agents.list[1].id`, or a variable's name.
    package var path: String
    /// What it is, as the second half of a sentence: `is a string`.
    package var problem: String
    /// What may stand there: `a whole number from 0 to 65535`.
    package var allowed: String?
    /// The value that holds instead.
    package var held: String?
    /// The command that mends it, where it is not to set another value there.
    package var fix: String?
    /// The included file that the value is from; nil for the configuration itself.
    package var file: String?

    package init(
        _ severity: Severity, at path: String, is problem: String, allowed: String? = nil, held: String? = nil,
        fix: String? = nil
    ) {
        self.severity = severity
        // Keys of a file can hold anything, credentials too, and this is printed.
        self.path = Masking.name(path.escapedForDisplay)
        self.problem = problem
        self.allowed = allowed
        self.held = held
        self.fix = fix
    }

    /// The name of a variable that stands right under `env` instead of under `env.vars`.
    package var misplacedVariable: String? {
        guard let allowed, allowed.hasPrefix("env.vars."), problem == SettingsReader.outOfPlace else { return nil }
        return String(allowed.dropFirst("env.vars.".count))
    }

    /// One sentence without line breaks or control characters.
    package var description: String {
        let place = file.map { " (in \($0.escapedForDisplay))" } ?? ""
        return "\(path)\(place) \(message)"
    }

    /// The same without the path.
    package var message: String {
        var text = problem
        if let allowed { text += "; allowed: \(allowed)" }
        if let held { text += ". The default is used instead: \(held)" }
        return (text.hasSuffix("?") ? text : "\(text).").escapedForDisplay
    }
}
