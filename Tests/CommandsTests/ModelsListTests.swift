// SPDX-License-Identifier: Apache-2.0
import FoundationEssentials
import Rotation
import Testing

@testable import Commands

@Suite struct ModelsListTests {
    private static let config = """
        {
          agents: {
            defaults: {
              model: {primary: "sonnet", fallbacks: ["openai/gpt-5.2", "groq/llama-9", "gone/x"]},
              imageModel: {primary: "openai/gpt-4o", fallbacks: ["openai/gpt-5.2"]},
              models: {"anthropic/claude-sonnet-4-5": {alias: "sonnet"}, "anthropic/claude-sonnet-9": {},
                "house/a-model-whose-name-is-far-too-long-for-its-column": {alias: "h"}},
            },
            list: [{id: "main"}, {id: "coder", model: "house/small"}],
          },
          models: {providers: {
            house: {baseUrl: "http://llm.local:8000/v1", api: "openai-completions", apiKey: "house-key-123456", models: [
              {id: "small", name: "Small One", contextWindow: 1000, maxTokens: 100, input: ["text", "image", "audio"]},
              {id: "a-model-whose-name-is-far-too-long-for-its-column", contextWindow: 0}, "bare"]},
          }},
        }
        """
    private static let store =
        #"{"version": 1, "profiles": {"anthropic:work": {"type": "api_key", "provider": "anthropic", "key": "sk-ant-api03-abcdefghijklmnopqrst"}}}"#

