// SPDX-License-Identifier: Apache-2.0
import Credentials
import Documents
import FoundationEssentials
import Synchronization
import Testing

@testable import Commands

#if canImport(Glibc)
    import Glibc
#endif

/// What is repaired is shown before, kept, and can be taken back to the last byte and mode.
@Suite struct DoctorFixTests {
    static let secrets = [
        "sk-ant-CANARY1-0123456789abcdefghijklmnop", "agw_CANARY2-0123456789abcdefghijklmnop",
        "sk-or-CANARY3-0123456789abcdefghijklmnop", "acc-CANARY4-0123456789abcdefghijklmnop",
        "ref-CANARY5-0123456789abcdefghijklmnop", "old-CANARY6-0123456789abcdefghijklmnop",
    ]

    /// Everything that can be repaired, at once.
    static func broken() -> Instance {
        let s = secrets
        let instance = Instance(
            config: """
                // Before it was \(s[5]).
                {
                  gateway: {
                    port: 0,
                    token: "\(s[1])", // misplaced
                  },
                  auth: {
                    profiles: {
                      "anthropic:work": { provider: "anthropic", mode: "api_key" },
                      // nobody's
                      "anthropic:gone": { provider: "anthropic", mode: "api_key" },
                    },
                    order: { anthropic: ["anthropic:gone", "anthropic:work"] },
                  },
                }

                """,
            store:
                "{\"version\": 1, \"profiles\": {\"anthropic:work\": {\"type\": \"api_key\", \"provider\": \"anthropic\", \"key\": \"\(s[0])\", \"mine\": 1}}}"
        )
        instance.write("agents/main/agent/auth.json", "{\"openrouter\": {\"key\": \"\(s[2])\"}, \"anthropic\": 1}")
        instance.write(
            "credentials/oauth.json",
            "{\"openai\": {\"access\": \"\(s[3])\", \"refresh\": \"\(s[4])\", \"expires\": 9999999999999, \"accountId\": \"x\"}}"
        )
        instance.write("agents/main/agent/.auth-profiles.json.new-1.tmp", "{\"half\": \"\(s[0])")
        instance.write(".env", "# empty\n")
        chmod(instance.state, 0o755)
        chmod(instance.agentFolder, 0o770)
        chmod(instance.configPath, 0o644)
        chmod("\(instance.state)/.env", 0o604)
        instance.settle()
        return instance
    }

