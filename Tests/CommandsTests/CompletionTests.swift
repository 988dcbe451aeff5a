// SPDX-License-Identifier: Apache-2.0
import Testing

#if canImport(Glibc)
    import Glibc
#endif

/// What may follow a command line that is being typed.
@Suite struct CompletionTests {
    private func offers(_ words: [String], in instance: Instance = Instance()) -> [String] {
        let run = instance.run(["complete", "--"] + words)
        #expect(run.stderr == "" && run.code == 0)
        return run.stdout.split(separator: "\n").map { String($0.prefix { $0 != "\t" }) }
    }

    private static var furnished: Instance {
        Instance(
            config: """
                {agents: {defaults: {model: 'openai/gpt-5', models: {'anthropic/claude-sonnet-4-5': {alias: 'swift'}}},
                list: [{id: 'main', default: true}, {id: 'coder'}]}}
                """,
            store: """
                {"version": 1, "profiles": {"anthropic:work": {"type": "api_key", "provider": "anthropic", "key": "k1"},
                "openai:team": {"type": "api_key", "provider": "openai", "key": "k2"}}}
                """)
    }

    @Test(arguments: [
        ("", ["gateway", "models", "agents", "config", "env", "doctor", "completion", "help"]), ("mod", ["models"]),
        ("x", []),
        (
            "models ",
            [
                "status", "list", "explain", "set", "set-image", "aliases", "fallbacks", "image-fallbacks", "scan",
                "auth",
            ]
        ), ("models auth or", ["order"]),
        ("models auth order ", ["get", "set", "clear"]),
        (
            "help models ",
            [
                "status", "list", "explain", "set", "set-image", "aliases", "fallbacks", "image-fallbacks", "scan",
                "auth",
            ]
        ), ("help models auth paste-t", ["paste-token"]),
        (
            "models --",
            [
                "--json", "--plain", "--check", "--agent", "--probe", "--probe-provider", "--probe-profile",
                "--probe-timeout", "--probe-concurrency",
                "--probe-max-tokens", "--probe-mode", "--help", "--profile", "--no-color",
            ]
        ),
        (
            "models status --json --",
            [
                "--plain", "--check", "--agent", "--probe", "--probe-provider", "--probe-profile", "--probe-timeout",
                "--probe-concurrency",
                "--probe-max-tokens", "--probe-mode", "--help", "--profile", "--no-color",
            ]
        ),
        (
            "models --json ",
            [
                "--plain", "--check", "--agent", "--probe", "--probe-provider", "--probe-profile", "--probe-timeout",
                "--probe-concurrency",
                "--probe-max-tokens", "--probe-mode", "--help", "--profile", "--no-color",
            ]
        ),
        ("models auth paste-token --e", ["--expires-in"]), ("models auth paste-token --expires-in ", []),
        ("gateway run --bind ", ["loopback", "lan"]), ("gateway --bind lo", ["loopback"]),
        ("gateway run --bind=la", ["--bind=lan"]),
        ("completion ", ["bash", "zsh", "fish"]), ("completion bash ", ["--help", "--profile", "--no-color"]),
        ("--profile second models st", ["status"]), ("--no-color models st", ["status"]),
        ("models auth list --provider open", ["openai", "opencode", "openrouter"]),
        ("models auth list --provider=openr", ["--provider=openrouter"]),
        ("models auth list --agent ", ["coder", "main"]), ("models --agent c", ["coder"]),
        ("--agent ", ["coder", "main"]), ("--agent=c", ["--agent=coder"]), ("models auth --agent c", ["coder"]),
        ("--agent coder mo", ["models"]), ("--agent coder models auth or", ["order"]),
        ("models --agent=coder auth or", ["order"]),
        ("--agent coder models auth order set --provider openai o", ["openai:team"]),
        ("models auth order set --provider anthropic ", ["anthropic:work"]),
        ("models auth order set --provider openai ", ["openai:team"]),
        ("models auth order set --agent coder --provider=openai o", ["openai:team"]),
        ("models auth order set ", ["anthropic:work", "openai:team"]),
        ("models auth order set --provider anthropic -- ", ["anthropic:work"]),
        ("models explain --model s", ["swift"]), ("models explain --model openai/gpt-5", ["openai/gpt-5"]),
        ("models explain --model swift@", ["swift@anthropic:work"]),
        ("models explain --model openai/gpt-5@o", ["openai/gpt-5@openai:team"]),
    ])
    func `what fits is offered`(line: String, expected: [String]) {
        let words = line.split(separator: " ", omittingEmptySubsequences: false).map(String.init)
        let offered = offers(words, in: Self.furnished)
        if line.contains("--model openai/gpt-5"), !line.contains("@") {
            #expect(offered.contains("openai/gpt-5"))
        } else {
            #expect(offered == expected)
        }
    }

