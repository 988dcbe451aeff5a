// SPDX-License-Identifier: Apache-2.0
import Credentials
import Rotation
import Testing

@testable import Commands

/// What is said of several agents, and when nothing can be sent at all.
@Suite struct DoctorAgentTests {
    private static func config(_ agents: String, top: String = "") -> String {
        """
        {gateway: {port: 0, auth: {token: "agw_0123456789abcdefghijklmnopqrstuvwxyzABCD"}}, \(top)
         agents: {defaults: {model: "anthropic/claude-sonnet-4-5"}, list: [\(agents)]}}
        """
    }

    /// As `id severity agent: fix`.
    private static func told(_ instance: Instance, _ words: String = "") throws -> [String] {
        instance.settle()
        let report = try JSON(instance.run("doctor --json --skip gateway-not-running \(words)").stdout)
        guard case .array(let checks)? = report["checks"] else { return [] }
        return checks.map { check in
            ["id", "severity", "agent"].map { check[$0]?.text ?? "-" }.joined(separator: " ") + ": "
                + (check["fix"]?.text ?? "")
        }
    }

    @Test func `models and missing credentials of another agent are told with it`() throws {
        let agents = """
            {id: "main"}, {id: "coder", model: {primary: "openai/gpt-55", fallbacks: ["nobody/x", "opnai/gpt-5"]}},
            {id: "tester", model: {primary: "anthropic/claude-haiku-4-5", fallbacks: ["minimax/any"]}},
            {id: "alone", auth: {inherit: false}}, {id: "heir"}
            """
        let instance = Instance(config: Self.config(agents), store: Patient.store)
        let run = "Run: agenticflow-enterprise"
        let place = "config set 'agents.list[1].model"
        #expect(
            try Self.told(instance)
                == [
                    // The list that something is taken out of stands together, from its end.
                    "model-provider-unknown error coder: \(run) \(place).fallbacks[1]' openai/gpt-5, or configure its provider",
                    "model-provider-unknown error coder: \(run) config unset 'agents.list[1].model.fallbacks[0]', "
                        + "or configure its provider",
                    "model-doubtful warning coder: \(run) \(place).primary' openai/gpt-5",
                    "nothing-to-send error coder: \(run) models auth paste-api-key --provider openai --agent coder",
                    "nothing-to-send error alone: \(run) models auth paste-api-key --provider anthropic --agent alone",
                    "provider-without-credential warning tester: \(run) models auth paste-api-key --provider minimax --agent tester",
                ])
    }

    @Test func `what heirs of main lack alike is told once, of all of them, and stored where all have it`() throws {
        let agents = """
            {id: "main"}, {id: "ops", model: "xai/grok-4"}, {id: "coder", model: "xai/grok-3"},
            {id: "alone", model: "xai/grok-4", auth: {inherit: false}},
            {id: "a", model: {primary: "anthropic/claude-haiku-4-5", fallbacks: ["minimax/any"]}},
            {id: "b", model: {primary: "anthropic/claude-haiku-4-5", fallbacks: ["minimax/any", "kimi-code/any"]}}
            """
        let instance = Instance(config: Self.config(agents), store: Patient.store)
        let run = "Run: agenticflow-enterprise models auth paste-api-key --provider"
        let only = "--only nothing-to-send --only provider-without-credential"
        #expect(
            try Self.told(instance, only) == [
                "nothing-to-send error ops: \(run) xai", "nothing-to-send error alone: \(run) xai --agent alone",
                "provider-without-credential warning a: \(run) minimax",
                "provider-without-credential warning b: \(run) kimi-code --agent b",
            ])
        let told = instance.run("doctor").stdout
        #expect(
            told.contains(
                "Nothing can be sent for agents ops and coder: every request for their default model is refused."))
        #expect(told.contains("minimax is in use by agents a and b and has no credential."))
        // That one is enough for all of them.
        for provider in ["xai", "minimax"] {
            let key = provider == "xai" ? "xai-0123456789abcdef0123" : "key-0123456789abcdef0123"
            #expect(instance.run("models auth paste-api-key --provider \(provider)", typing: "\(key)\n").code == 0)
        }
        #expect(
            try Self.told(instance, only).map { $0.prefix { $0 != ":" } } == [
                "nothing-to-send error alone", "provider-without-credential warning b",
            ])
    }

    @Test func `what stands in an included file, or in a list that one has a part in, is for an editor`() throws {
        let instance = Instance(
            config: Self.config("{id: \"own\", model: \"openai/gpt-55\"}", top: "$include: \"./more.json5\","),
            store: Patient.store)
        instance.write("more.json5", "{agents: {list: [{id: \"main\"}, {id: \"his\", model: \"openai/gpt-55\"}]}}")
        let (run, home) = ("then run: agenticflow-enterprise config validate", "~/.agenticflow-enterprise")
        #expect(
            try Self.told(instance, "--only model-doubtful").sorted() == [
                "model-doubtful warning his: Write openai/gpt-5 in its place in \(home)/more.json5, \(run)",
                "model-doubtful warning own: Write openai/gpt-5 in its place in \(home)/agenticflow-enterprise.json, "
                    + run,
            ])
    }

    @Test(arguments: [
        ("[null, {id: \"main\", model: \"openai/gpt-55\"}]", "openai/gpt-5"),
        ("[{id: \"main\", model: {primary: \"openai/gpt-5\", fallbacks: [1, \"openai/gpt-55\"]}}]", "openai/gpt-5"),
    ])
    func `in a list of which something else is to go no number is named`(list: String, better: String) throws {
        let instance = Instance(
            config: "{gateway: {port: 0}, agents: {list: \(list)}}", store: Patient.store)
        #expect(
            try Self.told(instance, "--only model-doubtful") == [
                "model-doubtful warning main: Write \(better) in its place in "
                    + "~/.agenticflow-enterprise/agenticflow-enterprise.json, then run: agenticflow-enterprise config validate"
            ])
    }

    @Test func `what only the login shell may have is not said to be missing for good`() throws {
        let model = "{id: \"main\", model: \"openai/gpt-5\"}"
        let off = Instance(config: Self.config(model), store: Patient.store)
        #expect(try Self.told(off, "--only nothing-to-send").count == 1)
        let on = Instance(
            config: Self.config(model, top: "env: {shellEnv: {enabled: true}},"), store: Patient.store)
        #expect(try Self.told(on, "--only nothing-to-send") == [])
        #expect(try Self.told(on, "--only provider-without-credential").count == 1)
    }

    private static let setupToken = "sk-ant-oat01-\(String(repeating: "s", count: 80))"
    private static func profile(_ id: String, _ members: String) -> String {
        "\"\(id)\": {\"provider\": \"\(id.prefix { $0 != ":" })\", \(members)}"
    }

    /// Nothing that could be sent, and what helps.
    private static let nothing: [(store: String, fix: String)] = [
        (
            profile("anthropic:s", "\"type\": \"token\", \"token\": \"\(setupToken)\""),
            "Run: agenticflow-enterprise models auth paste-api-key --provider anthropic"
        ),
        (
            profile("anthropic:e", "\"type\": \"token\", \"token\": \"ant-0123456789\", \"expires\": 1789000000000"),
            "Run: agenticflow-enterprise models auth paste-token --provider anthropic --profile-id anthropic:e --agent main"
        ),
        (
            profile("anthropic:k", "\"type\": \"api_key\", \"key\": \"a b\""),
            "Run: agenticflow-enterprise models auth paste-api-key --provider anthropic --profile-id anthropic:k --agent main"
        ),
        (
            profile("openai:k", "\"type\": \"api_key\", \"key\": \"sk-proj-0123456789abcdef\""),
            "Run: agenticflow-enterprise models auth paste-api-key --provider anthropic"
        ),
    ]

    @Test(arguments: nothing)
    func `where nothing can be sent that is an error, whatever the reason`(store: String, fix: String) throws {
        let instance = Instance(config: Self.config("{id: \"main\"}"), store: DoctorCheckTests.profiles(store))
        #expect(try Self.told(instance, "--only nothing-to-send") == ["nothing-to-send error main: \(fix)"])
        #expect(instance.run("doctor --lint --severity-min error --only nothing-to-send").code == 1)
    }

    @Test func `what is refused for days is nothing to send, what waits for minutes is not`() throws {
        let instance = Instance(config: Self.config("{id: \"main\"}"), store: Patient.store)
        try instance.hold("anthropic:work", .rateLimit, for: 300)
        #expect(try Self.told(instance, "--only nothing-to-send") == [])
        try instance.hold("anthropic:work", .billing, for: 9000)
        #expect(
            try Self.told(instance, "--only nothing-to-send") == [
                "nothing-to-send error main: Top up the account, then run: agenticflow-enterprise models auth "
                    + "clear-cooldown anthropic:work"
            ])
    }

    @Test func `a fallback of another format gets no request, so it is not enough`() throws {
        let model = "{primary: \"openai/gpt-5\", fallbacks: [\"anthropic/claude-haiku-4-5\"]}"
        let instance = Instance(config: Self.config("{id: \"main\", model: \(model)}"), store: Patient.store)
        #expect(try Self.told(instance, "--only nothing-to-send").count == 1)
    }

    @Test func `a fallback that can be sent is enough, and one that cannot is a warning`() throws {
        let model = "{primary: \"minimax/m\", fallbacks: [\"anthropic/claude-haiku-4-5\"]}"
        let instance = Instance(config: Self.config("{id: \"main\", model: \(model)}"), store: Patient.store)
        #expect(
            try Self.told(instance) == [
                "provider-without-credential warning main: Run: agenticflow-enterprise models auth paste-api-key "
                    + "--provider minimax"
            ])
        #expect(instance.run("doctor --lint --severity-min error").code == 0)
    }

    @Test func `an empty home is nothing to send, and told once`() throws {
        let instance = Instance()
        let found = try instance.findings()
        #expect(
            found.subtracting(["port-in-use"]) == ["no-credentials", "gateway-token-missing", "gateway-not-running"])
        #expect(instance.run("doctor --lint --severity-min error --only no-credentials").code == 1)
    }

    @Test func `a new key is taken into the order that would leave it out`() throws {
        let order = "auth: {order: {anthropic: [\"anthropic:s\"]}},"
        let instance = Instance(
            config: Self.config("{id: \"main\"}", top: order),
            store: DoctorCheckTests.profiles(
                Self.profile("anthropic:s", "\"type\": \"token\", \"token\": \"\(Self.setupToken)\"")))
        let paste = "models auth paste-api-key --provider anthropic"
        let set = "models auth order set --provider anthropic --agent main anthropic:manual anthropic:s"
        #expect(
            try Self.told(instance, "--only nothing-to-send") == [
                "nothing-to-send error main: Run: agenticflow-enterprise \(paste) && agenticflow-enterprise \(set)"
            ])
        #expect(instance.run(paste, typing: Patient.key).code == 0)
        #expect(instance.run(set).code == 0)
        #expect(try !instance.findings().contains("nothing-to-send"))
    }
}

extension JSON {
    fileprivate var text: String? { if case .string(let text) = self { text } else { nil } }
}
