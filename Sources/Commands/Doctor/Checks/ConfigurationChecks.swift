// SPDX-License-Identifier: Apache-2.0
import CredentialLifecycle
import Credentials
import Documents
import FoundationEssentials
import Providers
import Settings

/// What is wrong with the configuration itself.
struct ConfigurationChecks {
    private let survey: Survey
    private let fixes: ProblemFix
    private(set) var findings: [Finding] = []

    init(_ survey: Survey) {
        self.survey = survey
        let problems = survey.settings.problems.filter { !Self.isOfListener($0) }
        let doubtful = survey.configuration.map { ConfigDoubts($0, survey.settings, survey.reading) }
        let doubts = doubtful.map { $0.credentials + $0.aliases + $0.servers(withStored: true) } ?? []
        var layout = survey.layout
        let adopting = layout.adopt(survey.settings.agents)
        fixes = ProblemFix(survey.resolved, path: survey.layout.configPath, problems + doubts + adopting)
        checkFile()
        for problem in problems + doubts { findings.append(finding(problem)) }
        for problem in adopting { findings.append(finding(adopting: problem)) }
        for problem in survey.reading.providers.problems { findings.append(finding(ofProvider: problem)) }
        checkPlaintext()
        checkListener()
    }

    private var path: String { survey.layout.configPath }
    private var shown: String { survey.shown(path) }

    private mutating func checkFile() {
        if let error = survey.configurationError { findings.append(finding(error)) }
        guard let writer = survey.configuration?.element(at: ["meta", "lastTouchedVersion"])?.string,
            Version(writer) > Version(CredentialFields.version)
        else { return }
        findings.append(
            Finding(
                .configNewerVersion, "\(shown) was last written by version \(writer.prefix(40)).",
                why: "This program is version \(CredentialFields.version); it may not know every key.",
                fix: "Update this program, then run: \(program) config validate", path: path))
    }

    /// The command that goes back to the newest copy that can be read; nil when there is none.
    private var backup: String? {
        SettingsFile(survey.layout).readableBackup.map { "cp \($0.shellWord) \(path.shellWord)" }
    }

    private func finding(_ error: SettingsFileError) -> Finding {
        let advice = error.advice
        guard error.chain.isEmpty else { return Finding(.configInclude, advice, path: error.path) }
        switch error.cause {
        case .tooLong: return Finding(.configTooBig, advice, path: path)
        case .unsafe: return Finding(.configUnsafe, advice, path: path)
        case .malformed(_, let problem):
            return Finding(
                .configUnreadable, "\(shown) cannot be read as a configuration.", why: problem,
                fix:
                    "Correct that line\(backup.map { ", or go back to the copy from before the last command that changed it, without any edit since: \($0);" } ?? ",") "
                    + "then run: \(program) config validate", path: path)
        default: return Finding(.configUnreadable, advice, path: path)
        }
    }

    // MARK: Values

    private func finding(_ problem: SettingsProblem) -> Finding {
        let key = problem.path
        let what = "\(key) \(problem.message)"
        if key == "gateway.token" {
            // One of an included file is for an editor.
            let isOwn = survey.configuration?.element(at: ["gateway", "token"]) != nil
            return Finding(
                .configGatewayTokenMisplaced, "gateway.token stands where it has no effect.",
                why: "Clients' token is read from gateway.auth.token.",
                fix: isOwn ? "Run: \(program) doctor --fix" : fixes.of(problem), path: problem.file ?? path,
                repair: isOwn ? .moveGatewayToken : nil)
        }
        if let name = problem.misplacedVariable {
            return Finding(
                .configUnknownKey, "env.\(name) stands where it has no effect.",
                why: "Variables of the configuration are read from env.vars (env.vars.\(name)).",
                fix: Self.move(variable: name, from: ["env"]), path: problem.file ?? path)
        }
        if problem.problem.hasPrefix("refers to "), problem.problem.hasSuffix("which is not set") {
            let names = problem.problem.dropFirst("refers to ".count).dropLast(", which is not set".count)
            let first = names.split(separator: ",").first.map(String.init) ?? "NAME"
            return Finding(
                .configVariableMissing, "\(key) refers to \(names), which is not set here.",
                why: "Without it the value is not there; a gateway with another environment may have it.",
                fix: "Run: \(program) env set \(first.shellWord)", path: path)
        }
        return Finding(
            id(of: problem), what, why: why(problem.severity), fix: fixes.of(problem), path: problem.file ?? path,
            listPlace: fixes.listPlace(of: problem))
    }

    private func id(of problem: SettingsProblem) -> CheckID {
        let text = problem.problem
        if text.hasPrefix("has several default agents") { return .configSeveralDefaultAgents }
        if text.contains("more than once") || text.contains("once more") { return .configDuplicateKey }
        switch problem.severity {
        case .error: return .configValueUnusable
        case .warning: return .configValueDoubtful
        case .info: return .configUnknownKey
        }
    }

