// SPDX-License-Identifier: Apache-2.0

/// What a person needs to know about a failure: what happened, why, and what to do about it.
package struct Advice: Hashable, Sendable {
    package var what: String
    package var why: String
    /// A second line of it, for scripts that look for its beginning; mostly empty.
    package var more = ""
    /// A sentence that names the command to type.
    package var fix: String

    package init(what: String, why: String, fix: String) {
        self.what = what
        self.why = why
        self.fix = fix
    }

    /// - Parameter change: of each text.
    package func mapped(_ change: (String) -> String) -> Advice {
        var mapped = Advice(what: change(what), why: change(why), fix: change(fix))
        mapped.more = more.isEmpty ? "" : change(more)
        return mapped
    }
}

/// An error that can explain itself and knows the exit code it deserves.
package protocol ActionableError: Error, Sendable {
    var advice: Advice { get }
    var exitCode: ExitStatus { get }
}

/// Exit codes of our own failures (sysexits). `models status --check` alone uses 0, 1 and 2.
package enum ExitStatus: Int32, Sendable {
    case usage = 64
    case badInput = 65
    case noInput = 66
    case unavailable = 69
    case software = 70
    case io = 74
    case noPermission = 77
    case configuration = 78
    /// As shells say it of a program that Ctrl-C ended.
    case interrupted = 130
}
