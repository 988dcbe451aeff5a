// SPDX-License-Identifier: Apache-2.0
import FoundationEssentials
import Testing

#if canImport(Glibc)
    import Glibc
#endif

@Suite struct ConfigTests {
    static let text = """
        // mine
        {
          gateway: { port: 0x4966, auth: { token: "${TOKEN}" } }, // here
          models: { providers: { lab: {
            baseUrl: "http://10.0.0.7:8000/v1", api: "openai-completions", apiKey: "sk-lab-CANARY-1234567890",
            headers: { "x-team": "CANARY-CANARY-CANARY" } } } },
          agents: { list: [ { id: "main" }, { id: "work" } ] },
        }

        """

    @Test func `the path is printed`() {
        let instance = Instance()
        #expect(instance.run("config path").stdout == "\(instance.state)/agenticflow-enterprise.json\n")
        #expect(instance.files == [])
    }

    @Test(arguments: [
        ("gateway.port", "0x4966\n"), ("gateway.auth.token", "${TOKEN}\n"), ("agents.list[1].id", "work\n"),
        ("agents.list.1.id", "work\n"), ("models.providers.lab.apiKey", "sk-l...90\n"),
        ("models.providers.lab.headers", "{\n  \"x-team\": \"CANA...RY\"\n}\n"),
        ("models[\"providers\"]['lab'].api", "openai-completions\n"),
    ])
    func `a value is printed, credentials masked`(path: String, printed: String) {
        let run = Instance(config: Self.text).run(["config", "get", path])
        #expect(run == Transcript(stdout: printed, stderr: "", code: 0))
    }

    @Test func `everything is printed as JSON without a credential in it`() throws {
        let instance = Instance(config: Self.text)
        let all = instance.run("config get")
        #expect(try JSON(all.stdout)["gateway.port"] == 18790)
        #expect(!all.stdout.contains("CANARY"))
        #expect(instance.run("config get --json").stdout == all.stdout)
        #expect(instance.run("config get gateway.port --json").stdout == "18790\n")
        #expect(Instance().run("config get") == Transcript(stdout: "{}\n", stderr: "", code: 0))
    }

    @Test func `what is not set is told, with a guess`() {
        let run = Instance(config: Self.text).run("config get gateway.prot")
        #expect(run.code == 66)
        #expect(run.stderr.hasPrefix("error: gateway.prot is not set. Did you mean gateway.port?\n"))
    }

