// SPDX-License-Identifier: Apache-2.0
import CredentialLifecycle
import Credentials
package import Exchange
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
    /// Of the targets that nobody can be asked for, as far as a request would come.
    private let shortages: [Shortage]
    /// The target behind those that serves the request.
    private let rescue: Target?
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
        explanation = board.explain(ask, now: now)
        (shortages, rescue) = Self.shortages(explanation, targets, ask, board, now)
    }

    private static func shortages(
        _ first: Explanation, _ targets: [Target], _ ask: BoardAsk, _ board: Board, _ now: Date
    ) -> ([Shortage], rescue: Target?) {
        var shortages: [Shortage] = []
        for (index, target) in targets.enumerated() {
            var ask = ask
            ask.target = target
            let found = index == 0 ? first : board.explain(ask, now: now)
            guard let unavailability = found.unavailability else { return (shortages, index == 0 ? nil : target) }
            shortages.append(Shortage(target, unavailability, causes: found.causes))
        }
        return (shortages, nil)
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
        // With a rescue it is about the model that was asked for alone.
        let told = rescue == nil ? Shortage.told(among: shortages) : shortages.first
        if let told { more.append(unavailable(told)) }
        return explanation.json(
            provider: first.provider, fallbacks: targets.dropFirst().map { "\($0.provider)/\($0.model)" }, more: more)
    }

    /// What a client would be told.
    private func unavailable(_ told: Shortage) -> String {
        let fault = Fault(told, among: rescue == nil ? shortages : [told], asker)
        var members = [
            "\"code\":\"\(fault.code.rawValue)\"",
            "\"reason\":\(fault.failure?.sentence.reason.rawValue.jsonQuoted ?? "null")",
            "\"retryAt\":\(told.unavailability.until.map { "\($0.milliseconds)" } ?? "null")",
            "\"message\":\(fault.message.jsonQuoted)",
            "\"servedBy\":\((rescue.map { "\($0.provider)/\($0.model)" })?.jsonQuoted ?? "null")",
        ]
        var profileCode: SkipCode?
        if case .pinnedUnavailable(_, let code, _) = told.unavailability { profileCode = code }
        members.insert("\"profileCode\":\(profileCode?.rawValue.jsonQuoted ?? "null")", at: 1)
        if case .leftOut(let leftOut) = explanation.unavailability {
            members.append("\"leftOut\":[\(leftOut.ids.map(\.text.jsonQuoted).joined(separator: ","))]")
        }
        if case .providerLeftOut(let fault) = explanation.unavailability {
            members.append("\"fault\":{\(fault.advice.members)}")
        }
        return "\"unavailable\":{\(members.joined(separator: ","))}"
    }
}

extension Fault {
    /// How the gateway begins when it does not know an agent: the command line, which may, recognises it by that.
    package static func unknownAgent(_ name: String) -> String {
        "There is no agent \"\(name.prefix(64).escapedForDisplay)\"."
    }
}
