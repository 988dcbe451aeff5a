// SPDX-License-Identifier: Apache-2.0
package import Credentials

#if canImport(Glibc)
    import Glibc
#endif

/// The variables that a person's login shell has, for a daemon that was not started from one.
package struct LoginShell: Hashable, Sendable {
    package let path: String
    private let environment: [String: String]
    package static let limitInBytes = 2 << 20
    /// All that the shell is told of our own environment: no secret of it may come back as if it were the shell's.
    private static let passedOn = ["HOME", "USER", "LOGNAME", "LANG"]

    /// - Parameter process: the process environment. Its `SHELL` is asked; `/bin/sh` when that cannot be run.
    package init(process: [String: String]) {
        let wanted = process["SHELL"]?.trimmed ?? ""
        path = Self.canRun(wanted) ? wanted : "/bin/sh"
        var own: [String: String] = [:]
        for name in Self.passedOn { own[name] = process[name] }
        own["PATH"] = process["PATH"].flatMap { $0.isEmpty ? nil : $0 } ?? "/usr/local/bin:/usr/bin:/bin"
        own["SHELL"] = path
        own["TERM"] = "dumb"
        environment = own
    }

    /// Asks it, which runs the person's profile and may take as long as that takes. Not on an event loop.
    ///
    /// - Parameter bases: such as `OPENAI_API_KEY`, of whose families (`…S`, `…_2`) every name is wanted too.
    package func ask(
        for names: Set<String>, familiesOf bases: Set<String> = [], under settings: ShellEnvironmentSettings,
        isCancelled: () -> Bool = { false }
    ) -> ShellImport {
        let marks = Marks()
        // Bash reads the file with people's variables only when it is interactive; it needs no terminal for that.
        let words = path.hasSuffix("/bash") ? ["-lic", marks.question] : ["-l", "-c", marks.question]
        let child = ChildProcess(
            path: path, arguments: words, environment: environment, timeout: settings.timeout,
            limitInBytes: Self.limitInBytes)
        let (output, ending) = child.run(until: marks.end, isCancelled: isCancelled)
        var answer = ShellImport(shell: path, asked: settings, names: names)
        switch ending {
        case .stopped:
            answer.variables = marks.variables(in: output).filter { name, _ in
                names.contains(name) || EnvironmentLayers.keyFamily(of: name).map(bases.contains) ?? false
            }
        case .exited(let code): answer.problem = "it ended with exit code \(code) and without an answer"
        case .timedOut: answer.problem = "it gave no answer within \(settings.timeout.components.seconds) s"
        case .flooded: answer.problem = "it wrote more than \(Self.limitInBytes) bytes"
        case .cancelled: answer.problem = "the question was called off"
        case .notStarted(let code): answer.problem = "it did not start (\(String(cString: strerror(code))))"
        }
        return answer
    }

    private static func canRun(_ path: String) -> Bool {
        var status = stat()
        return path.hasPrefix("/") && stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
            && access(path, X_OK) == 0
    }
}

/// What a login shell said.
package struct ShellImport: Hashable, Sendable {
    package var shell = ""
    /// Under which settings it was asked; nil when nobody asked.
    package var asked: ShellEnvironmentSettings?
    /// What it was asked for.
    package var names: Set<String> = []
    /// Those that were asked for and that it has.
    package var variables: [String: Secret] = [:]
    /// Why there is no answer, as the second half of a sentence.
    package var problem: String?

    package init() {}

    init(shell: String, asked: ShellEnvironmentSettings, names: Set<String>) {
        self.shell = shell
        self.asked = asked
        self.names = names
    }

    /// Takes up a later answer. One that failed takes nothing away of what was said before.
    package mutating func adopt(_ answer: ShellImport) {
        let known = variables
        self = answer
        if answer.problem != nil { variables = known }
    }

    /// One sentence, or two.
    package var warning: String? {
        guard let problem else { return nil }
        return "The login shell \(shell) could not be asked for variables (env.shellEnv): \(problem)."
            + (variables.isEmpty ? "" : " What it said before stays in use.")
    }
}

/// Set the answer apart from whatever a profile prints. Nobody can know them before.
private struct Marks {
    private let word: String
    var end: [UInt8] { Array("\(word)-end".utf8) + [0] }

    init() {
        var random = SystemRandomNumberGenerator()
        word = "agenticflow-\(random.next() as UInt64)-\(random.next() as UInt64)"
    }

    /// The second mark comes only when `env` went well.
    var question: String { "printf '\\n%s\\0' \(word) && command env -0 && printf '%s\\0' \(word)-end" }

    func variables(in output: [UInt8]) -> [String: Secret] {
        guard let start = output.firstRange(of: Array("\n\(word)".utf8) + [0]) else { return [:] }
        var found: [String: Secret] = [:]
        for entry in output[start.upperBound...].split(separator: 0) {
            guard let sign = entry.firstIndex(of: UInt8(ascii: "=")), sign > entry.startIndex,
                let name = String(validating: entry[..<sign], as: UTF8.self),
                let value = String(validating: entry[(sign + 1)...], as: UTF8.self)
            else { continue }
            found[name] = Secret(value)
        }
        return found.filter { !$0.value.isBlank }
    }
}
