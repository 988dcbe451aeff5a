// SPDX-License-Identifier: Apache-2.0
import CredentialLifecycle
import Credentials
import Documents
import FoundationEssentials
import Gateway
import ProfileStorage
import Rotation
import Settings

/// What is said of the credentials at this moment: by the gateway that runs, else worked out from its files.
struct InstanceView {
    enum Origin: Equatable {
        case gateway(pid: Int64?)
        /// - `silence`: why the gateway that runs was of no help; nil when none runs.
        case files(silence: String?)
    }

    var origin: Origin
    var lines: [CredentialLine] = []
    /// Sentences.
    var problems: [String] = []
    /// Nil unless the gateway said so itself.
    var variables: GatewayVariables?

    init(_ reading: InstanceReading, now: Date) {
        self.init(reading, answer: GatewayAnswer(reading, "/api/v1/status"), now: now)
    }

    /// - Parameter answer: of the gateway to `/api/v1/status`, for whoever has asked already.
    init(_ reading: InstanceReading, answer: GatewayAnswer, now: Date) {
        if case .answered(200, let root) = answer {
            self.init(root, origin: .gateway(pid: root["pid"]?.integer))
            variables = GatewayVariables(root["environment"])
        } else {
            let health = Self.health(reading)
            let preview = GatewayPreview(reading, health: health.found).statusJSON(now: now)
            // What we have just written ourselves reads back.
            let root = (try? Document(Array(preview.utf8), as: .json))?.root
            self.init(root, origin: .files(silence: answer.silence))
            problems += health.problems
        }
    }

    private init(_ root: Element?, origin: Origin) {
        self.origin = origin
        lines = root?["credentials"]?.elements.compactMap { CredentialLine($0) } ?? []
        problems = root?["problems"]?.elements.compactMap(\.string) ?? []
    }

    /// What the journal remembers. One that cannot be read costs nobody a credential: everything counts as healthy.
    static func health(_ reading: InstanceReading) -> (found: [HealthKey: Health], problems: [String]) {
        do throws(StoreError) {
            return (try HealthJournal(folder: reading.layout.agentDirectory(.main)).load(), [])
        } catch {
            return ([:], ["\(error.advice.what) \(error.advice.why)"])
        }
    }
}

extension InstanceView.Origin {
    var sentence: String {
        switch self {
        case .gateway(let pid): "View: gateway" + (pid.map { " (pid \($0))" } ?? "")
        case .files(nil): "View: files (no gateway runs)"
        case .files: "View: files (the gateway does not answer)"
        }
    }

    /// First in every JSON of the `models` commands that show health.
    var members: [Literal.Member] {
        switch self {
        case .gateway(let pid):
            [.init("view", .string("gateway")), .init("gatewayPid", pid.map { .integer($0) } ?? .null)]
        case .files: [.init("view", .string("files"))]
        }
    }
}

/// What came back from the gateway of this instance.
enum GatewayAnswer {
    case notRunning
    case silent(String)
    case answered(status: Int, Element)

    init(_ reading: InstanceReading, _ path: String) {
        self.init(RunningGateway(reading).get(path))
        if case .silent(Self.otherToken) = self, reading.configurationAdvice != nil {
            self = .silent("its client token is in the configuration, which cannot be read here")
        }
    }

    private static let otherToken = "it does not take the client token that this command found"

    init(_ reply: RunningGateway.Reply) {
        switch reply {
        case .notRunning: self = .notRunning
        case .silent(let sentence): self = .silent(sentence)
        case .answered(401, _): self = .silent(Self.otherToken)
        case .answered(let status, let body):
            // Whatever is no object is not from our gateway.
            if let root = (try? Document(Array(body.utf8), as: .json))?.root, root.kind == .object {
                self = .answered(status: status, root)
            } else {
                self = .silent("what listens there is not this gateway")
            }
        }
    }

    /// Why there is nothing to show, although a gateway runs.
    var silence: String? {
        switch self {
        case .notRunning: nil
        case .silent(let sentence): sentence
        case .answered(let status, _): "it answered with status \(status)"
        }
    }
}

extension Terminal {
    func tell(silence: String?) {
        guard let silence else { return }
        notice(
            "warning",
            Advice(
                what: "The gateway of this instance runs, but was of no help.", why: "\(silence).",
                fix: "What follows is worked out from the files. See also: agenticflow-enterprise gateway status"))
    }
}
