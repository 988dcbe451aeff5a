// SPDX-License-Identifier: Apache-2.0
import CredentialLifecycle
import Credentials
import Documents
import FoundationEssentials
import Providers

/// What a command asks the running gateway, and what an answer must hold to be one.
enum GatewayQuestion {
    case status
    case explain
    case health
    /// The command looks at it by itself.
    case other

    /// Later versions may add to it; whoever takes something away, or says something else, is not understood.
    func isAnswered(by root: Element) -> Bool {
        switch self {
        case .status:
            guard root["version"]?.string?.isEmpty == false, root["pid"]?.integer != nil,
                let problems = root["problems"], problems.kind == .array,
                problems.elements.allSatisfy({ $0.string != nil }),
                let credentials = root["credentials"], credentials.kind == .array
            else { return false }
            return credentials.elements.allSatisfy { CredentialLine($0) != nil }
        case .explain:
            guard root["model"]?.string != nil, root["provider"]?.string != nil, root["orderSource"]?.string != nil,
                let next = root["next"], next.isNull || next.string != nil,
                let candidates = root["candidates"], candidates.kind == .array,
                let fallbacks = root["fallbacks"], fallbacks.kind == .array
            else { return false }
            return candidates.elements.allSatisfy { line in
                ["profile", "source", "state", "code"].allSatisfy { line[$0]?.string != nil }
            }
        case .health:
            return root["status"]?.string?.isEmpty == false && root["connections"]?.integer != nil
                && root["problems"]?.kind == .array
        case .other: return true
        }
    }
}

/// What came back from the gateway of this instance.
enum GatewayAnswer {
    case notRunning
    case hidden(HiddenGateway)
    /// - Of no help, and why: a sentence without its full stop.
    case silent(String)
    case stopping(pid: Int64?, until: Date)
    /// With 200 only when it holds what was asked for.
    case answered(status: Int, Element)

    init(_ reading: InstanceReading, _ question: GatewayQuestion, _ path: String) {
        self.init(RunningGateway(reading).get(path), to: question)
        if case .silent(Self.otherToken) = self, reading.configurationAdvice != nil {
            self = .silent(Self.tokenHidden)
        }
    }

    static let tokenHidden = "its client token is in the configuration, which cannot be read here"
    private static let otherToken = "it does not take the client token that this command found"

    init(_ reply: RunningGateway.Reply, to question: GatewayQuestion) {
        switch reply {
        case .notRunning: self = .notRunning
        case .hidden(let hidden): self = .hidden(hidden)
        case .stopping(let pid, let until): self = .stopping(pid: pid, until: until)
        case .silent(let sentence): self = .silent(sentence)
        case .answered(401, _): self = .silent(Self.otherToken)
        case .answered(let status, let body):
            // Whatever is no object is not from our gateway.
            guard let root = (try? Document(Array(body.utf8), as: .json))?.root, root.kind == .object else {
                self = .silent(status == 200 ? Self.foreign : Self.sentence(for: status))
                return
            }
            if status == 200, !question.isAnswered(by: root) {
                self = .silent(Self.unusable(root))
            } else {
                self = .answered(status: status, root)
            }
        }
    }

    /// Why there is nothing to show, although a gateway runs.
    var silence: String? {
        switch self {
        case .notRunning, .hidden: nil
        case .stopping: Self.stops
        case .silent(let sentence): sentence
        case .answered(200, _): nil
        case .answered(let status, _): Self.sentence(for: status)
        }
    }

    /// Why it is not the gateway that says what is shown.
    var absence: GatewayAbsence {
        if case .hidden(let hidden) = self { .hidden(hidden) } else { silence.map { .silent($0) } ?? .notRunning }
    }

    static let stops = "it was told to stop, takes nothing new, and lets open requests finish"
    static let foreign = "what listens there is not this gateway"

    static func sentence(for status: Int) -> String {
        status == 404
            ? "it answered with status 404: an older gateway than this command, or another program, listens there"
            : "it answered with status \(status)"
    }

    private static func unusable(_ root: Element) -> String {
        guard let version = root["version"]?.string, !version.isEmpty else { return "\(foreign): \(shape)" }
        return "the gateway (version \(version.prefix(40).escapedForDisplay)) does not answer as this command "
            + "(version \(CredentialFields.version)) expects; it has to be restarted"
    }

    private static let shape = "its answer lacks what this command asked for"
}

extension Terminal {
    /// - Parameter reading: of the instance whose gateway it is.
    func tell(_ absence: GatewayAbsence, _ reading: InstanceReading) {
        switch absence {
        case .notRunning: return
        case .hidden(let hidden):
            notice(
                "warning",
                Advice(
                    what: hidden.advice.what, why: hidden.advice.why,
                    fix: "What follows is worked out from the files. \(hidden.advice.fix)"))
        case .silent(GatewayAnswer.stops):
            notice(
                "warning",
                Advice(
                    what: "The gateway of this instance stops.", why: GatewayAnswer.stops.asSentence,
                    fix: "What follows is worked out from the files. Look at: agenticflow-enterprise gateway status"))
        case .silent(let silence):
            let gateway = UnhelpfulGateway(reading, silence)
            notice(
                "warning",
                Advice(
                    what: "The gateway of this instance runs, but was of no help.", why: gateway.why,
                    fix: "What follows is worked out from the files. \(gateway.remedy)"))
        }
    }
}

extension String {
    /// With a capital letter and a full stop.
    var asSentence: String { "\(prefix(1).uppercased())\(dropFirst())." }
}
