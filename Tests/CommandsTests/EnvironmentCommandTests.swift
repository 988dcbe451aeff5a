// SPDX-License-Identifier: Apache-2.0
import FoundationEssentials
import Testing

#if canImport(Glibc)
    import Glibc
#endif

/// `env set`, `env unset` and `env list`, and what `models status` says of variables.
@Suite struct EnvironmentCommandTests {
    private static let key = "sk-test-openai-1234567890"
    private static let file = "~/.agenticflow-enterprise/.env"

    @Test func `one variable is taken out at a time, and the lines for several are told`() {
        let instance = Instance()
        instance.write(".env", "A=1\nB=2\n")
        let before = instance.snapshot
        #expect(
            instance.run("env unset A B=2")
                == Transcript(
                    stdout: "",
                    stderr: """
                        error: env unset takes one name at a time, and no value.
                          why: More than a name was given.
                          fix: Run: agenticflow-enterprise env unset A && agenticflow-enterprise env unset B

                        """, code: 64))
        let secret = instance.run("env unset sk-ant-api03-CANARY-0123456789=x")
        #expect(secret.code == 64 && !secret.stderr.contains("CANARY"))
        #expect(instance.snapshot == before)
    }

    @Test(arguments: [
        ("GEMINI_API_KEY", "google"), ("AZURE_OPENAI_API_KEY", "azure-openai"), ("PERPLEXITY_API_KEY", "perplexity"),
        ("TOKENHUB_API_KEY", "tencent"), ("PERPLEXITY_API_KEYS", "perplexity"), ("GEMINI_API_KEY_2", "google"),
    ])
    func `a key of a provider that is not relayed is shown as not used`(name: String, provider: String) throws {
        let instance = Instance()
        instance.environment[name] = "some-key-CANARY-1234567890"
        let words = "not used: this version does not relay to \(provider)"
        for command in ["models status", "env list"] { #expect(instance.run(command).stdout.contains(words)) }
        let doctor = instance.run("doctor").stdout
        #expect(doctor.contains("\(name) is set, and not used by this version."))
        #expect(try JSON(instance.run("env list --json").stdout)["variables.0.notRelayed"] == .string(provider))
        #expect(!doctor.contains("CANARY"))
        // Once it is configured, it is used.
        instance.write(
            "agenticflow-enterprise.json",
            "{models: {providers: {'\(provider)': {baseUrl: 'https://x.example/v1', api: 'openai-completions'}}}}")
        let status = instance.run("models status").stdout
        #expect(!status.contains("not used"))
        #expect(status.contains("source=env: \(name)"))
    }

    @Test(arguments: ["GH_TOKEN", "GITHUB_TOKEN", "AWS_ACCESS_KEY_ID"])
    func `a variable that many programs read is not taken for a key of models`(name: String) {
        let instance = Instance()
        instance.environment[name] = "some-key-1234567890"
        #expect(!instance.run("models status").stdout.contains(name))
    }

    // MARK: env set

    @Test func `a key is piped into the file, and only its mask is shown`() {
        let instance = Instance()
        let run = instance.run("env set OPENAI_API_KEY", typing: " \(Self.key)\n")
        #expect(
            run
                == Transcript(
                    stdout: "Updated \(Self.file)\nVariable: OPENAI_API_KEY=sk-tes...7890\n", stderr: "", code: 0))
        #expect(instance.read(".env") == "OPENAI_API_KEY=\(Self.key)\n")
        #expect(instance.run("models status").stdout.contains("source=env: OPENAI_API_KEY"))
    }

    @Test func `other lines stay, and plain text is taken as it is`() {
        let instance = Instance()
        instance.write(".env", "# mine\nexport MODE=old # why\nrub\"bish\n")
        #expect(instance.run("env set MODE --stdin", typing: " two words\n").code == 0)
        #expect(instance.read(".env") == "# mine\nexport MODE=' two words' # why\nrub\"bish\n")
    }

    @Test(arguments: [
        ["env", "set", "OPENAI_API_KEY=\(key)"], ["env", "set", "OPENAI_API_KEY", key],
        ["env", "unset", "OPENAI_API_KEY", key], ["env", "unset", "OPENAI_API_KEY=\(key)"], ["env", "set", "1\(key)"],
    ])
    func `a value among the words is refused, and not repeated`(words: [String]) {
        let instance = Instance()
        instance.write(".env", "OPENAI_API_KEY=old-value-here\n")
        let run = instance.run(words, typing: Self.key)
        #expect(run.code == 64)
        #expect(run.stderr.hasPrefix("error: "))
        #expect(!(run.stdout + run.stderr).contains(Self.key))
        #expect(instance.read(".env") == "OPENAI_API_KEY=old-value-here\n")
    }

    @Test(arguments: [
        ("OPENAI_API_KEY", "export OPENAI_API_KEY=\(key)", "begins with export NAME="),
        ("OPENAI_API_KEY", "Bearer \(key)", "begins with Bearer"),
        ("OPENAI_API_KEY", "", "nothing came in through the pipe"),
        ("OPENAI_API_KEY", "sk-test...7890", "shortened display"), ("HF_TOKEN", "hf_with\u{200B}mark-1234", "U+200B"),
        ("OPENAI_API_KEY_2", "short", "fewer than 8"), ("OPENAI_API_KEYS", "\(key),short", "fewer than 8"),
        ("AGENTICFLOW_GATEWAY_TOKEN", "two words", "U+0020"), ("LAB_KEY", "two words", "U+0020"),
        ("ANTHROPIC_API_KEY", "sk-ant-oat01-\(String(repeating: "x", count: 70))", "It is a setup token"),
        ("MODE", "\n", "A blank value counts as unset"), ("MODE", "a\0b", "NUL character"),
    ])
    func `what cannot be the value is refused before anything is written`(name: String, text: String, why: String) {
        let instance = Instance(
            config:
                "{models: {providers: {lab: {baseUrl: 'https://l.example', api: 'anthropic-messages', apiKey: '${LAB_KEY}'}}}}"
        )
        instance.write(".env", "KEPT=1\n")
        let run = instance.run(["env", "set", name], typing: text)
        #expect(run.code == 65)
        #expect((run.stdout + run.stderr).contains(why))
        #expect(!(run.stdout + run.stderr).contains(Self.key))
        #expect(instance.read(".env") == "KEPT=1\n")
    }

    @Test func `a list of keys is one value`() {
        let instance = Instance()
        #expect(
            instance.run("env set OPENAI_API_KEYS", typing: "sk-test-aaaaaa, sk-test-bbbbbb; sk-test-cccccc\n").code
                == 0)
        #expect(instance.read(".env") == "OPENAI_API_KEYS='sk-test-aaaaaa, sk-test-bbbbbb; sk-test-cccccc'\n")
        #expect(
            instance.run("models status").stdout.contains(" | keys=3 | env=sk-t...aa | source=env: OPENAI_API_KEYS"))
    }

    @Test(arguments: [
        "AGENTICFLOW_STATE_DIR", "AGENTICFLOW_PROFILE", "AGENTICFLOW_HOME", "AGENTICFLOW_CONFIG_PATH", "HOME",
    ])
    func `what says where the file is has no effect in it`(name: String) {
        let instance = Instance()
        let run = instance.run(["env", "set", name], typing: "/elsewhere")
        #expect(run.code == 64)
        #expect(run.stderr.contains("error: \(name) has no effect in \(Self.file).\n"))
        #expect(instance.read(".env") == nil)
    }

    @Test(arguments: ["PATH", "SHELL", "LD_PRELOAD", "LD_LIBRARY_PATH", "BASH_ENV", "IFS"])
    func `what says how programs are started has no place in the file`(name: String) {
        let instance = Instance()
        instance.write(".env", "\(name)=/x\n")
        let run = instance.run("env set \(name)", typing: "/y")
        #expect(run.code == 64 && run.stderr.hasPrefix("error: \(name) does not belong into "), "\(run.stderr)")
        #expect(instance.read(".env") == "\(name)=/x\n")
        // One that is there goes.
        #expect(instance.run("env unset \(name)").code == 0)
    }

    @Test func `what goes before the file is told`() {
        let instance = Instance()
        instance.environment["OPENAI_API_KEY"] = "sk-test-of-this-shell"
        let run = instance.run("env set OPENAI_API_KEY", typing: Self.key)
        #expect(
            run.stderr
                == "OPENAI_API_KEY is also set in the environment of this command (sk-t...ll), which goes first for "
                + "commands run here. The gateway has its own environment.\n")
    }

    // MARK: env unset

    @Test func `a variable is taken out with all its lines`() {
        let instance = Instance(config: "{env: {vars: {OPENAI_API_KEY: 'sk-test-of-the-config'}}}")
        instance.write(".env", "A=1\nOPENAI_API_KEY=x\nB=2\nOPENAI_API_KEY=\"broken\n")
        let run = instance.run("env unset OPENAI_API_KEY")
        #expect(run.stdout == "Updated \(Self.file)\nRemoved: OPENAI_API_KEY\n")
        #expect(instance.read(".env") == "A=1\nB=2\n")
    }

    @Test func `one that is not there is an error that knows the near ones`() {
        let instance = Instance()
        instance.write(".env", "OPENAI_API_KEY=x\n")
        let run = instance.run("env unset OPENAI_API_KEZ")
        #expect(
            run
                == Transcript(
                    stdout: "",
                    stderr: """
                        error: \(Self.file) does not set OPENAI_API_KEZ. Did you mean OPENAI_API_KEY?
                          why: It sets: OPENAI_API_KEY.
                          fix: See where each variable is from: agenticflow-enterprise env list

                        """, code: 65))
        #expect(instance.read(".env") == "OPENAI_API_KEY=x\n")
    }

    @Test func `a file that cannot be read is an error with a way out`() {
        let instance = Instance()
        instance.write("x", "")
        mkfifo("\(instance.state)/.env", 0o600)
        for words in ["env set OPENAI_API_KEY", "env unset OPENAI_API_KEY"] {
            let run = instance.run(words, typing: Self.key)
            #expect(run.code == 77)
            #expect(run.stderr.contains("why: It is not a regular file.\n  fix: Move it away: mv "))
        }
        let list = instance.run("env list")
        #expect(list.code == 0)
        #expect(list.stderr.contains("why: It is not a regular file."))
    }

    // MARK: env list

    @Test func `each variable is listed with its place, and what it hides`() throws {
        let instance = Instance(config: "{env: {vars: {OPENAI_API_KEY: 'sk-test-of-the-config', MODE: 'x'}}}")
        instance.environment["OPENAI_API_KEY"] = "sk-test-of-this-shell"
        instance.environment["UNRELATED"] = "nobody's business"
        instance.write(".env", "OPENAI_API_KEY=sk-test-of-this-shell\n")
        let run = instance.run("env list")
        #expect(
            run
                == Transcript(
                    stdout: """
                        View: files (no gateway runs)
                        File: \(Self.file)
                        Shell env: off (only the import from a login shell is off; variables that are set count)
                        - MODE=**** from env.vars of the configuration
                        - OPENAI_API_KEY=sk-t...ll from the environment of this command, over \(Self.file), \
                        env.vars of the configuration (another value)

                        """, stderr: "", code: 0))
        let json = try JSON(instance.run("env list --json").stdout)
        #expect(json["path"] == .string("\(instance.state)/.env"))
        #expect(json["shellEnv"] == ["enabled": false, "appliedKeys": []])
        #expect(
            json["variables.1"] == [
                "name": "OPENAI_API_KEY", "value": "sk-t...ll", "layer": "process",
                "source": "the environment of this command", "shadows": ["stateDotEnv", "config"],
                "contradicts": ["config"], "gateway": "none", "gatewayLayer": .null, "notRelayed": .null,
            ])
        #expect(json["variables.2"] == nil)
        #expect(instance.run("env list --all").stdout.contains("- UNRELATED=nobo...ss from"))
    }

    @Test func `nothing is listed with the command that adds something`() {
        #expect(
            Instance().run("env").stdout.hasSuffix(
                "- none\nSet one with: agenticflow-enterprise env set ANTHROPIC_API_KEY\n"))
    }

    @Test func `a shell is asked when a person says so, and never else`() throws {
        let instance = Instance(config: "{env: {shellEnv: {enabled: true}}}")
        instance.write(
            "shell",
            "#!/bin/sh\ntouch \"$(dirname \"$0\")/asked\"\nexport GROQ_API_KEY=gsk-test-of-the-shell\nexec /bin/sh -c \"$3\"\n"
        )
        chmod("\(instance.state)/shell", 0o700)
        instance.environment["SHELL"] = "\(instance.state)/shell"
        instance.environment["PATH"] = "/usr/bin:/bin"
        for words in [
            "models status", "models status --json --check", "env list", "env list --all --json", "models auth list",
        ] {
            _ = instance.run(words)
        }
        #expect(instance.read("asked") == nil)
        #expect(
            instance.run("models status").stdout.contains(
                "Shell env     : on (the gateway asks the shell at its start)\n"))
        #expect(try JSON(instance.run("models status --json").stdout)["auth.shellEnvFallback.enabled"] == true)
        let run = instance.run("env list --ask-shell")
        #expect(instance.read("asked") != nil)
        #expect(run.stdout.contains("- GROQ_API_KEY=gsk-...ll from the login shell\n"))
        #expect(run.stdout.hasSuffix("Login shell \(instance.state)/shell: GROQ_API_KEY=gsk-...ll\n"))
    }

    // MARK: Beside a gateway

    static func answer(
        _ variables: String, shell: String = #"{"enabled":false,"asked":false,"applied":[],"problem":null}"#
    )
        -> [String: (status: Int, body: String)]
    {
        [
            "/api/v1/status": (
                200,
                "{\"version\":\"0\",\"pid\":4711,\"problems\":[],\"environment\":{\"variables\":[\(variables)],\"ignored\":[],\"shellEnv\":\(shell)},\"credentials\":[]}\n"
            )
        ]
    }

    static func entry(_ name: String, _ layer: String, _ mask: String) -> String {
        "{\"name\":\"\(name)\",\"layer\":\"\(layer)\",\"shadows\":[],\"contradicts\":[],\"mask\":\"\(mask)\"}"
    }

    @Test func `what the gateway has is laid beside what is here`() throws {
        let instance = Instance()
        instance.write(".env", "GROQ_API_KEY=gsk-test-of-the-file\n")
        instance.environment["OPENAI_API_KEY"] = "sk-test-of-this-shell"
        instance.environment["XAI_API_KEY"] = "xai-test-of-this-shell"
        let gateway = PretendGateway(
            instance,
            answers: Self.answer(
                [
                    Self.entry("GROQ_API_KEY", "stateDotEnv", "gsk-...le"),
                    Self.entry("OPENAI_API_KEY", "process", "sk-o...er"),
                    Self.entry("MISTRAL_API_KEY", "shell", "mist...56"),
                ].joined(separator: ","),
                shell: #"{"enabled":true,"asked":true,"applied":["MISTRAL_API_KEY"],"problem":null}"#))
        let run = instance.run("models status")
        let section = run.stdout.split(separator: "\n\n").first { $0.hasPrefix("Environment\n") }
        #expect(
            section?.split(separator: "\n").dropFirst(2).joined(separator: "\n") == """
                - GROQ_API_KEY=gsk-...le from \(Self.file) | gateway: same
                - MISTRAL_API_KEY=mist...56 only in the gateway, from the login shell
                - OPENAI_API_KEY=sk-t...ll from the environment of this command | gateway: different value, from the \
                environment it was started with
                - XAI_API_KEY=xai-...ll from the environment of this command | gateway: missing
                """)
        #expect(run.stdout.contains("Shell env     : on (applied: MISTRAL_API_KEY)\n"))
        #expect(
            run.stderr == """
                warning: The gateway has another value for OPENAI_API_KEY.
                  why: Here it is from the environment of this command, there from the environment it was started with.
                  fix: Start the gateway again without that variable, and give it this one with: agenticflow-enterprise env set OPENAI_API_KEY; or start it with the right one
                warning: The gateway does not have XAI_API_KEY.
                  why: It is set where this command runs, and not where the gateway was started.
                  fix: Put it into \(Self.file), which the gateway reads at once: agenticflow-enterprise env set XAI_API_KEY

                """)
        let json = try JSON(instance.run("models status --json").stdout)
        #expect(json["auth.shellEnvFallback"] == ["enabled": true, "appliedKeys": ["MISTRAL_API_KEY"]])
        #expect(json["auth.variables.1.gateway"] == "same")
        #expect(json["auth.variables.2.gateway"] == "only")
        #expect(json["auth.variables.2.layer"] == JSON.null)
        #expect(json["auth.variables.2.gatewayLayer"] == "shell")
        #expect(json["auth.variables.3.gateway"] == "different")
        #expect(json["auth.variables.4.gateway"] == "missing")
        #expect(gateway.heard.count == 2)
    }

    @Test func `a variable that the configuration refers to counts like a key`() {
        let instance = Instance(
            config:
                "{models: {providers: {lab: {baseUrl: 'https://l.example', api: 'anthropic-messages', apiKey: '${LAB_KEY}'}}}}"
        )
        instance.environment["LAB_KEY"] = "lab-test-of-this-shell"
        instance.environment["PLAIN"] = "nothing to warn of"
        instance.write(".env", "PLAIN=x\n")
        let gateway = PretendGateway(instance, answers: Self.answer(""))
        #expect(
            instance.run("env list").stderr == """
                warning: The gateway does not have LAB_KEY.
                  why: It is set where this command runs, and not where the gateway was started.
                  fix: Put it into \(Self.file), which the gateway reads at once: agenticflow-enterprise env set LAB_KEY

                """)
        withExtendedLifetime(gateway) {}
    }

    @Test func `an older gateway is not taken to have nothing`() throws {
        let instance = Instance()
        instance.environment["OPENAI_API_KEY"] = "sk-test-of-this-shell"
        instance.environment["GROQ_API_KEY"] = "gsk-test-of-this-shell"
        let line = """
            {"agent":"main","profile":"openai:env","provider":"openai","source":"env:OPENAI_API_KEY","type":"api_key",\
            "code":"ok","lastUsed":null,"windows":[]}
            """
        let gateway = PretendGateway(
            instance,
            answers: [
                "/api/v1/status": (200, "{\"version\":\"0\",\"pid\":1,\"problems\":[],\"credentials\":[\(line)]}\n")
            ])
        let run = instance.run("models status --json")
        let json = try JSON(run.stdout)
        #expect(json["auth.variables.0.gateway"] == "unknown")
        #expect(json["auth.variables.1.gateway"] == "missing")
        #expect(json["auth.variables.2.gateway"] == "unknown")
        #expect(run.stderr.hasPrefix("warning: The gateway does not have GROQ_API_KEY.\n"))
        withExtendedLifetime(gateway) {}
    }

    @Test(arguments: [
        (#"{"enabled":true,"asked":true,"applied":[],"problem":null}"#, "on (nothing applied)"),
        (#"{"enabled":true,"asked":false,"applied":[],"problem":null}"#, "on (the gateway is asking the shell)"),
        (#"{"enabled":true,"asked":true,"applied":[],"problem":"It hung."}"#, "on (nothing applied: It hung.)"),
        (
            #"{"enabled":false,"asked":false,"applied":[],"problem":null}"#,
            "off (only the import from a login shell is off; variables that are set count)"
        ),
    ])
    func `the import is as the gateway says`(shell: String, words: String) {
        let instance = Instance()
        let gateway = PretendGateway(instance, answers: Self.answer("", shell: shell))
        #expect(instance.run("models status").stdout.contains("Shell env     : \(words)\n"))
        withExtendedLifetime(gateway) {}
    }

    @Test func `a change is announced with what the gateway makes of it`() {
        let instance = Instance()
        let gateway = PretendGateway(instance, answers: Self.answer(Self.entry("OPENAI_API_KEY", "process", "****")))
        #expect(
            instance.run("env set GROQ_API_KEY", typing: "gsk-test-1234567890").stderr
                == "The running gateway takes it up within two seconds.\n")
        #expect(
            instance.run("env set OPENAI_API_KEY", typing: Self.key).stderr.hasPrefix(
                "warning: The running gateway goes on with another OPENAI_API_KEY.\n"))
        #expect(gateway.heard.count == 2)
    }
}
