// SPDX-License-Identifier: Apache-2.0
import Credentials
import Settings

/// Whether the gateway could listen where it is told to, and who does so instead.
struct PortChecks {
    private let survey: Survey
    private(set) var findings: [Finding] = []
    private static let places = ["127.0.0.1", "0.0.0.0", "::1", "::"]

    init(_ survey: Survey) {
        self.survey = survey
        let gateway = survey.settings.gateway
        guard gateway.port != 0 else { return }
        // The second is only a convenience: a machine without IPv6 lacks it.
        let hosts = gateway.bind == "127.0.0.1" ? ["127.0.0.1", "::1"] : [gateway.bind]
        for host in hosts {
            switch PortTrial(host: host, port: gateway.port).outcome {
            case .free: continue
            case .taken: addTaken(gateway.port, at: host)
            case .notAllowed:
                add(
                    .portNotAllowed, "The system does not let this account listen on port \(gateway.port).",
                    "Ports below 1024 need a privilege.", "Run: \(program) config set gateway.port 18789")
            case .noSuchAddress:
                if host == "::1", hosts.count > 1 { continue }
                add(
                    .bindAddressUnavailable, "This machine does not have the address \(host).",
                    "gateway.bind names it, and the gateway would not start.",
                    "Run: \(program) config set gateway.bind loopback")
            }
            return
        }
    }

    private mutating func add(_ id: CheckID, _ what: String, _ why: String, _ fix: String) {
        findings.append(Finding(id, what, why: why, fix: fix, path: survey.layout.configPath))
    }

    private mutating func addTaken(_ port: Int, at host: String) {
        let holders = PortHolder.all(on: port)
        if holders.first.map({ $0.kind == .unknown }) ?? true, let other = other(on: port, at: host, holders.first) {
            return add(other, on: port)
        }
        let taken = Self.places.filter { PortTrial(host: $0, port: port).outcome == .taken }
        var why = holders.prefix(3).map { $0.line }.joined(separator: " ")
        if holders.isEmpty { why = "- who listens there is not to be seen" }
        why += " Taken on \(taken.joined(separator: ", "))." + (holders.first.map { " \(hint($0))" } ?? "")
        let another = "\(program) config set gateway.port \(Self.freePort(after: port))"
        add(.portInUse, "Port \(port) is already in use.", why, "Take another port: \(another)" + end(holders.first))
    }

    /// A program that shows itself as another one is not asked.
    private func other(on port: Int, at host: String, _ holder: PortHolder?) -> OtherGateway? {
        let found = OtherGateway.listening(
            on: port, at: host, among: survey.context.statesOfHome, own: survey.layout.state, asking: holder?.pid == nil
        )
        guard let pid = holder?.pid, let found else { return found }
        return found.pid == Int64(pid) ? found : nil
    }

    private mutating func add(_ other: OtherGateway, on port: Int) {
        let taken = Self.places.filter { PortTrial(host: $0, port: port).outcome == .taken }
        let sentence = other.sentence { survey.shown($0) }
        add(
            .portInUse, "Port \(port) is already in use.",
            "\(sentence) Taken on \(taken.joined(separator: ", ")).",
            "Take another port: \(program) config set gateway.port \(Self.freePort(after: port))"
                + (other.state.map { look(at: $0) } ?? ". Or end the other gateway, if it is yours"))
    }

    private func look(at state: String) -> String {
        ". Or look at the other one: AGENTICFLOW_STATE_DIR=\(survey.context.typed(state)) \(program) gateway status"
    }

    private func hint(_ holder: PortHolder) -> String {
        switch holder.kind {
        case .gateway(let state?) where state == survey.layout.state:
            "It is a gateway of this state directory that is just starting or ending."
        case .gateway(let state):
            "It is a gateway of this program, on "
                + (state.map { "the state directory \(survey.shown($0))." } ?? "another state directory.")
        case .tunnel: "It is an ssh tunnel: what is sent there goes to another machine."
        case .unknown where holder.pid == nil:
            "Whose it is does not show, and it does not answer as a gateway of this program does."
        case .unknown: "It is no gateway of this program."
        }
    }

    /// What else there is to do. Nobody is told to end what may not be theirs.
    private func end(_ holder: PortHolder?) -> String {
        switch holder?.kind {
        case .gateway(let state?) where state != survey.layout.state:
            look(at: state)
        case .tunnel: ". Or close the tunnel, or give it another local port"
        default: ". Or end the other program, if it is yours"
        }
    }

    private static func freePort(after port: Int) -> Int {
        let near = (port == 18789 ? 18790 : 18789)...18899
        return near.first { candidate in
            candidate != port && PortTrial(host: "127.0.0.1", port: candidate).outcome == .free
        } ?? near.lowerBound
    }
}
