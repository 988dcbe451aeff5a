// SPDX-License-Identifier: Apache-2.0
import FoundationEssentials
import Rotation
import Testing

/// `models status --check`: the exit codes that scripts live by.
@Suite struct CheckTests {
    private static let now = Instance.now.timeIntervalSince1970 * 1000
    private static let key =
        #""anthropic:key": {"type": "api_key", "provider": "anthropic", "key": "sk-ant-api03-abcdefghijklmnopqrst"}"#
    private static let setupToken =
        #""anthropic:s": {"type": "token", "provider": "anthropic", "token": "sk-ant-oat01-\#(String(repeating: "x", count: 80))"}"#
    private static let anthropic = #"{agents: {defaults: {model: "anthropic/claude-sonnet-4-5"}}}"#
    private static let openai = #"{agents: {defaults: {model: "openai/gpt-5"}}}"#

    private static func token(
        _ hours: Double?, _ name: String = "t", text: String = "\"token\": \"anthropic-token-1\","
    ) -> String {
        let expires = hours.map { ", \"expires\": \(Int(now + $0 * 3_600_000))" } ?? ""
        return #""anthropic:\#(name)": {"type": "token", \#(text) "provider": "anthropic"\#(expires)}"#
    }

    @Test(
        arguments: [
            ("nothing stored, no default model", "{}", [], 1), ("a key, no default model", "{}", [key], 0),
            ("a key of the default provider", anthropic, [key], 0),
            ("one expired token beside a valid key", anthropic, [token(-1), key], 1),
            ("a token that ends in 23 hours", anthropic, [token(23)], 2),
            ("a token that ends in 25 hours", anthropic, [token(25)], 0),
            ("a token that ends in 24 hours", anthropic, [token(24)], 2),
            ("a token without an end", anthropic, [token(nil)], 0),
            ("the default provider has nothing", openai, [key], 1),
            ("nothing that could be sent", "{}", [setupToken], 1),
            ("nothing that could be sent, of the default provider", anthropic, [setupToken], 1),
            ("a setup token beside a key", anthropic, [setupToken, key], 0),
            ("expiring, and another one missing", openai, [token(23)], 1),
            ("a token without text", anthropic, [token(nil, text: ""), key], 1),
            (
                "an expiry that is no number", anthropic,
                [#""anthropic:t": {"type":"token","token":"t-12345678","provider":"anthropic","expires":"123"}"#, key],
                1
            ),
            (
                "an expiry of 0", anthropic,
                [#""anthropic:t": {"type":"token","token":"t-12345678","provider":"anthropic","expires":0}"#, key], 1
            ),
            (
                "a login without its end", anthropic,
                [#""anthropic:o": {"type":"oauth","access":"a","refresh":"r","provider":"anthropic"}"#, key], 1
            ),
            (
                "a key that is blank", anthropic,
                [#""anthropic:k": {"type":"api_key","key":" ","provider":"anthropic"}"#], 1
            ),
            (
                "a fallback's provider has nothing",
                #"{agents: {defaults: {model: {primary: "anthropic/x", fallbacks: ["minimax/y"]}}}}"#, [key], 1
            ),
            (
                "the provider of a fallback that never gets a request has nothing",
                #"{agents: {defaults: {model: {primary: "anthropic/x", fallbacks: ["groq/y"]}}}}"#, [key], 0
            ),
            (
                "the image model's provider has nothing",
                #"{agents: {defaults: {model: "anthropic/x", imageModel: "groq/y"}}}"#, [key], 1
            ),
            (
                "only listed models do not count",
                #"{agents: {defaults: {model: "anthropic/x", models: {"groq/y": {}}}}}"#, [key], 0
            ),
        ] as [(String, String, [String], Int32)])
    func `the exit code says how the credentials are`(what: String, config: String, profiles: [String], code: Int32)
        throws
    {
        let instance = Instance(config: config)
        if !profiles.isEmpty {
            instance.write(
                "agents/main/agent/auth-profiles.json",
                "{\"version\": 1, \"profiles\": {\(profiles.joined(separator: ","))}}")
        }
        for flags in ["--check", "--check --json", "--check --plain"] {
            #expect(instance.run("models status \(flags)").code == code, "\(what), \(flags)")
        }
        #expect(instance.run("models status").code == 0)
    }

    @Test func `one of two expired is not down`() throws {
        let instance = Instance(
            config: Self.anthropic, store: "{\"version\": 1, \"profiles\": {\(Self.token(-1)), \(Self.key)}}")
        let json = try JSON(instance.run("models status --check --json").stdout)
        #expect(json["auth.oauth.providers.0.status"] == "expired")
        #expect(json["auth.oauth.providers.0.usable"] == true)
    }

    @Test func `a key of the environment is a credential`() {
        let instance = Instance(config: Self.openai)
        instance.environment["OPENAI_API_KEY"] = "sk-test-environment"
        #expect(instance.run("models status --check").code == 0)
    }

    @Test(
        arguments: [(FailureReason.billing, 1), (.authPermanent, 1), (.rateLimit, 0), (.overloaded, 0)]
            as [(FailureReason, Int32)])
    func `it is down when every profile of the default provider is disabled`(reason: FailureReason, code: Int32) throws
    {
        let instance = Instance(config: Self.anthropic, store: "{\"version\": 1, \"profiles\": {\(Self.key)}}")
        try instance.hold("anthropic:key", reason, for: 600)
        #expect(instance.run("models status --check").code == code)
        instance.environment["ANTHROPIC_API_KEY"] = "sk-ant-api03-environment"
        #expect(instance.run("models status --check").code == 0)
    }

    @Test func `the built-in default is in use as a chosen one is, when its provider has credentials`() throws {
        let openai = #""openai:key": {"type": "api_key", "provider": "openai", "key": "sk-proj-abcdefghijklmnop"}"#
        let instance = Instance(store: "{\"version\": 1, \"profiles\": {\(Self.key), \(openai)}}")
        #expect(instance.run("models status --check").code == 0)
        try instance.hold("anthropic:key", .authPermanent, for: 600)
        let run = try JSON(instance.run("models status --check --json").stdout)
        #expect(run["auth.check.exitCode"] == 1)
        #expect(run["auth.check.reason"] == "every credential of anthropic is put aside.")
        let doctor = instance.run("doctor --lint --severity-min error")
        #expect(doctor.code == 1)
        #expect(
            doctor.stdout.contains(
                "Nothing can be sent for agent main: every request for anthropic/claude-opus-4-5 is refused."),
            "\(doctor.stdout)")
        let other = Instance(store: "{\"version\": 1, \"profiles\": {\(openai)}}")
        #expect(other.run("models status --check").code == 0)
    }

    @Test func `it is down for a fallback, too`() throws {
        let minimax = #""minimax:key": {"type": "api_key", "provider": "minimax", "key": "sk-proj-abcdefghijklmnop"}"#
        let instance = Instance(
            config: #"{agents: {defaults: {model: {primary: "anthropic/x", fallbacks: ["minimax/y"]}}}}"#,
            store: "{\"version\": 1, \"profiles\": {\(Self.key), \(minimax)}}")
        #expect(instance.run("models status --check").code == 0)
        try instance.hold("minimax:key", .authPermanent, for: 600)
        let run = instance.run("models status --check")
        #expect(run.code == 1)
        #expect(run.stderr.contains("every credential of minimax is put aside"))
    }

    @Test(arguments: ["broken", "", "{\"version\": 2}", "{\"version\": 1, \"profiles\": "])
    func `a store that cannot be read is told, and so is the rest`(text: String) throws {
        let instance = Instance(
            config: "{agents: {defaults: {model: 'groq/x'}, list: [{id: 'main', default: true}, {id: 'coder'}]}}",
            store: text)
        instance.environment["OPENAI_API_KEY"] = "sk-test-environment"
        for flags in ["", " --check", " --json"] {
            let run = instance.run("models status\(flags)")
            #expect(run.code == 65)
            #expect(run.stderr.hasPrefix("error: ~/.agenticflow-enterprise/agents/main/agent/auth-profiles.json "))
            #expect(run.stderr.contains("\n  why: "))
            #expect(run.stderr.contains("\n  fix: Nothing was changed."))
            #expect(run.stdout.contains("OPENAI_API_KEY"))
            // What it says would be refused.
            #expect(!run.stdout.contains("paste-api-key"))
        }
        #expect(try JSON(instance.run("models status --json").stdout)["problems.0"] != nil)
        #expect(instance.store == text)
    }

    @Test func `another agent's broken store is told, and does not count`() {
        let instance = Instance(
            config: "{agents: {list: [{id: 'main', default: true}, {id: 'coder'}]}}",
            store: "{\"version\": 1, \"profiles\": {\(Self.key)}}")
        instance.write("agents/coder/agent/auth-profiles.json", "broken")
        let run = instance.run("models status --check")
        #expect(run.code == 0)
        #expect(run.stderr.contains("agents/coder/agent/auth-profiles.json"))
        #expect(instance.run("models status --agent coder").code == 65)
    }

    @Test func `status goes on without a configuration, and does not guess what is in it`() throws {
        let instance = Instance(config: "{agents: ", store: "{\"version\": 1, \"profiles\": {\(Self.key)}}")
        let run = instance.run("models status")
        #expect(run.code == 78)
        #expect(run.stderr.contains("cannot be read as a configuration"))
        #expect(run.stdout.contains("anthropic:key"))
        #expect(run.stdout.contains("\nDefault       : unknown (the configuration cannot be read)\n\nAuth overview\n"))
        #expect(instance.run("models status --check").code == 78)
        #expect(instance.run("models status --plain").stdout.isEmpty)
        let json = instance.run("models status --json")
        #expect(json.code == 78)
        #expect(try JSON(json.stdout)["resolvedDefault"] == .null && JSON(json.stdout)["defaultModel"] == .null)
        #expect(try JSON(json.stdout)["auth.oauth.profiles.0.profileId"] == "anthropic:key")
    }

    @Test(arguments: [
        (
            "{\"v\":2,\"id\":\"anthropic:key\"}\n",
            "auth-health.jsonl holds a line of a newer version: kept, and not used."
        ),
        ("one\ntwo\n", "auth-health.jsonl holds 2 lines that cannot be read: they are passed over."),
        ("{\"v\":1,\"id\":\n", nil),
    ])
    func `a journal that says what this version does not know is told, and kept`(text: String, said: String?) {
        let instance = Instance(store: "{\"version\": 1, \"profiles\": {\(Self.key)}}")
        instance.write("agents/main/agent/auth-health.jsonl", text)
        let run = instance.run("models status")
        #expect(run.code == 0 && run.stdout.contains("anthropic:key"))
        #expect(said.map { run.stderr.contains($0) } ?? !run.stderr.contains("auth-health.jsonl"))
        _ = instance.run("models auth rotate anthropic:key", typing: "sk-ant-api03-0123456789")
        #expect(instance.read("agents/main/agent/auth-health.jsonl")?.hasPrefix(text) == true)
    }

    @Test func `a default model is not told from a configuration that could not be read`() {
        let instance = Instance(config: "{agents: ", store: "{\"version\": 1, \"profiles\": {\(Self.key)}}")
        for line in ["models status --plain", "models list --json", "models auth list", "env list", "models explain"] {
            #expect(instance.run(line).code == 78, "\(line)")
        }
        for line in ["models status --agent coder", "models explain --agent coder", "models auth list --agent coder"] {
            let run = instance.run(line)
            #expect(run.code == 78, "\(line)")
            #expect(run.stderr.hasPrefix("error: ~/.agenticflow-enterprise/agenticflow-enterprise.json cannot be read"))
        }
    }

    @Test func `values that are not used are told in one line each`() {
        let instance = Instance(
            config: "{gateway: {port: 'x\\u001b[31m'}}", store: "{\"version\": 1, \"profiles\": {\"bad\": {}}}")
        let run = instance.run("models status")
        #expect(run.code == 0)
        #expect(run.stderr.contains("error: gateway.port "))
        #expect(run.stderr.contains("warning: "))
        #expect(!run.stderr.contains("\u{1b}"))
    }
}
