// SPDX-License-Identifier: Apache-2.0
import FoundationEssentials
import Rotation
import Testing

@Suite struct ExplainTests {
    private static let store = """
        {"version": 1, "profiles": {
          "anthropic:a": {"type": "api_key", "provider": "anthropic", "key": "sk-ant-api03-aaaaaaaaaaaaaaaaaaaa"},
          "anthropic:b": {"type": "api_key", "provider": "anthropic", "key": "sk-ant-api03-bbbbbbbbbbbbbbbbbbbb"}
        }}
        """
    private static let config = """
        {agents: {defaults: {model: {primary: "anthropic/claude-sonnet-4-5", fallbacks: ["openai/gpt-5", "minimax/m2"]}}}}
        """

    @Test func `what is next, why, and who was passed over`() throws {
        let instance = Instance(config: Self.config, store: Self.store)
        try instance.hold("anthropic:a", .rateLimit, for: 300)
        #expect(
            instance.run("models explain")
                == Transcript(
                    stdout: """
                        View: files (no gateway runs)
                        Next for anthropic/claude-sonnet-4-5: anthropic:b. It is available, and the longest unused of its kind.

                        PROFILE      STATE    CODE                 UNTIL                         EVIDENCE                  SOURCE
                        anthropic:b  next     ok                   -                             -                         store:main
                        anthropic:a  cooling  cooldown_rate_limit  in 5m (2026-09-21T14:18:20Z)  header: retry-after: 300  store:main

                        Order: automatic (logins, tokens, keys, then the environment; the longest unused first)
                        Fallbacks: minimax/m2

                        """, stderr: "", code: 0))
    }

    @Test func `the same as JSON, with the view it is of`() throws {
        let instance = Instance(config: Self.config, store: Self.store)
        try instance.hold("anthropic:a", .rateLimit, for: 300)
        #expect(
            try JSON(instance.run("models explain --json").stdout) == [
                "view": "files", "model": "claude-sonnet-4-5", "provider": "anthropic", "orderSource": "automatic",
                "candidates": [
                    [
                        "profile": "anthropic:b", "source": "store:main", "type": "api_key", "state": "next",
                        "code": "ok", "reason": .null,
                        "until": .null, "evidence": .null,
                    ],
                    [
                        "profile": "anthropic:a", "source": "store:main", "type": "api_key", "state": "cooling",
                        "code": "cooldown_rate_limit", "reason": "rate_limit", "until": 1_790_000_300_000,
                        "evidence": ["origin": "header", "text": "retry-after: 300"],
                    ],
                ], "next": "anthropic:b", "fallbacks": ["minimax/m2"], "pending": [],
                "problems": [], "advice": [],
            ])
    }

    @Test(arguments: [
        (FailureReason.rateLimit, "none. All of them wait, the soonest in 5m (2026-09-21T14:18:20Z)."),
        (.overloaded, "anthropic:a. Nothing else is left, so it is tried although it cools down in 5m"),
    ])
    func `when all of them wait`(reason: FailureReason, headline: String) throws {
        let instance = Instance(config: Self.config, store: Self.store)
        try instance.hold("anthropic:a", reason, for: 300)
        try instance.hold("anthropic:b", reason, for: 600)
        let lines = instance.run("models explain").stdout.split(separator: "\n")
        #expect(lines[1].hasPrefix("Next for anthropic/claude-sonnet-4-5: \(headline)"))
    }

    @Test func `a pinned profile, and one that cannot be used`() throws {
        let instance = Instance(store: Self.store)
        let pinned = instance.run("models explain --model anthropic/claude-x@anthropic:b").stdout
        #expect(pinned.contains("Next for anthropic/claude-x: anthropic:b. The request names it.\n"))
        try instance.hold("anthropic:b", .billing, for: 600)
        let refused = instance.run("models explain --model anthropic/claude-x@anthropic:b").stdout
        #expect(
            refused.contains(
                "none. Anthropic reports no credit for anthropic:b. Top up at https://console.anthropic.com/settings/billing. "
                    + "It is tried again at 2026-09-21T14:23:20Z, or at once with: "
                    + "agenticflow-enterprise models auth clear-cooldown anthropic:b. "
                    + "The request insists on that profile; leaving out @anthropic:b lets another one serve it.\n"))
        #expect(instance.run("models explain --model anthropic/claude-x@anthropic:b").code == 0)
    }

    @Test(arguments: ["anthropic/claude-sonnet-4-5@anthropic:nope", "openai/gpt-5@openai:nope"])
    func `a pinned profile that does not exist is told with the usual causes`(model: String) throws {
        let instance = Instance(store: Self.store)
        let id = String(model.split(separator: "@")[1]), provider = id.split(separator: ":")[0]
        let run = instance.run("models explain --model \(model)")
        #expect(run.code == 65)
        #expect(
            run.stderr == """
                error: No credentials found for profile "\(id)".
                  why: Agent main was looked at, on this host. Usually the profile is another agent's, or stored on another host, \
                or an order names it and it is gone.
                  fix: Look at each: agenticflow-enterprise models auth list --agent main (other agents: \
                agenticflow-enterprise agents list); agenticflow-enterprise gateway status; \
                agenticflow-enterprise models auth order get --provider \(provider) --agent main

                """)
        #expect(run.stdout.contains("none. No credentials found for profile \"\(id)\"."))
        let json = instance.run("models explain --model \(model) --json")
        #expect(json.code == 65 && json.stderr.isEmpty)
        let unavailable = try #require(try JSON(json.stdout)["unavailable"])
        #expect(unavailable["code"] == "pinned_profile_unavailable" && unavailable["profileCode"] == "unknown_profile")
        #expect(try JSON(json.stdout)["pinned"] == .string(id))
    }

    @Test func `a session keeps its credential in the files' view too`() throws {
        let instance = Instance(config: Self.config, store: Self.store)
        let line = #"{"v":1,"session":"/s1","provider":"anthropic","profile":"anthropic:b","since":1789999990}"#
        instance.write("agents/main/agent/auth-health.jsonl", line + "\n")
        #expect(try JSON(instance.run("models explain --json").stdout)["next"] == "anthropic:a")
        let json = try JSON(instance.run("models explain --session s1 --json").stdout)
        #expect(json["next"] == "anthropic:b")
        #expect(json["session"] == ["name": "s1", "profile": "anthropic:b"])
        let out = instance.run("models explain --session s1").stdout
        #expect(
            out.hasPrefix(
                "View: files (no gateway runs)\nNext for anthropic/claude-sonnet-4-5: anthropic:b. Session s1 keeps it")
        )
        #expect(out.contains("\nSession: s1 was served with anthropic:b last (as the journal remembers)\n"))
        #expect(
            instance.run("models explain --session other").stdout.contains(
                "\nSession: other has no credential of its own for anthropic yet (as the journal remembers)\n"))
        // What it kept cannot be used: another one takes its place, and the session says so.
        try instance.hold("anthropic:b", .rateLimit, for: 300)
        let moved = instance.run("models explain --session s1").stdout
        #expect(moved.contains(": anthropic:a. It is available"))
        #expect(
            moved.contains("(as the journal remembers); it gets another one, because that one cannot be used now\n"))
    }

    @Test func `what clients are told when all of them wait is the class and the remedy`() throws {
        let instance = Instance(config: Self.config, store: Self.store)
        for id in ["anthropic:a", "anthropic:b"] { try instance.hold(id, .billing, for: 600) }
        let out = instance.run("models explain").stdout
        #expect(out.contains("Clients are told: Every Anthropic credential waits after a refusal (billing)."))
        #expect(out.contains("agenticflow-enterprise models auth clear-cooldown anthropic:a"))
        let json = try JSON(instance.run("models explain --json").stdout)
        #expect(json["unavailable.reason"] == "billing" && json["unavailable.retryAt"] == 1_790_000_600_000)
    }

    @Test func `it does not send to itself`() throws {
        let instance = Instance(config: Self.config, store: Self.store)
        for id in ["anthropic:a", "anthropic:b"] { try instance.hold(id, .rateLimit, for: 600) }
        let out = instance.run("models explain").stdout
        #expect(out.contains("Clients are told: Every Anthropic credential waits after a refusal (rate_limit)."))
        #expect(out.contains("To try it at once: agenticflow-enterprise models auth clear-cooldown anthropic:a"))
        #expect(!out.contains("models explain"))
        // What a client gets is quoted whole.
        let message = try JSON(instance.run("models explain --json").stdout)["unavailable.message"]
        #expect("\(message ?? .null)".contains("See: agenticflow-enterprise models explain"))
    }

    @Test(arguments: ["", "  "])
    func `a session without a name is refused`(name: String) {
        let run = Instance(store: Self.store).run(["models", "explain", "--session", name])
        #expect(run.code == 64 && run.stdout.isEmpty)
        #expect(run.stderr.hasPrefix("error: --session is blank.\n  why: "))
    }

    @Test func `an order that somebody set is named`() {
        let instance = Instance(store: Self.store)
        _ = instance.run("models auth order set --provider anthropic anthropic:b")
        let out = instance.run("models explain --model anthropic/claude-x").stdout
        #expect(
            out.contains("Next for anthropic/claude-x: anthropic:b. It is the first available one of that order.\n"))
        #expect(out.contains("anthropic:a  excluded  excluded_by_auth_order"))
        #expect(
            out.contains(
                "Order: set for this agent (agenticflow-enterprise models auth order get --provider anthropic)\n"))
    }

    @Test(arguments: [
        ("models explain --model anthropic/other", "none (they take the place of the configured default model alone)"),
        (
            "models explain --model anthropic/claude-sonnet-4-5@anthropic:a",
            "none (they take the place of the configured default model alone)"
        ),
        ("models explain", "none of openai/gpt-5 serves the same endpoint"),
    ])
    func `fallbacks that do not apply are explained`(words: String, text: String) {
        let instance = Instance(config: Self.config.replacing(", \"minimax/m2\"", with: ""), store: Self.store)
        #expect(instance.run(words).stdout.hasSuffix("Fallbacks: \(text)\n"))
    }

    @Test func `without a credential it says how to store one`() {
        let out = Instance().run("models explain --model openai/gpt-5").stdout
        #expect(out.contains("none. No API key found for provider \"openai\".\n"))
        #expect(
            out.hasSuffix(
                """
                Clients are told: No usable credential is stored for OpenAI. Run: agenticflow-enterprise models auth paste-api-key --provider openai
                Auth store: ~/.agenticflow-enterprise/agents/main/agent/auth-profiles.json (agent main)
                Agent dir: ~/.agenticflow-enterprise/agents/main/agent
                Store one with: agenticflow-enterprise models auth paste-api-key --provider openai
                Or set it in ~/.agenticflow-enterprise/.env: agenticflow-enterprise env set OPENAI_API_KEY
                Other agents have their own: agenticflow-enterprise agents list, agenticflow-enterprise agents add NAME

                """))
        let coder = Instance(config: "{agents: {list: [{id: 'main', default: true}, {id: 'coder'}]}}")
        let other = coder.run("models explain --model openai/gpt-5 --agent coder").stdout
        #expect(
            other.contains(
                "Clients are told: No usable credential is stored for OpenAI. Run: agenticflow-enterprise models auth paste-api-key --provider openai --agent coder\n"
            ))
        #expect(other.contains("agents/coder/agent/auth-profiles.json (agent coder)\n"))
        #expect(out.contains("No candidates.\n"))
    }

    @Test func `without a model the built-in default is explained, as it is shown and routed`() {
        let instance = Instance()
        let none = instance.run("models explain")
        #expect(none.code == 0)
        #expect(
            none.stdout.contains(
                "Next for anthropic/claude-opus-4-5: none. No API key found for provider \"anthropic\"."))
        #expect(instance.run("models status --plain").stdout == "anthropic/claude-opus-4-5\n")
        #expect(instance.run("models explain --model default").stdout == none.stdout)
    }

    @Test func `what auth.profiles does not name is passed over, shown, and taken in by the command that is named`()
        throws
    {
        let instance = Instance(
            config: "{auth: {profiles: {'anthropic:b': {provider: 'anthropic', mode: 'api_key'}}}}",
            store: #"""
                {"version": 1, "profiles": {
                 "anthropic:a": {"type": "api_key", "provider": "anthropic", "key": "sk-ant-api03-aaaaaaaa"},
                 "anthropic:b": {"type": "api_key", "provider": "anthropic", "key": "sk-ant-api03-bbbbbbbb"}}}
                """#)
        instance.environment["ANTHROPIC_API_KEY"] = "sk-ant-api03-eeeeeeee"
        let words = ["models", "explain", "--model", "anthropic/x"]
        let explained = try JSON(instance.run(words + ["--json"]).stdout)
        #expect(explained["next"] == "anthropic:b")
        #expect(explained["orderSource"] == "automatic")
        let out = instance.run(words).stdout
        #expect(out.contains("anthropic:a    excluded  not_in_auth_profiles"))
        #expect(out.contains("anthropic:env  ready"))
        let listed = try JSON(instance.run("models auth list --json").stdout)
        #expect(listed["profiles.0.state"] == "excluded")
        #expect(listed["profiles.0.code"] == "not_in_auth_profiles")
        let command = #"config set 'auth.profiles["anthropic:a"]' '{provider: "anthropic", mode: "api_key"}'"#
        #expect(instance.run("models status").stdout.contains(command))
        #expect(instance.run("doctor").stdout.contains(command))
        let pinned = try JSON(
            instance.run(["models", "explain", "--model", "anthropic/x@anthropic:a", "--json"]).stdout)
        #expect(pinned["next"] == "anthropic:a")
        let taken = instance.run([
            "config", "set", #"auth.profiles["anthropic:a"]"#, #"{provider: "anthropic", mode: "api_key"}"#,
        ])
        #expect(taken.code == 0)
        #expect(!instance.run(words).stdout.contains("excluded"))
    }

    @Test func `a model that leads nowhere is an error with a way out`() {
        let unknown = Instance().run("models explain --model no-such-model")
        #expect(unknown.code == 65)
        #expect(unknown.stderr.hasPrefix("error: No request for that model could be sent.\n"))
    }

    @Test func `a model that only a provider without a key lists is explained with the command that stores one`() {
        let run = Instance(config: Self.config, store: Self.store).run("models explain --model gpt-5.2")
        #expect(
            run
                == Transcript(
                    stdout: "",
                    stderr: """
                        error: No request for that model could be sent.
                          why: No usable credential is stored for openai, which offers "gpt-5.2".
                          fix: Run: agenticflow-enterprise models auth paste-api-key --provider openai

                        """, code: 65))
    }

    @Test func `without a configuration that can be read nobody is next, because no gateway starts`() throws {
        let instance = Instance(config: "{ agents: ", store: Self.store)
        let run = instance.run("models explain --model anthropic/x")
        #expect(run.code == 78)
        #expect(
            run.stdout.contains(
                "Next for anthropic/x: none. The configuration cannot be read, and no gateway starts without it.\n"))
        #expect(run.stdout.contains("anthropic:a  ready  ok") && !run.stdout.contains("  next  "))
        let json = try JSON(instance.run("models explain --model anthropic/x --json").stdout)
        #expect(json["next"] == .null)
    }

    @Test func `what a gateway has read that cannot be asked is not known`() throws {
        let instance = Instance(config: "{ agents: ", store: "{ profiles: ")
        let gateway = PretendGateway(instance, answers: nil)
        let run = instance.run("models explain --model anthropic/x")
        #expect(run.code == 78)
        #expect(
            run.stdout.contains(
                "Next for anthropic/x: unknown. The configuration cannot be read here, and what the gateway has read "
                    + "cannot be told.\n"), "\(run.stdout)")
        // Nothing could be stored.
        #expect(!run.stdout.contains("paste-api-key"))
        withExtendedLifetime(gateway) {}
    }

    @Test func `a store that cannot be read is not taken for an empty one`() {
        let run = Instance(config: "{}", store: "{ profiles: ").run("models explain --model anthropic/x")
        #expect(run.code == 65)
        #expect(run.stdout.contains("Next for anthropic/x: none. What is stored cannot be read.\n"), "\(run.stdout)")
        #expect(!run.stdout.contains("No API key found"))
    }

    @Test func `names from elsewhere stay on their line`() throws {
        let instance = Instance(config: Self.config, store: Self.store)
        try instance.hold("anthropic:a", .rateLimit, for: 300, evidence: "a\u{1b}]52;c;eA==\u{7}\nNext: forged\u{202e}")
        for words in ["models explain", "models status", "models auth list"] {
            let out = instance.run(words).stdout
            #expect(!out.unicodeScalars.contains { $0.value < 0x20 && $0 != "\n" || $0.value == 0x202e })
            #expect(!out.contains("\nNext: forged"))
        }
        let model = instance.run(["models", "explain", "--model", "anthropic/x\u{1b}[2J\ny"]).stdout
        #expect(model.contains("Next for anthropic/x\\u{1b}[2J\\u{a}y: "))
    }
}
