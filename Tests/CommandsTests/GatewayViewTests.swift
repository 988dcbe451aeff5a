// SPDX-License-Identifier: Apache-2.0
import FoundationEssentials
import Testing

/// What the commands say while a gateway runs.
@Suite struct GatewayViewTests {
    private static let store = """
        {"version": 1, "profiles": {
          "openai:a": {"type": "api_key", "provider": "openai", "key": "sk-test-aaaaaa"},
          "openai:new": {"type": "api_key", "provider": "openai", "key": "sk-test-bbbbbb"}
        }}
        """

    private static func status(_ credentials: String) -> [String: (status: Int, body: String)] {
        [
            "/api/v1/status": (
                200,
                "{\"version\":\"0\",\"pid\":4711,\"problems\":[\"A CA file is gone.\"],\"credentials\":[\(credentials)]}\n"
            )
        ]
    }

    private static func line(_ id: String, source: String = "store:main", code: String = "ok", windows: String = "")
        -> String
    {
        """
        {"agent":"main","profile":"\(id)","provider":"openai","source":"\(source)","type":"api_key","code":"\(code)",\
        "lastUsed":1789999990000,"windows":[\(windows)]}
        """
    }

    @Test func `the live view is shown, and asked for with the client token`() throws {
        let instance = Instance(store: Self.store)
        let window = """
            {"reason":"rate_limit","model":null,"since":1789999990000,"until":1790000300000,\
            "evidence":{"origin":"body","text":"try again in 5m"}}
            """
        let gateway = PretendGateway(
            instance, answers: Self.status(Self.line("openai:a", code: "cooldown_rate_limit", windows: window)))
        let run = instance.run("models status --json")
        #expect(run.code == 0)
        #expect(run.stderr == "warning: A CA file is gone.\n")
        let json = try JSON(run.stdout)
        #expect(json["view"] == "gateway")
        #expect(json["gatewayPid"] == 4711)
        #expect(json["problems"] == ["A CA file is gone."])
        #expect(json["auth.oauth.profiles.0.code"] == "cooldown_rate_limit")
        #expect(json["auth.oauth.profiles.0.until"] == 1_790_000_300_000)
        #expect(json["auth.oauth.profiles.0.lastUsed"] == 1_789_999_990_000)
        #expect(gateway.heard.count == 1)
        #expect(gateway.heard[0].contains("\r\nAuthorization: Bearer agw_pretend\r\n"))
    }

    @Test func `what the gateway has not taken up yet is pending`() throws {
        let instance = Instance(store: Self.store)
        let gateway = PretendGateway(instance, answers: Self.status(Self.line("openai:a")))
        let json = try JSON(instance.run("models status --json").stdout)
        #expect(json["auth.oauth.profiles.1.profileId"] == "openai:new")
        #expect(json["auth.oauth.profiles.1.state"] == "pending")
        #expect(json["auth.oauth.profiles.1.code"] == JSON.null)
        #expect(instance.run("models status").stdout.hasPrefix("View: gateway (pid 4711)\n"))
        withExtendedLifetime(gateway) {}
    }

    @Test func `what the gateway still knows of a broken store is shown`() throws {
        let instance = Instance(store: "broken")
        let gateway = PretendGateway(instance, answers: Self.status(Self.line("openai:a")))
        let run = instance.run("models status --json")
        #expect(run.code == 65)
        #expect(try JSON(run.stdout)["auth.oauth.profiles.0.label"] == "openai:a=?")
        #expect(try JSON(run.stdout)["auth.oauth.profiles.0.usable"] == true)
        withExtendedLifetime(gateway) {}
    }

