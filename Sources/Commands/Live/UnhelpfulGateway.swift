// SPDX-License-Identifier: Apache-2.0
import CredentialLifecycle

/// The gateway of this instance runs and is of no help: which process that is, and what is to be typed.
struct UnhelpfulGateway {
    private let silence: String
    /// Nil where it does not show.
    private let pid: Int64?
    /// By Ctrl-Z or a signal, and with nothing wrong with it.
    private let isPaused: Bool

    /// - Parameter silence: what came of the question, without a full stop.
    init(_ reading: InstanceReading, _ silence: String) {
        self.silence = silence
        pid = RunningGateway(reading).pid
        isPaused = pid.map(ProcessFiles.isPaused) ?? false
    }

    var why: String {
        let process = pid.map { "Process \($0)" } ?? "Its process"
        return isPaused
            ? "\(process) holds its lock and is paused (Ctrl-Z, or SIGSTOP): \(silence)."
            : "\(process) holds its lock, but \(silence)."
    }

    /// Right for whoever started it in a terminal, with `nohup`, or by a service manager.
    var remedy: String {
        if silence == GatewayAnswer.tokenHidden { return "Mend the configuration" }
        let goOn = goOn.map { "Let it go on: \($0). " } ?? ""
        let end =
            pid.map { "end it: kill \($0); when that does nothing: kill -9 \($0)" }
            ?? "end its process, where it was started"
        return "\(goOn)If it stays so, \(end) (nothing stored is lost). "
            + "Then, unless a service manager starts it again, run: \(program) gateway run"
    }

    /// The command after which it answers again; nil unless it is paused.
    var goOn: String? { isPaused ? pid.map { "kill -CONT \($0)" } : nil }
}
