// SPDX-License-Identifier: Apache-2.0
import Documents
import Testing

@testable import Commands

/// Secrets planted in every place that can hold one are in nothing that any command prints: not whole, and of no eight
/// characters. What is no secret is printed as it is.
@Suite struct SecrecyTests {
    /// Each in every form that it has: `--json` and others are added where the command takes them.
    private static let reading = [
        "config get", "config get gateway", "config get models.providers.lab", "config get models.providers.lab.apiKey",
        "config get models.providers.lab.baseUrl", "config get secrets.providers.vault.args",
        "config get secrets.providers.vault.args[2]", "config get secrets.providers.vault.args[4]",
        "config get gateway.auth.pin", "config get webhook", "config get note", "config get httpProxy",
        "config get env",
        "config get clientSecret.deep", "config get clientSecret.deep[0]", "config get nowhere", "config path",
        "config validate", "models", "models status", "models status --check", "models status --plain",
        "models status --agent coder", "models status --probe", "models status --probe --probe-mode completion",
        "models list", "models list --all", "models aliases list", "models fallbacks list",
        "models image-fallbacks list",
        "models explain", "models explain --model house/own", "models explain --model openai/gpt-5",
        "models explain --session one", "models scan", "models scan --no-probe", "models auth list",
        "models auth test anthropic:a", "models auth test openai:e", "models auth order get --provider anthropic",
        "env list", "env list --all", "agents list", "agents", "doctor", "doctor --lint", "doctor --fix --dry-run",
        "gateway status", "gateway health", "gateway token", "completion bash", "completion zsh", "completion fish",
        "complete -- config get ", "complete -- config get gateway.", "complete -- models set ",
        "complete -- models auth test ", "complete -- env unset ", "complete -- models aliases remove ",
        "complete -- agents delete ",
    ]

    /// Those that would change something, with what they refuse or merely show.
    private static let writing = [
        "config set gateway.port 18790 --dry-run", "config set gateway.allowPlainRemote maybe",
        "config set gateway.port x",
        "config unset clientSecret --dry-run", "config unset clientSecret.deep[0] --dry-run --allow-loss",
        "config unset gateway.auth", "config unset note --dry-run", "config unset env --dry-run",
        "config unset webhook.x",
        "config set models.providers.house.api x", "config set models.providers.vault.baseUrl https://a:b@c",
        "config set gateway.bind lan", "env set A=B", "env unset MISTRAL_API_KEYS", "models set house/nothing",
        "models set-image none", "models aliases add gpt openai/gpt-6", "models aliases remove gtp",
        "models fallbacks add nothing/at-all", "models fallbacks remove none", "models fallbacks clear",
        "models image-fallbacks add none", "models image-fallbacks remove none", "models image-fallbacks clear",
        "models auth order set --provider anthropic anthropic:gone",
        "models auth order set --provider anthropic anthropic:a anthropic:b",
        "models auth order clear --provider anthropic",
        "models auth add --provider anthropic",
        "models auth paste-token --provider anthropic --profile-id anthropic:new",
        "models auth paste-api-key --provider openai --profile-id openai:new", "models auth setup-token",
        "models auth logout openai:e", "models auth rotate openai:c", "models auth clear-cooldown anthropic:a",
        "models auth clean --dry-run", "models auth clean", "agents add main", "agents add writer",
        "agents delete main",
        "agents default coder", "gateway run --port x", "doctor --fix --yes", "doctor --undo",
    ]

    private static func forms(of line: String) -> [[String]] {
        let words = line.split(separator: " ", omittingEmptySubsequences: false).map(String.init)
        if words[0] == "complete" { return [words] }
        let options = CommandOutline.root.following(words).command.arguments.flatMap(\.names)
        return [words] + ["--json", "--plain", "--verbose"].filter(options.contains).map { words + [$0] }
    }

    private static func leaks(
        _ lines: [String], in planted: PlantedInstance, typing typed: String = ""
    ) -> (places: [String: [String]], count: Int) {
        var places: [String: [String]] = [:]
        var count = 0
        for words in lines.flatMap(forms) {
            let run = planted.instance.run(words, typing: typed)
            count += run.stdout.utf8.count + run.stderr.utf8.count
            for place in planted.secrets.leaks(in: run.stdout + run.stderr) {
                places[place, default: []].append(words.joined(separator: " "))
            }
        }
        return (places, count)
    }