    @Test func `what was repaired is not found again`() throws {
        let instance = Self.broken()
        let before = try instance.findings()
        #expect(
            before.isSuperset(of: [
                "config-gateway-token-misplaced", "auth-profile-note-orphan", "auth-order-orphan", "legacy-auth-file",
                "legacy-oauth-file", "store-leftover", "state-dir-permissions", "agent-dir-permissions",
                "file-permissions",
            ]))
        let run = instance.run("doctor --fix --yes")
        #expect(run.code == 0, "\(run.stderr)")
        #expect(run.stderr == "")
        #expect(try instance.findings() == ["gateway-not-running"])
        let store = try JSON(instance.store ?? "")
        #expect(store["profiles.openrouter:default.key"] == .string(Self.secrets[2]))
        #expect(store["profiles.openai:default.refresh"] == .string(Self.secrets[4]))
        #expect(store["profiles.openai:default.accountId"] == "x")
        #expect(store["profiles.anthropic:work.mine"] == 1)
        #expect(instance.token == Self.secrets[1])
        #expect(instance.config?.contains("// misplaced") == true)
        let order = try instance.document()?.element(at: ["auth", "order", "anthropic"])?.elements
        #expect(order?.map(\.string) == ["anthropic:work"])
        // The old files are kept beside, for good.
        #expect(instance.files.count { $0.contains(".json.imported-20260921T141320Z") } == 2)
    }

    /// A file that others could read held secrets, or may: it is never opened to them again.
    private static func closed(_ everything: [String: String]) -> [String: String] {
        everything.mapValues { entry in
            let mode = entry.prefix { $0 != " " }
            return String(UInt32(mode, radix: 8)! & 0o7700, radix: 8) + entry[mode.endIndex...]
        }
    }

    @Test func `going back brings every byte back, and nobody else's access`() throws {
        let instance = Self.broken()
        let before = instance.everything
        #expect(instance.run("doctor --fix --yes").code == 0)
        #expect(instance.everything != before)
        let run = instance.run("doctor --undo")
        #expect(run.code == 0, "\(run.stderr)")
        let after = instance.everything
        #expect(after.filter { before[$0.key] != nil } == Self.closed(before))
        let told = run.stdout.split(separator: "\n").filter { $0.hasPrefix("Left closed") }
        let root = "~/.agenticflow-enterprise"
        #expect(
            told.sorted() == [
                "Left closed \(root) (mode 700): others are not let in again.",
                "Left closed \(root)/.env (mode 600): others are not let in again.",
                "Left closed \(root)/agenticflow-enterprise.json (mode 600): others are not let in again.",
                "Left closed \(root)/agents/main/agent (mode 700): others are not let in again.",
            ])
        #expect(!run.stdout.contains("Restored \(root)/.env"))
        // Locks, and the copy that every edit of the configuration leaves.
        let new = after.keys.filter { before[$0] == nil }.map { $0.split(separator: "/").last ?? "" }
        #expect(
            new.allSatisfy {
                $0.hasSuffix(".lock")
                    || ["agenticflow-enterprise.json.bak", "agenticflow-enterprise.json.bak.1"].contains($0)
            }, "\(new)")
        // A second time there is nothing to take back, and nothing changes.
        let again = instance.run("doctor --undo")
        #expect(again.code == 66)
        #expect(again.stderr.hasPrefix("error: There is nothing to take back."))
        #expect(instance.everything == after)
    }

    @Test func `no secret is printed, in the difference neither`() {
        let instance = Self.broken()
        var printed = ""
        for words in ["doctor", "doctor --fix --dry-run", "doctor --json", "doctor --fix --yes", "doctor --undo"] {
            let run = instance.run(words)
            printed += run.stdout + run.stderr
        }
        for secret in Self.secrets {
            for start in 0...(secret.count - 12) {
                #expect(!printed.contains(String(secret.dropFirst(start).prefix(12))), "\(secret.prefix(11))")
            }
        }
        #expect(printed.contains("+    \"auth\": {"))
        #expect(printed.contains("-      \"anthropic:gone\": { provider: \"anthropic\", mode: \"api_key\" },"))
    }

    @Test func `the backup is private and says what it is`() throws {
        let instance = Self.broken()
        _ = instance.run("doctor --fix --yes")
        let set = "\(instance.state)/doctor-backups/20260921T141320Z"
        for name in instance.files where name.contains("doctor-backups") {
            var status = stat()
            lstat("\(instance.home)/\(name)", &status)
            #expect(status.st_mode & 0o077 == 0, "\(name)")
        }
        let manifest = try JSON(instance.read("doctor-backups/20260921T141320Z/manifest.json") ?? "")
        #expect(manifest["version"] == 1)
        #expect(manifest["changes.0"]?["kind"] == "mode")
        guard case .array(let changes) = manifest["changes"] else { return #expect(Bool(false)) }
        let config = changes.first { $0["path"] == .string(instance.configPath) && $0["kind"] == "content" }
        #expect(config?["mode"] == "644")
        guard case .string(let copy) = config?["before"] else { return #expect(Bool(false)) }
        #expect(FileManager.default.contents(atPath: "\(set)/\(copy)")?.isEmpty == false)
    }

    @Test func `a death after the backup and before the first change leaves a backup that is of use`() throws {
        let instance = Self.broken()
        let before = instance.everything
        let context = CommandContext(terminal: .standard, environment: instance.environment, now: { Instance.now })
        let survey = try Survey(context)
        let plan = try RepairPlan(survey.findings(), survey: survey)
        _ = try BackupSet(plan.changes, layout: survey.layout, now: Instance.now)
        // And one after half of the changes.
        for change in plan.changes.dropLast(plan.changes.count / 2) { try change.make() }
        #expect(instance.everything != before)
        #expect(instance.run("doctor --undo").code == 0)
        #expect(instance.everything.filter { before[$0.key] != nil } == Self.closed(before))
    }

    @Test func `what was changed since is not overwritten, unless forced`() throws {
        let instance = Self.broken()
        _ = instance.run("doctor --fix --yes")
        instance.write("agenticflow-enterprise.json", "{ mine: true }")
        let edited = instance.everything
        let run = instance.run("doctor --undo")
        #expect(run.code == 65)
        #expect(
            run.stderr.hasPrefix(
                "error: Nothing was taken back: ~/.agenticflow-enterprise/agenticflow-enterprise.json is not as doctor left it."
            ))
        #expect(instance.everything == edited)
        let forced = instance.run("doctor --undo --force")
        #expect(forced.code == 0)
        #expect(forced.stdout.contains("What was there until now is kept in ~/.agenticflow-enterprise/doctor-backups/"))
        #expect(instance.config?.contains("// misplaced") == true)
        // Which is a way of its own, with a way back: contents and modes.
        #expect(instance.run("doctor --undo").code == 0)
        #expect(instance.everything.filter { edited[$0.key] != nil } == edited)
    }

    @Test func `a forced way back that was cut short is gone again, and once more`() throws {
        let instance = Self.broken()
        let before = instance.everything
        _ = instance.run("doctor --fix --yes")
        instance.write("agenticflow-enterprise.json", "{ mine: true }")
        let edited = instance.everything
        // What was there is kept, and half of it is overwritten.
        let layout = try CommandContext(
            terminal: .standard, environment: instance.environment, now: { Instance.now }
        ).layout()
        let entries = try BackupSet.latest(layout).entries()
        _ = try BackupSet(entries.map { try $0.asItIsNow() }, layout: layout, now: Instance.now)
        for entry in entries.dropFirst(entries.count / 2) { try entry.restore(isForced: true) }

        #expect(instance.run("doctor --undo --force").code == 0)
        #expect(instance.everything.filter { edited[$0.key] != nil } == edited)
        #expect(instance.run("doctor --undo --force").code == 0)
        // What doctor has closed stays closed.
        let contents = { (all: [String: String]) in all.mapValues { $0.drop { $0 != " " } } }
        #expect(contents(instance.everything.filter { before[$0.key] != nil }) == contents(before))
    }

    @Test func `going back twice goes back two repairs`() throws {
        let instance = Self.broken()
        let first = instance.everything
        _ = instance.run("doctor --fix --yes")
        chmod(instance.configPath, 0o640)
        let second = instance.everything
        #expect(instance.run("doctor --fix --yes", after: 60).code == 0)
        _ = instance.run("doctor --undo")
        #expect(instance.everything == Self.closed(second))
        #expect(instance.run("doctor --undo").code == 0)
        #expect(instance.everything.filter { first[$0.key] != nil } == Self.closed(first))
    }

    @Test func `five backups are kept`() {
        let instance = Patient.healthy()
        for number in 0..<8 {
            chmod(instance.configPath, 0o644)
            _ = instance.run("doctor --fix --yes", after: TimeInterval(number / 2))
        }
        let sets = Set(instance.files.compactMap { $0.split(separator: "/").dropFirst(2).first }).filter {
            $0.hasPrefix("2026")
        }
        #expect(
            sets.sorted() == [
                "20260921T141321Z-2", "20260921T141322Z", "20260921T141322Z-2", "20260921T141323Z",
                "20260921T141323Z-2",
            ])
    }

    @Test func `nothing is changed without a yes`() throws {
        let instance = Self.broken()
        let before = instance.everything
        let rehearsed = instance.run("doctor --repair --dry-run")
        #expect(rehearsed.code == 0)
        #expect(rehearsed.stdout.contains("Nothing was changed"))
        #expect(instance.everything == before)
        for words in ["doctor --fix --non-interactive", "doctor --fix"] {
            let run = instance.runPiped(words)
            #expect(run.code == 64)
            #expect(run.stderr.contains("fix: Run: agenticflow-enterprise doctor --fix --yes"))
            #expect(instance.everything == before)
        }
        let run = instance.run("doctor --fix --yes")
        #expect(run.stdout.contains("Backup: ~/.agenticflow-enterprise/doctor-backups/"))
        #expect(instance.everything != before)
    }

    @Test func `a new client token is made once`() throws {
        let instance = Instance()
        let run = instance.run("doctor --generate-gateway-token")
        #expect(run.code == 0)
        let token = try #require(instance.token)
        #expect(token.hasPrefix("agw_") && token.count == 44)
        #expect(!run.stdout.contains(token))
        // Whoever goes back to the newest copy does not close the gateway.
        let before = "{ gateway: { port: 18801 } }"
        let other = Instance(config: before)
        #expect(other.run("doctor --generate-gateway-token").code == 0)
        #expect(other.read("agenticflow-enterprise.json.bak") == other.config)
        #expect(other.read("agenticflow-enterprise.json.bak.1") == before)
        #expect(other.run("doctor --undo").code == 0 && other.config == before)
        let again = instance.run("doctor --generate-gateway-token")
        #expect(
            again
                == Transcript(
                    stdout: "There is a client token already: agenticflow-enterprise gateway token --show\n",
                    stderr: "", code: 0))
        #expect(instance.token == token)
    }

    @Test func `where no backup can be kept, nothing is changed`() throws {
        let instance = Self.broken()
        // Something of that name is in the way, for the administrator too.
        instance.write("doctor-backups", "a file")
        let before = instance.everything
        let run = instance.run("doctor --fix --yes")
        #expect(run.code == 77)
        #expect(run.stderr.hasPrefix("error: "))
        #expect(instance.everything == before)
    }

    @Test func `what an included file says is told with its place, and is not repaired`() throws {
        let instance = Patient.healthy(Patient.config(top: "$include: './team.json5',"))
        let included = """
            { auth: {
              profiles: { 'openai:gone': { provider: 'openai', mode: 'api_key' } },
              order: { openai: ['openai:gone'] },
            } }

            """
        instance.write("team.json5", included)
        instance.settle()
        let checks = instance.run("doctor").stdout
        let place = "Take it out of ~/.agenticflow-enterprise/team.json5:2 and ~/.agenticflow-enterprise/team.json5:3"
        #expect(checks.contains("\(place), which is included, or store it again"))
        #expect(checks.contains("\(place), which is included; then run: agenticflow-enterprise config validate"))
        _ = instance.run("doctor --fix --yes")
        #expect(instance.read("team.json5") == included)
    }

    @Test func `a newer profile is never replaced by an imported one`() throws {
        let instance = Patient.healthy()
        instance.write("agents/main/agent/auth.json", "{\"anthropic\": {\"key\": \"sk-old-0123456789\"}}")
        instance.write(
            "agents/main/agent/auth-profiles.json",
            Patient.store.replacing("anthropic:work", with: "anthropic:default"))
        instance.settle()
        let run = instance.run("doctor --fix --yes")
        #expect(run.code == 0)
        #expect(try JSON(instance.store ?? "")["profiles.anthropic:default.key"] == .string(Patient.key))
        let file = "~/.agenticflow-enterprise/agents/main/agent/auth.json"
        #expect(
            run.stdout.contains(
                "\n\(file): anthropic:default is stored already, with another secret, which stays; the old one is not "
                    + "taken over, and stays in \(file).imported-"), "\(run.stdout)")
        instance.write("agents/main/agent/auth.json", "{\"anthropic\": {\"key\": \"\(Patient.key)\"}}")
        let same = instance.run("doctor --fix --dry-run").stdout
        #expect(
            same.contains(
                "\n\(file): anthropic:default is stored already, with the same secret; nothing is taken over.\n"),
            "\(same)")
    }

    @Test(arguments: [
        "{gateway: {port: 1}, models: {}}", "{auth: {}, models: {}, gateway: {}}", "{gateway: {auth: {}}}",
    ])
    func `a repair that takes away what must stay is refused`(after: String) throws {
        let before = try Document(Array("{gateway: {auth: {}}, auth: {}, models: {}}".utf8), as: .json5)
        let document = try Document(Array(after.utf8), as: .json5)
        #expect(throws: RepairError.self) { try RepairGuard.check("x", before: before, after: document) }
        // What stays whole passes: the guard is no wall.
        try RepairGuard.check("x", before: before, after: before)
    }

    @Test(arguments: ["sk-ant...wxyz", "****", "[secret]", "__REDACTED__"])
    func `a masked display is never written`(text: String) throws {
        let before = try Document(Array("{}".utf8), as: .json5)
        let after = try Document(Array("{gateway: {auth: {token: \"\(text)\"}}}".utf8), as: .json5)
        #expect(throws: RepairError.self) { try RepairGuard.check("x", before: before, after: after) }
    }

    @Test func `a file that changed meanwhile is left alone`() throws {
        let instance = Self.broken()
        let context = CommandContext(terminal: .standard, environment: instance.environment, now: { Instance.now })
        let survey = try Survey(context)
        let plan = try RepairPlan(survey.findings(), survey: survey)
        instance.write("agenticflow-enterprise.json", "{ newer: true }")
        let change = plan.changes.first { if case .configuration = $0.kind { true } else { false } }
        #expect(throws: RepairError.changedMeanwhile(instance.configPath)) { try change?.make() }
        #expect(instance.config == "{ newer: true }")
    }
}

extension Instance {
    fileprivate func document() throws -> Document? { try config.map { try Document(Array($0.utf8), as: .json5) } }
    fileprivate var token: String? { (try? document())?.element(at: ["gateway", "auth", "token"])?.string }
}