    @Test func `a value is set and nothing else is touched`() {
        let instance = Instance(config: Self.text)
        let run = instance.run("config set gateway.port 18800")
        #expect(
            run
                == Transcript(
                    stdout: "Updated ~/.agenticflow-enterprise/agenticflow-enterprise.json\n", stderr: "", code: 0))
        #expect(instance.config == Self.text.replacing("0x4966", with: "18800"))
        #expect(instance.read("agenticflow-enterprise.json.bak") == Self.text)
        let again = instance.run("config set gateway.port 18800")
        #expect(again.stdout.hasPrefix("Unchanged "))
        #expect(instance.read("agenticflow-enterprise.json.bak.1") == nil)
    }

    @Test(arguments: [
        (["gateway.limits.maxAttempts", "3"], "gateway.limits.maxAttempts", "3"),
        (["agents.list[0].agentDir", "/srv/a"], "agents.list[0].agentDir", "\"/srv/a\""),
        (["agents.list[2]", "{id: 'third'}"], "agents.list[2].id", "\"third\""),
        (
            ["agents.defaults.models[\"anthropic/claude-haiku-4-5\"].alias", "4"],
            "agents.defaults.models[\"anthropic/claude-haiku-4-5\"].alias", "\"4\""
        ),
        (
            ["agents.defaults.models[anthropic/claude-haiku-4-5].alias", "fast"],
            "agents.defaults.models[\"anthropic/claude-haiku-4-5\"].alias", "\"fast\""
        ),
        (["auth.order.anthropic", "[\"anthropic:a\"]"], "auth.order.anthropic[0]", "\"anthropic:a\""),
        (["gateway.proxy", "none"], "gateway.proxy", "\"none\""),
        (["models.providers.lab.apiKey", "${LAB_KEY}"], "models.providers.lab.apiKey", "\"${LAB_KEY}\""),
        (["future.thing", "--allow-unknown", "{a: [1, 2.5, true, null]}"], "future.thing.a[1]", "2.5"),
        (["future.text", "--allow-unknown", "--string", "{a: 1}"], "future.text", "\"{a: 1}\""),
        (["future.json", "--allow-unknown", "--json", "{\"a\": 1}"], "future.json.a", "1"),
        (["gateway.allowPlainRemote", "true"], "gateway.allowPlainRemote", "true"),
        (["agents.defaults.model.primary", "true"], "agents.defaults.model.primary", "\"true\""),
    ])
    func `a value is set at any depth`(words: [String], path: String, json: String) {
        let instance = Instance(config: Self.text)
        let set = instance.run(["config", "set"] + words)
        #expect(set.code == 0, "\(set.stderr)")
        #expect(instance.run(["config", "get", path, "--json"]).stdout == json + "\n")
    }

    struct Refusal: Sendable, CustomTestStringConvertible {
        var words: [String]
        var code: Int32
        var says: String
        init(_ words: [String], _ code: Int32, _ says: String) {
            self.words = words
            self.code = code
            self.says = says
        }
        var testDescription: String { words.joined(separator: " ") }
    }

    @Test(arguments: [
        Refusal(["set", "gateway.port", "abc"], 65, "gateway.port is text; allowed: a whole number from 0 to 65535"),
        Refusal(["set", "gateway.port", "70000"], 65, "out of range"),
        Refusal(["set", "gateway.port", "Infinity"], 65, "a number that JSON cannot hold"),
        Refusal(["set", "gateway.port", "99999999999999999999"], 65, "a number that JSON cannot hold"),
        Refusal(
            ["set", "gateway.port", "99999999999999999999"], 65,
            "fix: Run: agenticflow-enterprise config set gateway.port NUMBER, with a smaller one.\n"),
        Refusal(["set", "gateway.prot", "1"], 64, "Did you mean gateway.port?"),
        Refusal(["set", "gateway.limits", "{maxAttemps: 1}"], 64, "Did you mean gateway.limits.maxAttempts?"),
        Refusal(["set", "gateway.port.deeper", "1", "--allow-unknown"], 65, "gateway.port is there, and is a number"),
        Refusal(["set", "agents.list[5].id", "x"], 65, "The list has 2 elements; the next one is [2]"),
        Refusal(["set", "agents.list[0].id", "../x"], 65, "agents.list[0].id is no agent id"),
        Refusal(["set", "agents.list[2]", "{}"], 65, "agents.list[2].id is no agent id"),
        Refusal(["set", "gateway.token", "x"], 64, "What belongs there is gateway.auth.token"),
        Refusal(["set", "gateway.auth.token", "hunter2-CANARY"], 64, "takes no credential among the words"),
        Refusal(["set", "gateway.auth.token", "hunter2", "CANARY"], 64, "takes no credential among the words"),
        Refusal(
            ["set", "models.providers.lab", "{apiKey: 'CANARY-CANARY'}"], 64, "models.providers.lab.apiKey takes no"),
        Refusal(["set", "env.vars.A", "CANARY"], 64, "env.vars.A takes no credential"),
        Refusal(["set", "my.apiKey", "CANARY", "--allow-unknown"], 64, "my.apiKey takes no credential"),
        Refusal(
            ["set", "models.providers.lab.baseUrl", "http://example.com/${KEY}"], 65, "models.providers.lab.baseUrl"),
        Refusal(["set", "models.providers[\"UP/..\"]", "{}"], 65, "is no provider id"),
        Refusal(
            ["set", "models.providers.lab.headers[\"x-b\"]", "${KEY}"], 65, "variables are not expanded in headers"),
        Refusal(["set", "gateway.port"], 64, "The command names no value"),
        Refusal(
            ["set", "gateway.port"], 64,
            "fix: Run: agenticflow-enterprise config set gateway.port VALUE    (or --stdin)\n"),
        Refusal(
            ["set", "models.providers.lab.apiKey"], 64,
            "fix: Run: agenticflow-enterprise config set models.providers.lab.apiKey --stdin\n"),
        Refusal(["set", "gateway.port", "1", "--stdin"], 64, "Give the value as a word, or with --stdin"),
        Refusal(["set", "gateway.port", "1", "--string", "--json"], 64, "Choose either --string or --json, not both."),
        Refusal(["set", "gateway.port", "1", "2"], 64, "The command takes one value"),
        Refusal(["set", "gateway..port", "1"], 64, "Character 9: A key was expected."),
        Refusal(["set", "", "1"], 64, "is no path"), Refusal(["set", "a[", "1"], 64, "is no path"),
        Refusal(["set", "a\u{1B}[31m", "1"], 64, "It holds a control character."),
        Refusal(["set", "a\u{0}b", "1"], 64, "It holds a control character."),
        Refusal(["set", "agents[-1]", "1"], 64, "An index counts from 0."),
        Refusal(["unset", "gateway.prot"], 66, "Did you mean gateway.port?"),
        Refusal(["unset", "agents.list[7]"], 66, "is not set"),
        Refusal(["unset", "gateway.auth"], 65, "It would take away gateway.auth"),
        Refusal(["unset", "gateway"], 65, "It would take away gateway.auth"),
        Refusal(["set", "gateway.auth", "null"], 65, "It would take away gateway.auth"),
        Refusal(["unset", "agents.list[0].id"], 65, "agents.list[0].id is no agent id"),
    ])
    func `what is wrong is refused, and the file stays`(refusal: Refusal) {
        let instance = Instance(config: Self.text)
        let run = instance.run(["config"] + refusal.words)
        #expect(run.code == refusal.code)
        let said = run.stderr + run.stdout
        #expect(said.contains(refusal.says), "\(said)")
        #expect(!said.contains("CANARY") && !said.contains("\u{1B}"))
        #expect(instance.config == Self.text)
        #expect(instance.read("agenticflow-enterprise.json.bak") == nil)
    }

    @Test func `a JSON value that is none is refused on standard output`() throws {
        let instance = Instance(config: Self.text)
        let run = instance.run(["config", "set", "gateway.port", "--json", "0x10"])
        #expect(run.code == 65)
        #expect(try JSON(run.stdout)["error"] == "gateway.port was not set.")
        #expect(instance.config == Self.text)
    }

    @Test(arguments: [
        ("gateway.auth.token", "agw_0123456789\n", "agw_0123456789"), ("env.vars.LEVEL", "7", "7"),
        ("models.providers.lab.apiKey", " \"sk-new-0123456789\" \r\n", "sk-new-0123456789"),
    ])
    func `a credential is piped in`(path: String, typed: String, stored: String) {
        let instance = Instance(config: Self.text)
        let run = instance.run(["config", "set", path, "--stdin"], typing: typed)
        #expect(run.code == 0, "\(run.stderr)")
        #expect(!(run.stdout + run.stderr).contains(stored) || stored.count == 1)
        #expect(instance.config?.contains("\"\(stored)\"") == true)
    }

    @Test(arguments: [
        ("gateway.auth.token", "sk-ant...qrst"), ("models.providers.lab.apiKey", "****"),
        ("env.vars.A", "sk-a\u{2026}b"),
        ("env.vars.A", "[secret]"), ("models.providers.lab.headers.x-a", "abcd...ef"),
        ("models.providers.lab", "{apiKey: 'sk-l...90'}"),
    ])
    func `a masked value is never stored as a credential`(path: String, typed: String) {
        let instance = Instance(config: Self.text)
        #expect(instance.run(["config", "set", path, "--stdin"], typing: typed).code == 65)
        #expect(instance.config == Self.text)
    }

    @Test(arguments: [
        ("env.vars.OPENAI_API_KEY", "", "nothing came in through the pipe"),
        ("env.vars.OPENAI_API_KEY", "x y z\n", "Character 2 is U+0020"), ("env.vars.GROQ_API_KEYS", ",", "pipe"),
        ("env.vars.ANTHROPIC_API_KEY", "sk-ant-oat01-0123456789\n", "It is a setup token"),
        ("env.vars", "{OPENAI_API_KEY: 'changeme'}", "where the key belongs"),
        ("env", "{vars: {OPENAI_API_KEY: ''}}", "nothing came in through the pipe"),
    ])
    func `a credential's variable is taken as strictly as env set takes it`(path: String, typed: String, why: String) {
        let instance = Instance(config: Self.text)
        let run = instance.run(["config", "set", path, "--stdin"], typing: typed)
        #expect(run.code == 65)
        #expect(run.stderr.contains(why), "\(run.stderr)")
        #expect(instance.config == Self.text)
        let plain = instance.run(["config", "set", "env.vars.LEVEL", "--stdin"], typing: "x y z\n")
        #expect(plain.code == 0)
        #expect(instance.config?.contains("\"x y z\"") == true)
    }

    @Test func `a dry run shows the change without a credential, and writes nothing`() {
        let instance = Instance(config: Self.text)
        let run = instance.run(["config", "set", "models.providers.lab.api", "openai-responses", "--dry-run"])
        #expect(run.code == 0)
        #expect(run.stdout.contains("-     baseUrl") && run.stdout.contains("+     baseUrl"))
        #expect(run.stdout.contains("openai-responses") && !run.stdout.contains("CANARY"))
        let secret = instance.run(
            ["config", "set", "models.providers.lab.apiKey", "--stdin", "--dry-run"], typing: "sk-l-CANARY-9999999990")
        #expect(!secret.stdout.contains("CANARY"))
        #expect(instance.config == Self.text)
        #expect(instance.files == [".agenticflow-enterprise/agenticflow-enterprise.json"])
        let empty = Instance()
        #expect(empty.run("config set gateway.port 1 --dry-run").code == 0)
        #expect(empty.files == [])
    }

    @Test func `a key and an element are taken out`() {
        let instance = Instance(config: Self.text)
        #expect(instance.run("config unset agents.list[1]").code == 0)
        #expect(
            instance.config == Self.text.replacing("{ id: \"main\" }, { id: \"work\" } ]", with: "{ id: \"main\" }  ]"))
        #expect(instance.run("config unset models.providers.lab.headers").code == 0)
        #expect(instance.run("config get models.providers.lab.headers").code == 66)
    }

    @Test func `more than half of a file goes only when that is said`() {
        let long = "{a: '\(String(repeating: "x", count: 600))', b: 1}"
        let instance = Instance(config: long)
        let refused = instance.run("config unset a")
        #expect(refused.code == 65)
        #expect(refused.stderr.contains("run it again with --allow-loss"))
        #expect(instance.config == long)
        #expect(instance.run("config unset a --allow-loss").code == 0)
        #expect(instance.config == "{b: 1}")
    }

    @Test func `a running gateway takes a change up, or has to start anew`() throws {
        let instance = Instance(config: Self.text)
        let gateway = PretendGateway(instance, answers: nil)
        defer { withExtendedLifetime(gateway) {} }
        #expect(instance.run("config set gateway.port 18801").stderr.contains("restart the running gateway"))
        #expect(
            instance.run("config set gateway.limits.maxAttempts 2").stderr
                == "The running gateway takes it up by itself.\n")
    }

    @Test func `every problem is validated with its fix`() throws {
        let instance = Instance(
            config: """
                {gateway: {port: "x", prot: 1, token: "CANARY-CANARY"}, meta: {lastTouchedVersion: "99.1.0"},
                 models: {providers: {lab: {apiKey: "${NOPE}"}}}, agents: {list: [{id: "a"}, {id: "a"}]}}
                """)
        let run = instance.run("config validate --json")
        #expect(run.code == 78)
        let report = try JSON(run.stdout)
        #expect(report["valid"] == false)
        let rows = (0..<8).compactMap { index in report["problems.\(index).path"] }
        #expect(
            rows == [
                "gateway.port", "agents.list[1].id", "models.providers.lab", "gateway.prot", "gateway.token",
                "models.providers.lab.apiKey", "meta.lastTouchedVersion",
            ])
        #expect(
            report["problems.0.fix"]
                == .string(
                    "Run: agenticflow-enterprise config set gateway.port VALUE    (or: "
                        + "agenticflow-enterprise config unset gateway.port)"))
        #expect(report["problems.0.file"] == JSON.string("\(instance.state)/agenticflow-enterprise.json"))
        #expect(!run.stdout.contains("CANARY"))
        let text = instance.run("config validate")
        #expect(text.code == 78)
        #expect(text.stdout.hasSuffix("3 errors, 4 warnings.\n"))
        #expect(Instance(config: "{gatway: {}}").run("config validate").code == 0)
        #expect(Instance().run("config validate").stdout.hasSuffix("No problems.\n"))
    }

    @Test func `what an included file says is changed there`() {
        let text = "{$include: 'own.json5', gateway: {$include: './gw.json5', port: 1}}"
        let instance = Instance(config: text)
        instance.write("own.json5", "{agents: {list: [{id: 'a'}], defaults: {model: 'openai/gpt-5', models: {}}}}")
        instance.write("gw.json5", "{bind: 'lan', auth: {token: '${T}'}}")
        for words in [
            ["set", "gateway.bind", "loopback"], ["set", "agents.list[0].id", "b"],
            ["set", "agents.list[1]", "{id: 'b'}"],
            ["set", "gateway", "{port: 2}"], ["unset", "gateway"], ["unset", "gateway.bind"],
            ["set", "agents.defaults.model", "openai/o3"],
        ] {
            let run = instance.run(["config"] + words)
            #expect(run.code == 65, "\(words)")
            #expect(
                run.stderr.contains("which is included") || run.stderr.contains("holds an $include"), "\(run.stderr)")
        }
        #expect(instance.run("models set openai/o3").stderr.contains("own.json5, which is included"))
        #expect(instance.config == text)
        #expect(instance.run("config set gateway.port 2").code == 0)
        #expect(instance.config == text.replacing("port: 1", with: "port: 2"))
        #expect(instance.run("config get gateway.bind").stdout == "lan\n")
        #expect(instance.run("config set gateway.limits.maxAttempts 2").code == 0)
        #expect(instance.run(["config", "unset", "gateway[\"$include\"]"]).code == 0)
        #expect(instance.run("config get gateway.bind").code == 66)
    }

    @Test func `a file that cannot be included stops every command that writes`() {
        let text = "{$include: 'missing.json5', gateway: {port: 1}}"
        let instance = Instance(config: text)
        for line in ["config set gateway.port 2", "config unset gateway.port", "models set openai/gpt-5", "config get"]
        {
            let run = instance.run(line)
            #expect(run.code == 78, "\(line)")
            #expect(run.stderr.contains("missing.json5 cannot be included"))
        }
        #expect(instance.config == text)
        #expect(instance.run("config validate").code == 78)
    }
}

