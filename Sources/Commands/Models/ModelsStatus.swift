// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import CredentialLifecycle
import Credentials

struct ModelsStatus: ContextCommand, LongCommand {
    static let rareOptions = [
        "--probe-concurrency", "--probe-max-tokens", "--probe-mode", "--probe-timeout",
    ]
    static let configuration = CommandConfiguration(
        commandName: "status", abstract: "Which credentials there are, how they are, and how long they last.",
        discussion: """
            With --check the exit code is 1 when a token or login is expired or missing, a provider in use has no \
            credential, or a probe is rejected; 2 when one expires within a day; else 0.

            Example: agenticflow-enterprise models status --check --json
            """)

    @Flag(help: "Print JSON.")
    var json = false
    @Flag(help: "Print the default model alone, as provider/model.")
    var plain = false
    @Flag(help: "Say by the exit code how the credentials are.")
    var check = false
    @Option(
        help: ArgumentHelp("The agent to look at. Without it: the default agent.", valueName: "agent"),
        completion: .agents)
    var agent: String?
    /// The older names, for `models` alone.
    @Flag(help: .hidden)
    var statusJson = false
    @Flag(help: .hidden)
    var statusPlain = false
    @OptionGroup var probes: ProbeFlags

    private var isJSON: Bool { json || statusJson }
    private var isPlain: Bool { plain || statusPlain }

    func validate() throws {
        if isJSON, isPlain {
            throw UsageError(
                what: "Choose either --json or --plain, not both.", why: "There is one standard output.",
                fix: "Run: agenticflow-enterprise models status --json")
        }
        guard isPlain, probes.probe else { return }
        throw UsageError(
            what: "Choose either --probe or --plain, not both.", why: "--plain prints the default model alone.",
            fix: "Run: agenticflow-enterprise models status --probe")
    }

    func run(in context: CommandContext) throws {
        let reading = try context.reading()
        let agent = try reading.agent(named: agent)
        // Before anything is shown: what they clear shows.
        let probed = try probes.report(reading, agent, context)
        let now = context.now()
        let overview = AuthOverview(reading, agent: agent, view: InstanceView(reading, now: now), now: now)
        let models = ConfiguredModels(reading, agent: agent.id)
        let verdict = CheckVerdict(overview, models)
        let trouble = Trouble(overview)
        trouble.tell(context)
        if isPlain {
            if let model = models.resolvedDefault { context.terminal.say(model) }
        } else if isJSON {
            context.terminal.print(
                StatusJSON(
                    overview: overview, models: models, verdict: verdict, problems: trouble.sentences, context: context,
                    probes: probed?.literal
                ).text)
        } else {
            StatusText(overview: overview, models: models, verdict: verdict, context: context).say()
            for line in [""] + (probed?.lines ?? []) where probed != nil {
                context.terminal.say(line.escapedForDisplay)
            }
        }
        if let code = trouble.exitCode(isCheck: check) { throw ExitCode(code.rawValue) }
        if check, probed?.hasRejection == true { throw ExitCode(1) }
        if check, verdict.exitCode != 0 { throw ExitCode(verdict.exitCode) }
    }
}
