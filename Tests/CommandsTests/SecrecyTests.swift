// SPDX-License-Identifier: Apache-2.0
import FoundationEssentials
import Rotation
import Testing

/// Secrets planted in every place that can hold one are in nothing that any command prints.
@Suite struct SecrecyTests {
    /// Each with a text of its own, so that a leak says where it is from.
    private static let canaries = (1...9).map { "CANARY\($0)x\(String(repeating: "q7W\($0)", count: 12))END\($0)" }

    private static func plant() throws -> Instance {
        let c = canaries
        let instance = Instance(
            config: """
                {gateway: {auth: {token: "\(c[0])"}}, env: {vars: {GROQ_API_KEY: "\(c[1])"}},
                 agents: {defaults: {model: "anthropic/claude-sonnet-4-5"}, list: [{id: "main", default: true}, {id: "coder"}]},
                 models: {providers: {house: {baseUrl: "https://llm.example/v1", api: "openai-completions", apiKey: "\(c[2])",
                   headers: {"x-team": "\(c[3])"}}}}}
                """,
            store: """
                {"version": 1, "profiles": {
                  "anthropic:a": {"type": "api_key", "provider": "anthropic", "key": "\(c[4])"},
                  "anthropic:b": {"type": "token", "provider": "anthropic", "token": "\(c[5])", "expires": 1},
                  "openai:c": {"type": "oauth", "provider": "openai", "access": "\(c[6])", "refresh": "\(c[7])", "expires": 1}
                }}
                """)
        instance.write(".env", "MISTRAL_API_KEY=\(c[8])\n")
        try instance.hold("anthropic:a", .billing, for: 600)
        return instance
    }

    private static let commands = [
        "models", "models status --json", "models status --check", "models status --plain",
        "models status --agent coder --json",
        "models auth list", "models auth list --json", "models explain", "models explain --json",
        "models explain --model house/x",
        "models auth order get --provider anthropic --json", "models auth order set --provider anthropic anthropic:a",
        "models auth order set --provider anthropic anthropic:gone", "models auth order clear --provider anthropic",
        "models auth paste-token --provider anthropic --profile-id anthropic:new",
        "doctor", "doctor --json", "doctor --fix --dry-run",
    ]

    private static func leaks(in text: String) -> [String] {
        canaries.filter { canary in
            let characters = Array(canary)
            return (0...(characters.count - 12)).contains { text.contains(String(characters[$0..<($0 + 12)])) }
        }
    }

    @Test func `no window of twelve characters of any secret is printed`() throws {
        let instance = try Self.plant()
        var printed = 0
        for words in Self.commands {
            let run = instance.run(words, typing: "\(Self.canaries[0])\u{a0}")
            printed += run.stdout.utf8.count + run.stderr.utf8.count
            #expect(Self.leaks(in: run.stdout + run.stderr) == [], "\(words)")
        }
        #expect(printed > 10_000)
    }

    @Test func `neither when the files are broken`() throws {
        let instance = try Self.plant()
        instance.write("agents/main/agent/auth-profiles.json", (instance.store ?? "") + "}")
        instance.write("agenticflow-enterprise.json", (instance.config ?? "") + "]")
        for words in Self.commands {
            let run = instance.run(words, typing: Self.canaries[0])
            #expect(Self.leaks(in: run.stdout + run.stderr) == [], "\(words)")
        }
    }

    @Test func `the search finds what is there`() {
        #expect(Self.leaks(in: "before \(Self.canaries[3].dropFirst(5).prefix(12)) after") == [Self.canaries[3]])
    }
}
