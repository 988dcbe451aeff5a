// SPDX-License-Identifier: Apache-2.0
import CredentialLifecycle
import Credentials
import Documents
import Providers
import Settings

/// Something in the configuration that is not as it should be, and the command that mends it.
struct ConfigFinding: Equatable {
    enum Severity: String { case error, warning }

    var severity: Severity
    /// Empty for the file as a whole.
    var path: String
    /// The included file that it is in; nil for the configuration itself.
    var file: String?
    /// A sentence that begins with the path.
    var message: String
    var fix: String

    /// Everything that the reader, the providers and the agents' directories have to say, errors first.
    static func all(_ resolved: ResolvedSettings, _ reading: InstanceReading) -> [ConfigFinding] {
        if let failure = resolved.failure {
            let advice = failure.advice
            return [
                ConfigFinding(
                    severity: .error, path: "", file: failure.chain.isEmpty ? nil : failure.path,
                    message: "\(advice.what) \(advice.why)", fix: advice.fix)
            ]
        }
        let review = SettingsReview(resolved, reading, isAlone: true)
        let fixes = ProblemFix(resolved, path: reading.layout.configPath)
        var found = review.problems.map { ConfigFinding($0, fixes) }
        found += review.providerProblems.map {
            ConfigFinding(
                severity: .error, path: String($0.text.prefix { $0 != " " }), message: $0.text, fix: $0.fix)
        }
        if let newer = newerVersion(resolved.document) { found.append(newer) }
        return found.filter { $0.severity == .error } + found.filter { $0.severity == .warning }
    }

    private init(severity: Severity, path: String, file: String? = nil, message: String, fix: String) {
        self.severity = severity
        self.path = path
        self.file = file
        self.message = message
        self.fix = fix
    }

    private init(_ problem: SettingsProblem, _ fixes: ProblemFix) {
        severity = problem.severity == .error ? .error : .warning
        path = problem.path
        file = problem.file
        message = problem.description
        fix = fixes.of(problem)
    }

    /// Older programs may not know what a newer one has written.
    private static func newerVersion(_ document: Document?) -> ConfigFinding? {
        let path = ["meta", "lastTouchedVersion"]
        guard let text = document?.element(at: path)?.string, let theirs = version(text),
            let ours = version(CredentialFields.version), ours.lexicographicallyPrecedes(theirs)
        else { return nil }
        return ConfigFinding(
            severity: .warning, path: "meta.lastTouchedVersion",
            message:
                "meta.lastTouchedVersion names a newer version than this one (\(CredentialFields.version)): keys that "
                + "only that one knows have no effect.",
            fix: "Update agenticflow-enterprise; its version is shown by: agenticflow-enterprise --version")
    }

    private static func version(_ text: String) -> [Int]? {
        let core = text.trimmed.prefix { $0 != "-" && $0 != "+" }
        let parts = core.split(separator: ".").map { Int($0) }
        let numbers = parts.compactMap { $0 }
        return numbers.count == parts.count && !numbers.isEmpty ? numbers : nil
    }
}
