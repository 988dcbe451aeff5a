// SPDX-License-Identifier: Apache-2.0
import Credentials
import FoundationEssentials
import Rotation
import Testing

@testable import Commands

#if canImport(Glibc)
    import Glibc
#endif

/// What the commands say while a gateway runs.
@Suite struct GatewayViewTests {
    static let store = """
        {"version": 1, "profiles": {
          "openai:a": {"type": "api_key", "provider": "openai", "key": "sk-test-aaaaaa"},
          "openai:new": {"type": "api_key", "provider": "openai", "key": "sk-test-bbbbbb"}
        }}
        """

    static func status(_ credentials: String) -> [String: (status: Int, body: String)] {
        [
            "/api/v1/status": (
                200,
                "{\"version\":\"0\",\"pid\":4711,\"problems\":[\"A CA file is gone.\"],\"credentials\":[\(credentials)]}\n"
            )
        ]
    }

    static func line(_ id: String, source: String = "store:main", code: String = "ok", windows: String = "")
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
        #expect(
            run.stderr == """
                error: A CA file is gone.
                  why: What it is about is not used.
                  fix: Look at: agenticflow-enterprise doctor

                """)
        let json = try JSON(run.stdout)
        #expect(json["view"] == "gateway")
        #expect(json["gatewayPid"] == 4711)
        #expect(json["problems"] == ["A CA file is gone."])
        #expect(json["advice.0.fix"] == "Look at: agenticflow-enterprise doctor")
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
        (500, "{}", "it answered with status 500"), (404, "{}", "it answered with status 404: an older gateway"),
        (404, "<html>", "it answered with status 404: an older gateway"), (200, "", "what listens there"),
        (200, "<html><body>It works</body></html>", "what listens there is not this gateway"),
        (200, "{}", "what listens there is not this gateway: its answer lacks what this command asked for"),
        (200, #"{"version":"0.0.1"}"#, "the gateway (version 0.0.1) does not answer as this command (version 0.1.0)"),
        (200, #"{"version":"0.0.1","pid":1,"problems":[],"credentials":[{"id":"x"}]}"#, "the gateway (version 0.0.1)"),
        (200, #"{"version":"0.0.1","pid":1,"problems":[1],"credentials":[]}"#, "the gateway (version 0.0.1)"),
        (200, #"{"version":"9","pid":"1","problems":[],"credentials":[]}"#, "the gateway (version 9)"),
        (
            200, #"{"version":"9","model":"m","provider":"openai","orderSource":"x","candidates":[{}],"next":null}"#,
            "the gateway (version 9)"
        ), (200, #"{"version":["\u001b[2J"],"credentials":{"a":1}}"#, "what listens there is not this gateway"),
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
                run.stderr.hasPrefix(
                    "warning: The gateway of this instance runs, but was of no help.\n  "
                        + "why: Process \(getpid()) holds its lock, but \(why)"))
        }
        withExtendedLifetime(gateway) {}
    }

    @Test(arguments: [
        (404, "{}", "It answered with status 404: an older gateway than this command"),
        (404, "<html>", "It answered with status 404: an older gateway than this command"),
        (200, #"{"version":"0.0.1"}"#, "The gateway (version 0.0.1) does not answer as this command"),
        (200, "{}", "What listens there is not this gateway"),
        (401, "{}", "It was probably started with another client token"),
    ])
    func `the other commands do not take it for an answer either`(status: Int, body: String, why: String) throws {
        let instance = Instance(store: Self.store)
        try instance.hold("openai:a", .billing, for: 600)
        let paths = ["/api/v1/status", "/healthz", "/api/v1/credentials/clear"]
        let gateway = PretendGateway(
            instance, answers: Dictionary(uniqueKeysWithValues: paths.map { ($0, (status, body)) }))
        let before = instance.snapshot
        #expect(try JSON(instance.run("gateway status --json").stdout)["state"] == "silent")
        #expect(instance.run("gateway status").stdout.contains("\n- \(why)"))
        let health = instance.run("gateway health")
        #expect(health.code == 69 && health.stdout.isEmpty)
        #expect(health.stderr.lowercased().contains(why.prefix(20).lowercased()))
        #expect(try JSON(instance.run("env list --json").stdout)["view"] == "files")
        let clearing = instance.run("models auth clear-cooldown openai:a")
        #expect(clearing.code == 69 && clearing.stderr.hasPrefix("error: Nothing was cleared"))
        let found = instance.run("doctor --json").stdout
        #expect(found.contains(status == 401 ? "gateway-refuses-token" : "gateway-foreign-answer"))
        #expect(status == 401 || !found.contains("another client token"))
        #expect(instance.snapshot == before)
        withExtendedLifetime(gateway) {}
    }

    @Test func `nobody is told to end a process that is not the gateway`() throws {
        let instance = Instance(store: Self.store)
        // Its number was left behind by one that died; process 1 is somebody else's.
        let gateway = PretendGateway(instance, pid: 1, answers: ["/api/v1/status": (404, "{}")])
        let out = instance.run("doctor").stdout
        #expect(out.contains("end its process, then run: agenticflow-enterprise gateway run"))
        #expect(!out.contains("end process"))
        withExtendedLifetime(gateway) {}
    }

    @Test func `what the gateway has noted for commands is presented, and not the clients' token`() throws {
        let instance = Instance(store: Self.store)
        let gateway = PretendGateway(
            instance, noting: ", \"commandToken\": \"agl_noted\"", answers: Self.status(Self.line("openai:a")))
        let run = instance.run("models status --json")
        #expect(try JSON(run.stdout)["view"] == "gateway")
        #expect(gateway.heard[0].contains("\r\nAuthorization: Bearer agl_noted\r\n"))
        #expect(!gateway.heard[0].contains("agw_pretend") && !(run.stdout + run.stderr).contains("agl_noted"))
    }

    @Test(arguments: [
        ("shell", "AGENTICFLOW_GATEWAY_TOKEN in the login shell, which commands do not ask."),
        (
            "process",
            "AGENTICFLOW_GATEWAY_TOKEN in the environment it was started with, which this command does not see."
        ),
    ])
    func `a client token that only the gateway has is said to be elsewhere`(layer: String, words: String) throws {
        let instance = Instance(config: "{gateway: {port: 0}}", store: Self.store)
        let environment =
            "{\"variables\":[],\"clientToken\":{\"source\":\"\(layer)\",\"mask\":\"agw_ab...yz\"},\"shellEnv\":{}}"
        let body = "{\"version\":\"0.1.0\",\"pid\":1,\"problems\":[],\"credentials\":[],\"environment\":\(environment)}"
        let gateway = PretendGateway(
            instance, noting: ", \"commandToken\": \"agl_noted\"", answers: ["/api/v1/status": (200, body)])
        instance.environment["AGENTICFLOW_GATEWAY_TOKEN"] = nil
        let before = instance.config
        for line in ["gateway token", "gateway token --show", "doctor --generate-gateway-token"] {
            let run = instance.run(line)
            #expect(run.code == 78 && run.stdout.isEmpty)
            #expect(run.stderr.hasPrefix("error: The gateway's client token is from \(words)\n"))
            #expect(run.stderr.contains("agenticflow-enterprise env set AGENTICFLOW_GATEWAY_TOKEN"))
        }
        #expect(instance.config == before)
        let ids = try JSON(instance.run("doctor --json").stdout)
        #expect("\(ids)".contains("gateway-token-elsewhere") && !"\(ids)".contains("gateway-token-missing"))
        instance.environment["AGENTICFLOW_GATEWAY_TOKEN"] = "agw_anotherTokenThanThatOfTheGateway"
        let shown = instance.run("gateway token --show")
        #expect(shown.code == 0 && shown.stdout == "agw_anotherTokenThanThatOfTheGateway\n")
        #expect(shown.stderr.hasPrefix("warning: The gateway takes another client token than this command found.\n"))
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
        #expect(try JSON(run.stdout)["gatewayPid"] == .number(Double(getpid())))
        #expect(try JSON(run.stdout)["next"] == "openai:a")
        #expect(
            gateway.heard.map { $0.prefix { $0 != "\r\n" } } == [
                "GET /api/v1/explain?model=openai%2Fgpt-5&agent=coder&session=a%20b%26c%3D%C3%BC HTTP/1.1"
            ])
    }

    @Test func `what was stored a moment ago is pending, not hidden`() throws {
        let instance = Instance(store: Self.store)
        instance.write(".env", "OPENAI_API_KEY=sk-test-just-written\n")
        instance.environment["OPENAI_API_KEY_2"] = "sk-test-of-this-shell"
        let answer = """
            {"model":"gpt-5","provider":"openai","orderSource":"automatic","candidates":[],"next":null,"fallbacks":[]}
            """
        let gateway = PretendGateway(
            instance, answers: ["/api/v1/explain": (200, answer)].merging(Self.status("")) { first, _ in first })
        let run = instance.run("models explain --model openai/gpt-5")
        #expect(
            run
                == Transcript(
                    stdout: """
                        View: gateway (pid \(getpid()))
                        Next for openai/gpt-5: none. The gateway has not seen what was just stored.

                        PROFILE     STATE    CODE  UNTIL  EVIDENCE  SOURCE
                        openai:a    pending  -     -      -         store:main
                        openai:new  pending  -     -      -         store:main
                        openai:env  pending  -     -      -         env:OPENAI_API_KEY

                        openai:a: The gateway has not seen it yet; it does within two seconds.
                        openai:new: The gateway has not seen it yet; it does within two seconds.
                        openai:env: The gateway has not seen it yet; it does within two seconds.

                        Order: automatic (logins, tokens, keys, then the environment; the longest unused first)
                        Fallbacks: none

                        """, stderr: "", code: 0))
        let json = try JSON(instance.run("models explain --model openai/gpt-5 --json").stdout)
        #expect(json["candidates"] == [])
        #expect(
            json["pending"] == [
                ["profile": "openai:a", "source": "store:main"],
                ["profile": "openai:new", "source": "store:main"],
                ["profile": "openai:env", "source": "env:OPENAI_API_KEY"],
            ])
        // Another shell's variable is none of the gateway's.
        let status = instance.run("models status").stdout
        #expect(status.contains("openai:env pending: The gateway has not taken it up yet"))
        #expect(!status.contains("OPENAI_API_KEY_2 [pending]"))
        withExtendedLifetime(gateway) {}
    }

    @Test func `a configuration that cannot be read is not taken for another token`() throws {
        let instance = Instance(config: "{ gateway: {", store: Self.store)
        let gateway = PretendGateway(
            instance, answers: ["/api/v1/status": (401, "{}"), "/api/v1/explain": (401, "{}")])
        let status = instance.run("gateway status")
        #expect(status.code == 0)
        #expect(status.stdout.hasPrefix("Gateway:   running (pid \(getpid()))\n"))
        #expect(status.stdout.contains("its client token is in the configuration, which cannot be read here"))
        #expect(!status.stdout.contains("another client token"))
        #expect(status.stderr.hasPrefix("error: ~/.agenticflow-enterprise/agenticflow-enterprise.json cannot be read"))
        let explained = instance.run("models explain --model openai/gpt-5")
        #expect(explained.stderr.contains("but its client token is in the configuration, which cannot be read here."))
        withExtendedLifetime(gateway) {}
    }

    @Test func `one that is silent is named by its process`() throws {
        let instance = Instance(store: Self.store)
        let gateway = PretendGateway(instance, answers: nil)
        #expect(instance.run("gateway status").stdout.hasPrefix("Gateway:   silent (pid \(getpid()))\n"))
        #expect(try JSON(instance.run("gateway status --json").stdout)["pid"] == .number(Double(getpid())))
        withExtendedLifetime(gateway) {}
    }

    @Test func `nobody is told to start one that would refuse`() throws {
        let instance = Instance(config: "{ gateway: {", store: Self.store)
        let status = instance.run("gateway status")
        #expect(status.stdout.hasPrefix("Gateway:   stopped\nConfig:    "), "\(status.stdout)")
        #expect(!status.stdout.contains("gateway run"))
        #expect(try JSON(instance.run("gateway status --json").stdout)["url"] == .null)
    }

    @Test(arguments: [(18789, 18790), (18790, 18791)])
    func `the other port that is advised is another one`(taken: Int, other: Int) {
        let error = GatewayStartError.cannotListen(
            host: "127.0.0.1", port: taken, isInUse: true, problem: "", other: nil)
        #expect(error.advice.fix.hasSuffix("gateway run --port \(other)"))
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
        #expect(run.stderr.hasSuffix(".json.\nThe running gateway takes it up by itself.\n"))
        #expect(gateway.heard.isEmpty)
    }
}
