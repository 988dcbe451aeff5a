// SPDX-License-Identifier: Apache-2.0
import Credentials

/// Why the gateway did not start.
enum GatewayStartError: ActionableError {
    /// - `state`: the state directory; `holder`: the other process, when it said so.
    case alreadyRunning(_ state: String, _ holder: Int32?)
    /// - `other`: who listens there, as a sentence, when it is a gateway of ours.
    case cannotListen(host: String, port: Int, isInUse: Bool, problem: String, other: String?)
    case plainRemote(String)
    case noAddress(String)
    /// The configuration; 77 when it is a matter of permission.
    case unreadable(Advice, ExitStatus)
    /// `gateway.auth.token` is there and gives nothing to compare with.
    case tokenUnavailable(_ flaw: Advice)
    /// There is no token, and a place that may hold it could not be read.
    case tokenHidden(_ problem: String)

    var exitCode: ExitStatus {
        switch self {
        // 78 for all that a supervisor's next try would not mend.
        case .alreadyRunning, .plainRemote, .tokenUnavailable, .tokenHidden: .configuration
        case .unreadable(_, let status): status == .noPermission ? status : .configuration
        case .cannotListen(_, _, let isInUse, _, _): isInUse ? .configuration : .unavailable
        case .noAddress: .usage
        }
    }

    var advice: Advice {
        switch self {
        case .alreadyRunning(let state, let holder):
            Advice(
                what: "A gateway is running already on \(state).",
                why: holder.map { "Process \($0) holds \(state)/\(RunningGateway.lockName)." }
                    ?? "Another process holds \(state)/\(RunningGateway.lockName).",
                fix: "See it with: agenticflow-enterprise gateway status. For a second one, choose another instance: "
                    + "agenticflow-enterprise --profile second gateway run --port 18790")
        case .cannotListen(let host, let port, let isInUse, let problem, let other):
            Advice(
                what: "The gateway cannot listen on \(host):\(port).",
                why: isInUse
                    ? other.map { "The port is taken. \($0)" } ?? "Another program listens there."
                    : "The system says: \(problem).",
                fix: isInUse
                    ? "Find it with: ss -ltnp 'sport = :\(port)'. Or choose another port: "
                        + "agenticflow-enterprise gateway run --port \(port == 18790 ? 18791 : 18790)"
                    : "Choose an address of this machine: agenticflow-enterprise gateway run --bind loopback")
        case .plainRemote(let host):
            Advice(
                what: "The gateway does not listen on \(host).",
                why:
                    "Other machines can reach that address, and without TLS they, and everyone between, would see the client token.",
                fix: "Put a TLS proxy before a loopback listener; or, on a network you trust, run: "
                    + "agenticflow-enterprise config set gateway.allowPlainRemote true"
            )
        case .noAddress(let text):
            Advice(
                what: "\"\(text.prefix(64).escapedForDisplay)\" is no address to listen on.",
                why: "It is neither loopback, nor lan, nor a numeric IPv4 or IPv6 address.",
                fix: "Run: agenticflow-enterprise gateway run --bind loopback")
        case .unreadable(let advice, _): advice
        case .tokenHidden(let problem):
            Advice(
                what: "The client token may be where it cannot be read, so no new one was made.", why: problem,
                fix: "Mend that, or write a token into the configuration: "
                    + "agenticflow-enterprise doctor --generate-gateway-token; then run: agenticflow-enterprise gateway run"
            )
        case .tokenUnavailable(let flaw): flaw
        }
    }
}
