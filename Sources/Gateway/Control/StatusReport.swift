// SPDX-License-Identifier: Apache-2.0
import CredentialLifecycle
import Credentials
import FoundationEssentials
import Providers
import Rotation

#if canImport(Glibc)
    import Glibc
#endif

/// `GET /api/v1/status`: what the command line shows of the running gateway. No secrets.
struct StatusReport {
    let text: String

    init(runtime: Runtime, standing: GatewayStanding) {
        text =
            "{\"version\":\"\(standing.version)\",\"pid\":\(getpid()),\"startedAt\":\(standing.startedAt.milliseconds),"
            + "\"draining\":\(runtime.isDraining),\"connections\":\(runtime.openConnections),"
            + "\"problems\":[\(standing.problems.map(\.jsonQuoted).joined(separator: ","))],"
            + "\"environment\":\(standing.environment),"
            + "\"providerFaults\":\(Self.faults(of: runtime.board)),"
            + "\"credentials\":\(Self.credentials(of: runtime.board, now: WallTime.now.date))}\n"
    }

    /// A JSON list with one entry for each agent and credential.
    static func credentials(of board: Board, now: Date) -> String {
        "[\(board.overview(now: now).map(entry).joined(separator: ","))]"
    }

    /// A JSON list of the providers that nothing can be sent to, and why.
    static func faults(of board: Board) -> String {
        let entries = board.faults.sorted { $0.key < $1.key }.map { id, fault in
            "{\"provider\":\"\(id)\",\(fault.advice.members)}"
        }
        return "[\(entries.joined(separator: ","))]"
    }

    private static func entry(_ line: BoardLine) -> String {
        let windows = line.windows.map { window in
            "{\"reason\":\"\(window.reason.rawValue)\",\"model\":\(window.scope.modelName?.jsonQuoted ?? "null"),"
                + "\"since\":\(window.since.milliseconds),\"until\":\(window.until.milliseconds),"
                + "\"evidence\":{\"origin\":\"\(window.evidence.origin.rawValue)\",\"text\":\(window.evidence.text.jsonQuoted)}}"
        }
        return
            "{\"agent\":\"\(line.agent)\",\"profile\":\(line.profile.text.jsonQuoted),\"provider\":\"\(line.provider)\","
            + "\"source\":\(line.candidate.source.label.jsonQuoted),\"type\":\"\(line.candidate.kind.rawValue)\","
            + "\"code\":\"\(line.code.rawValue)\",\"lastUsed\":\(line.lastUsed.map { "\($0.milliseconds)" } ?? "null"),"
            + "\"windows\":[\(windows.joined(separator: ","))]}"
    }
}

extension Advice {
    /// Of a JSON object.
    var members: String { "\"error\":\(what.jsonQuoted),\"why\":\(why.jsonQuoted),\"fix\":\(fix.jsonQuoted)" }
}

extension Date {
    /// Since 1970, as every store and every JSON of ours writes instants.
    var milliseconds: Int64 { Int64((timeIntervalSince1970 * 1000).rounded()) }
}

extension WindowScope {
    var modelName: String? { if case .model(let name) = self { name } else { nil } }
}
