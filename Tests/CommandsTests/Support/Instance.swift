// SPDX-License-Identifier: Apache-2.0
import Commands
import Credentials
import FoundationEssentials
import ProfileStorage
import Providers
import Rotation
import Synchronization

#if canImport(Glibc)
    import Glibc
#endif

/// What a command left behind on a terminal.
struct Transcript: Equatable {
    var stdout: String
    var stderr: String
    var code: Int32
}

private final class Capture: Sendable {
    private let all = Mutex("")
    var text: String { all.withLock { $0 } }
    func add(_ text: String) { all.withLock { $0 += text } }
}

/// A home directory to throw away, with a clock that stands still.
final class Instance {
    static let now = Date(timeIntervalSince1970: 1_790_000_000)  // 2026-09-21T14:13:20Z
    let home: String
    var environment: [String: String]
    /// What providers answer; nobody is asked for real.
    var ask = ProviderAsk { _, _, _, done in done(.none(.closed)) }
    /// Of the terminal.
    var columns = 80
    var isOutputTerminal = false
    /// Instead of the terminal's own.
    var masking: (@Sendable (String) -> String)?
    /// As `--profile` names it.
    var instance: String?
    /// Whose `.env` is read.
    var workingDirectory: String?

    init(config: String? = nil, store: String? = nil) {
        var template = Array((FileManager.default.temporaryDirectory.path + "/commands-XXXXXX").utf8CString)
        home = mkdtemp(&template).map { String(cString: $0) } ?? ""
        environment = ["HOME": home]
        if let config { write("agenticflow-enterprise.json", config) }
        if let store { write("agents/main/agent/auth-profiles.json", store) }
    }

    deinit { try? FileManager.default.removeItem(atPath: home) }

    var state: String { "\(home)/.agenticflow-enterprise" }

    /// - Parameters:
    ///   - line: the words after the program's name, with single blanks between them.
    ///   - typed: what is piped into it.
    func run(_ line: String, typing typed: String = "", after seconds: TimeInterval = 0) -> Transcript {
        run(line.split(separator: " ").map(String.init), typing: typed, after: seconds)
    }

    func run(_ words: [String], typing typed: String = "", after seconds: TimeInterval = 0) -> Transcript {
        let output = Capture(), notices = Capture()
        var terminal = Terminal(
            output: { output.add($0) }, notices: { notices.add($0) }, input: { .text(typed) },
            isOutputTerminal: isOutputTerminal, isNoticeTerminal: false, columns: columns,
            instance: instance)
        if let masking { terminal.masking = masking }
        var context = CommandContext(
            terminal: terminal, environment: environment, workingDirectory: workingDirectory
        ) { Self.now + seconds }
        context.ask = ask
        let code = Program.run(words, in: context)
        return Transcript(stdout: output.text, stderr: notices.text, code: code)
    }

    // MARK: Its files

    func write(_ name: String, _ text: String) {
        let path = "\(state)/\(name)"
        let folder = path[..<(path.lastIndex(of: "/") ?? path.endIndex)]
        try? FileManager.default.createDirectory(
            atPath: String(folder), withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
        defer { close(descriptor) }
        _ = Array(text.utf8).withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
    }

    func read(_ name: String) -> String? {
        FileManager.default.contents(atPath: "\(state)/\(name)").map { String(decoding: $0, as: UTF8.self) }
    }

    var config: String? { read("agenticflow-enterprise.json") }
    var store: String? { read("agents/main/agent/auth-profiles.json") }

    /// Every file below the home directory, by its path in there. The state directory itself, which every command
    /// makes, does not count.
    var files: [String] {
        let found = (try? FileManager.default.subpathsOfDirectory(atPath: home)) ?? []
        return found.filter { $0 != ".agenticflow-enterprise" }.sorted()
    }

    /// The permissions of a file or folder of the state directory; nil when it is not there.
    func mode(of name: String) -> mode_t? {
        var status = stat()
        return lstat("\(state)/\(name)", &status) == 0 ? status.st_mode & 0o777 : nil
    }

    /// Every file and folder with its content, to see that nothing has changed. Locks are made by looking.
    var snapshot: [String: String] {
        let named = files.filter { !$0.hasSuffix(".lock") }.map { path in
            (
                path,
                FileManager.default.contents(atPath: "\(home)/\(path)").map { String(decoding: $0, as: UTF8.self) }
                    ?? ""
            )
        }
        return Dictionary(named, uniquingKeysWith: { first, _ in first })
    }

    // MARK: Health

    func hold(
        _ id: String, _ reason: FailureReason, model: String? = nil, for seconds: TimeInterval,
        evidence: String = "retry-after: 300",
        owner: AgentID = .main
    ) throws {
        var health = Health()
        health.lastUsed = Self.now - 60
        health.streaks = [reason.lane ?? .transient: 1]
        health.windows = [
            Window(
                reason: reason, scope: model.map { .model($0) } ?? .profile, since: Self.now - 10,
                until: Self.now + seconds,
                evidence: Evidence(origin: .header, text: evidence))
        ]
        try journal.append([(HealthKey(owner: owner, id: ProfileID(id)!), health)])
    }

    func health(of id: String, owner: AgentID = .main) throws -> Health? {
        try journal.load()[HealthKey(owner: owner, id: ProfileID(id)!)]
    }

    private var journal: HealthJournal { HealthJournal(folder: "\(state)/agents/main/agent") }
}
