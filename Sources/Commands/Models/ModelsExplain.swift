// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import CredentialLifecycle
import Credentials
import Documents
import Exchange
import FoundationEssentials
import Gateway
import Providers
import Rotation
import Settings

struct ModelsExplain: ContextCommand {
    static let configuration = CommandConfiguration(
        commandName: "explain", abstract: "Which credential the next request for a model is sent with, and why.",
        discussion: """
            Without --model: the configured default model. A session keeps its credential while that is available, so \
            name the session to see what it gets. Without a running gateway, sessions are as the journal remembers them.

            Example: agenticflow-enterprise models explain --model anthropic/claude-sonnet-4-5
            """)

    @Option(
        help: ArgumentHelp(
            "As a client would write it: provider/model, a model id, an alias, each with @profile.", valueName: "model"),
        completion: .models)
    var model: String?
    @Option(help: ArgumentHelp("As in the x-agenticflow-session header.", valueName: "session"))
    var session: String?
    @Option(
        help: ArgumentHelp("The agent that asks. Without it: the default agent.", valueName: "agent"),
        completion: .agents)
    var agent: String?
    @Flag(help: "Print JSON.")
    var json = false

    func validate() throws {
        if let model, model.trimmed.isEmpty {
            throw UsageError(
                what: "--model is blank.", why: "A request that names no model is refused.",
                fix: "Leave it out for the default model: agenticflow-enterprise models explain")
        }
        if let session, session.trimmed.isEmpty {
            throw UsageError(
                what: "--session is blank.", why: "A session without a name is none.",
                fix: "Leave it out: agenticflow-enterprise models explain")
        }
        guard let session, session.unicodeScalars.contains(where: { $0.value < 0x20 || $0.value == 0x7F }) else {
            return
        }
        throw UsageError(
            what: "--session holds control characters.",
            why: "No header can carry them, so no request has that session.",
            fix: "Give it as the client sends it, as in: agenticflow-enterprise models explain --session main/chat-1")
    }

    func run(in context: CommandContext) throws {
        let reading = try context.reading()
        let named = try agent.map { text throws(ModelsError) in try reading.agent(named: text).id }
        let now = context.now()
        let unread = reading.problems.filter { $0.isUnread(for: named ?? reading.settings.defaultAgent) }
        let answer: Answer
        do { answer = try Self.answer(reading, named, model: model, session: session, now: now) } catch {
            // What is missing may be in the file that cannot be read.
            try reading.requireReadable(named ?? reading.settings.defaultAgent, .main)
            throw error
        }
        var said: [Advice] = []
        for advice in unread.compactMap(\.advice) where !said.contains(where: advice.isCovered) {
            said.append(advice)
            context.terminal.notice("error", advice)
        }
        if case .files(let absence) = answer.origin, !absence.isCovered(by: said) {
            context.terminal.tell(absence, reading)
        }
        if let behind = answer.behind { context.terminal.notice(behind) }
        let halt = answer.halt(reading)
        let report = ExplanationReport(
            answer.root, isFromFiles: answer.isFromFiles,
            configured: ConfiguredModels(reading, agent: named), pending: Self.pending(answer, reading, named),
            noCredential: MissingCredential(reading, named ?? reading.settings.defaultAgent, context),
            halt: halt, now: now)
        // Beside the error that there is no such profile they only confuse.
        if !answer.isUnknownPin {
            for sentence in report.doubts(reading) { context.terminal.notice("warning: \(sentence)") }
        }
        if json {
            let problems: [Literal.Member] = [
                .init("problems", .strings(unread.map(\.text))), unread.map(\.told).member,
            ]
            let members =
                answer.origin.members + answer.members(isHalted: halt != nil) + [report.pendingMember] + problems
            context.terminal.print(Literal.object(members).pretty() + "\n")
        } else {
            context.terminal.say(answer.origin.sentence)
            for line in report.lines(width: context.terminal.tableWidth) {
                context.terminal.say(context.shown(in: line.escapedForDisplay))
            }
        }
        if answer.isUnknownPin, let pinned = answer.root["pinned"]?.string {
            let listed = answer.root["candidates"]?.elements.compactMap { $0["profile"]?.string } ?? []
            let error = ModelsError.noCredentials(
                pinned, near: Spelling.nearestID(to: pinned, among: listed),
                agent: named ?? reading.settings.defaultAgent
            )
            if json { throw ExitCode(error.exitCode.rawValue) }
            throw error
        }
        // The gateway goes on with what it last read; worked out from the files, the answer lacks what is in that one.
        if answer.isFromFiles, let code = unread.compactMap(\.exitCode).first { throw ExitCode(code.rawValue) }
    }