    @Test(arguments: [
        ("config set agents.defaults.model.primary openai/gpt-5.2", ["openai/gpt-5.2"]),
        ("config set agents.defaults.model.primary sw", ["swift"]),
        ("config set models.providers.openr", ["models.providers.openrouter"]),
        (
            "config set models.providers.openrouter.ap",
            [
                "models.providers.openrouter.api", "models.providers.openrouter.apiKey",
                "models.providers.openrouter.apiKey.id", "models.providers.openrouter.apiKey.provider",
                "models.providers.openrouter.apiKey.source",
            ]
        ),
        ("config get models.providers.openr", []), ("env set OPENROUTER_", ["OPENROUTER_API_KEY"]),
        ("env set AGENTICFLOW_G", ["AGENTICFLOW_GATEWAY_TOKEN"]), ("env unset ", ["GROQ_API_KEY", "MINE"]),
        ("env set MINE", ["MINE"]), ("models auth paste-api-key --provider openai --profile-id ", ["openai:team"]),
        ("models auth add --provider openai --profile-id ", ["openai:team"]),
        ("models auth test ", ["anthropic:work", "groq:env", "openai:env", "openai:team"]),
        ("models auth clear-cooldown openai", ["openai:env", "openai:team"]),
        ("models status --probe --probe-profile openai:e", ["openai:env"]),
        ("models auth logout ", ["anthropic:work", "openai:team"]), ("agents delete ", ["coder"]),
        ("agents default ", ["coder", "main"]),
    ])
    func `values that a command takes are offered, and no others`(line: String, expected: [String]) {
        let instance = Self.furnished
        instance.environment["OPENAI_API_KEY"] = "sk-0123456789"
        instance.write(".env", "GROQ_API_KEY=gsk_0123456789\nMINE=x\n")
        let words = line.split(separator: " ", omittingEmptySubsequences: false).map(String.init)
        #expect(offers(words, in: instance) == expected)
    }

    @Test func `a completion closes nothing, a command closes what is open and says so once`() {
        let instance = Self.furnished
        instance.write(".env", "MINE=x\n")
        let open = [".env", "agenticflow-enterprise.json", "agents/main/agent/auth-profiles.json"]
        for name in open { chmod("\(instance.state)/\(name)", 0o644) }
        chmod("\(instance.state)/agents/main/agent", 0o755)
        for words in [["models", "auth", "list", "--agent", ""], ["config", "get", ""], ["models", "set", ""]] {
            _ = offers(words, in: instance)
        }
        for name in open { #expect(instance.mode(of: name) == 0o644, "\(name)") }
        #expect(instance.mode(of: "agents/main/agent") == 0o755)
        for line in [
            "models explain", "models aliases list", "models fallbacks list", "models auth order get --provider openai",
            "gateway status", "gateway health", "gateway token", "models status", "models status --plain", "env list",
            "agents list", "models list", "models auth list", "config validate",
        ] {
            chmod("\(instance.state)/.env", 0o644)
            let first = instance.run(line)
            let notice = ".env: Other users had access; it is now private (mode 600).\n"
            #expect(first.stderr.ranges(of: notice).count == 1, "\(line): \(first.stderr)")
            #expect(!instance.run(line).stderr.contains("Other users had access"), "\(line)")
        }
    }

    @Test func `nothing of an unreadable instance stops it`() {
        let instance = Instance(config: "{", store: "nothing")
        #expect(offers(["models", "st"], in: instance) == ["status"])
        #expect(offers(["models", "auth", "list", "--provider", "anthr"], in: instance) == ["anthropic"])
        #expect(instance.config == "{" && instance.store == "nothing")
    }

    @Test func `it makes nothing`() {
        let instance = Instance()
        _ = offers(["models", "auth", "order", "set", "--provider", "anthropic", ""], in: instance)
        #expect(instance.files == [])
    }

    @Test func `names from files are escaped`() {
        let instance = Instance(config: "{agents: {list: [{id: 'main'}]}, models: {providers: {}}}")
        let run = instance.run(["complete", "--", "models", "auth", "list", "--provider=\u{1B}[2J"])
        #expect(run.stdout == "")
    }
}
