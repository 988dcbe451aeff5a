// SPDX-License-Identifier: Apache-2.0
import Testing

/// What is said against a wrong configuration, and a wrong command, is something that works.
@Suite struct ConfigAdviceTests {
    @Test func `a provider with a dot in its id is named as a command takes it back`() {
        let instance = Instance(config: "{models: {providers: {'lab.x': {baseUrl: 'http://127.0.0.1:9/v1'}}}}")
        let run = instance.run("config validate")
        let fix = #"agenticflow-enterprise config set 'models.providers["lab.x"].api' openai-completions"#
        #expect(run.stdout.contains("error: models.providers[\"lab.x\"] needs a baseUrl"), "\(run.stdout)")
        #expect(run.stdout.contains("fix: Run: \(fix)\n"), "\(run.stdout)")
        #expect(instance.run(["config", "set", #"models.providers["lab.x"].api"#, "openai-completions"]).code == 0)
        #expect(instance.run("config validate").code == 0)
    }

    @Test(
        arguments: [
            (
                "{agents: {list: [{id: 'main'}, {id: 'Bad Id'}]}}",
                "Run: agenticflow-enterprise config set 'agents.list[1].id' VALUE    (or: ", "'agents.list[1]')",
                "agents.list[1]"
            ),
            (
                "{secrets: {providers: {V: {source: 'env'}}}}", "Correct line 1: ",
                "(or take it out: agenticflow-enterprise config unset secrets.providers.V)", "secrets.providers.V"
            ),
            (
                "{models: {providers: {openai: {headers: {host: 'x'}}}}}", "Correct line 1: ",
                "(or take it out: agenticflow-enterprise config unset models.providers.openai.headers.host)",
                "models.providers.openai.headers.host"
            ),
            (
                "{env: {vars: {'a-b': 'x'}}}", "Correct line 1: ",
                "(or take it out: agenticflow-enterprise config unset env.vars.a-b)", "env.vars.a-b"
            ),
        ] as [(String, String, String, String)])
    func `what no value mends is offered to be taken out, whole`(
        config: String, begins: String, ends: String, place: String
    ) {
        let instance = Instance(config: config)
        let told = instance.run("config validate").stdout.split(separator: "\n").first { $0.hasPrefix("  fix: ") } ?? ""
        #expect(told.dropFirst(7).hasPrefix(begins) && told.hasSuffix(ends), "\(told)")
        #expect(instance.run(["config", "unset", place]).code == 0)
        #expect(instance.run("config validate").code == 0)
    }

    @Test(
        arguments: [
            ("5x!", "is no name for an alias; allowed: letters, digits, '_', '.', ':' and '-', at most 64."),
            ("default", "is the name by which clients ask for the default model."), ("fast", nil),
        ] as [(String, String?)])
    func `an alias that models aliases add refuses is a warning elsewhere`(alias: String, told: String?) {
        let instance = Instance()
        let set = instance.run(["config", "set", #"agents.defaults.models["openai/gpt-5"].alias"#, alias])
        let run = instance.run("config validate")
        #expect(set.code == 0 && run.code == 0)
        if let told {
            #expect(set.stderr.contains(told), "\(set.stderr)")
            #expect(run.stdout.contains("warning: ") && run.stdout.contains(told), "\(run.stdout)")
            #expect(instance.run("doctor --only config-value-doubtful").stdout.contains(told))
            // It works: nobody else has to hear of it.
            #expect(instance.run("agents list").stderr == "")
        } else {
            #expect(set.stderr == "" && !run.stdout.contains("warning: "), "\(set.stderr)\(run.stdout)")
        }
    }

    @Test func `a value that begins with a dash, and a variable right under env, are shown their way`() {
        let instance = Instance(config: ConfigTests.text)
        let dash = instance.run("config set gateway.port -5")
        #expect(dash.code == 64)
        let line = "agenticflow-enterprise config set gateway.port -- VALUE"
        #expect(
            dash.stderr.hasSuffix("fix: A value that begins with a dash stands behind two: \(line)\n"),
            "\(dash.stderr)")
        let variable = instance.run("config set env.FOO bar")
        #expect(variable.code == 64)
        #expect(variable.stderr.contains("Did you mean env.vars.FOO?"), "\(variable.stderr)")
        #expect(instance.config == ConfigTests.text)
    }

    @Test func `a variable that an included file names is set, not edited`() {
        let instance = Instance(config: "{$include: 'own.json5'}")
        instance.write("own.json5", "{models: {providers: {openai: {apiKey: '${LAB_KEY}'}}}}")
        #expect(instance.run("config validate").stdout.contains("fix: Set it: agenticflow-enterprise env set LAB_KEY "))
    }

    @Test(
        arguments: [
            ("openai", "http://127.0.0.1:1", "http://127.0.0.1:1/v1"), ("openai", "https://a.example/v1", nil),
            ("anthropic", "https://a.example", nil),
        ] as [(String, String, String?)])
    func `a base URL without a version is doubted once`(provider: String, address: String, proposed: String?) {
        let instance = Instance(config: "{}")
        let run = instance.run("config set models.providers.\(provider).baseUrl \(address)")
        #expect(run.code == 0)
        let fix = proposed.map { "config set models.providers.\(provider).baseUrl \($0)\n" }
        #expect(fix.map(run.stderr.hasSuffix) ?? run.stderr.isEmpty, "\(run.stderr)")
    }
}
