// SPDX-License-Identifier: Apache-2.0
import CredentialLifecycle
import Credentials
import Documents
import FoundationEssentials
import ProfileStorage
import Rotation
import Settings

/// Has what is held against credentials forgotten: by the gateway when one runs, else in its journal.
struct Clearing {
    /// One credential that had something.
    struct Line: Equatable {
        struct Hold: Equatable {
            var reason: String
            /// Nil: the whole credential.
            var model: String?
            var until: Date
        }

        var key: HealthKey
        var holds: [Hold]
        /// Failures in a row that were counted.
        var failures: Int
    }

    static let path = "/api/v1/credentials/clear"

    let reading: InstanceReading

    init(_ reading: InstanceReading) { self.reading = reading }

    /// - Returns: what went, in the order of the keys, and who was asked.
    /// - Throws: ``ClearingError`` when a gateway runs and was of no help, and then nothing has changed;
    ///   ``StoreError`` of the journal.
    func forget(_ keys: [HealthKey], _ clearance: Clearance) throws -> (lines: [Line], byGateway: Bool) {
        let reply = RunningGateway(reading).post(Self.path, Self.body(keys, clearance).compact)
        switch GatewayAnswer(reply, to: .other) {
        case .notRunning: return (try inJournal(keys, clearance), false)
        case .hidden(let hidden): throw hidden
        case .answered(200, let root):
            guard let cleared = root["cleared"], cleared.kind == .array else { throw ClearingError.notUnderstood }
            return (sorted(cleared.elements.compactMap(Self.line), keys), true)
        case .answered(404, _): throw ClearingError.olderGateway
        case .answered(let status, let root):
            throw ClearingError.refused(status, root["error"]?["message"]?.string ?? "It gave no reason.")
        case .stopping: throw ClearingError(GatewayAnswer.stops, reading)
        case .silent(let sentence): throw ClearingError(sentence, reading)
        }
    }

    private static func body(_ keys: [HealthKey], _ clearance: Clearance) -> Literal {
        var members: [Literal.Member] = [
            .init(
                "credentials",
                .array(
                    keys.map {
                        .object([.init("agent", .string($0.owner.text)), .init("profile", .string($0.id.text))])
                    }))
        ]
        if let model = clearance.model { members.append(.init("model", .string(model))) }
        if let lanes = clearance.lanes {
            members.append(.init("lanes", .strings(lanes.map(\.rawValue).sorted())))
        }
        if let before = clearance.notedBefore { members.append(.init("notedBefore", .integer(before.milliseconds))) }
        return .object(members)
    }

    private static func line(_ entry: Element) -> Line? {
        guard let owner = entry["agent"]?.string.flatMap({ AgentID($0) }),
            let id = entry["profile"]?.string.flatMap({ ProfileID($0) })
        else { return nil }
        let holds = entry["windows"]?.elements.compactMap { window -> Line.Hold? in
            guard let reason = window["reason"]?.string, let until = window["until"]?.integer else { return nil }
            return Line.Hold(reason: reason, model: window["model"]?.string, until: Date(milliseconds: until))
        }
        return Line(
            key: HealthKey(owner: owner, id: id), holds: holds ?? [], failures: Int(entry["failures"]?.integer ?? 0))
    }

    private func sorted(_ lines: [Line], _ keys: [HealthKey]) -> [Line] {
        let found = Dictionary(lines.map { ($0.key, $0) }, uniquingKeysWith: { first, _ in first })
        return keys.compactMap { found[$0] }
    }

    private func inJournal(_ keys: [HealthKey], _ clearance: Clearance) throws(StoreError) -> [Line] {
        let journal = HealthJournal(folder: reading.layout.agentDirectory(.main))
        let known = reading.startingHealth.merging(try journal.load()) { _, noted in noted }
        var changes: [(key: HealthKey, health: Health)] = []
        var lines: [Line] = []
        for key in keys {
            guard var health = known[key], let gone = health.forget(clearance) else { continue }
            changes.append((key, health))
            let holds = gone.windows.map { window in
                var model: String?
                if case .model(let name) = window.scope { model = name }
                return Line.Hold(reason: window.reason.rawValue, model: model, until: window.until)
            }
            lines.append(Line(key: key, holds: holds, failures: gone.failures))
        }
        try journal.append(changes)
        return lines
    }
}

/// A gateway runs, and nothing was cleared: behind its back would be in vain.
enum ClearingError: ActionableError, Equatable {
    case stops
    case silent(_ why: String, remedy: String)
    case olderGateway
    case refused(Int, String)
    case notUnderstood

    /// - Parameter silence: why it was of no help, without a full stop.
    init(_ silence: String, _ reading: InstanceReading) {
        let gateway = UnhelpfulGateway(reading, silence)
        self = silence == GatewayAnswer.stops ? .stops : .silent(gateway.why, remedy: gateway.remedy)
    }

    var exitCode: ExitStatus { .unavailable }

    var advice: Advice {
        switch self {
        case .stops:
            Advice(
                what: "Nothing was cleared: the gateway of this instance stops.", why: GatewayAnswer.stops.asSentence,
                fix: "When it has ended, repeat the command.")
        case .silent(let why, let remedy):
            Advice(
                what: "Nothing was cleared: the gateway of this instance runs, but was of no help.", why: why,
                fix: "\(remedy); then repeat the command")
        case .olderGateway:
            Advice(
                what: "Nothing was cleared: the gateway that runs is older than this command.",
                why: "It does not know the request.",
                fix: "Restart the gateway with this version, then repeat the command.")
        case .refused(let status, let message):
            Advice(
                what: "Nothing was cleared: the gateway refused it with status \(status).", why: message,
                fix: "Run: agenticflow-enterprise gateway status. Restart the gateway, then repeat the command.")
        case .notUnderstood:
            Advice(
                what: "Whether anything was cleared is not known.", why: "The gateway's answer was not understood.",
                fix: "Run: agenticflow-enterprise models status")
        }
    }
}