/// Configurations that are no configurations, and things in their place.
@Suite struct ConfigDamageTests {
    private static let lines = [
        "config get", "config set gateway.port 2", "config unset gateway.port", "models set openai/gpt-5",
        "models aliases add a openai/gpt-5", "models aliases remove a", "models fallbacks add openai/gpt-5",
        "models image-fallbacks clear", "models aliases list", "models fallbacks list",
    ]

    @Test func `a configuration cut short anywhere is refused and kept`() {
        let text = "{gateway: {port: 1, auth: {token: '${T}'}}, /* x */ agents: {list: [{id: \"a\"}]}}"
        let instance = Instance()
        for length in 0..<text.utf8.count {
            let cut = String(text.prefix(length))
            instance.write("agenticflow-enterprise.json", cut)
            for line in ["config set gateway.port 2", "config validate", "models fallbacks add openai/gpt-5"] {
                let run = instance.run(line)
                #expect(run.code == 78, "\(line) of \(cut)")
            }
            #expect(instance.config == cut)
        }
    }

    @Test(arguments: ["empty", "pipe", "folder", "huge", "link", "list", "foreign"])
    func `whatever stands in its place is refused and stays`(kind: String) {
        let instance = Instance(config: kind == "list" ? "[1]" : "")
        let path = "\(instance.state)/agenticflow-enterprise.json"
        switch kind {
        case "huge": #expect(truncate(path, 100 << 20) == 0)
        case "empty", "list": break
        case "foreign":
            // Only an administrator can give a file away.
            guard geteuid() == 0, chown(path, 65_534, 65_534) == 0 else { return }
        default: unlink(path)
        }
        switch kind {
        case "pipe": #expect(mkfifo(path, 0o600) == 0)
        case "folder": #expect(mkdir(path, 0o700) == 0)
        case "link":
            instance.write("real", "{}")
            #expect(symlink("\(instance.state)/real", path) == 0)
        default: break
        }
        for line in Self.lines {
            let run = instance.run(line)
            #expect([77, 78].contains(run.code), "\(line): \(run.code)")
            let rows = run.stderr.split(separator: "\n")
            #expect(rows.count == 3 && rows[0].hasPrefix("error: ") && rows[2].hasPrefix("  fix: "), "\(run.stderr)")
        }
        #expect(instance.run("config validate").code == 78)
        #expect(instance.run("config path").code == 0)
        var status = stat()
        #expect(lstat(path, &status) == 0)
        if kind == "huge" { #expect(status.st_size == 100 << 20) }
    }
}
