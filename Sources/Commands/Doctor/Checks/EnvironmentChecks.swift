// SPDX-License-Identifier: Apache-2.0
import CredentialLifecycle
import Credentials
import Documents
import Providers
import Settings

/// Which variables supply credentials, from where, and which only seem to.
struct EnvironmentChecks {
    private let survey: Survey
    private(set) var findings: [Finding] = []

    init(_ survey: Survey) {
        self.survey = survey
        checkFile()
        checkShadowed()
        checkUnseen()
        checkBoth()
        checkWorkingDirectory()
        checkUnsupported()
        checkDoubts()
    }

    private var path: String { survey.layout.dotEnvPath }

    private mutating func checkFile() {
        for problem in survey.reading.problems where problem.place == .environmentFile {
            if let advice = problem.advice {
                findings.append(Finding(.envFileUnreadable, advice, path: path))
                continue
            }
            if let variable = problem.variable {
                findings.append(
                    Finding(
                        .credentialIneligible, problem.text, why: "A credential stands in a header of each request.",
                        fix:
                            "Run: \(program) env list, then correct it there, or: \(program) env set \(variable.shellWord)",
                        path: path))
                continue
            }
            if problem.cause != nil {
                findings.append(Finding(.envFileRepeat, problem.told, path: path))
                continue
            }
            // Told by itself.
            if problem.text.hasPrefix("ANTHROPIC_OAUTH_TOKEN and ") { continue }
            guard problem.text.contains(", line ") else {
                findings.append(
                    Finding(
                        .configValueDoubtful, problem.text, why: "It is not used as it stands.",
                        fix: "Look at: \(program) env list"))
                continue
            }
            findings.append(
                Finding(
                    .envFileLine, problem.text, why: "The line sets nothing.",
                    fix: problem.told.fix, path: path))
        }
    }

    private mutating func checkShadowed() {
        let names = survey.credentialVariables.union([InstanceSettings.tokenVariable])
        for name in names.sorted() {
            guard let found = survey.reading.environment.lookup(name), !found.contradicts.isEmpty else { continue }
            let others = found.contradicts.map { words($0) }.joined(separator: " and ")
            findings.append(
                Finding(
                    .envShadowed, "\(name) of \(others) has no effect.",
                    why: "\(words(found.layer)) sets it to another value, and goes first.",
                    fix: "Run: \(program) env list; then leave it in one place", path: path))
        }
    }

    private func words(_ layer: EnvironmentLayers.Layer) -> String {
        switch layer {
        case .process: "the process environment"
        case .workingDirectory: ".env of the working directory"
        case .stateDotEnv: survey.shown(path)
        case .config: "env.vars of the configuration"
        case .shell: "the login shell"
        }
    }

    private mutating func checkUnseen() {
        let warnings = survey.overviews.first?.variables.compactMap { $0.warning(survey.context, survey.layout) } ?? []
        findings += warnings.map { Finding(.envGatewayUnseen, $0, path: path) }
    }

    private mutating func checkBoth() {
        guard survey.hasBothOfAnthropic else { return }
        findings.append(
            Finding(
                .envAnthropicBoth, "ANTHROPIC_OAUTH_TOKEN and ANTHROPIC_API_KEY are both set.",
                why: "The token goes first, and the gateway cannot send a setup token.",
                fix: survey.takingOut(variable: Survey.anthropicToken).map { "Run: \($0)" }
                    ?? "See where it is from: \(program) env list",
                provider: .anthropic))
    }

    private mutating func checkUnsupported() {
        for row in survey.overviews.first?.variables ?? [] {
            guard let provider = row.unusedProvider else { continue }
            findings.append(
                Finding(
                    .envProviderUnsupported, "\(row.name) is set, and not used by this version.",
                    why: "\(provider) is known by name and not relayed.",
                    fix: "To say where it is, run: \(ProviderPlace.command(for: provider)); or leave it out",
                    provider: provider))
        }
    }

    private mutating func checkDoubts() {
        for doubt in VariableDoubts(context: survey.context, reading: survey.reading).all {
            let advice = doubt.advice
            findings.append(
                Finding(
                    doubt.id, advice.what, why: advice.why, fix: advice.fix, path: path, provider: doubt.provider))
        }
    }

    /// A cloned repository may bring such a file along: it supplies no credential, which surprises those who wrote it.
    private mutating func checkWorkingDirectory() {
        let ignored = survey.reading.ignoredVariables
        guard !ignored.isEmpty, let folder = survey.context.workingDirectory else { return }
        let shown = ignored.prefix(5).joined(separator: ", ") + (ignored.count > 5 ? " and others" : "")
        // Those that say where everything is have no effect in any file.
        let structural = ignored.filter { StateLayout.structuralVariables.contains($0) }
        let settable = ignored.filter { !structural.contains($0) }
        var ways: [String] = []
        if !settable.isEmpty {
            let commands = settable.prefix(5).map { "\(program) env set \($0)" }
            ways.append("If they are meant, run: \(commands.joined(separator: "; "))")
        }
        if !structural.isEmpty {
            ways.append("\(structural.joined(separator: ", ")) can only be set in the shell: export NAME=VALUE")
        }
        findings.append(
            Finding(
                .envWorkingDirectoryIgnored,
                "\(shown) in \(survey.shown(folder))/.env \(ignored.count == 1 ? "is" : "are") ignored.",
                why: "A file that came with a folder supplies no credentials and redirects none.",
                fix: ways.joined(separator: ". "), path: "\(folder)/.env"))
    }
}

extension Survey {
    static let anthropicToken = "ANTHROPIC_OAUTH_TOKEN"

    var hasBothOfAnthropic: Bool {
        [Self.anthropicToken, "ANTHROPIC_API_KEY"].allSatisfy { reading.environment.lookup($0) != nil }
    }

    /// The command that takes a variable out of where it is set; nil where an editor has to.
    func takingOut(variable name: String) -> String? {
        switch reading.environment.lookup(name)?.layer {
        case .process: "unset \(name)"
        case .stateDotEnv: "\(program) env unset \(name)"
        case .config:
            configuration?.element(at: ["env", "vars", name]) == nil
                ? nil : "\(program) config unset \(DocumentPath(["env", "vars", name]).typed)"
        case .workingDirectory, .shell, nil: nil
        }
    }

    /// The same of a key that is not stored. One of a list stands beside others, which are to stay.
    func takingOut(_ row: CredentialRow) -> String? {
        if let variable = row.source.variable { return variable.hasSuffix("S") ? nil : takingOut(variable: variable) }
        let place = ["models", "providers", row.provider.text, "apiKey"]
        return configuration?.element(at: place) == nil
            ? nil : "\(program) config unset \(DocumentPath(place).typed)"
    }

    /// The names that supply credentials: of the providers' table, and all that are set in its families.
    var credentialVariables: Set<String> {
        var names: Set<String> = []
        for provider in reading.providers.all.values {
            names.formUnion(provider.environmentVariables)
            names.formUnion(
                reading.providers.environmentKeys(for: provider, in: reading.environment).map(\.variable))
        }
        return names
    }
}
