// SPDX-License-Identifier: Apache-2.0
import FoundationEssentials
import Rotation
import Testing

@Suite struct OrderTests {
    private static let store = """
        {"version": 1, "profiles": {
          "anthropic:default": {"type": "api_key", "provider": "anthropic", "key": "sk-ant-api03-default"},
          "anthropic:work": {"type": "api_key", "provider": "anthropic", "key": "sk-ant-api03-work"},
          "openai:manual": {"type": "api_key", "provider": "openai", "key": "sk-test-123456"}
        }}
        """

    @Test func `without an order the automatic one is in effect`() {
        let run = Instance(store: Self.store).run("models auth order get --provider anthropic")
        #expect(
            run
                == Transcript(
                    stdout: """
                        Agent: main
                        Provider: anthropic
                        Auth file: ~/.agenticflow-enterprise/agents/main/agent/auth-profiles.json
                        Order override: (none)
                        In effect: automatic (logins, tokens, keys, then the environment; the longest unused first)

                        """, stderr: "", code: 0))
    }

    @Test func `an order is set, shown and cleared`() throws {
        let instance = Instance(store: Self.store)
        let set = instance.run(
            "models auth order set --provider anthropic anthropic:work anthropic:default anthropic:work")
        let expected = """
            Agent: main
            Provider: anthropic
            Auth file: ~/.agenticflow-enterprise/agents/main/agent/auth-profiles.json
            Order override: anthropic:work, anthropic:default

            """
        let updated = "Updated ~/.agenticflow-enterprise/agents/main/agent/auth-profiles.json\n"
        #expect(set == Transcript(stdout: updated + expected, stderr: "", code: 0))
        let unchanged =
            "Unchanged ~/.agenticflow-enterprise/agents/main/agent/auth-profiles.json: it says so already.\n"
        let again = instance.run("models auth order set --provider anthropic anthropic:work anthropic:default")
        #expect(again == Transcript(stdout: unchanged + expected, stderr: "", code: 0))
        #expect(try JSON(instance.store ?? "")["order"] == ["anthropic": ["anthropic:work", "anthropic:default"]])
        #expect(instance.run("models auth order get --provider anthropic").stdout == expected)
        let clear = instance.run("models auth order clear --provider anthropic")
        #expect(clear == Transcript(stdout: updated + "Cleared per-agent order override.\n", stderr: "", code: 0))
        #expect(
            instance.run("models auth order clear --provider anthropic")
                == Transcript(stdout: unchanged + "There is no per-agent order override.\n", stderr: "", code: 0))
        #expect(try JSON(instance.store ?? "")["order"] == [:])
        #expect(instance.config == nil)
    }

    @Test func `as JSON, with what applies instead`() throws {
        let instance = Instance(config: "{auth: {order: {anthropic: ['anthropic:default']}}}", store: Self.store)
        let folder = JSON.string("\(instance.state)/agents/main/agent")
        let file = JSON.string("\(instance.state)/agents/main/agent/auth-profiles.json")
        #expect(
            try JSON(instance.run("models auth order get --provider anthropic --json").stdout) == [
                "agentId": "main", "agentDir": folder, "provider": "anthropic", "authStorePath": file, "order": .null,
                "effective": ["source": "config", "order": ["anthropic:default"]],
            ])
        #expect(
            try JSON(instance.run("models auth order set --provider anthropic anthropic:work --json").stdout) == [
                "agentId": "main", "agentDir": folder, "provider": "anthropic", "authStorePath": file,
                "order": ["anthropic:work"],
                "effective": ["source": "store", "order": ["anthropic:work"]],
            ])
        #expect(
            try JSON(instance.run("models auth order clear --provider anthropic --json").stdout) == [
                "agentId": "main", "agentDir": folder, "provider": "anthropic", "authStorePath": file, "order": .null,
                "effective": ["source": "config", "order": ["anthropic:default"]],
            ])
    }

    @Test(arguments: [
        ("anthropic:gone", "Auth profile \"anthropic:gone\" not found in ~/.agenticflow-enterprise/agents/main/agent."),
        ("nonsense", "Auth profile \"nonsense\" not found in"),
        ("openai:manual", "Auth profile \"openai:manual\" is for openai, not anthropic."),
        ("openai:env", "Auth profile \"openai:env\" is for openai, not anthropic."),
    ])
    func `every id must be there and belong to the provider`(id: String, what: String) {
        let instance = Instance(store: Self.store)
        let run = instance.run("models auth order set --provider anthropic anthropic:work \(id)")
        #expect(run.code == 65)
        #expect(run.stderr.hasPrefix("error: \(what)"))
        #expect(instance.store == Self.store)
    }

    @Test func `an empty order is refused`() {
        let instance = Instance(store: Self.store)
        let run = instance.run("models auth order set --provider anthropic")
        #expect(run.code == 64)
        #expect(run.stderr.hasPrefix("error: No profile was named."))
        #expect(run.stderr.contains("order clear --provider anthropic"))
    }

    @Test func `an inherited profile can be ordered, and the order is the agent's own`() throws {
        let instance = Instance(
            config: "{agents: {list: [{id: 'main', default: true}, {id: 'coder'}]}}", store: Self.store)
        let run = instance.run("models auth order set --provider anthropic --agent coder anthropic:work")
        #expect(run.code == 0)
        #expect(instance.store == Self.store)
        #expect(
            try JSON(instance.read("agents/coder/agent/auth-profiles.json") ?? "")["order.anthropic"] == [
                "anthropic:work"
            ])
        #expect(instance.run("models auth order get --provider anthropic").stdout.contains("(none)"))
    }

    @Test func `an agent that does not inherit cannot order what it does not have`() {
        let instance = Instance(
            config: "{agents: {list: [{id: 'main', default: true}, {id: 'coder', auth: {inherit: false}}]}}",
            store: Self.store)
        let run = instance.run("models auth order set --provider anthropic --agent coder anthropic:work")
        #expect(run.code == 65)
        #expect(run.stderr.contains("not found in ~/.agenticflow-enterprise/agents/coder/agent."))
    }

    @Test func `keys of the environment can be ordered too`() {
        let instance = Instance(store: Self.store)
        let unseen = instance.run("models auth order set --provider anthropic anthropic:env anthropic:work")
        #expect(unseen.code == 0)
        #expect(
            unseen.stderr == "anthropic:env is not set where this command runs; it counts where the gateway has it.\n")
        instance.environment["ANTHROPIC_API_KEY"] = "sk-ant-api03-environment"
        #expect(instance.run("models auth order set --provider anthropic anthropic:env anthropic:work").stderr == "")
    }
}

