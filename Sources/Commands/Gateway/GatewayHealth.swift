// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import CredentialLifecycle
import Credentials
import Documents
import FoundationEssentials
import Settings

struct GatewayHealth: ContextCommand {
    static let configuration = CommandConfiguration(
        commandName: "health", abstract: "Ask the running gateway how it is; exit 0 when it serves, else 69.",
        discussion: "Example: agenticflow-enterprise gateway health --json")

    @Flag(help: "Print the gateway's own answer, as JSON.")
    var json = false

    func run(in context: CommandContext) throws {
        let reading = try context.reading()
        let root = try RunningGateway(reading).healthReport()
        let closed = root["status"]?.string == "closed" ? GatewayUnavailable.closed(reading.clientTokenFlaw) : nil
        if json {
            context.terminal.print(root.literal.compact + "\n")
            if let closed { throw ExitCode(closed.exitCode.rawValue) }
            return
        }
        if let closed { throw closed }
        context.terminal.say("Gateway: \(root["status"]?.string ?? "unknown")")
        for problem in root["problems"]?.elements ?? [] { context.terminal.say("- \(problem.string ?? "")") }
    }
}

extension RunningGateway {
    /// - Throws: ``GatewayUnavailable``.
    func healthReport() throws(GatewayUnavailable) -> Element {
        let reply = get("/healthz")
        if case .answered(401, _) = reply { throw .otherToken }
        switch GatewayAnswer(reply, to: .health) {
        case .notRunning: throw .notRunning
        case .hidden(let hidden): throw .hidden(hidden)
        case .stopping(let pid, let until): throw .stopping(pid: pid, until: until)
        case .silent(let sentence): throw .silent(unhelpful(sentence))
        case .answered(200, let root): return root
        case .answered(let status, _): throw .refused(status, unhelpful(GatewayAnswer.sentence(for: status)))
        }
    }
}

/// No usable answer from the gateway of this instance.
enum GatewayUnavailable: ActionableError {
    case notRunning
    case silent(UnhelpfulGateway)
    case stopping(pid: Int64?, until: Date)
    case refused(Int, UnhelpfulGateway)
    /// It takes no token that this command has.
    case otherToken
    case hidden(HiddenGateway)
    /// It has no client token; `flaw`: why, as far as this command sees.
    case closed(_ flaw: Advice?)

    /// Who stops, and what it waits for.
    static func stopping(pid: Int64?, until: Date) -> String {
        "\(pid.map { "Process \($0)" } ?? "Its process") was told to stop: it takes nothing new, and lets open requests "
            + "finish until \(until.written) at most."
    }

    static func drainingAdvice(_ why: String) -> Advice {
        Advice(
            what: "The gateway stops.", why: why, fix: "When it has ended, run: agenticflow-enterprise gateway run")
    }

    var exitCode: ExitStatus { if case .hidden(let hidden) = self { hidden.exitCode } else { .unavailable } }

    var advice: Advice {
        switch self {
        case .notRunning:
            Advice(
                what: "No gateway runs on this state directory.", why: "Nobody holds its lock.",
                fix: "Start it with: agenticflow-enterprise gateway run")
        case .hidden(let hidden): hidden.advice
        case .closed(let flaw?): flaw
        case .closed(nil):
            Advice(
                what: "No client is let in: the gateway has no client token.",
                why: "This command finds one, in variables that the gateway does not have.",
                fix: "Have the gateway read it too: agenticflow-enterprise env set \(InstanceSettings.tokenVariable)")
        case .stopping(let pid, let until): Self.drainingAdvice(Self.stopping(pid: pid, until: until))
        case .silent(let gateway):
            Advice(what: "The gateway does not answer.", why: gateway.why, fix: gateway.remedy)
        case .refused(let status, let gateway):
            Advice(
                what: "The gateway refused the question with status \(status).",
                why: gateway.why, fix: gateway.remedy)
        case .otherToken:
            Advice(
                what: "The gateway refused the question with status 401.",
                why: "It was probably started with another client token or configuration than this command sees.",
                fix: "Compare AGENTICFLOW_STATE_DIR, AGENTICFLOW_CONFIG_PATH and AGENTICFLOW_GATEWAY_TOKEN of both, "
                    + "then run: agenticflow-enterprise gateway status")
        }
    }
}
