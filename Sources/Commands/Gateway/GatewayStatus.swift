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
        discussion: """
            Of one that does not answer it names the process, and what to type. It says, too, when nothing can be sent \
            for the default model, by the rule of models status --check.

            Exits with 0 whether one runs, drains, is silent or is stopped: it has looked. Where it may not look, it \
            exits with 77. To tell by the exit code whether clients are served, use gateway health.

            Example: agenticflow-enterprise gateway status --json
            """
    )

    @Flag(help: "Print JSON.")
    var json = false

    func run(in context: CommandContext) throws {
        let reading = try context.reading()
        let report = Report(reading, now: context.now())
        if let advice = reading.configurationAdvice, advice != report.hidden?.cause.advice {
            context.terminal.notice("error", advice)
        }
        if json {
            context.terminal.print(report.json)
        } else {
            for line in report.lines(context) { context.terminal.say(line) }
        }
        if let hidden = report.hidden {
            context.terminal.notice("error", hidden.advice)
            throw ExitCode(hidden.exitCode.rawValue)
        }
    }

    /// What is known of the gateway from outside, and what it says itself.
    private struct Report {
        typealias Told = (text: String, advice: Advice)

        let reading: InstanceReading
        let gateway: RunningGateway
        let state: String
        /// The answer of `/api/v1/status`, when there is one.
        let own: Element?
        let problem: Told?
        /// Why it cannot be told, or not where.
        let hidden: HiddenGateway?
        /// Where it is to listen after a restart, when that is elsewhere.
        let pending: (host: String, port: Int)?

        /// Requests for the default model come to nothing.
        let standstill: Advice?

        init(_ reading: InstanceReading, now: Date) {
            self.reading = reading
            gateway = RunningGateway(reading)
            let reply = gateway.get("/api/v1/status")
            (state, own, problem) = Self.seen(reply, reading)
            hidden = if case .hidden(let hidden) = reply { hidden } else { nil }
            pending = gateway.pendingPlace
            standstill =
                state == "running" && own != nil
                ? Standstill(reading, GatewayAnswer(reply, to: .status), now: now)?.advice : nil
        }

        private static func seen(
            _ reply: RunningGateway.Reply, _ reading: InstanceReading
        ) -> (state: String, own: Element?, problem: Told?) {
            let status: Int? = if case .answered(let status, _) = reply { status } else { nil }
            switch GatewayAnswer(reply, to: .status) {
            case .notRunning: return ("stopped", nil, nil)
            case .stopping(let pid, let until):
                let advice = GatewayUnavailable.stopping(pid: pid, until: until).advice
                return ("draining", nil, (advice.why, advice))
            case .hidden(let hidden): return (hidden.isRunning ? "running" : "unknown", nil, nil)
            case .answered(200, let root):
                return (root["draining"]?.boolean == true ? "draining" : "running", root, nil)
            // What cannot be read hides its token from us, not from the gateway.
            case _ where status == 401 && reading.configurationAdvice != nil: return ("running", nil, tokenUnknown)
            case _ where status == 401: return ("silent", nil, otherToken)
            case let answer:
                let silence = answer.silence ?? "it gave no answer"
                let gateway = UnhelpfulGateway(reading, silence)
                return ("silent", nil, noAnswer(status == nil ? gateway.why : silence.asSentence, gateway.remedy))
            }
        }

        private static func noAnswer(
            _ problem: String, _ fix: String = "Look at its log, and at: agenticflow-enterprise gateway health"
        ) -> Told {
            let why = "Its lock is held, and what it says of itself could not be had."
            return (problem, Advice(what: problem, why: why, fix: fix))
        }

        private static var otherToken: Told { noAnswer(GatewayUnavailable.otherToken.advice.why) }
        private static var tokenUnknown: Told {
            noAnswer("It runs, and says no more: \(GatewayAnswer.tokenHidden).")
        }

        private var problems: [Told] {
            var outside: [Told] = problem.map { [$0] } ?? []
            if let advice = hidden?.advice { outside.append(("\(advice.what) \(advice.why)", advice)) }
            if let pendingSentence {
                outside.append(
                    (
                        pendingSentence,
                        Advice(
                            what: pendingSentence, why: "Where it listens is read at its start.",
                            fix: "Restart the gateway, or set gateway.port and gateway.bind back.")
                    ))
            }
            if let standstill { outside.append(("\(standstill.what) \(standstill.why)", standstill)) }
            if let own = self.own?["problems"]?.elements.compactMap(\.string) {
                // Told whole, with what to type on a line of its own.
                let closed = reading.clientTokenFlaw.map { [$0.sentences: $0] } ?? [:]
                return outside
                    + own.map { text in
                        let advice = closed[text]
                        return (advice.map { "\($0.what) \($0.why)" } ?? text, advice ?? Advice(sentences: text))
                    }
            }
            for problem in reading.problems where problem.severity == .error {
                let said = outside.map(\.1) + [hidden?.cause.advice].compactMap(\.self)
                if !said.contains(where: problem.told.isCovered) { outside.append((problem.text, problem.told)) }
            }
            return outside
        }

        private var url: String { Self.url(gateway.place) }
        private var knownURL: String? {
            if state == "draining", own == nil { return nil }
            return hidden == nil && !isHalted ? url : nil
        }

        /// None runs, and none would start: what cannot be read names no place either.
        private var isHalted: Bool { state == "stopped" && reading.configurationAdvice != nil }

        /// As it says itself; of one that says nothing, the process that holds its lock.
        private var pid: Int64? { own?["pid"]?.integer ?? gateway.pid }

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
                .init("state", .string(state)), .init("url", .optional(knownURL)),
                .init("pendingUrl", .optional(pending.map(Self.url))),
                .init("pid", pid.map { .integer($0) } ?? .null), .init("version", own?["version"]?.literal ?? .null),
                .init("startedAt", own?["startedAt"]?.literal ?? .null),
                .init("connections", own?["connections"]?.literal ?? .null),
                .init("configPath", .string(reading.layout.configPath)),
                .init("stateDir", .string(reading.layout.state)),
                .init("problems", .strings(problems.map(\.text))), problems.map(\.advice).member,
            ]
            return Literal.object(members).pretty() + "\n"
        }

        func lines(_ context: CommandContext) -> [String] {
            var lines = ["Gateway:   \(state)"]
            let version = own.map { ", version \($0["version"]?.string ?? "?")" } ?? ""
            if let pid { lines[0] += " (pid \(pid)\(version))" }
            if let knownURL { lines.append("Address:   \(knownURL)") }
            if let connections = own?["connections"]?.integer {
                lines.append("Clients:   \(connections) \(connections == 1 ? "connection" : "connections")")
            }
            lines.append("Config:    \(context.shown(reading.layout.configPath))")
            lines.append("State:     \(context.shown(reading.layout.state))")
            // What it fails for is its error.
            lines += problems.filter { $0.advice != hidden?.advice }.flatMap {
                ["- \(context.shown(in: $0.text))", "  fix: \(context.shown(in: $0.advice.fix))"]
            }
            if state == "stopped", !isHalted { lines.append("Start it with: agenticflow-enterprise gateway run") }
            return lines
        }
    }
}
