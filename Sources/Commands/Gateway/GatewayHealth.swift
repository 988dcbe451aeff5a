// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import Credentials
import Documents

struct GatewayHealth: ContextCommand {
    static let configuration = CommandConfiguration(
        commandName: "health", abstract: "Ask the running gateway how it is; exit 0 when it serves.",
        discussion: "Example: agenticflow-enterprise gateway health --json")

    @Flag(help: "Print the gateway's own answer, as JSON.")
    var json = false

    func run(in context: CommandContext) throws {
        let gateway = RunningGateway(try context.reading())
        let root = try gateway.healthReport()
        if json { return context.terminal.print(root.literal.compact + "\n") }
        context.terminal.say("Gateway: \(root["status"]?.string ?? "unknown")")
        for problem in root["problems"]?.elements ?? [] { context.terminal.say("- \(problem.string ?? "")") }
    }
}

extension RunningGateway {
    /// - Throws: ``GatewayUnavailable``.
    func healthReport() throws(GatewayUnavailable) -> Element {
        switch get("/healthz") {
        case .notRunning: throw .notRunning
        case .silent(let place): throw .silent(place)
        case .answered(200, let body):
            // Whatever is no object is not from our gateway.
            guard let root = (try? Document(Array(body.utf8), as: .json))?.root, root.kind == .object else {
                throw .silent("what listens there is not this gateway")
            }
            return root
        case .answered(let status, _): throw .refused(status)
        }
    }
}

/// No usable answer from the gateway of this instance.
enum GatewayUnavailable: ActionableError {
    case notRunning
    case silent(String)
    case refused(Int)

    var exitCode: ExitStatus { .unavailable }

    var advice: Advice {
        switch self {
        case .notRunning:
            Advice(
                what: "No gateway runs on this state directory.", why: "Nobody holds its lock.",
                fix: "Start it with: agenticflow-enterprise gateway run")
        case .silent(let place):
            Advice(
                what: "The gateway does not answer.", why: "It runs, but \(place).",
                fix: "Look at its log. If it hangs, end the process that agenticflow-enterprise gateway status names, "
                    + "then run: agenticflow-enterprise gateway run")
        case .refused(let status):
            Advice(
                what: "The gateway refused the question with status \(status).",
                why: "It was probably started with another client token or configuration than this command sees.",
                fix: "Compare AGENTICFLOW_STATE_DIR, AGENTICFLOW_CONFIG_PATH and AGENTICFLOW_GATEWAY_TOKEN of both, "
                    + "then run: agenticflow-enterprise gateway status")
        }
    }
}
