// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import CredentialLifecycle
import Credentials
import Documents
import FoundationEssentials
import Providers
import Rotation
import Settings

struct AuthTest: ContextCommand {
    static let configuration = CommandConfiguration(
        commandName: "test", abstract: "Ask the provider whether it takes one credential.",
        discussion: """
            One small call, and one of three answers: ok (exit code 0), rejected (77), could not ask (69). A credential \
            that no request could be sent with is not asked about (65). A good answer ends its cooldown; a rejection \
            changes nothing. No order matters here. The program behind a reference is run.

            Example: agenticflow-enterprise models auth test anthropic:work
            """)

    @Argument(
        help: ArgumentHelp("The credential, such as anthropic:work or openai:env.", valueName: "id"),
        completion: .credentials)
    var id: String
    @Option(
        help: ArgumentHelp("Whose credential it is. Without it: the default agent's.", valueName: "agent"),
        completion: .agents)
    var agent: String?
    @Option(parsing: .unconditional, help: ArgumentHelp("How long to wait, in milliseconds.", valueName: "ms"))
    var timeout = 8000
    @Option(
        help: ArgumentHelp(
            "What to ask for: a page that costs nothing, or a model's shortest answer.",
            valueName: "mode"))
    var mode = ProbeMode.metadata
    @Flag(help: "Print JSON.")
    var json = false

    static let modeFlag = "--mode"

    func validate() throws { try ProbeFlags.check(timeout, "--timeout", "of milliseconds", upTo: 600_000) }

    func run(in context: CommandContext) throws {
        var reader = try context.reader()
        reader.askPrograms()
        var reading = reader.read()
        var agent = try reading.agent(named: self.agent)
        try reading.requireReadable(agent.id)
        let reference = agent.reference(of: id)
        if let reference, reference.source == .exec {
            reading = reader.reading(asking: reference, after: reading)
            agent = try reading.agent(named: self.agent)
        }
        // Such as a base URL that cannot be used: then somebody else is asked than was meant.
        for problem in reading.problems where problem.severity == .error {
            context.terminal.notice("error: \(problem.text)")
        }
        let settings = ProbeSettings(
            mode: mode, timeoutMilliseconds: timeout, concurrency: 1, modeFlag: Self.modeFlag)
        var targets = ProbeTargets(reading: reading, agent: agent, settings: settings, now: context.now())
        targets.ignoresOrder = true
        let all = targets.all(of: nil)
        let id = try CredentialNames(agent: agent.id, known: all.map(\.candidate.id)).id(id)
        let run = try ProbeRun(all.filter { $0.candidate.id == id }, settings, context, reading)
        guard let result = run.results.first else { return }
        let finding = TestFinding(
            result: result, reading: reading, agent: agent.id, reference: reference)
        if json {
            context.terminal.print(finding.literal.pretty() + "\n")
            if let error = finding.error { throw ExitCode(error.exitCode.rawValue) }
        } else if let error = finding.error {
            throw error
        } else {
            for line in finding.lines { context.terminal.say(line.escapedForDisplay) }
        }
    }
}

extension AgentReading {
    fileprivate func reference(of id: String) -> SecretReference? {
        profiles.first { $0.profile.id.text == id.trimmed }?.profile.reference
    }
}

extension InstanceReader {
    /// As the gateway asks it, with the variables that this command has.
    fileprivate mutating func reading(asking reference: SecretReference, after reading: InstanceReading)
        -> InstanceReading
    {
        for question in reading.questions where question.provider == reference.provider {
            adopt(question.about(reference.id).ask())
        }
        return read()
    }
}

/// The one answer of `models auth test`.
struct TestFinding {
    let result: ProbeResult
    let reading: InstanceReading
    let agent: AgentID
    /// Where its secret rests, when that is not the store.
    let reference: SecretReference?

    private var id: ProfileID { result.target.candidate.id }
    /// As people write it.
    private var provider: String {
        reading.providers[result.target.provider]?.displayName ?? result.target.provider.text
    }