    // MARK: What is printed

    @Test func `no piece of eight characters of any secret is printed`() throws {
        let planted = try PlantedInstance()
        let (leaks, count) = Self.leaks(Self.reading, in: planted)
        #expect(leaks == [:])
        #expect(count > 100_000 && planted.secrets.texts.count >= 50)
    }

    @Test func `nor by what changes something`() throws {
        let planted = try PlantedInstance()
        let (leaks, count) = Self.leaks(Self.writing, in: planted, typing: planted.secrets.texts["store, key"] ?? "")
        #expect(leaks == [:])
        #expect(count > 10_000)
    }

    @Test func `nor when the files are broken`() throws {
        let planted = try PlantedInstance()
        let instance = planted.instance
        instance.write("agents/main/agent/auth-profiles.json", (instance.store ?? "") + "}")
        instance.write("agenticflow-enterprise.json", (instance.config ?? "") + "]")
        let (leaks, _) = Self.leaks(Self.reading + Self.writing, in: planted, typing: "agw_")
        #expect(leaks == [:])
    }

    @Test func `nor when one is typed where none belongs`() throws {
        let planted = try PlantedInstance()
        let shaped = ["key, by its shape", "key, hexadecimal", "apiKey", "store, token", "env.vars"]
        for secret in shaped.compactMap({ planted.secrets.texts[$0] }) {
            for line in [
                "config get \(secret)", "config get gateway.\(secret)", "config unset gateway.\(secret) --dry-run",
                "config set \(secret) x", "config set gateway.auth.token \(secret)",
                "config set gateway.port \(secret)",
                "models set \(secret)", "models auth test \(secret)", "models auth logout \(secret)",
                "env unset \(secret)",
                "models explain --model \(secret)", "agents delete \(secret)", "\(secret)",
                "models aliases add \(secret) x/y",
                "models status --agent \(secret)", "models auth list --provider \(secret)",
                "gateway run --port \(secret)", "gateway run --bind \(secret)", "models list --provider \(secret)",
                "models auth paste-api-key --provider \(secret)", "models auth add --provider \(secret)",
                "models auth order get --provider \(secret)", "models status --probe --probe-provider \(secret)",
                "models auth paste-api-key --provider openai --profile-id \(secret)",
                "models auth paste-api-key --provider openai --profile-id openai:\(secret)",
                "models auth paste-api-key --provider openai --profile-id anthropic:\(secret)",
                "models auth add --provider openai --ref \(secret) --profile-id openai:x",
                "models auth paste-token --provider openai --expires-in \(secret)", "doctor --only \(secret)",
                "models set \(secret)/x", "config set models.providers.\(secret).baseUrl",
            ] {
                // Names of models and of profiles are shown, whatever they are, unless they begin as keys do.
                let isName =
                    line.hasPrefix("models explain") || line.contains("\(secret)/") || line.contains(":\(secret)")
                if isName, secret == planted.secrets.texts["key, hexadecimal"] { continue }
                let run = planted.instance.run(line)
                #expect(planted.secrets.leaks(in: run.stdout + run.stderr) == [], "\(line.prefix(50))")
                let fix = run.stderr.split(separator: "\n").first { $0.hasPrefix("  fix:") } ?? ""
                #expect(!fix.contains("(not shown)"), "no shell takes it: \(line.prefix(50))")
            }
        }
    }

    @Test(arguments: ["sk-proj-A1b2C3d4E5f6G7h8I9j0K1l2", "AIzaSyPLANTED8aaaaaaaaaaaaaaaaaaaaaaaaaa"])
    func `no name is made of a key`(key: String) {
        let instance = Instance(config: "{}")
        for line in [
            "models auth paste-api-key --provider openai --profile-id openai:\(key)",
            "models auth paste-api-key --provider openai --profile-id \(key)", "agents add \(key)",
        ] {
            let before = instance.snapshot
            let run = instance.run(line, typing: "sk-new-0123456789abcdef")
            #expect(run.code == 64 && instance.snapshot == before, "\(line)")
            #expect(!(run.stdout + run.stderr).lowercased().contains(key.lowercased().dropFirst(8).prefix(12)))
        }
        // One that is stored so already can be replaced.
        let id = "openai:\(key)"
        instance.write(
            "agents/main/agent/auth-profiles.json",
            "{\"version\": 1, \"profiles\": {\"\(id)\": {\"type\": \"api_key\", \"provider\": \"openai\", \"key\": \"old-0123456789\"}}}"
        )
        #expect(instance.run("models auth rotate \(id)", typing: "sk-new-0123456789abcdef").code == 0)
    }

