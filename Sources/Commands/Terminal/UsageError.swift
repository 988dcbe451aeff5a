// SPDX-License-Identifier: Apache-2.0
import Credentials

/// A command line that cannot be followed. Nothing has been done.
struct UsageError: ActionableError, Equatable {
    var advice: Advice
    var exitCode: ExitStatus { .usage }

    init(what: String, why: String, fix: String) { advice = Advice(what: what, why: why, fix: fix) }

    static func jsonAndPlain(_ command: String) -> UsageError {
        UsageError(
            what: "Choose either --json or --plain, not both.", why: "There is one standard output.",
            fix: "Run: agenticflow-enterprise \(command) --json")
    }
}