    @Test func `the environment that counts is the gateway's`() throws {
        let instance = Instance()
        instance.environment["GROQ_API_KEY"] = "gsk-only-here-123456"
        instance.environment["OPENAI_API_KEY"] = "sk-other-value-here"
        let gateway = PretendGateway(
            instance, answers: Self.status(Self.line("openai:env", source: "env:OPENAI_API_KEY")))
        let run = instance.run("models status --json")
        let json = try JSON(run.stdout)
        #expect(json["auth.providers.0.provider"] == "openai")
        #expect(json["auth.providers.0.env"] == ["value": .null, "source": "env: OPENAI_API_KEY"])
        #expect(json["auth.providers.1"] == nil)
        #expect(run.stderr.contains("warning: The gateway does not have GROQ_API_KEY.\n"))
        #expect(!run.stderr.contains("does not have OPENAI_API_KEY"))
        withExtendedLifetime(gateway) {}
    }

    @Test(arguments: [
        (200, "no JSON", "what listens there is not this gateway"), (401, "{}", "it does not take the client token"),
        (500, "{}", "it answered with status 500"),
    ])
    func `a gateway that is of no help is mentioned, and the files are read`(status: Int, body: String, why: String)
        throws
    {
        let instance = Instance(store: Self.store)
        let gateway = PretendGateway(
            instance, answers: ["/api/v1/status": (status, body), "/api/v1/explain": (status, body)])
        for words in ["models status --json", "models auth list --json", "models explain --model openai/gpt-5 --json"] {
            let run = instance.run(words)
            #expect(run.code == 0)
            #expect(try JSON(run.stdout)["view"] == "files")
            #expect(
                run.stderr.hasPrefix("warning: The gateway of this instance runs, but was of no help.\n  why: \(why)"))
        }
        withExtendedLifetime(gateway) {}
    }

    @Test func `a gateway that does not accept is mentioned too`() {
        let instance = Instance(store: Self.store)
        let gateway = PretendGateway(instance, answers: nil)
        let run = instance.run("models status")
        #expect(run.stdout.hasPrefix("View: files (the gateway does not answer)\n"))
        #expect(run.stderr.contains("does not accept the connection"))
        withExtendedLifetime(gateway) {}
    }

    @Test func `explain asks the gateway in its own words`() throws {
        let instance = Instance(
            config: "{agents: {list: [{id: 'main', default: true}, {id: 'coder'}]}}", store: Self.store)
        let answer = """
            {"model":"gpt-5","provider":"openai","orderSource":"automatic","candidates":[{"profile":"openai:a","source":"store:main",\
            "type":"api_key","state":"next","code":"ok","reason":null,"until":null,"evidence":null}],"next":"openai:a","fallbacks":[]}
            """
        let gateway = PretendGateway(instance, answers: ["/api/v1/explain": (200, answer)])
        let run = instance.run([
            "models", "explain", "--model", "openai/gpt-5", "--agent", "coder", "--session", "a b&c=ü", "--json",
        ])
        #expect(run.code == 0)
        #expect(try JSON(run.stdout)["view"] == "gateway")
        #expect(try JSON(run.stdout)["gatewayPid"] == 4711)
        #expect(try JSON(run.stdout)["next"] == "openai:a")
        #expect(
            gateway.heard.map { $0.prefix { $0 != "\r\n" } } == [
                "GET /api/v1/explain?model=openai%2Fgpt-5&agent=coder&session=a%20b%26c%3D%C3%BC HTTP/1.1"
            ])
    }

    @Test func `what the gateway refuses to explain is no silence`() {
        let instance = Instance(store: Self.store)
        let refusal =
            #"{"error":{"message":"Several providers offer \"x\".","type":"t","param":null,"code":"ambiguous_model"}}"#
        let gateway = PretendGateway(instance, answers: ["/api/v1/explain": (400, refusal)])
        let run = instance.run("models explain --model x")
        #expect(run.code == 65)
        #expect(run.stderr.contains("why: Several providers offer \"x\"."))
        withExtendedLifetime(gateway) {}
    }

    @Test func `a paste is announced to whoever watches a running gateway`() {
        let instance = Instance(store: Self.store)
        let gateway = PretendGateway(instance, answers: Self.status(""))
        let run = instance.run("models auth paste-api-key --provider openai", typing: "sk-test-123456")
        #expect(run.code == 0)
        #expect(run.stderr == "The running gateway takes it up within two seconds.\n")
        #expect(gateway.heard.isEmpty)
    }
}