    @Test func `people get a table in the order of use`() {
        let instance = Instance(config: Self.config, store: Self.store)
        #expect(
            instance.run("models list")
                == Transcript(
                    stdout: """
                        View: files (no gateway runs)
                        Model                                      Input      Ctx      Local Auth  Tags
                        anthropic/claude-sonnet-4-5                text+image 195k     no    yes   default,configured,alias:sonnet
                        openai/gpt-5.2                             text+image 391k     no    no    fallback#1,img-fallback#1
                        groq/llama-9                               -          -        no    no    fallback#2
                        gone/x                                     -          -        -     -     fallback#3,missing
                        openai/gpt-4o                              text+image 125k     no    no    image
                        anthropic/claude-sonnet-9                  -          -        no    yes   configured,missing
                        house/a-model-whose-name-is-far-too-lon... text       -        yes   yes   configured,alias:h

                        """, stderr: "", code: 0))
    }

    @Test func `a provider whose models are known and not configured is told from one without any`() {
        let instance = Instance()
        #expect(
            instance.run("models list --provider openai").stderr.contains(
                "None of the models of openai is configured. Those that are known: agenticflow-enterprise models list --all "
                    + "--provider openai\n"))
        #expect(!instance.run("models list --all --provider openai").stdout.contains("No models found."))
    }

    @Test func `an agent has its own default, and what is known of a model is told`() throws {
        let instance = Instance(config: Self.config, store: Self.store)
        let json = try JSON(instance.run("models list --agent coder --json").stdout)
        #expect(json["count"] == 6)
        #expect(json["view"] == "files")
        #expect(
            json["models.0"] == [
                "key": "house/small", "name": "Small One", "input": "text+image+audio", "contextWindow": 1000,
                "local": true, "available": true, "tags": ["default"], "missing": false,
            ])
        #expect(
            json["models.1"] == [
                "key": "openai/gpt-4o", "name": "gpt-4o", "input": "text+image", "contextWindow": 128_000,
                "local": false, "available": false, "tags": ["image"], "missing": false,
            ])
    }

    @Test func `all is the catalogue by provider and id, with what is configured besides`() {
        let instance = Instance(config: Self.config, store: Self.store)
        let keys = instance.run("models list --all --plain").stdout.split(separator: "\n").map(String.init)
        #expect(keys.count == 24)
        #expect(
            keys.prefix(3) == ["anthropic/claude-haiku-4-5", "anthropic/claude-opus-4-1", "anthropic/claude-opus-4-5"])
        #expect(keys.contains("groq/llama-9"))
        #expect(keys.suffix(3) == ["openai/o4-mini", "openai/text-embedding-3-large", "openai/text-embedding-3-small"])
    }

    @Test(
        arguments: [
            ("--provider house", ["house/a-model-whose-name-is-far-too-long-for-its-column"]),
            ("--provider OpenAI", ["openai/gpt-5.2", "openai/gpt-4o"]), ("--provider openai-codex --local", []),
            ("--local", ["house/a-model-whose-name-is-far-too-long-for-its-column"]),
            (
                "--all --local --provider house",
                ["house/a-model-whose-name-is-far-too-long-for-its-column", "house/bare", "house/small"]
            ),
            ("--provider google", []), ("--provider mistral", []),
        ])
    func `filters`(flags: String, keys: [String]) {
        let instance = Instance(config: Self.config, store: Self.store)
        #expect(
            instance.run("models list --plain \(flags)")
                == Transcript(stdout: keys.map { $0 + "\n" }.joined(), stderr: "", code: 0))
    }

    @Test func `nothing configured`() throws {
        let instance = Instance()
        let key = "Run: agenticflow-enterprise models auth paste-api-key --provider anthropic\n"
        #expect(
            instance.run("models list")
                == Transcript(
                    stdout: """
                        View: files (no gateway runs)
                        Model                                      Input      Ctx      Local Auth  Tags
                        anthropic/claude-opus-4-5                  text+image 195k     no    no    default

                        """, stderr: "None of them has a credential that can be used. \(key)", code: 0))
        #expect(
            try JSON(instance.run("models list --json").stdout) == [
                "count": 1,
                "models": [
                    [
                        "key": "anthropic/claude-opus-4-5", "name": "claude-opus-4-5", "input": "text+image",
                        "contextWindow": 200_000, "local": false, "available": false, "tags": ["default"],
                        "missing": false,
                    ]
                ], "view": "files", "problems": [], "advice": [],
            ])
        #expect(
            instance.run("models list --plain")
                == Transcript(stdout: "anthropic/claude-opus-4-5\n", stderr: "", code: 0))
        let none = instance.run("models list --provider openai")
        #expect(none.stdout == "View: files (no gateway runs)\nNo models found.\n")
        #expect(
            try JSON(instance.run("models list --provider openai --json").stdout) == [
                "count": 0, "models": [], "view": "files", "problems": [], "advice": [],
            ])
        #expect(instance.files.isEmpty)
    }

    @Test(
        arguments: [
            ("--provider nobody", "error: There is no provider \"nobody\"."),
            ("--agent nobody", "error: There is no agent \"nobody\"."),
            ("--agent ../main", "error: There is no agent \"../main\"."),
            ("--free", "error: models list has no option --free."),
        ])
    func `what cannot be listed is a usage error`(flags: String, message: String) {
        let run = Instance(config: Self.config).run("models list \(flags)")
        #expect(run.code == 64)
        #expect(run.stdout == "")
        #expect(run.stderr.hasPrefix(message))
    }

    @Test func `available is what models status calls usable`() throws {
        let instance = Instance(config: Self.config, store: Self.store)
        for hold in [nil, FailureReason.billing, .auth] {
            if let hold { try instance.hold("anthropic:work", hold, for: 600) }
            let status = try JSON(instance.run("models status --json").stdout)
            let list = try JSON(instance.run("models list --json").stdout)
            #expect(status["auth.providers.0.provider"] == "anthropic")
            #expect(list["models.0.available"] == status["auth.providers.0.usable"])
            #expect(list["models.0.available"] == .boolean(hold == nil))
        }
    }

    @Test(arguments: [
        ("localhost", true), ("127.0.0.1", true), ("[::1]", true), ("box.local", true),
        ("10.0.0.7", false), ("llm.example", false),
    ])
    func `local is this machine, and what a name of .local is`(host: String, isListed: Bool) throws {
        let instance = Instance(
            config: """
                {models: {providers: {house: {baseUrl: "http://\(host):8080/v1", api: "openai-completions", models: ["small"]}}}}
                """)
        let run = instance.run("models list --all --local --plain")
        #expect(run.stdout == (isListed ? "house/small\n" : ""), "\(run.stderr)")
    }

    @Test func `names from the configuration cannot move the cursor`() {
        let instance = Instance(
            config: #"{agents: {defaults: {model: "anthropic/a\u001b[2J", models: {"x\u0007/y": {alias: "b\u202e"}}}}}"#
        )
        for flags in ["", "--plain", "--all"] {
            let run = instance.run("models list \(flags)")
            #expect(run.stdout.unicodeScalars.allSatisfy { $0 == "\n" || (0x20...0x7E).contains($0.value) })
        }
    }

    @Test func `an unreadable store is told, and the exit code says so`() {
        let instance = Instance(config: Self.config, store: "{")
        let run = instance.run("models list")
        #expect(run.code == 65)
        #expect(run.stderr.contains("auth-profiles.json cannot be read as a credential store."))
        #expect(run.stdout.contains("anthropic/claude-sonnet-4-5"))
    }

    @Test(arguments: [(0, "0"), (1023, "1023"), (1024, "1k"), (8191, "8k"), (200_000, "195k"), (1_047_576, "1023k")])
    func `tokens in one number`(count: Int, text: String) { #expect(ModelTable.tokens(count) == text) }

    @Test func `where a table has no room, each model has two lines`() {
        let row = ModelRow(
            key: "house/small", provider: nil, name: "Small", input: "text", contextWindow: 4096, isLocal: true,
            isAvailable: false, tags: ["default", "alias:s"])
        let unknown = ModelRow(key: "gone/x", name: "x", tags: ["missing"], isMissing: true)
        #expect(
            ModelTable([row, unknown], columns: 60).lines == [
                "house/small", "  text, 4k context, local, auth no, default, alias:s", "gone/x", "  auth -, missing",
            ])
        #expect(ModelTable([row], columns: 100).lines.count == 2)
        #expect(ModelTable([row], columns: nil).lines.allSatisfy { !$0.hasSuffix(" ") })
    }
}
