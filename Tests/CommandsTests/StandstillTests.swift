// SPDX-License-Identifier: Apache-2.0
import Testing

/// `gateway status` of a gateway whose requests for the default model come to nothing, by the rule of `--check`.
@Suite struct StandstillTests {
    private static let config = "{agents: {defaults: {model: 'openai/gpt-5'}}}"
    private static let nothing = "\n- Nothing can be sent to OpenAI for the default model openai/gpt-5. "

    private static func window(_ reason: String) -> String {
        """
        {"reason":"\(reason)","model":null,"since":1789999990000,"until":1790000300000,\
        "evidence":{"origin":"status","text":"401"}}
        """
    }

    private static func refused(_ id: String) -> String {
        GatewayViewTests.line(id, code: "disabled_auth", windows: window("auth"))
    }

    @Test(arguments: [
        (
            "both refused", "\(refused("openai:a")),\(refused("openai:new"))",
            "Every credential of openai is put aside.\n  fix: openai:a: OpenAI rejected it."
        ),
        ("none known", "", "openai has no credential.\n  fix: Run: agenticflow-enterprise models auth paste-api-key"),
    ])
    func `is told, with what mends it`(name: String, lines: String, said: String) throws {
        let instance = Instance(config: Self.config, store: lines.isEmpty ? nil : GatewayViewTests.store)
        let gateway = PretendGateway(instance, answers: GatewayViewTests.status(lines))
        let run = instance.run("gateway status")
        #expect(run.code == 0)
        #expect(run.stdout.contains(Self.nothing + said), "\(run.stdout)")
        #expect(run.stdout.contains("agenticflow-enterprise models auth paste-api-key --provider openai"))
        let json = try JSON(instance.run("gateway status --json").stdout)
        #expect(json["state"] == "running")
        #expect(json["advice.0.error"] == "Nothing can be sent to OpenAI for the default model openai/gpt-5.")
        #expect(instance.run("models status --check").code == 1)
        withExtendedLifetime(gateway) {}
    }

    @Test(arguments: [
        ("one is left", "\(refused("openai:a")),\(GatewayViewTests.line("openai:new"))"),
        (
            "a wait is all",
            ["openai:a", "openai:new"].map {
                GatewayViewTests.line($0, code: "cooldown_rate_limit", windows: window("rate_limit"))
            }.joined(separator: ",")
        ),
    ])
    func `is not told while somebody can be asked, or cools down for a while`(name: String, lines: String) {
        let instance = Instance(config: Self.config, store: GatewayViewTests.store)
        let gateway = PretendGateway(instance, answers: GatewayViewTests.status(lines))
        #expect(!instance.run("gateway status").stdout.contains("Nothing can be sent"))
        #expect(instance.run("models status --check").code == 0)
        withExtendedLifetime(gateway) {}
    }

    @Test func `an order that leaves out everything is named with its own remedy`() {
        let instance = Instance(
            config: "{agents: {defaults: {model: 'openai/gpt-5'}}, auth: {order: {openai: ['openai:env']}}}",
            store: GatewayViewTests.store)
        let excluded = ["openai:a", "openai:new"].map { GatewayViewTests.line($0, code: "excluded_by_auth_order") }
        let gateway = PretendGateway(instance, answers: GatewayViewTests.status(excluded.joined(separator: ",")))
        let out = instance.run("gateway status").stdout
        #expect(out.contains("\(Self.nothing)No credential of openai can be sent.\n  fix: Run: "), "\(out)")
        #expect(out.contains("models auth order set --provider openai openai:a openai:new"), "\(out)")
        withExtendedLifetime(gateway) {}
    }

    @Test(arguments: [
        // Clients name their models, and somebody can be asked.
        "{agents: {defaults: {imageModel: 'groq/image'}}}",
        // What takes its place serves.
        "{agents: {defaults: {model: {primary: 'groq/llama', fallbacks: ['openai/gpt-5']}}}}",
    ])
    func `is not told while another provider serves`(config: String) {
        let instance = Instance(config: config, store: GatewayViewTests.store)
        let lines = ["openai:a", "openai:new"].map { GatewayViewTests.line($0) }.joined(separator: ",")
        let gateway = PretendGateway(instance, answers: GatewayViewTests.status(lines))
        let out = instance.run("gateway status").stdout
        #expect(!out.contains("Nothing can be sent"), "\(out)")
        withExtendedLifetime(gateway) {}
    }

    @Test func `without any credential it is said without a model`() {
        let instance = Instance()
        let gateway = PretendGateway(instance, answers: GatewayViewTests.status(""))
        let out = instance.run("gateway status").stdout
        #expect(out.contains("\n- Nothing can be sent to any provider. anthropic has no credential.\n  fix: Run: "))
        withExtendedLifetime(gateway) {}
    }
}
