// SPDX-License-Identifier: Apache-2.0
import FoundationEssentials
import Testing

#if canImport(Glibc)
    import Glibc
#endif

@Suite struct AgentsDeleteTests {
    private static let config = """
        {agents: {list: [
          {id: "main", default: true},
          {id: "coder"}, // the one to go
          {id: "other", agentDir: "~/.agenticflow-enterprise/other-dir", workspace: "~/.agenticflow-enterprise/shared"},
          {id: "far", agentDir: "~/far", workspace: "~/.agenticflow-enterprise/shared"},
        ]}}
        """
    private static let store =
        #"{"version":1,"profiles":{"anthropic:own":{"type":"api_key","provider":"anthropic","key":"coder-key-1234567"}}}"#
    private static let trash = "trash/coder-20260921T141320Z"

    private static func instance() -> Instance {
        let instance = Instance(config: config, store: AgentsAddTests.store)
        instance.write("agents/coder/agent/auth-profiles.json", store)
        instance.write("agents/coder/sessions/one.jsonl", "{}\n")
        return instance
    }

    @Test func `its entry goes, its folder moves to the trash with everything in it`() {
        let instance = Self.instance()
        let state = instance.state
        #expect(
            instance.run("agents delete coder --force")
                == Transcript(
                    stdout: """
                        Updated ~/.agenticflow-enterprise/agenticflow-enterprise.json
                        Deleted agent: coder
                        Moved to: ~/.agenticflow-enterprise/\(Self.trash) (1 profile)
                        To bring it back: mv -T \(state)/\(Self.trash) \(state)/agents/coder && \
                        agenticflow-enterprise agents add coder

                        """, stderr: "", code: 0))
        #expect(instance.read("\(Self.trash)/agent/auth-profiles.json") == Self.store)
        #expect(instance.read("\(Self.trash)/sessions/one.jsonl") == "{}\n")
        #expect(instance.mode(of: "trash") == 0o700)
        #expect(instance.mode(of: Self.trash) == 0o700)
        #expect(!FileManager.default.fileExists(atPath: "\(state)/agents/coder"))
        #expect(instance.config == Self.config.replacing("{id: \"coder\"},", with: ""))
        #expect(instance.store == AgentsAddTests.store)
    }

    @Test func `it comes back as it is told`() throws {
        let instance = Self.instance()
        _ = instance.run("agents delete coder --force")
        rename("\(instance.state)/\(Self.trash)", "\(instance.state)/agents/coder")
        let json = try JSON(instance.run("agents add coder --json").stdout)
        #expect(json["profiles.own"] == ["anthropic:own"])
    }

    @Test func `the workspace goes along when it is in the state directory, and is told otherwise`() throws {
        let instance = Instance()
        _ = instance.run("agents add coder")
        instance.write("workspace-coder/notes", "mine")
        let run = instance.run("agents delete coder --force")
        #expect(instance.read("\(Self.trash)/workspace/notes") == "mine")
        #expect(
            run.stdout.contains(
                "&& mv -T \(instance.state)/agents/coder/workspace \(instance.state)/workspace-coder &&"))
        _ = instance.run(["agents", "add", "far", "--workspace", "~/code"])
        let far = try JSON(instance.run("agents delete far --force --json").stdout)
        #expect(
            far["kept"]
                == [["path": .string("\(instance.home)/code"), "reason": "outside the state directory"]])
        #expect(instance.files.contains("code"))
    }

    @Test func `a second one of the same moment has its own place`() throws {
        let instance = Self.instance()
        for place in [Self.trash, Self.trash + "-2"] {
            instance.write("agents/coder/agent/auth-profiles.json", Self.store)
            let json = try JSON(instance.run("agents delete coder --force --json").stdout)
            // The second one had a workspace too.
            let workspace =
                place == Self.trash
                ? "" : "&& mv -T \(instance.state)/agents/coder/workspace \(instance.state)/workspace-coder "
            let back =
                "mv -T \(instance.state)/\(place) \(instance.state)/agents/coder \(workspace)&& "
                + "agenticflow-enterprise agents add coder"
            #expect(
                json == [
                    "wayBack": .string(back),
                    "agentId": "coder", "removed": true, "trash": .string("\(instance.state)/\(place)"), "profiles": 1,
                    "kept": [], "configPath": .string("\(instance.state)/agenticflow-enterprise.json"),
                ])
            #expect(instance.read("\(place)/agent/auth-profiles.json") == Self.store)
            _ = instance.run("agents add coder")
        }
    }

    @Test(
        arguments: [
            ("main", "The agent main cannot be deleted.", Int32(64)),
            ("nobody", "There is no agent \"nobody\".", 65), ("../main", "There is no agent \"../main\".", 65),
            ("a/b", "There is no agent \"a/b\".", 65), ("..", "There is no agent \"..\".", 65),
            ("\u{0}", "There is no agent \"\\u{0}\".", 65), ("\u{1B}[2J", "There is no agent \"\\u{1b}[2J\".", 65),
            (String(repeating: "x", count: 300), "There is no agent \"\(String(repeating: "x", count: 64))\".", 65),
        ] as [(String, String, Int32)])
    func `what cannot be deleted is refused, and nothing changes`(id: String, what: String, code: Int32) {
        let instance = Self.instance()
        let before = instance.snapshot
        for flags in [["--force"], ["--force", "--json"]] {
            let run = instance.run(["agents", "delete", id] + flags)
            #expect(run.code == code)
            if flags.count == 1 { #expect(run.stderr.hasPrefix("error: \(what)\n  why: ")) }
            if flags.count == 2 { #expect((try? JSON(run.stdout))?["error"] == .string(what)) }
        }
        #expect(instance.snapshot == before)
    }

    @Test func `without a terminal it must be meant`() {
        let instance = Self.instance()
        let before = instance.snapshot
        #expect(
            instance.run("agents delete coder", typing: "y\n")
                == Transcript(
                    stdout: "",
                    stderr: """
                        error: The agent coder was not deleted.
                          why: Without a terminal nobody can be asked whether that is meant.
                          fix: Run: agenticflow-enterprise agents delete coder --force

                        """, code: 64))
        #expect(instance.snapshot == before)
    }

    @Test func `the default agent stays until another one is`() throws {
        let instance = Self.instance()
        #expect(instance.run("agents default coder").stdout.hasSuffix("Default agent: coder\n"))
        let refused = instance.run("agents delete coder --force")
        #expect(refused.code == 65)
        #expect(refused.stderr.hasSuffix("agenticflow-enterprise agents default main\n"))
        #expect(instance.run("agents default main").code == 0)
        #expect(instance.run("agents delete coder --force").code == 0)
        #expect(instance.run("agents default coder").code == 65)
    }

    @Test func `the only agent of the list stays as well`() {
        let instance = Instance(config: "{agents: {list: [{id: 'coder'}]}}")
        #expect(instance.run("agents delete coder --force").code == 65)
        #expect(instance.run("agents default main").code == 0)
        #expect(instance.run("agents delete coder --force").code == 0)
    }

    @Test func `folders elsewhere, and those that others use, stay and are told`() throws {
        let instance = Self.instance()
        instance.write("other-dir/auth-profiles.json", Self.store)
        instance.write("shared/file", "x")
        let far = "\(instance.home)/far"
        mkdir(far, 0o700)
        let json = try JSON(instance.run("agents delete far --force --json").stdout)
        #expect(json["trash"] == JSON.null)
        #expect(
            json["kept"] == [
                ["path": .string(far), "reason": "outside the state directory"],
                ["path": .string("\(instance.state)/shared"), "reason": "it holds a folder of agent other"],
            ])
        let other = try JSON(instance.run("agents delete other --force --json").stdout)
        #expect(other["kept"] == [])
        #expect(instance.read("trash/other-20260921T141320Z/agent/auth-profiles.json") == Self.store)
        #expect(instance.read("trash/other-20260921T141320Z/workspace/file") == "x")
    }

    @Test func `an agent whose folder holds another agent leaves it where it is`() throws {
        let config =
            #"{agents: {list: [{id: "main"}, {id: "coder"}, {id: "in", agentDir: "~/.agenticflow-enterprise/agents/coder/in"}]}}"#
        let instance = Instance(config: config)
        instance.write("agents/coder/agent/auth-profiles.json", Self.store)
        instance.write("agents/coder/in/auth-profiles.json", Self.store)
        let json = try JSON(instance.run("agents delete coder --force --json").stdout)
        #expect(
            json["kept"] == [
                ["path": .string("\(instance.state)/agents/coder"), "reason": "it holds a folder of agent in"]
            ])
        #expect(instance.read("agents/coder/in/auth-profiles.json") == Self.store)
        #expect(instance.read("\(Self.trash)/agent/auth-profiles.json") == Self.store)
    }

    @Test func `a deletion that was ended halfway is finished by the same command`() throws {
        let instance = Self.instance()
        instance.write("agenticflow-enterprise.json", "{agents: {list: [{id: 'main'}]}}")
        #expect(instance.run("agents delete coder --force").stdout.hasPrefix("Deleted agent: coder\nMoved to: "))
        #expect(instance.read("\(Self.trash)/agent/auth-profiles.json") == Self.store)
        #expect(instance.run("agents delete coder --force").code == 65)
    }

    @Test func `a damaged store goes to the trash as it is`() {
        let instance = Self.instance()
        instance.write("agents/coder/agent/auth-profiles.json", "{ damaged")
        #expect(instance.run("agents delete coder --force").code == 0)
        #expect(instance.read("\(Self.trash)/agent/auth-profiles.json") == "{ damaged")
    }

    @Test func `a link in the place of its folder stays, and the exit code says so`() {
        let instance = Instance(config: "{agents: {list: [{id: 'main'}, {id: 'coder'}]}}")
        instance.write("elsewhere/agent/auth-profiles.json", Self.store)
        instance.write("agents/keep", "")
        symlink("\(instance.state)/elsewhere", "\(instance.state)/agents/coder")
        let run = instance.run("agents delete coder --force")
        #expect(run.code == 77)
        #expect(run.stderr.hasPrefix("error: The agent coder was not deleted: "))
        #expect(instance.read("elsewhere/agent/auth-profiles.json") == Self.store)
        #expect(instance.config == "{agents: {list: [{id: 'main'}, {id: 'coder'}]}}")
    }

    @Test(arguments: ["file", "pipe", "dangling link"])
    func `what cannot go to the trash is found before anything is changed, and its fix helps`(kind: String) {
        let config = "{agents: {list: [{id: 'main'}, {id: 'coder'}]}}"
        let instance = Instance(config: config, store: AgentsAddTests.store)
        let path = "\(instance.state)/agents/coder"
        switch kind {
        case "file": instance.write("agents/coder", "mine")
        case "pipe": mkfifo(path, 0o600)
        default: symlink("\(instance.home)/nowhere", path)
        }
        let run = instance.run("agents delete coder --force")
        let shown = "~/.agenticflow-enterprise/agents/coder"
        let move = "mv \(shown) \(shown).old"
        #expect(run.code == 77)
        #expect(run.stderr.contains("  fix: Move it away: \(move); then repeat the command.\n"), "\(run.stderr)")
        #expect(instance.config == config)
        #expect(!instance.files.contains { $0.contains("/trash") })
        // Whoever would add it is told the same.
        instance.write("agenticflow-enterprise.json", "{}")
        let added = instance.run("agents add coder")
        #expect(added.code == 77)
        #expect(added.stderr.contains(move) && !added.stderr.contains("readlink"), "\(added.stderr)")
        instance.write("agenticflow-enterprise.json", config)
        rename(path, "\(path).old")
        #expect(instance.run("agents delete coder --force").code == 0)
        #expect(instance.config?.contains("coder") == false)
    }
}
