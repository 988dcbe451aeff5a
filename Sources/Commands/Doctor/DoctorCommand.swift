// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import CredentialLifecycle
import Credentials
import Settings

struct DoctorCommand: ContextCommand, LongCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor", abstract: "Find what is wrong with this instance, and repair what can be.",
        discussion: """
            Without a mode it only looks, and exits with 0. --lint exits with 0 for nothing at the threshold, 1 for \
            something, 2 when it could not look.

            Example: agenticflow-enterprise doctor --fix --dry-run
            """)
    static let rareOptions = [
        "--all", "--allow-exec", "--deep", "--force", "--generate-gateway-token", "--no-workspace-suggestions",
        "--non-interactive",
    ]

    @Flag(help: "Print JSON.")
    var json = false
    @Flag(help: "Say by the exit code whether something was found.")
    var lint = false
    @Flag(
        name: [.customLong("fix"), .customLong("repair")],
        help: "Show every change, ask, keep a backup, repair.")
    var fix = false
    @Flag(help: "Take back the last repair.")
    var undo = false
    @Flag(help: "Make a token for clients, if there is none.")
    var generateGatewayToken = false
    @Flag(help: "Repair without asking; the same as --fix --yes.")
    var yes = false
    @Flag(help: "With --fix: show the changes, and make none.")
    var dryRun = false
    @Flag(help: "Never ask.")
    var nonInteractive = false
    @Flag(help: "With --undo: also over what was changed since. With --fix: no repair needs it.")
    var force = false
    @Flag(help: "Look at system services too; this version installs none.")
    var deep = false
    @Flag(help: "Ask the programs of exec references for their secrets, as the gateway does.")
    var allowExec = false
    @Flag(help: "No suggestions about workspaces; there are none.")
    var noWorkspaceSuggestions = false
    @Option(
        help: ArgumentHelp("With --lint: info, warning or error.", valueName: "severity"),
        completion: .list(["info", "warning", "error"]))
    var severityMin: String?
    @Flag(help: "With --lint: also print what is below the threshold.")
    var all = false
    @Option(
        help: ArgumentHelp("Only this check; may be repeated.", valueName: "id"),
        completion: .list(CheckID.allCases.map(\.rawValue)))
    var only: [String] = []
    @Option(
        help: ArgumentHelp("Not this check; may be repeated.", valueName: "id"),
        completion: .list(CheckID.allCases.map(\.rawValue)))
    var skip: [String] = []

    /// `--yes` alone answers the question of `--fix` ahead.
    var repairs: Bool { fix || (yes && !undo && !generateGatewayToken) }

    func validate() throws {
        try checkModes()
        try checkCompanions()
        let severities = CheckID.Severity.allCases.map(\.rawValue)
        if let severityMin { try Self.check(severityMin, among: severities, "severity", option: "--severity-min") }
        let ids = CheckID.allCases.map(\.rawValue)
        for id in only { try Self.check(id, among: ids, "check", option: "--only") }
        for id in skip { try Self.check(id, among: ids, "check", option: "--skip") }
    }

    func run(in context: CommandContext) throws {
        if undo { return try DoctorRepair(context).undo(isForced: force) }
        if deep {
            context.terminal.notice("--deep: this version installs no system service, so there is none to look at.")
        }
        if lint { return try runLint(context) }
        let survey = try Survey(context, askingPrograms: allowExec)
        if generateGatewayToken { return try makeToken(survey) }
        let report = DoctorReport(findings: chosen(survey.findings()), survey)
        if json { return context.terminal.print(report.json) }
        for line in report.lines + Self.variables(survey) { context.terminal.say(line) }
        context.terminal.say(report.summary)
        if repairs { try repair(report.findings, survey) }
        context.terminal.say("Doctor complete.")
    }

    /// Which variables count, where each is from, what it shadows, and whether the gateway has the same.
    private static func variables(_ survey: Survey) -> [String] {
        let rows = survey.overviews.first?.variables ?? []
        guard !rows.isEmpty else { return [] }
        return ["Variables"] + rows.map { "  \($0.line(survey.context, survey.layout).escapedForDisplay)" } + [""]
    }

    private func chosen(_ findings: [Finding]) -> [Finding] {
        let (only, skip) = (Set(only), Set(skip))
        return findings.filter {
            (only.isEmpty || only.contains($0.id.rawValue)) && !skip.contains($0.id.rawValue)
        }
    }

    // MARK: Modes

    private func runLint(_ context: CommandContext) throws {
        let threshold = severityMin.flatMap { CheckID.Severity(rawValue: $0) } ?? .warning
        let survey: Survey
        do { survey = try Survey(context, askingPrograms: allowExec) } catch let error as any ActionableError {
            context.terminal.report(error, asJSON: json)
            throw ExitCode(2)
        }
        let findings = chosen(survey.findings())
        let counted = findings.filter { $0.severity >= threshold }
        let report = DoctorReport(findings: all ? findings : counted, survey)
        if json {
            context.terminal.print(report.json)
        } else {
            for line in report.lines { context.terminal.say(line) }
            context.terminal.say(report.summary)
        }
        if !counted.isEmpty { throw ExitCode(1) }
    }

    private func repair(_ findings: [Finding], _ survey: Survey) throws {
        let repair = DoctorRepair(survey.context)
        let plan = try RepairPlan(findings, survey: survey)
        guard !plan.changes.isEmpty else { return survey.context.terminal.say("Nothing can be repaired from here.") }
        repair.show(plan)
        if dryRun { return survey.context.terminal.say("Nothing was changed (--dry-run).") }
        if !yes {
            guard !nonInteractive, survey.context.terminal.hasPerson else { throw RepairError.needsYes }
            guard try survey.context.terminal.confirm("Make these changes?") else {
                survey.context.terminal.say("Nothing was changed.")
                throw ExitCode(ExitStatus.badInput.rawValue)
            }
        }
        try repair.make(plan, layout: survey.layout)
        let after = try Survey(survey.context, askingPrograms: allowExec)
        let left = DoctorReport(findings: chosen(after.findings()), after)
        survey.context.terminal.say("What is left: \(left.summary)")
    }

    private func makeToken(_ survey: Survey) throws {
        guard let finding = survey.findings().first(where: { $0.id == .gatewayTokenMissing }) else {
            if let error = survey.configurationError { throw error }
            // A gateway that cannot be seen may have one.
            if survey.reading.clientToken == nil, case .hidden(let hidden) = survey.answer { throw hidden }
            let standing = ClientTokenStanding(survey.reading, survey.view)
            // A new one would win over the one that clients have.
            if survey.reading.clientToken == nil, let advice = standing.advice(survey.context, survey.layout) {
                throw NoClientToken(configPath: survey.layout.configPath, elsewhere: advice)
            }
            if let flaw = survey.reading.clientTokenFlaw {
                throw NoClientToken(configPath: survey.layout.configPath, elsewhere: flaw)
            }
            survey.context.terminal.say("There is a client token already: \(program) gateway token --show")
            return
        }
        let repair = DoctorRepair(survey.context)
        let plan = try RepairPlan([finding], survey: survey)
        repair.show(plan)
        try repair.make(plan, layout: survey.layout)
        survey.context.terminal.say("Show it with: \(program) gateway token --show")
    }
}
