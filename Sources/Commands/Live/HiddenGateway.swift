// SPDX-License-Identifier: Apache-2.0
package import Credentials
import SafeFiles

/// What would tell of the gateway cannot be looked at from here. That is no answer: one may run.
package struct HiddenGateway: ActionableError, Equatable {
    /// It is known that one runs, but not where it listens.
    var isRunning: Bool
    var cause: StoreError
    var state: String
    private var isAnothers: Bool

    init(_ cause: StoreError, isRunning: Bool, state: String) {
        self.cause = cause
        self.isRunning = isRunning
        self.state = state
        isAnothers = FileStatus(of: state).map { !$0.isOurs && $0.kind != .link } ?? false
    }

    package var exitCode: ExitStatus { cause.exitCode }

    package var advice: Advice {
        Advice(
            what: isRunning
                ? "A gateway runs on this state directory; where it listens cannot be told."
                : "Whether a gateway runs on this state directory cannot be told.",
            why: Self.why(cause), fix: fix)
    }

    private static func why(_ cause: StoreError) -> String {
        guard case .io(let path, _, let code) = cause else { return "\(cause.advice.what) \(cause.advice.why)" }
        return "\(path) cannot be read: \(StoreError.text(of: code))."
    }

    /// Only its owner can use a state directory, whatever in it could not be read.
    private var fix: String { isAnothers ? ShellCommand.ownershipFix(state, isFolder: true) : cause.advice.fix }
}

/// Why there is nothing from the gateway itself.
enum GatewayAbsence: Equatable {
    case notRunning
    /// It runs and was of no help: why, without the full stop.
    case silent(String)
    case hidden(HiddenGateway)
}
