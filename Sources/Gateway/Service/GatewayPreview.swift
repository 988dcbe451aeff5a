// SPDX-License-Identifier: Apache-2.0
package import CredentialLifecycle
import Credentials
package import Exchange
package import FoundationEssentials
import Providers
package import Rotation
import Settings

/// What a gateway would say of these files: the same board and the same router as the daemon's, for the command line
/// when none runs.
package struct GatewayPreview: Sendable {
    private let board = Board()
    private let router: ModelRouter
    private let defaultAgent: AgentID
    private let problems: [String]

    /// - Parameters:
    ///   - health: what the journal says, and
    ///   - sessions: what it says of them, the newest first.
    package init(_ reading: InstanceReading, health: [HealthKey: Health], sessions: [StickySession] = []) {
        var builder = DeploymentBuilder(reading, addresses: UpstreamAddresses(isForConnecting: false))
        board.adopt(reading.startingHealth.merging(health) { _, journal in journal })
        board.adopt(sessions)
        // First: who can be asked at all is known when everybody is seated.
        let withCredential = builder.seat(at: board)
        router = builder.router(withCredential: withCredential)
        defaultAgent = reading.settings.defaultAgent
        problems = reading.problems.map(\.text) + builder.problems
    }

    /// The shape of `GET /api/v1/status`, without what only a running gateway knows.
    package func statusJSON(now: Date) -> String {
        board.bindWindows(at: now)
        return "{\"problems\":[\(problems.map(\.jsonQuoted).joined(separator: ","))],"
            + "\"providerFaults\":\(StatusReport.faults(of: board)),"
            + "\"credentials\":\(StatusReport.credentials(of: board, now: now))}\n"
    }

    /// The shape of `GET /api/v1/explain`.
    ///
    /// - Throws: ``Exchange/Fault`` when the model leads nowhere.
    package func explainJSON(
        model: String?, endpoint: String? = nil, agent: String? = nil, session: String? = nil, now: Date
    ) throws(Fault) -> String {
        board.bindWindows(at: now)
        return try ExplainedRoute(
            ExplainQuestion(model: model, endpoint: endpoint, agent: agent, session: session), router: router,
            board: board,
            defaultAgent: defaultAgent, now: now
        ).json
    }
}
