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
}
