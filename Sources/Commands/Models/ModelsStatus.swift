// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import CredentialLifecycle
import Credentials

struct ModelsStatus: ContextCommand {
    static let configuration = CommandConfiguration(
        commandName: "status", abstract: "Which credentials there are, how they are, and how long they last.",
        discussion: """
            With --check the exit code is 1 when a token or login is expired or missing, or a provider in use has no \
            credential, 2 when one expires within a day, else 0.

            Example: agenticflow-enterprise models status --check --json
            """)

    @Flag(help: "Print JSON.")
    var json = false
    @Flag(help: "Print the default model alone, as provider/model.")
    var plain = false
    @Flag(help: "Say by the exit code how the credentials are.")
    var check = false
    @Option(help: ArgumentHelp("The agent to look at. Without it: the default agent.", valueName: "agent"))
    var agent: String?

    func validate() throws {
        if json, plain { throw ValidationError("Choose either --json or --plain, not both.") }
    }

    func run(in context: CommandContext) throws {
        let reading = try context.reading()
        let agent = try reading.agent(named: agent)
        let now = context.now()
        let overview = AuthOverview(reading, agent: agent, view: InstanceView(reading, now: now), now: now)
        let models = ConfiguredModels(reading)
        let verdict = CheckVerdict(overview, models)
        let trouble = Trouble(overview)
        trouble.tell(context)
        if plain {
            if let model = models.resolvedDefault { context.terminal.say(model) }
        } else if json {
            context.terminal.print(
                StatusJSON(
                    overview: overview, models: models, verdict: verdict, problems: trouble.sentences, context: context
                ).text)
        } else {
            StatusText(overview: overview, models: models, verdict: verdict, context: context).say()
        }
        if let code = trouble.exitCode(isCheck: check) { throw ExitCode(code.rawValue) }
        if check, verdict.exitCode != 0 { throw ExitCode(verdict.exitCode) }
    }
}
