// SPDX-License-Identifier: Apache-2.0
import CredentialLifecycle
import Credentials
import Exchange
import FoundationEssentials
import Providers
import Rotation
import Settings

/// What `models explain` wants to know. Nil: the configured default model, whichever endpoint serves it, the default
/// agent, no session.
struct ExplainQuestion: Sendable {
    var model: String?
    var endpoint: String?
    var agent: String?
    var session: String?
}

/// Why a request for a model goes where it goes. Made by the running gateway and by the command line alike.
struct ExplainedRoute {
    let targets: [Target]
    let explanation: Explanation

    init(
        _ question: ExplainQuestion, router: ModelRouter, board: Board, defaultAgent: AgentID, now: Date
    ) throws(Fault) {
        guard let model = question.model ?? router.models(of: question.agent).primary else { throw Self.noModel }
        targets = try Self.targets(for: model, question, router)
        guard let first = targets.first else { throw Self.noModel }
        let agent = question.agent.flatMap { AgentID($0) }
        let ask = BoardAsk(
            agent: agent ?? defaultAgent, target: first,
            session: question.session.map { SessionKey($0, agent: agent) }, tried: [])
        explanation =
            board.explain(ask, now: now)
            ?? Explanation(
                model: first.model, orderSource: "automatic", candidates: [], next: nil, unavailability: .noCredential)
    }

    private static func targets(
        for model: String, _ question: ExplainQuestion, _ router: ModelRouter
    ) throws(Fault) -> [Target] {
        let named = question.endpoint.map { path in Endpoint.allCases.filter { $0.path == path } }
        var refusal: Fault?
        for endpoint in named ?? [.messages, .chatCompletions, .responses, .embeddings] {
            do throws(Fault) { return try router.targets(for: model, endpoint: endpoint, agent: question.agent) } catch
            {
                // Another endpoint may serve it; of what they say, the first that is not about the dialect counts.
                if refusal == nil || refusal?.code == .unsupportedDialect { refusal = error }
            }
        }
        throw refusal ?? Fault(.modelNotFound, "There is no endpoint \"\(question.endpoint ?? "")\".")
    }

    private static let noModel = Fault(
        .modelMissing,
        "No model was named and none is configured. Name one, such as: "
            + "agenticflow-enterprise models explain --model anthropic/claude-sonnet-4-5")

    var json: String {
        guard let first = targets.first else { return "{}\n" }
        return explanation.json(
            provider: first.provider, fallbacks: targets.dropFirst().map { "\($0.provider)/\($0.model)" })
    }
}
