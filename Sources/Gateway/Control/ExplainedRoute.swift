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
    private let question: ExplainQuestion
    private let asker: Asker
    /// Whom the session was served with last; nil without a session, or when it is not known.
    private let kept: ProfileID?
    /// Nil when there is nothing doubtful about the model.
    private let doubt: String?
    private let guess: String?

    init(
        _ question: ExplainQuestion, router: ModelRouter, board: Board, defaultAgent: AgentID, now: Date
    ) throws(Fault) {
        guard let model = question.model ?? router.models(of: question.agent).primary else { throw Self.noModel }
        targets = try Self.targets(for: model, question, router)
        guard let first = targets.first else { throw Self.noModel }
        let agent = question.agent.flatMap { AgentID($0) }
        let session = question.session.map { SessionKey($0, agent: agent) }
        let ask = BoardAsk(agent: agent ?? defaultAgent, target: first, session: session, tried: [])
        self.question = question
        doubt = question.model.flatMap { router.doubt(about: $0, endpoints: Self.endpoints(question)) }
        guess = router.guess(for: model, at: first)
        asker = Asker(agent: ask.agent, defaultAgent: defaultAgent)
        kept = first.pinned == nil ? session.flatMap { board.profile(of: $0, first.provider) } : nil
        explanation =
            board.explain(ask, now: now)
            ?? Explanation(
                model: first.model, orderSource: "automatic", candidates: [], next: nil,
                unavailability: BoardState.nothing(for: first))
    }

    private static func targets(
        for model: String, _ question: ExplainQuestion, _ router: ModelRouter
    ) throws(Fault) -> [Target] {
        var refusal: Fault?
        for endpoint in endpoints(question) {
            do throws(Fault) { return try router.targets(for: model, endpoint: endpoint, agent: question.agent) } catch
            {
                // Another endpoint may serve it; of what they say, the first that is not about the dialect counts.
                if refusal == nil || refusal?.code == .unsupportedDialect { refusal = error }
            }
        }
        throw refusal ?? Fault(.modelNotFound, "There is no endpoint \"\(question.endpoint ?? "")\".")
    }

    private static func endpoints(_ question: ExplainQuestion) -> [Endpoint] {
        question.endpoint.map { path in Endpoint.allCases.filter { $0.path == path } }
            ?? [.messages, .chatCompletions, .responses, .embeddings]
    }

    private static let noModel = Fault(
        .modelMissing,
        "No model was named and none is configured. Name one, such as: "
            + "agenticflow-enterprise models explain --model anthropic/claude-sonnet-4-5")

    var json: String {
        guard let first = targets.first else { return "{}\n" }
        var more: [String] = []
        if let pinned = first.pinned { more.append("\"pinned\":\(pinned.text.jsonQuoted)") }
        if let session = question.session {
            more.append(
                "\"session\":{\"name\":\(session.jsonQuoted),\"profile\":\(kept?.text.jsonQuoted ?? "null")}")
        }
        if let doubt { more.append("\"doubt\":\(doubt.jsonQuoted)") }
        if let guess { more.append("\"didYouMean\":\(guess.jsonQuoted)") }
        if let unavailability = explanation.unavailability { more.append(unavailable(unavailability, first)) }
        return explanation.json(
            provider: first.provider, fallbacks: targets.dropFirst().map { "\($0.provider)/\($0.model)" }, more: more)
    }

    /// What a client would be told.
    private func unavailable(_ unavailability: Unavailability, _ target: Target) -> String {
        let fault = Fault(unavailability, target: target, asker)
        var profileCode: SkipCode?
        if case .pinnedUnavailable(_, let code, _) = unavailability { profileCode = code }
        return "\"unavailable\":{\"code\":\"\(fault.code.rawValue)\","
            + "\"profileCode\":\(profileCode?.rawValue.jsonQuoted ?? "null"),"
            + "\"reason\":\(fault.failure?.sentence.reason.rawValue.jsonQuoted ?? "null"),"
            + "\"retryAt\":\(unavailability.until.map { "\($0.milliseconds)" } ?? "null"),"
            + "\"message\":\(fault.message.jsonQuoted)}"
    }
}
