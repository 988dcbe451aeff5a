// SPDX-License-Identifier: Apache-2.0
import Testing

/// Nothing of an old file is lost on its way into the store, and nothing that is no credential gets there.
@Suite struct OldFilesTests {
    @Test func `two credentials of one provider both have a place`() throws {
        let instance = Patient.healthy()
        instance.write(
            "agents/main/agent/auth.json",
            "{\"openai\": {\"key\": \"sk-one-0123456789\"}, \"OpenAI\": {\"key\": \"sk-two-0123456789\"}}")
        instance.write(
            "credentials/oauth.json",
            "{\"openai\": {\"access\": \"a-0123456789\", \"refresh\": \"r-0123456789\", \"expires\": 9999999999999}}")
        instance.settle()
        #expect(instance.run("doctor --fix --yes").code == 0)
        let store = try JSON(instance.store ?? "")
        #expect(store["profiles.openai:default.key"] == "sk-one-0123456789")
        #expect(store["profiles.openai:default-2.key"] == "sk-two-0123456789")
        #expect(store["profiles.openai:default-3.access"] == "a-0123456789")
        #expect(store["profiles.anthropic:work.key"] == .string(Patient.key))
    }

    @Test func `the same one in two files is one profile`() throws {
        let instance = Patient.healthy()
        let text = "{\"openai\": {\"key\": \"sk-one-0123456789\"}}"
        instance.write("agents/main/agent/auth.json", text)
        instance.write("credentials/oauth.json", text)
        instance.settle()
        #expect(instance.run("doctor --fix --yes").code == 0)
        let store = try JSON(instance.store ?? "")
        #expect(store["profiles.openai:default.key"] == "sk-one-0123456789")
        #expect(store["profiles.openai:default-2"] == nil)
    }

    @Test func `one of a file and one that stood beside the profiles both have a place`() throws {
        let store = Patient.store.replacing(
            "\"version\": 1,", with: "\"version\": 1, \"openai\": {\"apiKey\": \"sk-flat-0123456789\"},")
        let instance = Instance(config: Patient.config, store: store)
        instance.write("agents/main/agent/auth.json", "{\"openai\": {\"key\": \"sk-one-0123456789\"}}")
        instance.settle()
        #expect(instance.run("doctor --fix --yes").code == 0)
        let after = try JSON(instance.store ?? "")
        #expect(after["profiles.openai:default.key"] == "sk-flat-0123456789")
        #expect(after["profiles.openai:default-2.key"] == "sk-one-0123456789")
    }

    private static let strange = "\"telemetry\": {\"token\": \"t-0123456789\"}"

    @Test func `what stands beside profiles under no provider's name is told and stays`() throws {
        let store = Patient.store.replacing("\"version\": 1,", with: "\"version\": 1, \(Self.strange),")
        let instance = Instance(config: Patient.config, store: store)
        #expect(try instance.findings() == ["gateway-not-running", "store-entry-unknown"])
        let report = instance.run("doctor").stdout
        #expect(report.contains("telemetry stands beside profiles, and is no provider that is known here."))
        #expect(report.contains("config set models.providers.telemetry.baseUrl https://HOST/v1"))
        #expect(!instance.run("models status").stderr.contains("flat"))
        #expect(instance.run("doctor --fix --yes").stdout.contains("Nothing can be repaired from here."))
        #expect(instance.store == store)
    }

    @Test func `with a known one beside it only that one moves`() throws {
        let store = Patient.store.replacing(
            "\"version\": 1,",
            with: "\"version\": 1, \(Self.strange), \"openai\": {\"apiKey\": \"sk-flat-0123456789\"},")
        let instance = Instance(config: Patient.config, store: store)
        instance.settle()
        #expect(instance.run("doctor --fix --yes").code == 0)
        let after = try JSON(instance.store ?? "")
        #expect(after["profiles.openai:default.key"] == "sk-flat-0123456789")
        #expect(after["openai"] == nil)
        #expect(after["telemetry.token"] == "t-0123456789")
    }

    @Test func `one that the configuration knows is a provider`() throws {
        let store = Patient.store.replacing("\"version\": 1,", with: "\"version\": 1, \(Self.strange),")
        let provider =
            "models: { providers: { telemetry: { baseUrl: \"http://127.0.0.1:9/v1\", api: \"openai-completions\" } } },"
        let instance = Instance(config: Patient.config(top: provider), store: store)
        #expect(try instance.findings().contains("legacy-flat-store"))
        #expect(instance.run("doctor --fix --yes").code == 0)
        #expect(try JSON(instance.store ?? "")["profiles.telemetry:default.token"] == "t-0123456789")
    }
}