    /// What was stored a moment ago, beside a running gateway.
    private static func pending(_ answer: Answer, _ reading: InstanceReading, _ named: AgentID?) -> [Candidate] {
        guard case .gateway = answer.origin else { return [] }
        let listed = answer.root["candidates"]?.elements.compactMap { entry -> (String, ProfileID)? in
            guard let source = entry["source"]?.string, let id = entry["profile"]?.string.flatMap({ ProfileID($0) })
            else { return nil }
            return (source, id)
        }
        return answer.inFiles(reading, named, besides: listed ?? [])
    }

    private static let codes: Set<ErrorCode> = [
        .modelMissing, .modelNotFound, .ambiguousModel, .unsupportedDialect, .unsupportedProvider,
    ]

    private struct Answer {
        var origin: InstanceView.Origin
        var root: Element

        /// What the gateway has not taken up yet: a sentence.
        var behind: String?

        var isFromFiles: Bool { if case .gateway = origin { false } else { true } }
        /// The request insists on a profile that the agent does not have.
        var isUnknownPin: Bool { root["unavailable"]?["profileCode"]?.string == SkipCode.unknownProfile.rawValue }

        /// Credentials for the answer's provider that rest in files, which are the gateway's too.
        func inFiles(
            _ reading: InstanceReading, _ named: AgentID?, besides listed: [(source: String, id: ProfileID)]
        ) -> [Candidate] {
            guard let agent = reading[named ?? reading.settings.defaultAgent],
                let provider = root["provider"]?.string.flatMap({ ProviderID($0) })
            else { return [] }
            return PendingCredentials(reading.candidates(for: provider, of: agent), listed: listed, reading).all
                .map(\.candidate)
        }

        func halt(_ reading: InstanceReading) -> ExplanationReport.Halt? {
            guard isFromFiles, reading.configurationAdvice != nil else { return nil }
            return origin == .files(.notRunning) ? .noGateway : .unseenGateway
        }

        /// - Parameter isHalted: it is not known who is next.
        func members(isHalted: Bool) -> [Literal.Member] {
            root.members.map { Literal.Member($0.key, isHalted && $0.key == "next" ? .null : $0.value.literal) }
        }
    }

    private static func answer(
        _ reading: InstanceReading, _ agent: AgentID?, model: String?, session: String?, now: Date
    ) throws -> Answer {
        let question = [("model", model), ("agent", agent?.text), ("session", session)]
            .compactMap { name, value in value.map { "\(name)=\($0.percentEncoded)" } }
        let query = question.isEmpty ? "" : "?" + question.joined(separator: "&")
        let gateway = GatewayAnswer(reading, .explain, "/api/v1/explain\(query)")
        /// - Parameter behind: what the gateway has not taken up yet.
        func files(_ behind: String?) throws -> Answer {
            let journal = JournalReading(reading, withSessions: session != nil)
            let preview = GatewayPreview(reading, health: journal.health, sessions: journal.sessions)
            do throws(Fault) {
                let body = try preview.explainJSON(model: model, agent: agent?.text, session: session, now: now)
                // What we have just written ourselves reads back.
                guard let root = (try? Document(Array(body.utf8), as: .json))?.root else {
                    throw Fault(.modelMissing, "")
                }
                return Answer(
                    origin: behind == nil ? .files(gateway.absence) : .filesAhead, root: root,
                    behind: behind.map { "The gateway has not taken up \($0) yet; it does within two seconds." })
            } catch {
                throw ModelsError.noRoute(error.message, isModelMissing: error.code == .modelMissing)
            }
        }
        switch gateway {
        case .answered(200, let root):
            let answer = Answer(origin: .gateway(pid: RunningGateway(reading).pid), root: root)
            let pinned = answer.isUnknownPin ? root["pinned"]?.string : nil
            if let pinned, answer.inFiles(reading, agent, besides: []).contains(where: { $0.id.text == pinned }) {
                return try files(pinned)
            }
            return answer
        case .answered(400, let root), .answered(404, let root):
            // Any other refusal is not about the model: an older gateway, or none of ours.
            guard let error = root["error"], let message = error["message"]?.string,
                let code = (error["code"]?.string).flatMap(ErrorCode.init(rawValue:)),
                Self.codes.contains(code)
            else { break }
            if let agent, message.hasPrefix(Fault.unknownAgent(agent.text)) {
                return try files("agent \(agent)")
            }
            // Which of several providers is meant depends on the gateway's own environment too. What the files do not
            // answer either is refused in the gateway's words.
            if code != .ambiguousModel, let answer = try? files("what was just stored"),
                !answer.inFiles(reading, agent, besides: []).isEmpty
            {
                return answer
            }
            throw ModelsError.noRoute(message, isModelMissing: code == .modelMissing)
        default: break
        }
        return try files(nil)
    }
}

extension InstanceProblem {
    /// A file that decides what the agent's requests are sent with, and cannot be read.
    fileprivate func isUnread(for agent: AgentID?) -> Bool {
        guard advice != nil else { return false }
        return switch place {
        case .store(let owner): owner == agent || owner == .main
        case .configuration, .environmentFile: true
        }
    }
}