    @Test func `every command is among them`() {
        let lines = Self.reading + Self.writing
        let all = CommandOutline.root.everyShown.filter { $0.subcommands.isEmpty }.map {
            $0.words.joined(separator: " ")
        }
        #expect(all.count > 40)
        #expect(all.filter { words in !lines.contains { $0 == words || $0.hasPrefix(words + " ") } } == [])
    }

    // MARK: The search itself

    @Test func `the search finds each secret in the files themselves`() throws {
        let planted = try PlantedInstance()
        let names = [
            "agenticflow-enterprise.json", "house.json5", ".env", "agents/main/agent/auth-profiles.json",
            "agents/main/agent/auth.json",
        ]
        let files = names.compactMap(planted.instance.read).joined()
        let outside: Set = [
            "process environment", "HTTPS_PROXY", "evidence of a cooldown", "provider's answer, another key",
        ]
        #expect(
            planted.secrets.leaks(in: files) == planted.secrets.texts.keys.filter { !outside.contains($0) }.sorted())
        let piece = planted.secrets.texts["env.vars"]?.dropFirst(9).prefix(8) ?? ""
        #expect(planted.secrets.leaks(in: "before \(piece) after") == ["env.vars"])
        #expect(planted.secrets.leaks(in: "sk-ant-api03- sk-ant...wxyz ****") == [])
    }

    /// A terminal that lets everything through: the places that rely on it show.
    @Test func `a terminal without the rule would be found`() throws {
        let planted = try PlantedInstance()
        planted.instance.masking = { $0 }
        let (leaks, _) = Self.leaks(Self.reading, in: planted)
        #expect(
            Set(leaks.keys).isSuperset(of: ["evidence of a cooldown", "alias", "name of an agent"]), "\(leaks.keys)")
    }

    // MARK: What is no secret

    @Test(arguments: [
        ("models.providers.house.baseUrl", "https://llm.example/v1"), ("models.providers.house.models[0]", "own"),
        ("agents.defaults.model", "anthropic/claude-sonnet-4-5"), ("agents.list[1].id", "coder"),
        ("auth.order.anthropic[1]", "anthropic:a"), ("secrets.providers.vault.command", "/usr/bin/vault"),
        ("secrets.providers.vault.args[0]", "read"), ("secrets.providers.vault.args[1]", "--token"),
        ("models.providers.lab.api", "openai-completions"),
    ])
    func `config get prints exactly what is there`(path: String, value: String) throws {
        let planted = try PlantedInstance()
        #expect(planted.instance.run(["config", "get", path]).stdout == value + "\n")
        #expect(planted.instance.run(["config", "get", path, "--json"]).stdout == "\"\(value)\"\n")
    }

    @Test(arguments: [
        "sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08", "anthropic:me@example.com", "+1",
        "${NAME}", "/srv/keys/of/us.pem", "Größe: 5 \"x\"", "a\\b", "user@host", "https://h.example/?page=2", "1e400",
    ])
    func `a text that is no secret comes back as it was given`(text: String) throws {
        let instance = Instance(config: "{}")
        let path = "agents.defaults.models[\"own/x\"].alias"
        #expect(instance.run(["config", "set", "--string", path, text]).code == 0)
        #expect(instance.run(["config", "get", path]).stdout == text + "\n")
        let json = try Document(Array(instance.run("config get --json").stdout.utf8), as: .json)
        #expect(json.element(at: ["agents", "defaults", "models", "own/x", "alias"])?.string == text)
    }

    @Test func `what is printed as JSON stays JSON`() throws {
        let planted = try PlantedInstance()
        for words in Self.reading.flatMap(Self.forms) where words.last == "--json" {
            let text = planted.instance.run(words).stdout
            #expect(throws: Never.self, "\(words)") { try Document(Array(text.utf8), as: .json) }
        }
    }

    @Test func `a token that was asked for is shown`() {
        let instance = Instance(config: "{gateway: {auth: {token: \"agw_0123456789abcdef0123\"}}}")
        #expect(instance.run("gateway token --show").stdout == "agw_0123456789abcdef0123\n")
    }
}