    private func why(_ severity: SettingsProblem.Severity) -> String {
        switch severity {
        case .error: "It is not used as it stands."
        case .warning: "It is read, and probably not as it was meant."
        case .info: "It is kept in the file and changes nothing."
        }
    }

    private func finding(adopting problem: SettingsProblem) -> Finding {
        let isShared = problem.problem.hasPrefix("is the directory of agent")
        return Finding(
            isShared ? .configSharedAgentDir : .configValueUnusable, "\(problem.path) \(problem.message)",
            why: isShared ? "Two agents in one directory would overwrite each other's credentials." : why(.error),
            fix: fixes.of(problem), path: path)
    }

    private func finding(ofProvider advice: Advice) -> Finding { Finding(.configValueUnusable, advice, path: path) }

    // MARK: Keys as they are

    private mutating func checkPlaintext() {
        for (id, provider) in survey.settings.providers.sorted(by: { $0.key < $1.key }) {
            if case .present(_, variables: []) = provider.apiKey {
                findings.append(plaintext(id.place("apiKey"), of: id))
            }
            for header in provider.headers where Self.isCredential(header: header.name) {
                findings.append(
                    Finding(
                        .configPlaintextKey,
                        "\(DocumentPath.shown(header.name, below: id.place("headers"))) looks like a key.",
                        why: "Everybody who reads or copies the configuration has it.",
                        fix: "Store it instead: \(PasteCommand.beside(.apiKey, of: id, survey.reading))", path: path,
                        provider: id))
            }
        }
        let credentials = survey.credentialVariables
        let env = survey.settings.env
        for (place, names) in [(["env", "vars"], env.variables.keys.sorted()), (["env"], env.misplaced)] {
            for name in names where credentials.contains(name) || EnvironmentLayers.isKeyFamily(name) {
                findings.append(
                    Finding(
                        .configPlaintextKey, "\(place.joined(separator: ".")).\(name) holds a key as it is.",
                        why: "Everybody who reads or copies the configuration has it.",
                        fix: Self.move(variable: name, from: place), path: path))
            }
        }
    }

    private static func move(variable name: String, from place: [String]) -> String {
        "Run: \(program) env set \(name.shellWord), then: \(program) config unset \(DocumentPath(place + [name]).typed)"
    }

    private func plaintext(_ key: String, of id: ProviderID) -> Finding {
        let variable = survey.keyVariable(of: id)
        return Finding(
            .configPlaintextKey, "\(key) holds a key as it is.",
            why: "Everybody who reads or copies the configuration has it.",
            fix: "Run: \(program) env set \(variable), then: \(program) config set \(key.shellWord) '${\(variable)}'",
            path: path,
            provider: id)
    }

    private static func isCredential(header: String) -> Bool {
        ["key", "token", "secret", "auth", "password", "cookie"].contains { header.contains($0) }
    }

    // MARK: The listener

    /// It has a check of its own.
    private static func isOfListener(_ problem: SettingsProblem) -> Bool {
        problem.path == "gateway.bind" && problem.severity == .warning
    }

    private mutating func checkListener() {
        let gateway = survey.settings.gateway
        if let address = NetworkAddress(gateway.bind), !address.isLoopback {
            findings.append(
                gateway.allowPlainRemote
                    ? Finding(
                        .configPlainRemote, "The gateway listens on \(gateway.bind) without encryption.",
                        why: "Whoever is on the way reads the clients' token and every request.",
                        fix: "Put a TLS proxy before it, or run: \(program) config set gateway.bind loopback",
                        path: path)
                    : Finding(
                        .configBindRefused, "The gateway will not start on \(gateway.bind).",
                        why: "Beyond this machine it would serve unencrypted, and gateway.allowPlainRemote is not set.",
                        fix: "Run: \(program) config set gateway.bind loopback; or, on a network you trust: "
                            + "\(program) config set gateway.allowPlainRemote true", path: path))
        }
        guard gateway.proxy != .none else { return }
        findings.append(
            Finding(
                .configProxyWithoutEffect, "gateway.proxy has no effect.",
                why: "This version reaches providers directly.", fix: "Run: \(program) config unset gateway.proxy",
                path: path))
    }
}

/// The numbers of a version, for comparing: `0.10.0` is later than `0.9`.
struct Version: Comparable {
    private let numbers: [Int]

    init(_ text: String) {
        numbers = text.prefix { $0 != "-" && $0 != "+" }.split(separator: ".").prefix(4).map { Int($0) ?? 0 }
    }

    static func < (a: Self, b: Self) -> Bool {
        for place in 0..<max(a.numbers.count, b.numbers.count) {
            let (one, other) = (a.number(place), b.number(place))
            if one != other { return one < other }
        }
        return false
    }

    static func == (a: Self, b: Self) -> Bool { !(a < b) && !(b < a) }

    private func number(_ place: Int) -> Int { numbers.indices.contains(place) ? numbers[place] : 0 }
}
