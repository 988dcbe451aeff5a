// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import CredentialLifecycle
import Credentials
import Documents
import FoundationEssentials
import Settings

struct GatewayStatus: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status", abstract: "Whether a gateway runs here, where it listens, and what troubles it.",
        discussion:
            "Always exits with 0; gateway health tells by its exit code. Example: agenticflow-enterprise gateway status --json"
    )

    @Flag(help: "Print JSON.")
    var json = false

    func run() throws { try run(in: .live()) }

    func run(in context: CommandContext) throws {
        let report = Report(try context.reading())
        if json { return context.terminal.print(report.json) }
        for line in report.lines(context) { context.terminal.say(line) }
    }

    /// What is known of the gateway from outside, and what it says itself.
    private struct Report {
        let reading: InstanceReading
        let gateway: RunningGateway
        let state: String
        /// The answer of `/api/v1/status`, when there is one.
        let own: Element?
        let problem: String?

        init(_ reading: InstanceReading) {
            self.reading = reading
            gateway = RunningGateway(reading)
            switch gateway.get("/api/v1/status") {
            case .notRunning: (state, own, problem) = ("stopped", nil, nil)
            case .silent(let place): (state, own, problem) = ("silent", nil, "It runs, but \(place).")
            case .answered(200, let body):
                let root = (try? Document(Array(body.utf8), as: .json))?.root  // not ours then; the state says so
                own = root?.kind == .object ? root : nil
                state = own == nil ? "silent" : own?["draining"]?.boolean == true ? "draining" : "running"
                problem = own == nil ? "What listens there is not this gateway." : nil
            case .answered(let status, _):
                (state, own, problem) = ("silent", nil, GatewayUnavailable.refused(status).advice.why)
            }
        }

        private var problems: [String] {
            let own = self.own?["problems"]?.elements.compactMap(\.string)
            return [problem].compactMap { $0 } + (own ?? reading.problems.filter { $0.severity == .error }.map(\.text))
        }

        private var url: String {
            let place = gateway.place
            return "http://\(place.host.contains(":") ? "[\(place.host)]" : place.host):\(place.port)"
        }

        var json: String {
            let members: [Literal.Member] = [
                .init("state", .string(state)), .init("url", .string(url)),
                .init("pid", own?["pid"]?.literal ?? .null), .init("version", own?["version"]?.literal ?? .null),
                .init("startedAt", own?["startedAt"]?.literal ?? .null),
                .init("connections", own?["connections"]?.literal ?? .null),
                .init("configPath", .string(reading.layout.configPath)),
                .init("stateDir", .string(reading.layout.state)),
                .init("problems", .array(problems.map { .string($0) })),
            ]
            return Literal.object(members).pretty() + "\n"
        }

        func lines(_ context: CommandContext) -> [String] {
            var lines = ["Gateway:   \(state)"]
            if let pid = own?["pid"]?.integer { lines[0] += " (pid \(pid), version \(own?["version"]?.string ?? "?"))" }
            lines.append("Address:   \(url)")
            if let connections = own?["connections"]?.integer { lines.append("Clients:   \(connections) connections") }
            lines.append("Config:    \(context.shown(reading.layout.configPath))")
            lines.append("State:     \(context.shown(reading.layout.state))")
            lines += problems.map { "- \(context.shown(in: $0))" }
            if state == "stopped" { lines.append("Start it with: agenticflow-enterprise gateway run") }
            return lines
        }
    }
}
