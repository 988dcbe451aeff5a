// SPDX-License-Identifier: Apache-2.0
import Testing

/// A provider that is configured and that nothing can be sent to: every command says so, and why.
@Suite struct ProviderFaultTests {
    private static let store = """
        {"version": 1, "profiles": {
          "anthropic:work": {"type": "api_key", "provider": "anthropic", "key": "sk-ant-api03-workworkwork"}
        }}
        """

    struct Row: Sendable, CustomTestStringConvertible {
        /// Of `models.providers.anthropic`; `HOME` stands for the home directory.
        var config: String
        var what: String
        var why: String
        /// Words of a command that mends it.
        var fix: String
        var testDescription: String { config }
    }

    @Test(arguments: [
        ("relative.pem", "models.providers.anthropic is left out: its caFile cannot be used."),
        ("/no/such.pem", "cannot be used, so nothing is sent to anthropic. /no/such.pem: No such file or directory."),
        ("~/.agenticflow-enterprise/agenticflow-enterprise.json", "It holds no certificate (PEM)."),
    ])
    func `a caFile that cannot be used is told when it is set, and when all is checked`(path: String, why: String) {
        let instance = Instance(config: "{}", store: Self.store)
        let set = instance.run("config set models.providers.anthropic.caFile \(path)")
        #expect(set.code == 0 && set.stderr.contains(why), "\(set)")
        let validated = instance.run("config validate")
        #expect(validated.code == 78 && validated.stdout.contains("error: models.providers.anthropic"), "\(validated)")
        #expect(validated.stdout.contains(why) && validated.stdout.hasSuffix("1 error, 0 warnings.\n"), "\(validated)")
        #expect(instance.run("config unset models.providers.anthropic").stderr == "")
        #expect(instance.run("config validate").code == 0)
    }

    @Test(arguments: [
        Row(
            config: "baseUrl: 'http://example.com'",
            what: "models.providers.anthropic is left out: nothing can be sent to its baseUrl.",
            why: "It would send the credential unencrypted to another network.",
            fix: "config unset models.providers.anthropic.baseUrl"),
        Row(
            config: "caFile: '~/none.pem'",
            what: "models.providers.anthropic.caFile cannot be used, so nothing is sent to anthropic.",
            why: "HOME/none.pem: No such file or directory.", fix: "config unset models.providers.anthropic.caFile"),
        Row(
            config: "caFile: 'HOME/.agenticflow-enterprise/agenticflow-enterprise.json'",
            what: "models.providers.anthropic.caFile cannot be used, so nothing is sent to anthropic.",
            why: "HOME/.agenticflow-enterprise/agenticflow-enterprise.json: It holds no certificate (PEM).",
            fix: "config unset models.providers.anthropic.caFile"),
    ])
    func `its credentials are no longer called available, and the fix mends it`(row: Row) throws {
        let instance = Instance(store: Self.store)
        let config = row.config.replacing("HOME", with: instance.home)
        instance.write("agenticflow-enterprise.json", "{models: {providers: {anthropic: {\(config)}}}}")
        // Paths are shown with `~`.
        let why = row.why.replacing("HOME", with: "~")

        let explained = instance.run("models explain --model anthropic/claude-sonnet-4-5")
        #expect(explained.stdout.contains("Next for anthropic/claude-sonnet-4-5: none. \(row.what) \(why) "))
        #expect(!explained.stdout.contains("available"))
        let json = try JSON(instance.run("models explain --model claude-sonnet-4-5 --json").stdout)
        #expect(json["next"] == .null && json["candidates.0.code"] == "provider_left_out")
        #expect(json["unavailable.code"] == "provider_left_out")
        #expect(explained.stderr == "")

        let status = instance.run("models status")
        #expect(status.stdout.contains("anthropic:work provider_left_out: "))
        #expect(status.stderr.contains("error: \(row.what)\n  why: \(why)\n  fix: "))
        #expect(instance.run("models status --check").code == 1)
        let doctor = instance.run("doctor --lint").stdout
        #expect(doctor.contains("error: \(row.what) ["))
        #expect(doctor.contains("why: \(why)\n"))
        #expect(doctor.contains("anthropic:work is of a provider that is left out. [credential-provider-unsupported]"))
        #expect(!doctor.contains("is of no known provider"))

        #expect(explained.stdout.contains("agenticflow-enterprise \(row.fix)\n"))
        #expect(instance.run(row.fix).code == 0)
        let mended = try JSON(instance.run("models explain --model claude-sonnet-4-5 --json").stdout)
        #expect(mended["next"] == "anthropic:work")
    }

    @Test func `one that is not built in is named, also for a model's plain id`() throws {
        let instance = Instance(
            config: "{models: {providers: {acme: {baseUrl: 'https://x.example/v1', models: [{id: 'm1'}]}}}}",
            store: Self.store)
        for model in ["acme/m1", "m1"] {
            let json = try JSON(instance.run("models explain --json --model \(model)").stdout)
            #expect(json["provider"] == "acme" && json["unavailable.code"] == "provider_left_out")
            #expect(
                json["unavailable.message"]
                    == """
                    models.providers.acme needs a baseUrl and an api: it is not a built-in provider. It has a baseUrl and \
                    no usable api. Run: agenticflow-enterprise config set models.providers.acme.api openai-completions
                    """)
        }
    }
}