    var lines: [String] {
        let mode = result.target.mode == .completion ? "a completion of \(result.target.model ?? "?")" : "metadata"
        return ["\(id): ok (\(provider) takes it; \(mode), \(result.latency?.latency ?? "0ms"))"]
            + (result.cleared.map { ["\(id): \($0.sentence)"] } ?? [])
            + (result.stillHeldSentence(AuthTest.modeFlag).map { ["\(id): \($0)"] } ?? [])
    }

    /// Nil for a good answer.
    var error: TestError? {
        result.verdict.finding == .ok ? nil : TestError(advice: advice, finding: result.verdict.finding)
    }

    var literal: Literal {
        var members: [Literal.Member] = [.init("agentId", .string(agent.text))]
        if case .object(let found) = ProbeReport.entry(result) { members += found }
        if result.verdict.finding != .ok { members.append(.init("fix", .string(advice.fix))) }
        return .object(members)
    }

    private var advice: Advice {
        let details = result.verdict.detail.split(separator: "\n").map(String.init)
        let detail = details.joined(separator: " ")
        let said = result.verdict.httpStatus == nil ? detail : "Its answer: \(detail)"
        let why = result.sentence.map { "\($0.what) \(said)" + (said.hasSuffix(".") ? "" : ".") } ?? detail
        switch result.verdict.finding {
        case .ok: return Advice(what: "", why: "", fix: "")
        case .rejected:
            let what =
                result.verdict.status == .billing
                ? "\(id): rejected. \(provider) reports no credit on it."
                : "\(id): rejected. \(provider) does not take it."
            return Advice(what: what, why: why, fix: rejectionFix)
        case .couldNotAsk:
            return Advice(what: "\(id): could not ask \(provider).", why: why, fix: couldNotAskFix)
        case .notAsked:
            var advice = Advice(what: "\(id): not asked.", why: details.first ?? "", fix: replace)
            advice.more = details.dropFirst().joined(separator: " ")
            return advice
        }
    }

    private var rejectionFix: String {
        guard result.verdict.status == .billing else { return replace }
        return result.sentence.map { "\($0.remedy)." } ?? "Top up the account at \(provider), then repeat the command."
    }

    private var couldNotAskFix: String {
        if let until = result.verdict.until { return "Repeat the command after \(until.written)." }
        if let check = result.verdict.wayThere(of: result.target.provider) {
            return "\(check); then repeat the command"
        }
        // It answered: there is nothing to mend here.
        if let status = result.verdict.httpStatus, status == 429 || (500...599).contains(status) {
            return "Repeat the command in a minute; \(provider) answered, and has no time now."
        }
        return result.verdict.status == .timeout
            ? "Repeat the command, with a longer --timeout if need be; look at the network of this machine."
            : "Look at the network and at \(result.target.provider.place()) in the configuration, then repeat the command."
    }

    private var replace: String {
        switch result.target.candidate.source {
        case .environment(let variable), .shellEnvironment(let variable):
            return "Correct \(variable), then repeat the command."
        case .config:
            return
                "Correct \(result.target.provider.place("apiKey")) in the configuration, then repeat the command."
        case .profile(let owner):
            if result.verdict.status == .noModel { return "Then repeat the command." }
            if let reference { return "Put right what \(reference) leads to, then repeat the command." }
            let (kind, provider) = (result.target.candidate.kind, result.target.provider)
            if result.verdict.reasonCode == "needs_vendor_cli" {
                return "Run: \(PasteCommand.beside(.apiKey, of: provider, reading, agent: owner))"
            }
            return
                "Run: agenticflow-enterprise models auth \(PasteCommand.word(for: kind)) --provider \(provider) "
                + "--profile-id \(id) --agent \(owner)"
        }
    }
}

struct TestError: ActionableError {
    let advice: Advice
    let finding: ProbeVerdict.Finding

    var exitCode: ExitStatus {
        switch finding {
        case .rejected: .noPermission
        case .ok, .couldNotAsk: .unavailable
        case .notAsked: .badInput
        }
    }
}
