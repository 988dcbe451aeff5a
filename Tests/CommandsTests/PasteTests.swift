// SPDX-License-Identifier: Apache-2.0
import Credentials
import FoundationEssentials
import Rotation
import Testing

@Suite struct PasteTests {
    private static let setupToken = "sk-ant-oat01-" + String(repeating: "x", count: 67)

    @Test func `a piped key is stored, and the configuration notes it`() throws {
        let instance = Instance()
        let run = instance.run(
            "models auth paste-api-key --provider anthropic", typing: "sk-ant-api03-abcdefghijklmnopqrst\n")
        #expect(
            run
                == Transcript(
                    stdout: """
                        Updated ~/.agenticflow-enterprise/agenticflow-enterprise.json
                        Auth profile: anthropic:manual (anthropic/api_key)

                        """,
                    stderr:
                        "The API key itself is in ~/.agenticflow-enterprise/agents/main/agent/auth-profiles.json.\n",
                    code: 0))
        #expect(
            instance.store == """
                {
                  "version": 1,
                  "profiles": {
                    "anthropic:manual": {
                      "type": "api_key",
                      "provider": "anthropic",
                      "key": "sk-ant-api03-abcdefghijklmnopqrst"
                    }
                  }
                }

                """)
        #expect(
            instance.config == """
                {
                  "auth": {
                    "profiles": {
                      "anthropic:manual": {
                        "provider": "anthropic",
                        "mode": "api_key"
                      }
                    }
                  }
                }

                """)
    }

    @Test(arguments: [("30d", 2_592_000_000), ("12h", 43_200_000), ("365", 31_536_000_000)])
    func `a token expires as asked`(duration: String, milliseconds: Int) throws {
        let instance = Instance()
        let run = instance.run(
            "models auth paste-token --provider openrouter --expires-in \(duration)", typing: "sk-or-12345678")
        #expect(run.stdout.hasSuffix("Auth profile: openrouter:manual (openrouter/token)\n"))
        let stored = try JSON(instance.store ?? "")["profiles.openrouter:manual"]
        let expires = JSON.number(Instance.now.timeIntervalSince1970 * 1000 + Double(milliseconds))
        #expect(stored == ["type": "token", "provider": "openrouter", "token": "sk-or-12345678", "expires": expires])
    }

    @Test func `a token without a date gets none`() throws {
        let instance = Instance()
        _ = instance.run("models auth paste-token --provider openrouter", typing: "sk-or-12345678")
        #expect(try JSON(instance.store ?? "")["profiles.openrouter:manual.expires"] == nil)
    }

    @Test func `a setup token gets its year, and a word on its limits`() throws {
        let instance = Instance()
        let run = instance.run("models auth paste-token --provider anthropic", typing: "  \(Self.setupToken)\r\n")
        #expect(run.code == 0)
        #expect(run.stderr.contains("limits such tokens to its own program"))
        #expect(run.stderr.contains("models auth paste-api-key --provider anthropic"))
        let year = JSON.number((Instance.now.timeIntervalSince1970 + 365 * 86_400) * 1000)
        #expect(try JSON(instance.store ?? "")["profiles.anthropic:manual.expires"] == year)
    }

    @Test(arguments: [
        ("paste-token", "sk-ant-api03-abcdefgh", "paste-api-key"),
        ("paste-token", "sk-ant-oat01-cut", "at least 80 characters"),
        ("paste-api-key", setupToken, "paste-token"),
    ])
    func `a credential of the other kind is sent to the other command`(command: String, text: String, advice: String) {
        let instance = Instance()
        let run = instance.run("models auth \(command) --provider anthropic", typing: text)
        #expect(run.code == 65)
        #expect(run.stderr.contains(advice))
        #expect(instance.files.isEmpty)
    }

    @Test(arguments: [
        ("\"sk-ant-api03-abcdefgh\"\n", true), ("'sk-ant-api03-abcdefgh'", true), (" sk-ant-api03-abcdefgh\r\n", false),
    ])
    func `what is around a key is left out, and quotes are mentioned`(text: String, isMentioned: Bool) throws {
        let instance = Instance()
        let run = instance.run("models auth paste-api-key --provider anthropic", typing: text)
        #expect(try JSON(instance.store ?? "")["profiles.anthropic:manual.key"] == "sk-ant-api03-abcdefgh")
        #expect(run.stderr.hasPrefix("The quotes around it were left out.\n") == isMentioned)
    }

    @Test(arguments: [
        ("", "nothing came in through the pipe."), ("\n", "nothing came in through the pipe."),
        ("export ANTHROPIC_API_KEY=sk-CANARY-1234567", "begins with export NAME="),
        ("ANTHROPIC_API_KEY=sk-CANARY-1234567", "begins with NAME="),
        ("Bearer sk-CANARY-1234567", "begins with Bearer"),
        ("x-api-key: sk-CANARY-1234567", "begins with a header's name"),
        ("sk-CANARY\u{a0}1234567", "Character 10 is U+00A0"),
        ("sk-CANARY\u{200b}1234567", "Character 10 is U+200B"),
        ("\u{201c}sk-CANARY1234567\u{201d}", "Character 1 is U+201C"),
        ("sk-CANARY\n1234567890", "Character 10 is U+000A"), ("sk-CANARY\u{0}1234567", "Character 10 is U+0000"),
        ("sk-CANARY\u{1b}[31m1234567", "Character 10 is U+001B"), ("sk-CANARY...4567", "shortened display"),
        ("sk-CANARY****4567", "shortened display"), ("CANARY", "fewer than 8 characters"),
        (String(repeating: "CANARY", count: 700), "more than 4096 characters"),
    ])
    func `a paste that is not a key alone is refused, and nothing of it is repeated`(text: String, why: String) {
        let instance = Instance()
        for command in ["paste-api-key", "paste-token"] {
            let run = instance.run("models auth \(command) --provider openai", typing: text)
            #expect(run.code == 65)
            #expect(run.stdout == "")
            #expect(run.stderr.hasPrefix("error: The credential was not stored.\n  why: "))
            #expect(run.stderr.contains(why))
            #expect(!run.stderr.contains("CANARY"))
        }
        #expect(instance.files.isEmpty)
    }

    @Test(arguments: ["-1d", "1w", "soon", "1e3"])
    func `a duration that is none is refused before anything is asked`(duration: String) {
        let instance = Instance()
        let run = instance.run(
            ["models", "auth", "paste-token", "--provider", "openai", "--expires-in=\(duration)"], typing: "")
        #expect(run.code == 64)
        #expect(run.stderr.contains("\"\(duration)\" is no duration."))
    }

    @Test func `a key among the words is refused without being repeated`() {
        let instance = Instance()
        for words in [["sk-CANARY-1234567"], ["--key", "sk-CANARY-1234567"], ["--key=sk-CANARY-1234567"]] {
            let run = instance.run(
                ["models", "auth", "paste-api-key", "--provider", "openai"] + words, typing: "sk-other-123456")
            #expect(run.code == 64)
            #expect(!(run.stdout + run.stderr).contains("CANARY"))
        }
        #expect(instance.files.isEmpty)
    }
}

