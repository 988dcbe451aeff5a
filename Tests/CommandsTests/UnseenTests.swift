// SPDX-License-Identifier: Apache-2.0
import Testing

/// What the files say and the running gateway has not looked at yet, and what it tells of providers that it did not reach.
@Suite struct UnseenTests {
    @Test(arguments: [
        ("--model openai/gpt-5 --agent coder", 404, #"There is no agent \"coder\". Known: main"#, "agent coder"),
        ("--model gpt-5", 404, "No provider offers it.", "what was just stored"),
        ("--model openai/gpt-5", 400, "It is not relayed.", "what was just stored"),
    ])
    func `what is asked about before the gateway has seen it is told from the files`(
        words: String, status: Int, message: String, what: String
    ) throws {
        let instance = Instance(
            config: "{agents: {list: [{id: 'main', default: true}, {id: 'coder'}]}}", store: GatewayViewTests.store)
        let code = status == 404 ? "model_not_found" : "unsupported_provider"
        let gateway = PretendGateway(
            instance,
            answers: [
                "/api/v1/explain": (status, "{\"error\":{\"message\":\"\(message)\",\"code\":\"\(code)\"}}")
            ])
        let run = instance.run("models explain \(words)")
        #expect(run.code == 0)
        #expect(run.stderr == "The gateway has not taken up \(what) yet; it does within two seconds.\n")
        #expect(
            run.stdout.hasPrefix(
                "View: files (the gateway takes them up within two seconds)\nNext for openai/gpt-5: openai:a."),
            "\(run.stdout)")
        #expect(try JSON(instance.run("models explain \(words) --json").stdout)["view"] == "files")
        withExtendedLifetime(gateway) {}
    }

    @Test func `so is a profile that a request insists on`() {
        let instance = Instance(store: GatewayViewTests.store)
        let answer = """
            {"model":"gpt-5","provider":"openai","orderSource":"automatic","candidates":[],"next":null,"fallbacks":[],\
            "pinned":"openai:new","unavailable":{"code":"pinned_profile_unavailable","profileCode":"unknown_profile",\
            "reason":null,"retryAt":null,"message":"No credentials found for profile."}}
            """
        let gateway = PretendGateway(instance, answers: ["/api/v1/explain": (200, answer)])
        let run = instance.run("models explain --model openai/gpt-5@openai:new")
        #expect(run.code == 0)
        #expect(run.stderr == "The gateway has not taken up openai:new yet; it does within two seconds.\n")
        #expect(instance.run("models explain --model openai/gpt-5@openai:gone").code == 65)
        withExtendedLifetime(gateway) {}
    }

    @Test(arguments: [
        // Only this shell has the key: nothing is on its way.
        (404, "model_not_found"),
        // The gateway's own environment may make it so.
        (400, "ambiguous_model"),
    ])
    func `a refusal that no file explains is the gateway's`(status: Int, code: String) {
        let instance = code == "ambiguous_model" ? Instance(store: GatewayViewTests.store) : Instance()
        instance.environment["OPENAI_API_KEY"] = "sk-test-of-this-shell"
        let answer = "{\"error\":{\"message\":\"Its own words.\",\"code\":\"\(code)\"}}"
        let gateway = PretendGateway(instance, answers: ["/api/v1/explain": (status, answer)])
        let run = instance.run("models explain --model openai/gpt-5")
        #expect(run.code == 65)
        #expect(run.stderr.contains("\n  why: Its own words.\n"))
        withExtendedLifetime(gateway) {}
    }

    @Test func `an agent that the gateway does not know yet is pending, not unusable`() throws {
        let instance = Instance(
            config: "{agents: {list: [{id: 'main', default: true}, {id: 'coder'}]}}", store: GatewayViewTests.store)
        let gateway = PretendGateway(instance, answers: GatewayViewTests.status(GatewayViewTests.line("openai:a")))
        let run = instance.run("models status --agent coder")
        #expect(run.stdout.contains("- openai effective=unusable:the gateway takes it up within two seconds | "))
        #expect(
            run.stdout.contains("- openai:a pending: The gateway has not taken it up yet; it does within two seconds."))
        #expect(instance.run("models status --agent coder --check").code == 0)
        withExtendedLifetime(gateway) {}
    }

    @Test(arguments: [
        (
            "timeout", "could not connect to 127.0.0.1:9: connection refused",
            "and that this machine reaches it without a proxy (DNS, network, firewall)"
        ),
        (
            "tls_certificate", "could not connect to ai.example:443: the TLS certificate or handshake was refused: x",
            "this machine's clock; and, for an authority of your own, models.providers.openai.caFile"
        ),
    ])
    func `a provider that was not reached did not time out`(reason: String, cause: String, check: String) throws {
        let instance = Instance(store: GatewayViewTests.store)
        let window = """
            {"reason":"\(reason)","model":null,"since":1789999990000,"until":1790000020000,\
            "evidence":{"origin":"connection","text":"\(cause)"}}
            """
        let gateway = PretendGateway(
            instance,
            answers: GatewayViewTests.status(
                GatewayViewTests.line("openai:a", code: "cooldown_transient", windows: window)))
        let fix = "Check its address, if one is set: agenticflow-enterprise config get models.providers.openai.baseUrl"
        #expect(
            instance.run("models status").stdout.contains(
                "OpenAI was not reached: \(cause). It is used again in 20s (2026-09-21T14:13:40Z). \(fix); \(check).\n")
        )
        let finding = try JSON(instance.run("doctor --json --only credential-cooling").stdout)["checks.0"]
        #expect(finding?["why"] == .string("The provider was not reached: \(cause)."))
        #expect(finding?["fix"] == .string("\(fix); \(check)"))
        withExtendedLifetime(gateway) {}
    }
}
