// SPDX-License-Identifier: Apache-2.0
import FoundationEssentials
import Testing

#if canImport(Glibc)
    import Glibc
#endif

@Suite struct AgentsAddTests {
    static let store = """
        {"version": 1, "profiles": {
          "anthropic:work": {"type": "api_key", "provider": "anthropic", "key": "sk-ant-api03-abcdefghijklmnopqrst",
            "note": {"team": ["a", 1.5, null]}},
          "anthropic:closed": {"type": "api_key", "provider": "anthropic", "key": "sk-ant-api03-closed-key-1234",
            "copyToAgents": false},
          "openrouter:token": {"type": "token", "provider": "openrouter", "token": "or-token-1234567890", "expires": 1795000000000},
          "openrouter:login": {"type": "oauth", "provider": "openrouter", "access": "access-1234567890",
            "refresh": "refresh-123456", "expires": 1789999999000},
          "openrouter:shared": {"type": "oauth", "provider": "openrouter", "access": "access-2234567890",
            "refresh": "refresh-223456", "expires": 1789999999000, "copyToAgents": true}
        }}
        """

    @Test func `a name is needed where nobody can be asked, and channels there are none`() throws {
        let instance = Instance(store: Self.store)
        let before = instance.snapshot
        for words in ["agents add", "agents add --non-interactive", "agents add --json"] {
            let run = instance.run(words)
            #expect(run.code == 64)
            #expect((run.stdout + run.stderr).contains("It needs a name, and there is nobody at a terminal to ask."))
        }
        let bound = instance.run("agents add coder --bind telegram:work")
        #expect(bound.code == 64)
        #expect(bound.stderr.hasPrefix("error: --bind has no meaning here; nothing was changed.\n"))
        #expect(instance.snapshot == before)
        let list = try JSON(instance.run("agents list --bindings --json").stdout)
        #expect(list["agents.0.bindings"] == [])
        #expect(list["agents.0.workspace"] == .string("\(instance.state)/workspace"))
        // Looking makes none.
        #expect(instance.mode(of: "workspace") == nil)
        let added = try JSON(instance.run("agents add coder --json").stdout)
        #expect(added["bindings"] == ["added": [], "skipped": [], "conflicts": []])
        #expect(added["workspace"] == .string("\(instance.state)/workspace-coder"))
        #expect(instance.mode(of: "workspace-coder") == 0o700)
    }

    @Test func `without any configured model the built-in one is shown`() {
        let instance = Instance()
        #expect(instance.run("agents add z").stdout.contains("\nModel: anthropic/claude-opus-4-5 (built in)\n"))
        #expect(instance.run("agents list").stdout.contains("  Model       : anthropic/claude-opus-4-5 (built in)\n"))
    }

