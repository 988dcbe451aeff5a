// SPDX-License-Identifier: Apache-2.0
package import Credentials
import Documents
import SafeFiles
import Settings

#if canImport(Glibc)
    import Glibc
#endif

/// What one program under `secrets.providers` is to be asked, all of its references at once.
package struct SecretQuestion: Hashable, Sendable {
    package let provider: String
    package private(set) var ids: [String]
    let program: SecretProgramSettings
    /// Of the program: another one under the same name is asked anew.
    let fingerprint: Fingerprint?
    private let environment: [String: String]

    static let limitInBytes = 1 << 20
    private static let idsPerCall = 100

    /// - Parameter process: the process environment, of which it gets what its settings name.
    init(
        provider: String, ids: Set<String>, program: SecretProgramSettings, fingerprint: Fingerprint?,
        process: [String: String]
    ) {
        self.provider = provider
        self.ids = ids.sorted()
        self.program = program
        self.fingerprint = fingerprint
        environment = process.filter { program.passedVariables.contains($0.key) }
    }

    /// The same, about one of its references.
    package func about(_ id: String) -> SecretQuestion {
        var question = self
        question.ids = ids.filter { $0 == id }
        return question
    }

    /// Runs the program, on this thread, for at most its time, and once for each hundred references.
    package func ask(isCancelled: () -> Bool = { false }) -> SecretAnswers {
        var answers = SecretAnswers()
        answers.program = program
        for start in stride(from: 0, to: ids.count, by: Self.idsPerCall) {
            let some = Array(ids[start..<min(start + Self.idsPerCall, ids.count)])
            let found = call(some, isCancelled)
            for id in some {
                guard let reference = SecretReference(source: .exec, provider: provider, id: id) else { continue }
                switch found {
                case .problem(let problem): answers.problems[reference] = problem
                case .answer(let root):
                    switch Self.finding(id, in: root) {
                    case .found(let secret): answers.secrets[reference] = secret
                    case .failed(let problem), .gone(let problem): answers.problems[reference] = problem
                    case .leftToGateway: break
                    }
                }
            }
        }
        return answers
    }

    private enum Reply {
        case answer(Element)
        case problem(String)
    }

    private func call(_ ids: [String], _ isCancelled: () -> Bool) -> Reply {
        if let problem = Self.problem(with: program.command) { return .problem(problem) }
        var child = ChildProcess(
            path: program.command, arguments: program.arguments, environment: environment, timeout: program.timeout,
            limitInBytes: Self.limitInBytes)
        let question = Literal.object([
            .init("protocolVersion", .integer(1)), .init("provider", .string(provider)),
            .init("ids", .array(ids.map { .string($0) })),
        ])
        child.input = Array((question.compact + "\n").utf8)
        let (output, ending) = child.run(isCancelled: isCancelled)
        switch ending {
        case .exited(0): return Self.parse(output, program.command)
        case .exited(let code): return .problem("\(program.command) ended with exit code \(code).")
        case .timedOut:
            let milliseconds = program.timeout / .milliseconds(1)
            return .problem("\(program.command) gave no answer within \(Int(milliseconds)) ms.")
        case .flooded: return .problem("\(program.command) wrote more than \(Self.limitInBytes) bytes.")
        case .cancelled, .stopped: return .problem("The question was called off.")
        case .notStarted(let code):
            return .problem("\(program.command) did not start: \(String(cString: strerror(code))).")
        }
    }

    private static func parse(_ output: [UInt8], _ command: String) -> Reply {
        // What it says may hold secrets: nothing of it is repeated.
        guard let root = try? Document(output, as: .json, maximumDepth: 16).root, root.kind == .object else {
            return .problem("What \(command) says is no JSON object.")
        }
        guard root["protocolVersion"]?.integer == 1 else {
            return .problem("What \(command) says has no protocolVersion 1.")
        }
        return .answer(root)
    }

    private static func finding(_ id: String, in root: Element) -> ReferenceSource.Finding {
        if let text = root["values"]?[id]?.string { return ReferenceSource.checked(Secret(text)) }
        // Its message is not repeated either: programs put into it what they have at hand.
        if root["errors"]?[id] != nil { return .failed("The program reports an error for it.") }
        return .failed("The program has no text for it.")
    }

    /// Who may change the program may have every secret it is asked for, and whatever else this process may do.
    static func problem(with command: String) -> String? {
        var status = stat()
        guard lstat(command, &status) == 0 else { return "\(command) is not there." }
        guard status.st_mode & S_IFMT == S_IFREG else {
            return "\(command) is no regular file; links are not followed."
        }
        if let problem = accessProblem(status) { return "\(command) \(problem)" }
        guard access(command, X_OK) == 0 else { return "\(command) may not be run by this user." }
        guard let real = realPath(command) else { return "\(command) is not there." }
        guard real == command else { return "\(command) leads through a link, or round about, to \(real): name that." }
        return folderProblem(command)
    }

    /// Who may change a folder on the way may put another program in the place of this one.
    private static func folderProblem(_ command: String) -> String? {
        var folder = command[...]
        while let slash = folder.lastIndex(of: "/") {
            folder = folder[..<slash]
            let path = folder.isEmpty ? "/" : String(folder)
            var status = stat()
            guard lstat(path, &status) == 0 else { return "The folder \(path) of \(command) is not there." }
            if let problem = accessProblem(status) { return "The folder \(path) of \(command) \(problem)" }
        }
        return nil
    }

    private static func realPath(_ path: String) -> String? {
        guard let real = realpath(path, nil) else { return nil }
        defer { free(real) }
        return String(cString: real)
    }

    /// In a sticky folder others can add to it and not replace what is ours.
    private static func accessProblem(_ status: stat) -> String? {
        if !isTrusted(owner: status.st_uid, us: geteuid()) { return "belongs to another user." }
        if status.st_mode & S_IFMT == S_IFDIR, status.st_mode & S_ISVTX != 0 { return nil }
        return status.st_mode & 0o022 == 0 ? nil : "can be changed by other users."
    }

    static func isTrusted(owner: UInt32, us: UInt32) -> Bool { owner == us || owner == 0 }
}

/// What programs have said, by reference.
package struct SecretAnswers: Hashable, Sendable {
    package var secrets: [SecretReference: Secret] = [:]
    /// Sentences, for those that got none.
    package var problems: [SecretReference: String] = [:]
    /// The one that was asked.
    var program: SecretProgramSettings?

    package init() {}
}