@Suite struct PasteTargetTests {
    @Test func `a slip in the provider's name is met with the name that was meant`() {
        let run = Instance().run("models auth paste-api-key --provider antropic", typing: "sk-test-123456")
        #expect(run.code == 64)
        #expect(run.stdout == "")
        #expect(
            run.stderr.hasPrefix(
                "error: There is no provider \"antropic\". Did you mean anthropic?\n  why: Known providers: anthropic, "
            ))
        #expect(run.stderr.contains("models.providers.antropic.baseUrl"))
    }

    @Test func `an old spelling is folded`() {
        let run = Instance().run("models auth paste-api-key --provider Z.AI", typing: "zai-test-123456")
        #expect(run.stdout.hasSuffix("Auth profile: zai:manual (zai/api_key)\n"))
    }

    @Test func `a provider of the configuration counts as known`() {
        let instance = Instance(
            config: "{models: {providers: {house: {baseUrl: 'https://llm.example/v1', api: 'openai-completions'}}}}")
        let run = instance.run("models auth paste-api-key --provider house", typing: "house-123456")
        #expect(run.stdout.hasSuffix("Auth profile: house:manual (house/api_key)\n"))
        #expect(run.code == 0)
    }

    @Test(arguments: ["google", "azure-openai", "perplexity", "tencent", "github-copilot", "amazon-bedrock"])
    func `a credential of a provider that is not relayed is stored, with one warning`(provider: String) throws {
        let instance = Instance()
        for command in ["paste-token", "paste-api-key --profile-id \(provider):key"] {
            let run = instance.run("models auth \(command) --provider \(provider)", typing: "some-key-123456")
            #expect(run.code == 0)
            #expect(run.stderr.contains("\nwarning: This version does not relay to \(provider): \(provider):"))
            #expect(run.stderr.contains("config set models.providers.\(provider).baseUrl https://HOST/v1 && "))
        }
        let store = try JSON(instance.store ?? "")
        #expect(store["profiles.\(provider):manual.token"] == "some-key-123456")
        #expect(store["profiles.\(provider):key.key"] == "some-key-123456")
        let listed = try JSON(instance.run("models auth list --json").stdout)
        #expect(listed["profiles.1.code"] == "unsupported_provider")
        #expect(listed["profiles.1.usable"] == false)
        #expect(instance.run("models status").stdout.contains("\(provider):manual unsupported_provider: "))
    }

    @Test(arguments: ["perplexitty", "nobodys"])
    func `a provider that nobody knows is refused`(provider: String) {
        let instance = Instance()
        let run = instance.run("models auth paste-token --provider \(provider)", typing: "some-key-123456")
        #expect(run.code == 64)
        #expect(run.stderr.hasPrefix("error: There is no provider \"\(provider)\"."))
        #expect(instance.files.isEmpty)
    }

    @Test(arguments: [
        ("My Work!", "my-work"), ("***", "default"), ("a..b", "a..b"), ("A  B--C", "a-b-c"), ("work", "work"),
        ("anthropic:My Work!", "my-work"), ("anthropic:Work", "Work"),
    ])
    func `a name that people give becomes an id`(text: String, name: String) {
        let run = Instance().run(
            ["models", "auth", "paste-api-key", "--provider", "anthropic", "--profile-id", text],
            typing: "sk-test-123456")
        #expect(run.stdout.hasSuffix("Auth profile: anthropic:\(name) (anthropic/api_key)\n"))
    }

    @Test func `a key does not take the place of a token, and both ways out are named`() {
        let instance = Instance()
        _ = instance.run("models auth paste-token --provider openai", typing: "tk-test-123456")
        let before = instance.snapshot
        let run = instance.run("models auth paste-api-key --provider openai", typing: "sk-test-654321")
        #expect(
            run
                == Transcript(
                    stdout: "",
                    stderr: """
                        error: openai:manual was not changed.
                          why: A credential of type token is stored there; the new one would take its place.
                          fix: To keep both, add --profile-id openai:api-key. To give the old one up, first run: \
                        agenticflow-enterprise models auth logout openai:manual --agent main

                        """, code: 65))
        #expect(instance.snapshot == before)
        let both = instance.run(
            "models auth paste-api-key --provider openai --profile-id openai:api-key", typing: "sk-test-654321")
        #expect(both.code == 0)
        #expect(instance.store?.contains("tk-test-123456") == true)
    }

    @Test func `advice for pasting names an id that is free`() {
        let instance = Instance()
        let token = "sk-ant-oat01-" + String(repeating: "x", count: 67)
        let said = instance.run("models auth paste-token --provider anthropic", typing: token).stderr
        let command =
            "agenticflow-enterprise models auth paste-api-key --provider anthropic --profile-id anthropic:api-key"
        #expect(said.hasSuffix("  \(command)\n"))
        #expect(instance.run("models status").stdout.contains(command))
        #expect(instance.run("doctor").stdout.contains(command))
        #expect(instance.run("models auth list --json").stdout.contains(command))
        #expect(instance.run("models auth test anthropic:manual").stderr.contains(command))
        let words = command.split(separator: " ").dropFirst().joined(separator: " ")
        #expect(instance.run(words, typing: "sk-ant-api03-abcdefghijklmnop").code == 0)
        #expect(instance.store?.contains(token) == true)
    }

    @Test func `the first note of a provider comes with those of what is stored already`() throws {
        let instance = Instance(
            store: #"""
                {"version": 1, "profiles": {"openai:a": {"type": "api_key", "provider": "openai", "key": "sk-test-aaaaaa"},
                 "openai:b": {"type": "token", "provider": "openai", "token": "tk-test-bbbbbb", "email": "me@x.org"}}}
                """#)
        _ = instance.run("models auth paste-api-key --provider openai", typing: "sk-test-123456")
        let notes = try JSON(instance.config ?? "")["auth.profiles"]
        #expect(
            notes == [
                "openai:a": ["provider": "openai", "mode": "api_key"],
                "openai:b": ["provider": "openai", "mode": "token", "email": "me@x.org"],
                "openai:manual": ["provider": "openai", "mode": "api_key"],
            ])
        #expect(!instance.run("models status").stdout.contains("not_in_auth_profiles"))
    }

    @Test func `an agent that does not exist is met with those that do`() {
        let instance = Instance(config: "{agents: {list: [{id: 'coder'}]}}")
        let run = instance.run("models auth paste-api-key --provider openai --agent codr", typing: "sk-test-123456")
        #expect(run.code == 64)
        #expect(
            run.stderr.hasPrefix(
                "error: There is no agent \"codr\". Did you mean coder?\n  why: Known agents: coder, main.\n"))
    }

    @Test(arguments: [
        ("openai:new", "['openai:a', 'openai:b']", "leaves openai:new out", "openai:new openai:a openai:b"),
        ("openai:b", "['openai:a', 'openai:b']", "puts openai:b in place 2", "openai:b openai:a"),
        ("openai:a", "['openai:a', 'openai:b']", nil, ""),
        ("openai:new", "[]", nil, ""),
    ])
    func `an order of an included file is told, with the command that goes before it`(
        id: String, list: String, place: String?, ids: String
    ) {
        let instance = Instance(config: "{ auth: { $include: './auth.json5' } }")
        let included = "{\n  order: {\n    OpenAI: \(list),\n  },\n}\n"
        instance.write("auth.json5", included)
        let run = instance.run(
            "models auth paste-api-key --provider openai --profile-id \(id)", typing: "sk-test-123456")
        #expect(run.code == 0)
        let told = place.map {
            """
            auth.order for openai is in ~/.agenticflow-enterprise/auth.json5:3, which is included, and \($0).
            To use it first, change it there, or give agent main an order of its own:
              agenticflow-enterprise models auth order set --provider openai --agent main \(ids)

            """
        }
        let kept = "The API key itself is in ~/.agenticflow-enterprise/agents/main/agent/auth-profiles.json.\n"
        #expect(run.stderr == kept + (told ?? ""))
        #expect(instance.read("auth.json5") == included)
    }

    @Test func `another agent gets a store of its own`() throws {
        let instance = Instance(config: "{agents: {list: [{id: 'main', default: true}, {id: 'coder'}]}}")
        _ = instance.run(
            "models auth paste-api-key --provider openai --agent coder --profile-id openai:coder",
            typing: "sk-test-123456")
        #expect(instance.store == nil)
        let store = try JSON(instance.read("agents/coder/agent/auth-profiles.json") ?? "")
        #expect(store["profiles.openai:coder.key"] == "sk-test-123456")
    }

    @Test func `one id cannot be a key of one agent and a token of another`() {
        let instance = Instance(
            config: "{agents: {list: [{id: 'main', default: true}, {id: 'coder'}]}}",
            store:
                #"{"version":1,"profiles":{"openai:manual":{"type":"api_key","provider":"openai","key":"sk-test-123456"}}}"#
        )
        let before = instance.files
        let run = instance.run("models auth paste-token --provider openai --agent coder", typing: "sk-test-654321")
        #expect(run.code == 65)
        #expect(run.stderr.contains("Agent main has a profile of that id which is of type api_key"))
        #expect(instance.files == before)
    }

    @Test(arguments: [
        ("openai:work", "is no profile id for anthropic"),
        ("anthropic:env", "No credential can be stored as anthropic:env."),
        ("anthropic:env-2", "No credential can be stored as anthropic:env-2."),
        ("anthropic:config", "No credential can be stored"),
        ("", "is no profile id"), ("  ", "is no profile id"), ("anthropic:", "is no profile id"),
        ("sk-ant-api03-abcdefghijklmnop", "is no profile id"), ("openai:My Work", "is no profile id"),
    ])
    func `an id that cannot be used is refused`(id: String, why: String) {
        let instance = Instance()
        let run = instance.run(
            ["models", "auth", "paste-api-key", "--provider", "anthropic", "--profile-id", id], typing: "sk-test-123456"
        )
        #expect(run.code == 64)
        #expect(run.stderr.contains(why))
        #expect(instance.files.isEmpty)
    }

    @Test(arguments: [
        "anthropic:../../evil", "../anthropic:x", "anthropic:a/b", "anthropic:a\u{0}b", "anthropic:\u{1b}[2Jx",
        "anthropic:\u{202e}x",
        "anthropic:a\nAuth profile: b", "anthropic:" + String(repeating: "n", count: 300),
    ])
    func `no id, agent or provider leaves its folder or moves the cursor`(text: String) {
        let instance = Instance()
        let commands = [
            ["models", "auth", "paste-api-key", "--provider", "anthropic", "--profile-id", text],
            ["models", "auth", "paste-api-key", "--provider", "anthropic", "--agent", text],
            ["models", "auth", "paste-api-key", "--provider", text], ["models", "auth", "list", "--provider", text],
            ["models", "auth", "list", "--agent", text], ["models", "status", "--agent", text],
            ["models", "explain", "--agent", text],
            ["models", "auth", "order", "get", "--provider", text],
            ["models", "auth", "order", "clear", "--provider", "openai", "--agent", text],
        ]
        for words in commands {
            let run = instance.run(words, typing: "sk-test-123456")
            #expect(run.code == 64)
            #expect(run.stderr.split(separator: "\n").count == 3)
            #expect(
                (run.stdout + run.stderr).unicodeScalars.allSatisfy { $0 == "\n" || (0x20..<0x7F).contains($0.value) })
            #expect(run.stderr.count < 1200)
        }
        #expect(instance.files.isEmpty)
    }

    @Test func `a name with all that is allowed is taken`() {
        let run = Instance().run(
            ["models", "auth", "paste-api-key", "--provider", "openai", "--profile-id", "openai:me@x.org+Work_1-2"],
            typing: "sk-test-123456")
        #expect(run.stdout.hasSuffix("Auth profile: openai:me@x.org+Work_1-2 (openai/api_key)\n"))
    }
}
