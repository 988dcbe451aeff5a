// SPDX-License-Identifier: Apache-2.0
import Credentials
import FoundationEssentials
import Settings

/// `--profile NAME` beside an `AGENTICFLOW_STATE_DIR` that names another place. Either may be a left-over, of a shell or of a
/// line that was copied; to guess would put a key where nobody looks for it.
struct InstanceConflict: ActionableError {
    let advice: Advice
    var exitCode: ExitStatus { .usage }

    /// - Parameters:
    ///   - instance: the value of `--profile`; nil without it.
    ///   - environment: read only when there is one.
    /// - Returns: nil when both name the same, or one of them nothing.
    init?(_ instance: String?, in environment: @autoclosure () -> [String: String]) {
        guard let instance = instance?.trimmed, !instance.isEmpty else { return nil }
        let variable = "AGENTICFLOW_STATE_DIR"
        var environment = environment()
        guard let directory = environment[variable]?.trimmed, !directory.isEmpty else { return nil }
        let named = try? StateLayout(environment: environment, home: Account.home).state
        environment[variable] = nil
        environment["AGENTICFLOW_PROFILE"] = instance
        // What is no name, or needs a home that is not known, is told by whoever reads it.
        guard let own = try? StateLayout(environment: environment, home: Account.home).state, let named, own != named
        else {
            return nil
        }
        advice = Advice(
            what: "--profile \(instance) and \(variable) name two state directories.",
            why: "The first is \(own), the variable names \(named).",
            fix: "For the first, type env -u \(variable) in front of the command; for the other, leave "
                + "--profile \(instance) out")
    }
}
