// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import CredentialLifecycle
import Credentials
import Documents
import SafeFiles
import Settings

struct EnvList: ContextCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "Which variables count, where each is from, and whether the gateway has it.",
        discussion: """
            Values are shown shortened, never whole. Without --all: what providers, the configuration and this program
            read, and everything the files set.

            Example: agenticflow-enterprise env list --json
            """)

    @Flag(help: "Print JSON.")
    var json = false
    @Flag(help: "List every variable of this command's environment too.")
    var all = false
    @Flag(help: "Ask the login shell now, which runs its profile.")
    var askShell = false

    func run(in context: CommandContext) throws {
        var reader = try context.reader()
        var reading = reader.read()
        var answer: ShellImport?
        if askShell {
            let said = ShellQuestion(reading, process: context.environment).ask()
            answer = said
            reader.adopt(said)
            let notices = reading.notices
            reading = reader.read()
            reading.notices += notices
        }
        let view = InstanceView(reading, now: context.now())
        let report = EnvironmentListing(
            reading: reading, view: view, answer: answer,
            rows: VariableComparison(EnvironmentView(reading, isWhole: all), view).rows, context: context)
        report.tellTrouble()
        if json { context.terminal.print(report.json.pretty() + "\n") } else { report.say() }
        // Providers and variables of the configuration are missing.
        if let code = reading.problems.first(where: { $0.place == .configuration && $0.advice != nil })?.exitCode {
            throw ExitCode(code.rawValue)
        }
    }
}

/// What `env list` shows.
struct EnvironmentListing {
    let reading: InstanceReading
    let view: InstanceView
    /// What the shell has just said.
    let answer: ShellImport?
    let rows: [VariableRow]
    let context: CommandContext
    private var layout: StateLayout { reading.layout }
    private var problems: [InstanceProblem] { reading.problems.filter { $0.severity != .info } }

    func tellTrouble() {
        if case .files(let absence) = view.origin { context.terminal.tell(absence, reading) }
        context.tell(reading.notices)
        for problem in problems {
            context.terminal.notice(problem.word, problem.told)
        }
        for doubt in VariableDoubts(context: context, reading: reading).all {
            context.terminal.notice("warning", doubt.advice)
        }
        for warning in rows.compactMap({ $0.warning(context, layout) }) { context.terminal.notice("warning", warning) }
    }

    func say() {
        var lines = [
            view.origin.sentence, "File: \(context.shown(layout.dotEnvPath))",
            "Shell env: \(ShellLine(reading, view).words)",
        ]
        lines += rows.map { $0.line(context, layout) }
        if rows.isEmpty { lines += ["- none", "Set one with: agenticflow-enterprise env set ANTHROPIC_API_KEY"] }
        if !reading.ignoredVariables.isEmpty {
            lines.append(EnvironmentListing.ignored(reading.ignoredVariables))
        }
        if let answer { lines.append(said(answer)) }
        for line in lines { context.terminal.say(line.escapedForDisplay) }
    }

    private func said(_ answer: ShellImport) -> String {
        if let problem = answer.problem { return "Login shell \(answer.shell): \(problem)" }
        let found = answer.variables.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value.masked)" }
        return "Login shell \(answer.shell): " + (found.isEmpty ? "none of them" : found.joined(separator: ", "))
    }

    static func ignored(_ names: [String]) -> String {
        "Ignored in .env of the working directory (it cannot supply or redirect credentials): "
            + names.joined(separator: ", ")
    }

    var json: Literal {
        let shell = ShellLine(reading, view)
        var shellMembers: [Literal.Member] = [
            .init("enabled", .boolean(shell.isEnabled)), .init("appliedKeys", .strings(shell.applied)),
        ]
        if let answer {
            let found = answer.variables.sorted { $0.key < $1.key }.map {
                Literal.object([.init("name", .string($0.key)), .init("value", .string($0.value.masked))])
            }
            shellMembers += [
                .init("shell", .string(answer.shell)), .init("found", .array(found)),
                .init("problem", .optional(answer.problem)),
            ]
        }
        return .object(
            view.origin.members + [
                .init("path", .string(layout.dotEnvPath)), .init("shellEnv", .object(shellMembers)),
                .init("variables", .array(rows.map { $0.json(context, layout) })),
                .init("ignored", .strings(reading.ignoredVariables)),
                .init("problems", .strings(problems.map(\.text))), problems.map(\.told).member,
            ])
    }
}
