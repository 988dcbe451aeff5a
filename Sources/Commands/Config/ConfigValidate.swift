// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import CredentialLifecycle
import Credentials
import Documents
import Settings

struct ConfigValidate: ContextCommand {
    static let configuration = CommandConfiguration(
        commandName: "validate", abstract: "Check the configuration, and the files that it includes.",
        discussion: """
            Every problem comes with its place and what to do. Exit code 78: there are errors; warnings alone leave it 0.

            Example: agenticflow-enterprise config validate --json
            """)

    @Flag(help: "Print JSON.")
    var json = false

    func run(in context: CommandContext) throws {
        let reading = try context.reading()
        let resolved = SettingsFile(reading.layout).resolved()
        let findings = ConfigFinding.all(resolved, reading)
        let isValid = !findings.contains { $0.severity == .error }
        if json {
            let report = Self.json(findings, resolved, path: reading.layout.configPath, isValid: isValid)
            context.terminal.print(report.pretty() + "\n")
        } else {
            say(findings, resolved, path: reading.layout.configPath, in: context)
        }
        if !isValid { throw ExitCode(ExitStatus.configuration.rawValue) }
    }

    private func say(
        _ findings: [ConfigFinding], _ resolved: ResolvedSettings, path: String, in context: CommandContext
    ) {
        let isThere = resolved.authored != nil || resolved.failure != nil
        let place = context.shown(path)
        context.terminal.say("Configuration: \(place)\(isThere ? "" : " (no such file: every default holds)")")
        for file in resolved.origins.files { context.terminal.say("Included: \(context.shown(file))") }
        for finding in findings {
            context.terminal.say("\(finding.severity.rawValue): \(context.shown(in: finding.message))")
            context.terminal.say("  fix: \(context.shown(in: finding.fix))")
        }
        let errors = findings.count { $0.severity == .error }
        let warnings = findings.count - errors
        context.terminal.say(
            findings.isEmpty
                ? "No problems." : "\(Self.counted(errors, "error")), \(Self.counted(warnings, "warning")).")
    }

    private static func counted(_ count: Int, _ word: String) -> String { "\(count) \(word)\(count == 1 ? "" : "s")" }

    private static func json(
        _ findings: [ConfigFinding], _ resolved: ResolvedSettings, path: String, isValid: Bool
    ) -> Literal {
        let problems = findings.map { finding in
            Literal.object([
                .init("severity", .string(finding.severity.rawValue)), .init("path", .string(finding.path)),
                .init("file", .string(finding.file ?? path)), .init("message", .string(finding.message)),
                .init("fix", .string(finding.fix)),
            ])
        }
        return .object([
            .init("valid", .boolean(isValid)), .init("configPath", .string(path)),
            .init("exists", .boolean(resolved.authored != nil || resolved.failure != nil)),
            .init("included", .array(resolved.origins.files.map { .string($0) })), .init("problems", .array(problems)),
        ])
    }
}
