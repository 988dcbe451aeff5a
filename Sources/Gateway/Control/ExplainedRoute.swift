// SPDX-License-Identifier: Apache-2.0
import CredentialLifecycle
import Credentials
import Exchange
import FoundationEssentials
import NIOCore
import Providers
import Rotation

/// Why a request for a model goes where it goes: the running gateway's answer to `models explain`.
struct ExplainedRoute {
    let targets: [Target]
    let explanation: Explanation

    init(model: String, endpoint: String?, agent: String?, session: String?, runtime: Runtime) throws(Fault) {
        let deployment = runtime.deployment
        let endpoints = endpoint.map { path in Endpoint.allCases.filter { $0.path == path } } ?? [.messages, .chatCompletions, .responses, .embeddings]
        var found: [Target] = []
        var refusal = Fault(.modelNotFound, "No endpoint serves \"\(model.prefix(100).escapedForDisplay)\".")
        for endpoint in endpoints where found.isEmpty {
            do throws(Fault) { found = try deployment.router.targets(for: model, endpoint: endpoint, agent: agent) } catch {
                // What the last one says is kept for when none of them serves it.
                if error.code != .unsupportedDialect { refusal = error }
            }
        }
        guard let first = found.first else { throw refusal }
        targets = found
        let agentID = agent.flatMap { AgentID($0) }
        let ask = BoardAsk(
            agent: agentID ?? deployment.defaultAgent, target: first, session: session.map { SessionKey($0, agent: agentID) }, tried: [])
        explanation = runtime.board.explain(ask, now: WallTime.now.date)
            ?? Explanation(model: first.model, orderSource: "automatic", candidates: [], next: nil, unavailability: .noCredential)
    }

    var json: String {
        guard let first = targets.first else { return "{}\n" }
        return explanation.json(provider: first.provider, fallbacks: targets.dropFirst().map { "\($0.provider)/\($0.model)" })
    }
}
