// SPDX-License-Identifier: Apache-2.0
import Credentials
import FoundationEssentials
import Rotation
import Testing

/// A command that is advised names the agent that it was about, and takes nothing from anybody.
@Suite struct AdvisedAgentTests {
    private static let config = "{agents: {list: [{id: 'main', default: true}, {id: 'kid'}]}}"
    private static let past = 1_780_000_000_000
    private static func stored(_ entries: String, order: String = "") -> String {
        "{\"version\": 1, \"profiles\": {\(entries)}\(order)}"
    }
    private static let key =
        "\"openai:k\": {\"type\": \"api_key\", \"provider\": \"openai\", \"key\": \"sk-0123456789abcdefghij\"}"

    private static func instance(kid store: String, config: String = config) -> Instance {
        let instance = Instance(config: config)
        instance.write("agents/kid/agent/auth-profiles.json", store)
        return instance
    }

    @Test(arguments: [
        (
            "models auth order set --provider anthropic --agent kid",
            "models auth order clear --provider anthropic --agent kid"
        ),
        (
            "models auth order set --provider anthropic --agent kid openai:k",
            "models auth order set --provider openai --agent kid openai:k"
        ),
        ("models auth order set --provider openai --agent kid openai:nope", "models auth list --agent kid"),
        ("models auth rotate --agent kid k", "models auth list --agent kid"),
        ("models auth rotate --agent kid nope", "models auth list --agent kid"),
    ])
    func `a refused command advises one for the same agent`(line: String, advised: String) {
        let instance = Self.instance(kid: Self.stored(Self.key))
        let run = instance.run(line, typing: "sk-other-0123456789abcdef")
        #expect(run.code != 0)
        #expect(run.stderr.contains("agenticflow-enterprise \(advised)\n"), "\(run.stderr)")
    }

    @Test(arguments: [FailureReason.billing, .rateLimit])
    func `doctor frees the agent's own credential`(reason: FailureReason) throws {
        let instance = Self.instance(kid: Self.stored(Self.key))
        try instance.hold("openai:k", reason, for: 600, owner: AgentID("kid")!)
        let told = instance.run("doctor").stdout
        #expect(told.contains("models auth clear-cooldown openai:k --agent kid\n"), "\(told)")
        #expect(instance.run("models auth clear-cooldown openai:k --agent kid").code == 0)
        #expect(!instance.run("doctor").stdout.contains("clear-cooldown"))
    }

    @Test func `doctor replaces the setup token that has expired`() {
        let token = "sk-ant-oat01-" + String(repeating: "x", count: 67)
        let entry =
            "\"anthropic:work\": {\"type\": \"token\", \"provider\": \"anthropic\", \"token\": \"\(token)\", \"expires\": \(Self.past)}"
        let told = Self.instance(kid: Self.stored(entry)).run("doctor").stdout
        #expect(
            told.contains(
                "models auth setup-token --profile-id anthropic:work --agent kid"), "\(told)")
    }

    @Test(arguments: ["doctor", "models status", "models status --agent kid"])
    func `a login that has expired keeps its place until something else is there`(line: String) {
        let entry = """
            "openai:manual": {"type": "oauth", "provider": "openai", "access": "a-0123456789", "refresh": "r-0123456789", \
            "expires": \(Self.past)}
            """
        let instance = Self.instance(kid: Self.stored(entry))
        instance.write("agents/main/agent/auth-profiles.json", Self.stored(entry))
        let told = instance.run(line).stdout
        let agent = line == "models status" ? "main" : "kid"
        let words = agent == "main" ? "" : " --agent kid"
        #expect(
            told.contains(
                "models auth paste-api-key --provider openai --profile-id openai:api-key\(words); then take the login out: "
                    + "agenticflow-enterprise models auth logout openai:manual --agent \(agent)\n"), "\(told)")
        #expect(!told.contains("--provider openai --profile-id openai:manual"), "\(told)")
        let before = instance.snapshot
        let run = instance.run("models auth rotate openai:manual --agent \(agent)", typing: "sk-proj-0123456789abcdef")
        #expect(run.code == 65)
        #expect(
            run.stderr.contains(
                """
                  why: It is an OAuth login, which cannot be pasted; this version neither renews logins nor makes them.
                  fix: Run: agenticflow-enterprise models auth paste-api-key --provider openai
                """), "\(run.stderr)")
        #expect(instance.snapshot == before)
    }

    @Test(arguments: ["doctor", "models status"])
    func `where the configuration is wrong about a credential, it is the configuration that is mended`(line: String) {
        let instance = Instance(
            config: "{auth: {profiles: {'openai:k': {provider: 'openai', mode: 'token'}}}}",
            store: Self.stored(Self.key))
        let mend = #"config set 'auth.profiles["openai:k"]' '{provider: "openai", mode: "api_key"}'"#
        let told = instance.run(line).stdout
        #expect(told.contains(mend), "\(told)")
        #expect(!told.contains("paste-api-key --provider openai --profile-id openai:k"), "\(told)")
    }

    @Test func `an order that doctor proposes names only what is there`() {
        let more =
            ", \"openai:left\": {\"type\": \"api_key\", \"provider\": \"openai\", \"key\": \"sk-9876543210abcdefghij\"}"
        let instance = Self.instance(
            kid: Self.stored(Self.key + more, order: ", \"order\": {\"openai\": [\"openai:gone\", \"openai:k\"]}"))
        let command = "models auth order set --provider openai --agent kid openai:k openai:left"
        let told = instance.run("doctor").stdout
        #expect(told.contains(command), "\(told)")
        #expect(instance.run(command).code == 0)
    }

    @Test func `a token may be given its date afterwards`() throws {
        let entry =
            "\"openrouter:t\": {\"type\": \"token\", \"provider\": \"openrouter\", \"token\": \"sk-or-0123456789\", \"expires\": 1890000000000}"
        let instance = Self.instance(kid: Self.stored(entry))
        let run = instance.run("models auth rotate openrouter:t --agent kid", typing: "sk-or-9876543210")
        let advised = "models auth rotate openrouter:t --expires-in 30d --agent kid"
        #expect(run.stderr.contains("  agenticflow-enterprise \(advised)\n"), "\(run.stderr)")
        #expect(instance.run(advised, typing: "sk-or-9876543210").code == 0)
        let stored = try JSON(instance.read("agents/kid/agent/auth-profiles.json") ?? "")
        #expect(stored["profiles.openrouter:t.expires"] == 1_792_592_000_000)
    }
}
