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
    var request: StatusRequest { StatusRequest(isJSON: isJSON, isPlain: isPlain, isCheck: check, agent: agent) }

    func validate() throws {
        if isJSON, isPlain { throw UsageError.jsonAndPlain("models status") }
        guard isPlain, probes.probe else { return }
        throw UsageError(
            what: "Choose either --probe or --plain, not both.", why: "--plain prints the default model alone.",
            fix: "Run: agenticflow-enterprise models status --probe")
    }

    func run(in context: CommandContext) throws {
        let code = try request.run(in: context, probing: probes.report)
        if code != 0 { throw ExitCode(code) }
    }
}