@Suite struct AuthListTests {
    @Test func `what is stored is listed, with masks`() throws {
        let instance = Instance(
            store: """
                {"version": 1, "profiles": {
                  "anthropic:work": {"type": "api_key", "provider": "anthropic", "key": "sk-ant-api03-abcdefghijklmnopqrst", "email": "me@x.org"},
                  "openai:a": {"type": "token", "provider": "openai", "token": "sk-test-123456", "expires": 1790000300000}
                }}
                """)
        try instance.hold("anthropic:work", .rateLimit, for: 300)
        #expect(
            instance.run("models auth list")
                == Transcript(
                    stdout: """
                        View: files (no gateway runs)
                        Auth profiles of agent main (~/.agenticflow-enterprise/agents/main/agent/auth-profiles.json):
                        - anthropic:work=sk-ant...qrst cooling cooldown_rate_limit in 5m (2026-09-21T14:18:20Z)
                        - openai:a=token:sk-t...56 ready

                        """, stderr: "", code: 0))
        let json = try JSON(instance.run("models auth list --provider anthropic --json").stdout)
        let folder = "\(instance.state)/agents/main/agent"
        #expect(json["view"] == "files" && json["agentId"] == "main" && json["provider"] == "anthropic")
        #expect(json["agentDir"] == .string(folder) && json["authStatePath"] == .string("\(folder)/auth-profiles.json"))
        #expect(
            json["profiles"] == [
                [
                    "id": "anthropic:work", "provider": "anthropic", "type": "api_key",
                    "label": "anthropic:work=sk-ant...qrst", "owner": "main",
                    "usable": false, "state": "cooling", "code": "cooldown_rate_limit", "email": "me@x.org",
                    "cooldownUntil": "2026-09-21T14:18:20Z", "cooldownReason": "rate_limit",
                    "recoveryHint":
                        """
                    Anthropic limits this credential. It is used again in 5m (2026-09-21T14:18:20Z) [header: retry-after: 300]. \
                    Now: agenticflow-enterprise models auth clear-cooldown anthropic:work --agent main
                    """,
                ]
            ])
        let token = try JSON(instance.run("models auth list --provider openai --json").stdout)["profiles.0.expiresAt"]
        #expect(token == "2026-09-21T14:18:20Z")
    }

    @Test func `a window of one model names it`() throws {
        let instance = Instance(
            store:
                #"{"version":1,"profiles":{"openai:a":{"type":"api_key","provider":"openai","key":"sk-test-123456"}}}"#)
        try instance.hold("openai:a", .rateLimit, model: "gpt-5", for: 300)
        #expect(
            instance.run("models auth list").stdout.hasSuffix(
                "- openai:a=sk-t...56 cooling cooldown_rate_limit for gpt-5 in 5m (2026-09-21T14:18:20Z)\n"))
    }

    @Test func `when nothing is stored it says how to begin`() {
        let run = Instance().run("models auth list --provider openai")
        #expect(
            run.stdout.hasSuffix(
                "- none\nStore one with: agenticflow-enterprise models auth paste-api-key --provider openai\n"))
    }

    @Test func `a store that cannot be read is no empty store`() throws {
        let instance = Instance(store: "broken")
        let run = instance.run("models auth list")
        #expect(run.code == 65)
        #expect(!run.stdout.contains("none"))
        #expect(run.stderr.hasPrefix("error: "))
        #expect(try JSON(instance.run("models auth list --json").stdout)["profiles"] == [])
    }
}