    @Test func `an agent is added, and told what it inherits`() {
        let instance = Instance(store: Self.store)
        #expect(
            instance.run(["agents", "add", "My Coder", "--model", "anthropic/claude-haiku-4-5"])
                == Transcript(
                    stdout: """
                        Updated ~/.agenticflow-enterprise/agenticflow-enterprise.json
                        Agent: my-coder ("My Coder")
                        Agent dir: ~/.agenticflow-enterprise/agents/my-coder/agent
                        Workspace: ~/.agenticflow-enterprise/workspace-my-coder
                        Model: anthropic/claude-haiku-4-5
                        Auth: inherits 5 profiles from main

                        """, stderr: "", code: 0))
        #expect(
            instance.config == """
                {
                  "agents": {
                    "list": [
                      {
                        "id": "main",
                        "default": true
                      },
                      {
                        "id": "my-coder",
                        "name": "My Coder",
                        "model": "anthropic/claude-haiku-4-5"
                      }
                    ]
                  }
                }

                """)
        for folder in ["agents/my-coder", "agents/my-coder/agent"] {
            #expect(instance.mode(of: folder) == 0o700)
        }
        #expect(instance.store == Self.store)
    }

    @Test(
        arguments: [
            ("CODER", "coder"), ("  a b  ", "a-b"), ("../../etc", "etc"), ("a/b", "a-b"), ("a\u{0}b", "a-b"),
            ("\u{1B}[31mred", "31mred"), ("__x--", "x"), ("é1", "1"), ("\u{212A}2", "2"), ("a_b-c", "a_b-c"),
            (String(repeating: "a", count: 64), String(repeating: "a", count: 64)),
        ] as [(String, String)])
    func `a name becomes an id`(name: String, id: String) throws {
        let instance = Instance()
        let run = instance.run(["agents", "add", name, "--json"])
        #expect(run.code == 0)
        #expect(try JSON(run.stdout)["agentId"] == .string(id))
        #expect(!instance.run("agents list").stdout.contains("\u{1B}"))
    }

    @Test(
        arguments: [
            (["--", "---"], "\"---\" is no name for an agent.", Int32(64)),
            ([".."], "\"..\" is no name for an agent.", 64),
            ([""], "\"\" is no name for an agent.", 64), (["\u{1B}"], "\"\\u{1b}\" is no name for an agent.", 64),
            ([String(repeating: "x", count: 300)], "That name is too long for an agent.", 64),
            (["Main"], "No agent can be added as main.", 64), (["old"], "There is an agent old already.", 65),
            (["OLD!"], "There is an agent old already.", 65),
            (["new", "--model", "nobody/x"], "Invalid model reference: nobody/x", 65),
            (["new", "--model", "no-such-id"], "Invalid model reference: no-such-id", 65),
            (["new", "--model", "anthropic/\u{1B}[0m"], "Invalid model reference: anthropic/\\u{1b}[0m", 65),
            (["new", "--model", " "], "Invalid model reference:  ", 65),
            (["new", "--model", "openai/gpt-5@openai:v"], "Invalid model reference: openai/gpt-5@openai:v", 65),
            (["new", "--agent-dir", "~/old-dir"], "The folder that --agent-dir names cannot be used.", 64),
            (
                ["new", "--agent-dir", "~/.agenticflow-enterprise"],
                "The folder that --agent-dir names cannot be used.", 64
            ),
            (["new", "--agent-dir", "~"], "The folder that --agent-dir names cannot be used.", 64),
            (["new", "--agent-dir", "/"], "The folder that --agent-dir names cannot be used.", 64),
            (["new", "--agent-dir", ""], "The folder that --agent-dir names cannot be used.", 64),
            (["new", "--agent-dir", "/a\u{0}b"], "The folder that --agent-dir names cannot be used.", 64),
            (["new", "--agent-dir", "~other/x"], "The folder that --agent-dir names cannot be used.", 64),
            (["new", "--workspace", "~/old-dir"], "The folder that --workspace names cannot be used.", 64),
        ] as [([String], String, Int32)])
    func `what cannot be added is refused, and nothing is made`(words: [String], what: String, code: Int32) {
        let instance = Instance(
            config: "{agents: {list: [{id: 'main'}, {id: 'old', agentDir: '~/old-dir'}]}}", store: Self.store)
        let before = instance.snapshot
        let run = instance.run(["agents", "add"] + words)
        #expect(run.code == code)
        #expect(run.stdout == "")
        #expect(run.stderr.hasPrefix("error: \(what)\n  why: "))
        #expect(run.stderr.contains("\n  fix: "))
        #expect(instance.snapshot == before)
    }

    @Test func `a folder that holds other things is refused, and stays as open as it was`() {
        let instance = Instance(config: "{}")
        mkdir(instance.home + "/site", 0o755)
        chmod(instance.home + "/site", 0o755)
        #expect(FileManager.default.createFile(atPath: instance.home + "/site/run.sh", contents: Data("x".utf8)))
        let run = instance.run("agents add web --agent-dir ~/site")
        #expect(run.code == 64)
        #expect(run.stderr.contains("~/site holds other things (run.sh)"))
        var status = stat()
        stat(instance.home + "/site", &status)
        #expect(status.st_mode & 0o777 == 0o755)
    }

    @Test func `words and flags that do not exist are a usage error`() {
        let instance = Instance()
        for words in ["agents add", "agents add a b", "agents add a --bind x", "agents remove x"] {
            #expect(instance.run(words).code == 64)
        }
        #expect(instance.files.isEmpty)
    }

    @Test(
        arguments: [
            ("{}", false, "main"), ("{}", true, "new"), ("{agents: {list: []}}", false, "main"),
            ("{agents: {list: null}}", false, "main"), ("{agents: {list: [{id: '!'}]}}", false, "main"),
            ("{agents: {list: [{id: 'a'}]}}", false, "a"), ("{agents: {list: [{id: 'a'}]}}", true, "new"),
            ("{agents: {list: [{id: 'a'}, {id: 'b', default: true}]}}", false, "b"),
            ("{agents: {list: [{id: 'a', default: true}, {id: 'b', default: true}]}}", true, "new"),
        ])
    func `the default agent changes only when that is asked for`(config: String, asked: Bool, expected: String) throws {
        let instance = Instance(config: config)
        let run = instance.run("agents add new --json\(asked ? " --default" : "")")
        #expect(run.code == 0)
        let json = try JSON(run.stdout)
        #expect(json["defaultAgent"] == .string(expected))
        let list = instance.run("agents list --json")
        #expect(try JSON(list.stdout)["defaultAgent"] == .string(expected))
        #expect(!list.stderr.contains("several default agents"))
    }

    @Test func `comments and every other byte of the configuration stay`() throws {
        let config = """
            // mine
            {
              agents: { list: [
                {id: "main", /* yes */ default: true}, // first
              ], defaults: {model: '+1'} },
              "port": +1, // kept
            }
            """
        let instance = Instance(config: config)
        #expect(instance.run("agents add coder").code == 0)
        #expect(
            instance.config == """
                // mine
                {
                  agents: { list: [
                    {id: "main", /* yes */ default: true}, // first
                    {
                      "id": "coder"
                    },
                  ], defaults: {model: '+1'} },
                  "port": +1, // kept
                }
                """)
        #expect(instance.run("agents delete coder --force").code == 0)
        #expect(instance.config == config)
    }

    @Test func `copies are keys and tokens, a login only where it says so, with every field`() throws {
        let instance = Instance(store: Self.store)
        let run = instance.run("agents add coder --copy-credentials")
        #expect(run.code == 0)
        #expect(
            run.stdout.contains(
                "Copied: 3 profiles of main; 2 left out (logins, and what copyToAgents or its own store rules out)\n"))
        #expect(run.stdout.contains("Auth: has 3 profiles of its own, inherits 2 profiles from main\n"))
        let copy = try JSON(instance.read("agents/coder/agent/auth-profiles.json") ?? "")
        let source = try JSON(Self.store)
        for id in ["anthropic:work", "openrouter:token", "openrouter:shared"] {
            #expect(copy["profiles.\(id)"] == source["profiles.\(id)"])
            #expect(copy["profiles.\(id)"] != nil)
        }
        #expect(copy["profiles.anthropic:closed"] == nil)
        #expect(copy["profiles.openrouter:login"] == nil)
        #expect(instance.mode(of: "agents/coder/agent/auth-profiles.json") == 0o600)
        #expect(instance.store == Self.store)
    }

    @Test(arguments: [
        nil, #"{"version":1,"profiles":{"openai:own":{"type":"api_key","provider":"openai","key":"own-key-1234567"}}}"#,
        // Whoever makes its first profile writes a version into it as well.
        #"{"note": "mine"}"#,
    ])
    func `an agent that is not added keeps no copies`(own: String?) throws {
        let instance = Instance(config: "{}", store: Self.store)
        let name = "agents/coder/agent/auth-profiles.json"
        if let own { instance.write(name, own) }
        let before = instance.snapshot
        let lock = "\(instance.state)/agenticflow-enterprise.json.lock"
        // No lock can be had where a folder is, whoever asks.
        mkdir(lock, 0o700)
        let run = instance.run("agents add coder --non-interactive --copy-credentials")
        #expect(run.code == 77, "\(run.stderr)")
        #expect(instance.snapshot == before)
        rmdir(lock)
        instance.write(
            "agents/main/agent/auth-profiles.json",
            Self.store.replacing("abcdefghijklmnopqrst", with: "rotated-since-1234567"))
        let json = try JSON(instance.run("agents add coder --copy-credentials --json").stdout)
        #expect(json["profiles.copied"] == 3)
        #expect(instance.read(name)?.contains("rotated-since-1234567") == true)
    }

    @Test func `a reference that leads nowhere is told once, however many agents have copies of it`() {
        let instance = Instance(
            store: #"{"version":1,"profiles":{"openai:x":{"type":"api_key","provider":"openai","#
                + #""keyRef":{"source":"env","provider":"default","id":"NOWHERE_KEY"}}}}"#)
        for name in ["one", "two"] { _ = instance.run("agents add \(name) --copy-credentials") }
        let run = instance.run("agents list")
        #expect(run.stdout.contains("Own profiles: 1 (openai:x)\n  Of main     : none"))
        #expect(run.stderr.split(separator: "\n").count { $0.hasPrefix("error: ") } == 1, "\(run.stderr)")
    }

    @Test func `a folder that was left over is taken up with what is in it, and copies do not replace it`() throws {
        let instance = Instance(store: Self.store)
        let own =
            #"{"version":1,"profiles":{"anthropic:work":{"type":"api_key","provider":"anthropic","key":"own-key-1234567"}}}"#
        instance.write("agents/coder/agent/auth-profiles.json", own)
        instance.write("agents/other/agent/auth-profiles.json", own)
        #expect(
            instance.run("agents add other --copy-credentials").stdout.contains(
                "\nNot replaced, its own store had them: anthropic:work\n"))
        let json = try JSON(instance.run("agents add coder --copy-credentials --json").stdout)
        #expect(
            json["profiles"] == [
                "own": ["anthropic:work", "openrouter:shared", "openrouter:token"],
                "inherited": ["anthropic:closed", "openrouter:login"], "copied": 2,
            ])
        let stored = try JSON(instance.read("agents/coder/agent/auth-profiles.json") ?? "")
        #expect(stored["profiles.anthropic:work.key"] == "own-key-1234567")
    }

    @Test(
        arguments: [
            ("agenticflow-enterprise.json", "{agents: ", "agents add new", Int32(78)),
            ("agenticflow-enterprise.json", "{agents: {list: {}}}", "agents add new", 78),
            ("agents/new/agent/auth-profiles.json", "{\"version\": 2}", "agents add new", 65),
            ("agents/new/agent/auth-profiles.json", "not json", "agents add new", 65),
            ("agents/main/agent/auth-profiles.json", "{", "agents add new --copy-credentials", 65),
            ("agenticflow-enterprise.json", "[]", "agents delete new --force", 78),
            ("agenticflow-enterprise.json", "", "agents default main", 78),
        ] as [(String, String, String, Int32)])
    func `what cannot be read is left as it is`(name: String, text: String, command: String, code: Int32) {
        let instance = Instance()
        instance.write(name, text)
        let run = instance.run(command)
        #expect(run.code == code)
        #expect(run.stderr.hasPrefix("error: "))
        #expect(instance.read(name) == text)
        #expect(instance.config?.contains("new") != true)
    }

    @Test func `an agent of its own inherits nothing`() throws {
        let instance = Instance(store: Self.store)
        let run = instance.run("agents add lone --no-inherit")
        #expect(
            run.stdout.hasSuffix(
                "Auth: nothing is stored for it, inherits nothing. Run: agenticflow-enterprise models auth paste-api-key "
                    + "--provider anthropic --agent lone\n"))
        let status = try JSON(instance.run("models status --agent lone --json").stdout)
        #expect(status["auth.oauth.profiles"] == [])
    }

    @Test func `an agent in a folder elsewhere`() throws {
        let instance = Instance()
        let folder = "\(instance.home)/elsewhere/coder"
        #expect(instance.run(["agents", "add", "coder", "--agent-dir", folder + "/"]).code == 0)
        #expect(instance.config?.contains("\"agentDir\": \"\(folder)\"") == true)
        #expect(instance.run(["agents", "add", "twin", "--agent-dir", "\(folder)/../coder"]).code == 64)
        symlink("\(instance.home)/elsewhere", "\(instance.home)/link")
        #expect(instance.run(["agents", "add", "twin", "--agent-dir", "\(instance.home)/link/coder"]).code == 64)
    }

    @Test func `what an included file says of agents counts, and is not changed`() throws {
        let instance = Instance(config: "{$include: './agents.json5'}")
        let included = "{agents: {list: [{id: 'main'}, {id: 'there', default: true}, {id: 'other'}]}}"
        instance.write("agents.json5", included)
        #expect(instance.run("agents add there").code == 65)
        #expect(try JSON(instance.run("agents add here --json").stdout)["defaultAgent"] == "there")
        let config = instance.config
        for line in ["agents delete other --force", "agents default other", "agents add new --default"] {
            let run = instance.run(line)
            #expect(run.code == 78, "\(line)")
            #expect(run.stderr.hasPrefix("error: "))
        }
        #expect(instance.read("agents.json5") == included)
        #expect(instance.config == config)
        #expect(instance.run("agents delete here --force").code == 0)
    }
}
