// SPDX-License-Identifier: Apache-2.0
import Credentials
import FoundationEssentials
import Rotation
import Testing

#if canImport(Glibc)
    import Glibc
#endif

/// What a fix is typed for is mended by it, and nothing beside it is lost.
@Suite struct KeptAsideTests {
    private static func stored(_ entries: String) -> String { "{\"version\": 1, \"profiles\": {\(entries)}}" }
    private static let key =
        "\"openai:k\": {\"type\": \"api_key\", \"provider\": \"openai\", \"key\": \"sk-0123456789abcdefghij\"}"

    @Test func `both keys are kept under a name that is free`() {
        let instance = Instance()
        instance.write(".env", "OPENAI_API_KEY=sk-proj-0123456789abcdef\nOPENAI_API_KEY_2=sk-proj-second-0123456789\n")
        let run = instance.run("env set OPENAI_API_KEY", typing: "gsk_0123456789abcdef0123456789abcdef")
        #expect(run.code != 0)
        #expect(run.stderr.contains("env set OPENAI_API_KEY_3"), "\(run.stderr)")
    }

    @Test func `a new date for the same token ends no cooldown`() throws {
        let entry =
            "\"openrouter:t\": {\"type\": \"token\", \"provider\": \"openrouter\", \"token\": \"sk-or-0123456789\"}"
        let instance = Instance(store: Self.stored(entry))
        try instance.hold("openrouter:t", .billing, for: 600)
        let before = try instance.health(of: "openrouter:t")
        #expect(
            instance.run("models auth rotate openrouter:t --expires-in 30d", typing: "sk-or-0123456789").code == 0)
        #expect(try instance.health(of: "openrouter:t") == before)
    }

    @Test(arguments: [
        ("[\"work\"]", "auth.order.openai"), ("[\"work\", \"openai:k\"]", "'auth.order.openai[0]'"),
    ])
    func `of an order that would be empty the whole is taken away`(order: String, place: String) {
        let instance = Instance(config: "{auth: {order: {openai: \(order)}}}", store: Self.stored(Self.key))
        let said = instance.run("config validate").stdout
        #expect(said.contains("agenticflow-enterprise config unset \(place))"), "\(said)")
    }

    @Test func `a state directory that is a work tree itself is passed over as a whole`() {
        let instance = Instance()
        _ = instance.run("models status")
        mkdir("\(instance.state)/.git", 0o700)
        let said = instance.run("doctor").stdout
        #expect(said.contains("printf '%s\\n' '*' >> ~/.agenticflow-enterprise/.gitignore"), "\(said)")
    }

    @Test(arguments: ["config validate", "doctor"])
    func `a built-in provider with a bad address goes back to its own`(line: String) {
        let instance = Instance(
            config: "{models: {providers: {anthropic: {baseUrl: 'htp://127.0.0.1:8099'}}}}",
            store: Self.stored(
                "\"anthropic:a\": {\"type\": \"api_key\", \"provider\": \"anthropic\", \"key\": \"sk-ant-api03-aaaaaaaaaaaaaaaaaaaa\"}"
            ))
        let said = instance.run(line).stdout
        #expect(!said.contains("openai-completions"), "\(said)")
        #expect(!said.contains("neither built in nor configured"))
        #expect(instance.run("config unset models.providers.anthropic.baseUrl").code == 0)
        #expect(instance.run("config validate").code == 0)
    }

    @Test func `a plain model whose provider has only what cannot be sent is explained as its provider's`() throws {
        let entry =
            "\"openai:ci\": {\"type\": \"api_key\", \"provider\": \"openai\", \"keyRef\": {\"source\": \"env\", \"id\": \"NOPE_KEY\"}}"
        let instance = Instance(store: Self.stored(entry))
        let plain = try JSON(instance.run("models explain --model gpt-4o-mini --json").stdout)
        let whole = try JSON(instance.run("models explain --model openai/gpt-4o-mini --json").stdout)
        #expect(plain["unavailable.code"] == "no_credential")
        #expect(plain["unavailable"] == whole["unavailable"] && plain["candidates"] == whole["candidates"])
    }

    @Test func `no client is told where a secret rests`() throws {
        let instance = Instance(store: Self.stored(""))
        instance.write("../vault/key", "sk-proj-0123456789abcdef\n")
        instance.write(
            "agents/main/agent/auth-profiles.json",
            Self.stored(
                "\"openai:f\": {\"type\": \"api_key\", \"provider\": \"openai\", \"keyRef\": {\"source\": \"file\", \"id\": \"\(instance.home)/vault/key\"}}"
            ))
        try instance.hold("openai:f", .auth, for: 600)
        let told = instance.run("models explain --model openai/gpt-5").stdout
        #expect(told.contains("Replace it in the file that openai:f refers to"), "\(told)")
        #expect(!told.contains("vault/key"))
    }
}
