// SPDX-License-Identifier: Apache-2.0
import Testing

#if canImport(Glibc)
    import Glibc
#endif

/// Slips that are taken at first sight: each is told, with what was probably meant, and nothing of it stays behind.
@Suite struct SlipTests {
    private static let af = "agenticflow-enterprise"
    private static let store = """
        {"version": 1, "profiles": {"anthropic:work": {"type": "api_key", "provider": "anthropic", "key": "sk-ant-api03-0123456789"}}}
        """

    // MARK: Providers

    @Test(
        arguments: [
            ("anthropc", "anthropic"), ("opnai", "openai"), ("lba", "lab"), ("homelab", nil), ("google", nil),
        ] as [(String, String?)])
    func `an entry of no provider, without an address, is met with the provider that is nearly it`(
        name: String, meant: String?
    ) {
        let lab = "{models: {providers: {lab: {baseUrl: 'http://10.0.0.7:1/v1', api: 'openai-completions'}}}}"
        let instance = Instance(config: lab)
        let run = instance.run("config set models.providers.\(name).apiKey --stdin", typing: "some-key-0123456789")
        let problem = "models.providers.\(name) needs a baseUrl and an api: it is not a built-in provider."
        #expect(run.code == 0)
        #expect(
            run.stderr.hasPrefix(problem + (meant.map { " Did you mean \($0)?" } ?? "") + "\n  fix: "), "\(run.stderr)")
        let report = instance.run("config validate")
        #expect(report.code == 78 && report.stdout.contains(meant.map { "Did you mean \($0)?" } ?? problem))
        #expect(meant.map { report.stdout.contains("If \($0) is meant, name it so: ") } ?? true)
        // With an address it is somebody's own.
        _ = instance.run("config set models.providers.\(name).baseUrl http://10.0.0.8:1/v1")
        #expect(!instance.run("config validate").stdout.contains("Did you mean"))
    }

    @Test func `what is missing of a provider is all that the fix sets`() {
        let instance = Instance()
        let run = instance.run(["config", "set", "models.providers.lab", "{baseUrl: 'http://10.0.0.7:1/v1'}"])
        let fix = "config set models.providers.lab.api openai-completions"
        #expect(run.code == 0 && run.stderr.hasSuffix("\n  fix: Run: \(Self.af) \(fix)\n"), "\(run.stderr)")
        #expect(instance.run(fix).code == 0)
        #expect(instance.run("config validate").code == 0)
    }

    @Test func `a request that insists on a misspelt profile is told of the right one`() {
        let run = Instance(store: Self.store).run(
            "models explain --model anthropic/claude-sonnet-4-5@anthropic:wrok")
        #expect(run.code == 65)
        #expect(
            run.stderr.contains(
                "No credentials found for profile \"anthropic:wrok\". Did you mean anthropic:work?\n"), "\(run.stderr)")
    }

    @Test(arguments: ["Home Lab", "home/lab", "homelab", "home-lbb"])
    func `an agent is told by the name that it was added with`(name: String) {
        let instance = Instance()
        _ = instance.run(["agents", "add", "Home Lab"])
        let run = instance.run(["agents", "delete", name, "--force"])
        #expect(
            run.code == 65 && run.stderr.hasPrefix("error: There is no agent \"\(name)\". Did you mean home-lab?\n"))
    }

    // MARK: What the gateway does not start with

    @Test(arguments: ["''", "'  '", "null", "5", "'${NOPE}'"])
    func `a token that nobody could be let in with is told before the start`(token: String) {
        let instance = Instance(config: "{gateway: {auth: {token: \(token)}}}")
        let run = instance.run("config validate")
        #expect(
            run.stdout.contains(
                "warning: gateway.auth.token gives no token that clients could present: no client is let in, and the "
                    + "gateway does not start.\n"
            ),
            "\(run.stdout)")
        // Another place may have one.
        instance.environment["AGENTICFLOW_GATEWAY_TOKEN"] = "agw_0123456789abcdef"
        #expect(!instance.run("config validate").stdout.contains("does not start"))
    }

    @Test func `a token that lets nobody in is not said to shut out others`() {
        let instance = Instance(config: "{gateway: {auth: {token: 'agw_0123456789abcdefghij'}}}")
        let other = instance.run(
            ["config", "set", "gateway.auth.token", "--stdin"], typing: "agw_9876543210abcdefghij")
        #expect(other.code == 0 && other.stderr.contains("Clients that send another token are refused"))
        let none = instance.run(["config", "set", "gateway.auth.token", "${NOPE}"])
        #expect(none.stderr.contains("no client is let in"))
        #expect(!none.stderr.contains("another token"))
    }

    @Test func `an order of nobody is told when it is set, and when all is checked`() {
        let instance = Instance()
        let what = "auth.order.openai is empty, so no credential of openai is used"
        #expect(instance.run(["config", "set", "auth.order.openai", "[]"]).stderr.contains(what))
        #expect(instance.run("config validate").stdout.contains("warning: \(what)"))
        #expect(instance.run("config unset auth.order.openai").code == 0)
        #expect(!instance.run("config validate").stdout.contains("is empty"))
    }

    @Test func `a value that stays doubtful is told of each time`() {
        let instance = Instance()
        for address in ["lan", "192.0.2.7", "::"] {
            let run = instance.run("config set gateway.bind \(address)")
            #expect(run.code == 0 && run.stderr.contains("the gateway does not start there without TLS"), "\(address)")
        }
        #expect(instance.run("config set gateway.port 18790").stderr == "")
    }

    // MARK: Models

    @Test func `a misspelt model that is corrected leaves nothing behind`() {
        let instance = Instance()
        _ = instance.run("models set anthropic/claude-sonet-4-5")
        let run = instance.run("models set anthropic/claude-sonnet-4-5")
        #expect(run.code == 0 && run.stderr.contains("The empty entry of anthropic/claude-sonet-4-5"))
        let fresh = Instance()
        _ = fresh.run("models set anthropic/claude-sonnet-4-5")
        #expect(instance.config == fresh.config)
    }

    @Test(arguments: [
        ("{agents: {defaults: {models: {'anthropic/claude-sonet-4-5': {alias: 'mine'}}}}}", "claude-sonnet-4-5"),
        ("{agents: {defaults: {imageModel: 'anthropic/claude-sonet-4-5'}}}", "claude-sonnet-4-5"),
        ("{}", "claude-haiku-4-5"),
    ])
    func `an entry that says anything, is used, or was no slip stays`(config: String, next: String) {
        let instance = Instance(config: config)
        _ = instance.run("models set anthropic/claude-sonet-4-5")
        let run = instance.run("models set anthropic/\(next)")
        #expect(run.code == 0 && !run.stderr.contains("empty entry"))
        let entries = instance.run("config get agents.defaults.models").stdout
        #expect(entries.contains("anthropic/claude-sonet-4-5") && entries.contains("anthropic/\(next)"))
    }

    @Test(arguments: ["models fallbacks clear", "models image-fallbacks clear"])
    func `nothing to clear makes no file`(words: String) {
        let instance = Instance()
        let run = instance.run(words)
        #expect(run.code == 0 && run.stdout.hasPrefix("Unchanged "), "\(run.stdout)")
        #expect(instance.config == nil)
    }

    // MARK: Whole sections

    @Test func `a section that is taken out says how much went, and how it comes back`() {
        let config = "{gateway: {limits: {maxAttempts: 3, maxConnections: 9}, port: 1}, agents: {list: [{id: 'main'}]}}"
        let instance = Instance(config: config)
        let path = "~/.agenticflow-enterprise/agenticflow-enterprise.json"
        #expect(
            instance.run("config unset gateway.limits").stderr
                == "2 values went with it. Until the next change, this puts them back: cp -p \(path).bak \(path)\n")
        #expect(instance.read("agenticflow-enterprise.json.bak") == config)
        // One is what was named; a rehearsal takes nothing.
        #expect(instance.run("config unset agents --dry-run").stderr == "")
        #expect(instance.run("config unset gateway.port").stderr == "")
    }

    // MARK: Contradictions

    @Test func `a probe of one provider and of another one's credential is asked of nobody`() {
        let run = Instance(store: Self.store).run(
            "models status --probe --probe-provider openai --probe-profile anthropic:work")
        #expect(
            run
                == Transcript(
                    stdout: "",
                    stderr: """
                        error: --probe-profile names anthropic:work, which is no credential of openai.
                          why: --probe-provider asks about those of openai alone.
                          fix: Leave --probe-provider out: \(Self.af) models status --probe --probe-profile anthropic:work

                        """, code: 64))
    }

    @Test(arguments: ["api_key", "api-key"]) func `a type is spelt either way`(type: String) {
        let run = Instance().run(
            "models auth add --provider openai --profile-id openai:ci --type \(type) --ref env:CI_KEY")
        #expect(run.code == 0 && run.stdout.contains("Auth profile: openai:ci (openai/api_key)\n"))
    }

    // MARK: How loud

    @Test func `what is only unknown is no error`() {
        let instance = Instance(config: "{foo: 1, gateway: {prt: 2}}", store: Self.store)
        let run = instance.run("models status")
        #expect(run.code == 0 && run.stderr == "", "\(run.stderr)")
    }

    @Test(arguments: ["models status", "models explain", "models auth list", "gateway status"])
    func `a state directory that cannot be used is told once`(words: String) {
        let instance = Instance()
        let file = open(instance.state, O_WRONLY | O_CREAT, 0o600)
        close(file)
        let run = instance.run(words)
        #expect(run.code == 77)
        let text = run.stderr + run.stdout
        #expect(text.split(separator: "\n").count { $0.contains("is not safe to use.") } == 1, "\(text)")
    }
}
