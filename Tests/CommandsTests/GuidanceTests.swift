// SPDX-License-Identifier: Apache-2.0
import FoundationEssentials
import Testing

/// What is not wrong enough to be refused, and not right enough to be passed over.
@Suite struct GuidanceTests {
    private static let af = "agenticflow-enterprise"

    // MARK: Credentials in the wrong place

    @Test(arguments: [
        ("anthropic", "sk-proj-0123456789", "sk-proj-", "a key of OpenAI", " --provider openai"),
        ("openai", "sk-ant-api03-0123456789", "sk-ant-", "a key of Anthropic", " --provider anthropic"),
        ("groq", "sk-or-v1-0123456789", "sk-or-", "a key of OpenRouter", " --provider openrouter"),
        ("openai", "sk-ant-oat01-0123456789", "sk-ant-oat", "a setup token of Anthropic", " --provider anthropic"),
        ("anthropic", "AIzaSy0123456789", "AIza", "a key of Google", ""),
    ])
    func `a key that looks like another vendor's is stored, with a warning`(
        provider: String, key: String, prefix: String, words: String, right: String
    ) {
        let instance = Instance()
        let run = instance.run("models auth paste-api-key --provider \(provider)", typing: key)
        #expect(run.code == 0)
        #expect(instance.store?.contains(key) == true)
        #expect(
            run.stderr.contains(
                "warning: It begins with \(prefix): that is \(words), and it is now stored as \(provider):manual.\n"))
        let undo = "fix: If so, run: \(Self.af) models auth logout \(provider):manual --agent main."
        #expect(run.stderr.contains(undo + (right.isEmpty ? "\n" : " Then store it where it belongs: ")))
        #expect(run.stderr.contains(right))
        #expect(!(run.stdout + run.stderr).contains("0123456789"))
    }

    @Test(arguments: [
        ("", "anthropic", "sk-ant-api03-0123456789"), ("", "openai", "sk-0123456789"),
        ("", "openai", "sk-proj-0123456789"),
        // Somebody's own place takes whose keys it likes.
        ("{models: {providers: {openai: {baseUrl: 'http://10.0.0.7:1/v1'}}}}", "openai", "sk-ant-api03-0123456789"),
        (
            "{models: {providers: {lab: {baseUrl: 'http://10.0.0.7:1/v1', api: 'openai-completions'}}}}", "lab",
            "sk-or-0123456789"
        ),
    ])
    func `a key where it belongs is not remarked on`(config: String, provider: String, key: String) {
        let instance = Instance(config: config.isEmpty ? nil : config)
        let run = instance.run("models auth paste-api-key --provider \(provider)", typing: key)
        #expect(run.code == 0)
        #expect(!run.stderr.contains("warning:"))
    }

    @Test(arguments: [
        ("https://console.anthropic.com/settings/keys", "It is a web address."), ("me@example.com", "It is an e-mail"),
        ("YOUR_API_KEY", "It is the name of a variable."), ("<your-key>", "It is what instructions write"),
        ("agw_0123456789abcdef", "It is a client token (agw_...) of this gateway"),
    ])
    func `what is no credential at all is refused, and nothing is stored`(text: String, why: String) {
        let instance = Instance()
        _ = instance.run("models auth paste-api-key --provider openai", typing: "sk-0123456789")
        let before = instance.snapshot
        for words in [
            "models auth paste-api-key --provider anthropic", "models auth paste-token --provider groq",
            "models auth rotate openai:manual", "env set OPENAI_API_KEY",
        ] {
            let run = instance.run(words, typing: text)
            #expect(run.code == 65, "\(words)")
            #expect(run.stderr.hasPrefix("error: ") && run.stderr.contains("\n  why: \(why)"), "\(run.stderr)")
            #expect(run.stderr.contains("\n  fix: "))
            #expect(!(run.stdout + run.stderr).contains(text))
            #expect(instance.snapshot == before)
        }
    }

    @Test func `a server of one's own takes anything, with a warning`() {
        let instance = Instance(
            config: "{models: {providers: {lab: {baseUrl: 'http://10.0.0.7:1/v1', api: 'openai-completions'}}}}")
        let run = instance.run("models auth paste-api-key --provider lab", typing: "changeme")
        #expect(run.code == 0)
        #expect(run.stderr.contains("warning: It looks like what instructions write where the key belongs.\n  why: "))
        #expect(instance.store?.contains("changeme") == true)
    }

    @Test(arguments: [
        ("password", 65), ("My-Secret_Key", 65), ("test1234", 65), ("12345678", 65), ("aaaaaaaa", 65),
        ("qwertyuiop", 65),
        ("not-needed", 65), ("<your key>", 65), ("some-key-0123456789", 0), ("key-one-12345", 0),
        ("sk-test-12345678", 0),
    ])
    func `a word that anybody could guess is no key of a vendor, and may be one of a server at home`(
        text: String, code: Int32
    ) {
        let lab = "{models: {providers: {lab: {baseUrl: 'http://10.0.0.7:1/v1', api: 'openai-completions'}}}}"
        let instance = Instance(config: lab)
        let before = instance.snapshot
        for words in ["models auth paste-api-key --provider openai", "env set OPENAI_API_KEY"] {
            let run = instance.run(words, typing: text)
            #expect(run.code == code, "\(run.stderr)")
            #expect(code == 0 || run.stderr.contains("\n  why: It is "), "\(run.stderr)")
            #expect(code == 0 || instance.snapshot == before)
        }
        if text.hasPrefix("<") { return }
        for provider in ["lab", "ollama"] {
            let run = instance.run("models auth paste-api-key --provider \(provider)", typing: text)
            #expect(run.code == 0 && !run.stderr.contains("warning:"), "\(run.stderr)")
        }
    }

    @Test(arguments: ["ollama", "lm-studio", "local", "EMPTY", "none", "x"])
    func `a server at home takes words that are shorter than any key`(word: String) {
        let instance = Instance(
            config: "{models: {providers: {lab: {baseUrl: 'http://10.0.0.7:1/v1', api: 'openai-completions'}}}}")
        for words in [
            "models auth paste-api-key --provider lab", "models auth paste-api-key --provider lmstudio",
            "env set VLLM_API_KEY", "config set models.providers.lab.apiKey --stdin",
        ] {
            let run = instance.run(words, typing: word)
            #expect(run.code == 0 && !run.stderr.contains("warning:"), "\(words): \(run.stderr)")
        }
        #expect(instance.store?.contains("\"\(word)\"") == true)
        // Nor is it passed over afterwards.
        for (model, next) in [("lab/m", "lab:manual"), ("lmstudio/m", "lmstudio:manual"), ("vllm/m", "vllm:env")] {
            let run = instance.run("models explain --json --model \(model)")
            #expect(run.stdout.contains("\"next\": \"\(next)\"") && run.stderr == "", "\(run)")
        }
        #expect(instance.run("models auth paste-api-key --provider openai", typing: word).code == 65)
    }

    @Test func `a key that is rotated or written into env is looked at too`() {
        let instance = Instance()
        _ = instance.run("models auth paste-api-key --provider groq", typing: "xai-9876543210")
        let rotated = instance.run("models auth rotate groq:manual", typing: "xai-0123456789")
        #expect(rotated.stderr.contains("that is a key of xAI, and it is now stored as groq:manual."))
        let written = instance.run("env set GROQ_API_KEY", typing: "xai-0123456789")
        #expect(written.stderr.contains("that is a key of xAI, and it is now the value of GROQ_API_KEY."))
        #expect(written.stderr.contains("fix: If so, run: \(Self.af) env unset GROQ_API_KEY."))
    }

    // MARK: Names

    @Test(
        arguments: [
            ("mistral_api_key", "MISTRAL_API_KEY"), ("Openai_Api_Key", "OPENAI_API_KEY"),
            ("ANTROPIC_API_KEY", "ANTHROPIC_API_KEY"), ("openai_api_keys", "OPENAI_API_KEYS"),
            ("OPENAI_API_KEYS", nil), ("OPENAI_API_KEY_2", nil), ("GEMINI_API_KEY", nil), ("HTTPS_PROXY", nil),
            ("LAB_API_KEY", nil), ("MY_LAB_API_KEY", nil), ("AGENTICFLOW_LIVE_OPENAI_KEY", nil), ("ABC_API_KEY", nil),
        ] as [(String, String?)])
    func `a variable that nothing reads is told from one that something does`(name: String, meant: String?) {
        let instance = Instance(
            config:
                "{models: {providers: {'my-lab': {baseUrl: 'https://l.example/v1', api: 'openai-completions'}}}}")
        let run = instance.run(["env", "set", name], typing: "some-key-0123456789")
        #expect(run.code == 0)
        guard let meant else { return #expect(run.stderr == "") }
        #expect(
            run.stderr == """
                warning: Nothing reads a variable named \(name). Did you mean \(meant)?
                  why: It is stored all the same, for programs of your own.
                  fix: Run: \(Self.af) env set \(meant), then: \(Self.af) env unset \(name)

                """)
    }

    @Test(
        arguments: [
            (
                "claude-sonet-4-5",
                "No alias is \"claude-sonet-4-5\", and no provider lists it; the provider of the endpoint is asked: "
                    + "anthropic on /v1/messages. Did you mean claude-sonnet-4-5?"
            ),
            (
                "fsat",
                "No alias is \"fsat\", and no provider lists it; the provider of the endpoint is asked: "
                    + "anthropic on /v1/messages. Did you mean fast?"
            ),
            (
                "anthropic/claude-sonet-4-5",
                "anthropic lists no model \"claude-sonet-4-5\"; it is sent as it is written. "
                    + "Did you mean anthropic/claude-sonnet-4-5?"
            ),
            (
                "claude-opus-4-5@wrok",
                "anthropic lists no model \"claude-opus-4-5@wrok\"; it is sent as it is written. "
                    + "Did you mean claude-opus-4-5@anthropic:work?"
            ),
            ("anthropic/claude-99", "anthropic lists no model \"claude-99\"; it is sent as it is written."),
            ("anthropic/claude-sonnet-4-5", nil), ("openrouter/whatever", nil), ("fast", nil),
            ("anthropic/claude-opus-4-5@work", nil), ("fast@work", nil), ("fast@anthropic:work", nil),
        ] as [(String, String?)])
    func `a model that nobody lists is explained with a warning`(model: String, doubt: String?) {
        let instance = Instance(
            config: #"{agents: {defaults: {models: {"anthropic/claude-haiku-4-5": {alias: "fast"}}}}}"#,
            store:
                #"{"version": 1, "profiles": {"anthropic:work": {"type": "api_key", "provider": "anthropic", "key": "sk-ant-api03-aaaaaaaaaa"}}}"#
        )
        let run = instance.run("models explain --model \(model)")
        #expect(run.code == 0)
        #expect(run.stderr == (doubt.map { "warning: \($0)\n" } ?? ""))
    }

    @Test func `a misspelt provider of a model has a near one`() {
        let run = Instance(
            store:
                #"{"version": 1, "profiles": {"zai:a": {"type": "api_key", "provider": "zai", "key": "zz-aaaaaaaaaa"}}}"#
        ).run("models explain --model antropic/claude-x")
        #expect(run.code == 65)
        #expect(run.stderr.contains("There is no provider \"antropic\". Did you mean anthropic/claude-x?"))
    }

    // MARK: Values

    @Test(arguments: [
        ("\"abc def ghi jkl\"", "has a blank inside"), ("short", "has fewer than 8 characters"),
        (
            "k\u{00E9}k\u{00E9}k\u{00E9}k\u{00E9}",
            "has a character that no header can carry, such as a line break or a typographic mark"
        ),
    ])
    func `a variable that cannot be a credential is told with its place`(value: String, flaw: String) throws {
        let instance = Instance(config: Patient.config)
        instance.write(".env", "MISTRAL_API_KEY=\(value)\n")
        let told = "MISTRAL_API_KEY of ~/.agenticflow-enterprise/.env \(flaw), so no request is sent with it."
        let explained = instance.run("models explain --model mistral/mistral-large-latest")
        #expect(explained.stderr == "warning: \(told)\n")
        #expect(explained.stdout.contains("\nmistral:env: What MISTRAL_API_KEY holds cannot stand in a header: "))
        #expect(explained.stdout.contains("\(Self.af) env set MISTRAL_API_KEY\n"))
        #expect(instance.run("models status").stderr.contains("warning: \(told)\n"))
        let doctor = instance.run("doctor --only credential-ineligible").stdout
        #expect(doctor.contains("  warning: \(told) [credential-ineligible]\n"))
    }

    @Test func `an address that the gateway will refuse is told when it is written`() {
        let instance = Instance(config: Patient.config)
        let fix =
            "fix: Run: \(Self.af) config set gateway.bind loopback    (or, on a network you trust: "
            + "\(Self.af) config set gateway.allowPlainRemote true)\n"
        let said =
            "gateway.bind is reached by other machines, and the gateway does not start there without TLS unless "
            + "gateway.allowPlainRemote is true.\n"
        let set = instance.run("config set gateway.bind lan")
        #expect(set.code == 0)
        #expect(set.stderr == said + "  " + fix)
        #expect(instance.run("config validate").stdout.contains("warning: \(said)  \(fix)"))
        let doctor = instance.run("doctor --lint").stdout
        #expect(doctor.contains("[config-bind-refused]") && !doctor.contains("[config-value-doubtful]"))
        _ = instance.run("config set gateway.allowPlainRemote true")
        #expect(instance.run("config validate").stdout.hasSuffix("No problems.\n"))
    }

    @Test(arguments: [
        (["gateway.port=18790"], "Run: AF config set gateway.port 18790"),
        (["gateway.port", "=", "18790"], "Run: AF config set gateway.port 18790"),
        (["gateway.allowedHosts=[\"a b\"]"], "Run: AF config set gateway.allowedHosts '[\"a b\"]'"),
        (["gateway.port="], "Run: AF config set gateway.port VALUE"),
        (["some.thing=CANARY"], "Run: AF config set some.thing VALUE"),
        (["gateway.auth.token=CANARY"], "Run: AF config set gateway.auth.token --stdin "),
        (["gateway.port=sk-CANARY-123"], "Run: AF config set gateway.port VALUE"),
        (
            ["agents.defaults.models.openai/gpt-5.2.alias", "x"],
            "Write it so: AF config set 'agents.defaults.models[\"openai/gpt-5.2\"].alias' VALUE"
        ),
        (["models.providers.openai.baseURL", "x"], "Run the command again with models.providers.openai.baseUrl,"),
        (["models.providers.openai.frobnicate", "x"], "Look up the key in docs/configuration.md,"),
    ])
    func `a value behind an equals sign, or a key with dots, is put right`(words: [String], fix: String) {
        let instance = Instance(config: Patient.config)
        let before = instance.snapshot
        let run = instance.run(["config", "set"] + words)
        #expect(run.code == 64)
        #expect(run.stderr.contains("  fix: \(fix.replacing("AF", with: Self.af))"), "\(run.stderr)")
        #expect(!run.stderr.contains("CANARY"))
        #expect(instance.snapshot == before)
    }

    @Test(arguments: ["get", "unset"])
    func `a key with dots that is there is found`(command: String) {
        let run = Instance(config: "{agents: {defaults: {models: {'openai/gpt-5.2': {alias: 'g'}}}}}")
            .run("config \(command) agents.defaults.models.openai/gpt-5.2.alias")
        #expect(run.code == 66)
        #expect(
            run.stderr.hasSuffix(
                "  fix: Write it so: \(Self.af) config \(command) 'agents.defaults.models[\"openai/gpt-5.2\"].alias'\n")
        )
    }

    // MARK: Checks

    @Test func `a check says the reason for its exit code`() throws {
        let instance = Instance(config: "{agents: {defaults: {model: 'mistral/x'}}}")
        let run = instance.run("models status --check --plain")
        #expect(
            run
                == Transcript(
                    stdout: "mistral/x\n", stderr: "check: exit 1: mistral is in use and has no credential.\n", code: 1)
        )
        let json = instance.run("models status --check --json")
        #expect(json.stderr == "")
        #expect(
            try JSON(json.stdout)["auth.check"]
                == ["exitCode": 1, "reason": "mistral is in use and has no credential."])
        #expect(instance.run("models status").stderr == "")
    }

    @Test func `two variables of Anthropic are one finding`() {
        let instance = Instance(config: Patient.config)
        instance.environment["ANTHROPIC_OAUTH_TOKEN"] = "sk-ant-oat01-" + String(repeating: "x", count: 80)
        #expect(instance.run("doctor").stdout.contains("[credential-setup-token]"))
        instance.environment["ANTHROPIC_API_KEY"] = Patient.key
        let both = instance.run("doctor").stdout
        #expect(both.contains("[env-anthropic-both]") && !both.contains("[credential-setup-token]"))
    }

    // MARK: Instances

    @Test func `commands that a text names are meant for its instance`() {
        let instance = Instance()
        instance.environment["AGENTICFLOW_PROFILE"] = "second"
        instance.instance = "second"
        let doctor = instance.run("doctor").stdout
        #expect(
            doctor.contains("fix: Run: \(Self.af) --profile second models auth paste-api-key --provider anthropic\n"))
        #expect(doctor.contains("  - AGENTICFLOW_PROFILE=second from --profile\n"))
        let status = instance.run("models status").stdout
        #expect(status.contains("Run: \(Self.af) --profile second models auth paste-api-key"))
        #expect(status.contains("Config        : ~/.agenticflow-enterprise-second/agenticflow-enterprise.json\n"))
        let slip = instance.run("models statuss")
        #expect(slip.stderr.hasSuffix("fix: Run: \(Self.af) --profile second models status\n"))
        let json = instance.run("models statuss --json").stdout
        #expect(json.hasSuffix("\"fix\":\"Run: \(Self.af) --profile second models status --json\"}\n"))
        #expect(instance.run("config path").stdout == "\(instance.state)-second/agenticflow-enterprise.json\n")
    }
}
