// SPDX-License-Identifier: Apache-2.0
import Testing

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
