// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import CredentialLifecycle
import Credentials
import Documents
import FoundationEssentials
import Settings

struct GatewayStatus: ContextCommand {
    static let configuration = CommandConfiguration(
        commandName: "status", abstract: "Whether a gateway runs here, where it listens, and what troubles it.",
        discussion:
            "Always exits with 0; gateway health tells by its exit code. Example: agenticflow-enterprise gateway status --json"
    )

    @Flag(help: "Print JSON.")
    var json = false

    func run(in context: CommandContext) throws {
        let report = Report(try context.reading())
        if json { context.terminal.print(report.json) } else { for line in report.lines { context.terminal.say(line) } }
    }

    /// What is known of the gateway from outside, and what it says itself.
    private struct Report {
        let reading: InstanceReading
        let gateway: RunningGateway
        let state: String
        /// The answer of `/api/v1/status`, when there is one.
        let own: Element?
        let problem: String?
        /// Where it is to listen after a restart, when that is elsewhere.
        let pending: (host: String, port: Int)?

        init(_ reading: InstanceReading) {
            self.reading = reading
            gateway = RunningGateway(reading)
            let reply = gateway.get("/api/v1/status")
            switch GatewayAnswer(reply, to: .status) {
            case .notRunning: (state, own, problem) = ("stopped", nil, nil)
            case .answered(200, let root):
                own = root
                state = root["draining"]?.boolean == true ? "draining" : "running"
                problem = nil
            case let answer:
                (state, own) = ("silent", nil)
                if case .answered(let status, _) = reply {
                    problem =
                        status == 401
                        ? GatewayUnavailable.refused(status).advice.why
                        : (answer.silence ?? "it gave no answer").asSentence
                } else {
                    problem = "It runs, but \(answer.silence ?? "gave no answer")."
                }
            }
            pending = gateway.pendingPlace
        }

        private var problems: [String] {
            let own = self.own?["problems"]?.elements.compactMap(\.string)
            return [problem, pendingSentence].compactMap { $0 }
                + (own ?? reading.problems.filter { $0.severity == .error }.map(\.text))
        }

        private var url: String { Self.url(gateway.place) }

        private static func url(_ place: (host: String, port: Int)) -> String {
            "http://\(place.host.contains(":") ? "[\(place.host)]" : place.host):\(place.port)"
        }

        private var pendingSentence: String? {
            pending.map {
                "The configuration says \(Self.url($0)) by now; it goes on listening on \(url) until it is restarted."
            }
        }

        var json: String {
            let members: [Literal.Member] = [
                .init("state", .string(state)), .init("url", .string(url)),
                .init("pendingUrl", .optional(pending.map(Self.url))),
                .init("pid", own?["pid"]?.literal ?? .null), .init("version", own?["version"]?.literal ?? .null),
                .init("startedAt", own?["startedAt"]?.literal ?? .null),
                .init("connections", own?["connections"]?.literal ?? .null),
                .init("configPath", .string(reading.layout.configPath)),
                .init("stateDir", .string(reading.layout.state)),
                .init("problems", .array(problems.map { .string($0) })),
            ]
            return Literal.object(members).pretty() + "\n"
        }

        var lines: [String] {
            var lines = ["Gateway:   \(state)"]
            if let pid = own?["pid"]?.integer { lines[0] += " (pid \(pid), version \(own?["version"]?.string ?? "?"))" }
            lines.append("Address:   \(url)")
            if let connections = own?["connections"]?.integer { lines.append("Clients:   \(connections) connections") }
            lines.append("Config:    \(reading.layout.configPath)")
            lines.append("State:     \(reading.layout.state)")
            lines += problems.map { "- \($0)" }
            if state == "stopped" { lines.append("Start it with: agenticflow-enterprise gateway run") }
            return lines
        }
    }
}
