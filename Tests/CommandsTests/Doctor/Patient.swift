// SPDX-License-Identifier: Apache-2.0
import Commands
import FoundationEssentials
import Synchronization

#if canImport(Glibc)
    import Glibc
#endif

/// An instance without any fault, to be given one.
enum Patient {
    static let key = "sk-ant-api03-aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaAA"
    static let store = """
        {
          "version": 1,
          "profiles": {
            "anthropic:work": {"type": "api_key", "provider": "anthropic", "key": "\(key)"}
          }
        }
        """
    static let config = config()

    /// - Parameters:
    ///   - gateway: more members of `gateway`, each with a comma at its end; likewise the others.
    static func config(
        gateway: String = "port: 0,", top: String = "", order: String = "",
        model: String = "anthropic/claude-sonnet-4-5"
    ) -> String {
        """
        // The house's gateway.
        {
          gateway: { \(gateway) auth: { token: "agw_0123456789abcdefghijklmnopqrstuvwxyzABCD" } },
          agents: { defaults: { model: "\(model)" } },
          auth: {
            profiles: { "anthropic:work": { provider: "anthropic", mode: "api_key" } },
            \(order)
          },
          \(top)
        }

        """
    }

    static let healthy = "{\"version\": \"0.1.0\", \"pid\": 4711, \"problems\": [], \"credentials\": []}"

    static func healthy(_ config: String = config) -> Instance { Instance(config: config, store: store) }
}

extension Instance {
    /// The clock of the tests stands in the past: files are given times before it.
    func settle() {
        for name in files {
            var times = [timespec(), timespec()]
            for index in times.indices { times[index].tv_sec = Int(Self.now.timeIntervalSince1970) - 3600 }
            utimensat(AT_FDCWD, "\(home)/\(name)", times, AT_SYMLINK_NOFOLLOW)
        }
    }

    var configPath: String { "\(state)/agenticflow-enterprise.json" }
    var agentFolder: String { "\(state)/agents/main/agent" }

    /// Every file and folder in the state directory: its mode, and its content.
    var everything: [String: String] {
        var all: [String: String] = [:]
        for name in files where !name.contains("doctor-backups") {
            var status = stat()
            lstat("\(home)/\(name)", &status)
            let text = FileManager.default.contents(atPath: "\(home)/\(name)").map {
                String(decoding: $0, as: UTF8.self)
            }
            all[name] = "\(String(status.st_mode & 0o7777, radix: 8)) \(text ?? "")"
        }
        return all
    }

    /// The ids of what the doctor finds, each once.
    func findings() throws -> Set<String> {
        settle()
        let run = run("doctor --json")
        guard run.code == 0, case .array(let checks) = try JSON(run.stdout)["checks"] else { return ["no report"] }
        return Set(checks.compactMap { if case .string(let id) = $0["id"] { id } else { nil } })
    }
}

extension Instance {
    /// With nobody to ask.
    func runPiped(_ words: String) -> Transcript {
        let output = Printed(), notices = Printed()
        let terminal = Terminal(
            output: { output.add($0) }, notices: { notices.add($0) }, input: { .pipe }, isOutputTerminal: false,
            isNoticeTerminal: false)
        let context = CommandContext(terminal: terminal, environment: environment, now: { Self.now })
        let code = Program.run(words.split(separator: " ").map(String.init), in: context)
        return Transcript(stdout: output.text, stderr: notices.text, code: code)
    }
}

private final class Printed: Sendable {
    private let all = Mutex("")
    var text: String { all.withLock { $0 } }
    func add(_ text: String) { all.withLock { $0 += text } }
}
