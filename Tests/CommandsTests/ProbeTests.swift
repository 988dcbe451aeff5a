// SPDX-License-Identifier: Apache-2.0
import Commands
import Credentials
import FoundationEssentials
import ProfileStorage
import Providers
import Rotation
import Synchronization
import Testing

/// What is asked of providers, and what is said of their answers; they are pretended here.
@Suite struct ProbeTests {
    /// Answers by the profile's secret, and remembers what it was asked.
    final class PretendProvider: Sendable {
        let heard = Mutex<[String]>([])

        var ask: ProviderAsk {
            ProviderAsk { question, recipient, _, done in
                let secret = recipient.secret?.reveal() ?? "none"
                self.heard.withLock { $0.append("\(question.shown(at: recipient.provider)) \(secret)") }
                switch secret {
                case let text where text.contains("good"):
                    done(.answer(ProviderAnswer(status: 200, body: Array("{}".utf8))))
                case let text where text.contains("bad"): done(.answer(ProviderAnswer(status: 401)))
                default: done(.none(.name))
                }
            }
        }
    }

    private static let store = """
        {"version": 1, "profiles": {
          "openai:bad": {"type": "api_key", "provider": "openai", "key": "sk-test-bad-0123456789"},
          "openai:far": {"type": "api_key", "provider": "openai", "key": "sk-test-far-0123456789"},
          "openai:good": {"type": "api_key", "provider": "openai", "key": "sk-test-good-0123456789"},
          "anthropic:sub": {"type": "token", "provider": "anthropic",
            "token": "sk-ant-oat01-good-good-good-good-good-good-good-good-good-good-good-good-good-good-good-good"}
        }}
        """

    private static func instance(_ store: String = store) -> (Instance, PretendProvider) {
        let instance = Instance(store: store), provider = PretendProvider()
        instance.ask = provider.ask
        return (instance, provider)
    }

    @Test func `each credential is asked about once, a setup token never`() throws {
        let (instance, provider) = Self.instance()
        let run = instance.run("models status --probe --json")
        #expect(run.code == 0)
        let probes = try #require(try JSON(run.stdout)["auth.probes"])
        let found = (0..<4).map { index in
            "\(probes["results.\(index).profileId"] ?? .null) \(probes["results.\(index).finding"] ?? .null)"
        }
        #expect(
            found == [
                "string(\"anthropic:sub\") string(\"not_asked\")", "string(\"openai:bad\") string(\"rejected\")",
                "string(\"openai:far\") string(\"could_not_ask\")", "string(\"openai:good\") string(\"ok\")",
            ])
        #expect(
            provider.heard.withLock { $0.sorted() } == [
                "GET https://api.openai.com/v1/models sk-test-bad-0123456789",
                "GET https://api.openai.com/v1/models sk-test-far-0123456789",
                "GET https://api.openai.com/v1/models sk-test-good-0123456789",
            ])
    }

    @Test func `no other command asks a provider`() {
        let (instance, provider) = Self.instance()
        for line in [
            "models status", "models status --check", "models auth list", "models explain --model openai/gpt-5",
            "models auth clear-cooldown --all", "models scan",
        ] { _ = instance.run(line) }
        #expect(provider.heard.withLock { $0.isEmpty })
    }

    @Test func `the journal keeps what a good answer does not disprove`() throws {
        let (instance, _) = Self.instance()
        try instance.hold("openai:good", .billing, for: 600)
        let listed = instance.run("models auth test openai:good")
        #expect(listed.code == 0)
        #expect(
            listed.stdout.contains(
                "openai:good: still disabled until 2026-09-21T14:23:20Z: a listing does not prove credit; --mode completion does, "
                    + "or: agenticflow-enterprise models auth clear-cooldown openai:good --agent main\n"))
        let json = try JSON(instance.run("models auth test openai:good --json").stdout)
        #expect(json["finding"] == "ok" && json["stillHeld"] == ["reason": "billing", "until": 1_790_000_600_000])
        #expect(
            instance.run("models status --probe").stdout.contains("does not prove credit; --probe-mode completion does")
        )
        #expect(try instance.health(of: "openai:good")?.windows.map(\.reason) == [.billing])
        #expect(instance.run("models auth test openai:good --mode completion").code == 0)
        #expect(try instance.health(of: "openai:good")?.isClear == true)

        try instance.hold("openai:good", .auth, for: 600)
        #expect(instance.run("models auth test openai:good").stdout.contains("cooldown cleared: auth until"))
        #expect(try instance.health(of: "openai:good")?.isClear == true)
    }

    @Test func `a rejection and silence leave everything as it was`() throws {
        let (instance, _) = Self.instance()
        try instance.hold("openai:bad", .rateLimit, for: 600)
        try instance.hold("openai:far", .rateLimit, for: 600)
        let before = instance.read("agents/main/agent/auth-health.jsonl")
        #expect(instance.run("models auth test openai:bad").code == 77)
        #expect(instance.run("models auth test openai:far").code == 69)
        #expect(instance.read("agents/main/agent/auth-health.jsonl") == before)
        #expect(instance.store == Self.store)
    }

    @Test(arguments: [
        (
            "openai:bad", 77, "openai:bad: rejected. OpenAI does not take it.",
            "Run: agenticflow-enterprise models auth paste-api-key --provider openai --profile-id openai:bad --agent main"
        ),
        (
            "openai:far", 69, "openai:far: could not ask OpenAI.",
            "Check its address, if one is set: agenticflow-enterprise config get models.providers.openai.baseUrl; and that this machine reaches it without a proxy (DNS, network, firewall); then repeat the command"
        ),
        (
            "anthropic:sub", 65, "anthropic:sub: not asked.",
            "Run: agenticflow-enterprise models auth paste-api-key --provider anthropic"
        ),
        (
            "openai:god", 65, "There is no credential \"openai:god\" for agent main. Did you mean openai:good?",
            "See them with: agenticflow-enterprise models auth list --agent main"
        ),
    ])
    func `what happened, why, and what to do`(id: String, code: Int32, what: String, fix: String) {
        let run = Self.instance().0.run("models auth test \(id)")
        let lines = run.stderr.split(separator: "\n")
        #expect(run.code == code)
        #expect(lines.first == "error: \(what)")
        #expect(lines.last == "  fix: \(fix)")
        #expect(run.stdout.isEmpty)
    }

    @Test func `as JSON the same, and nothing else`() throws {
        let run = Self.instance().0.run("models auth test openai:bad --json")
        let json = try JSON(run.stdout)
        #expect(run.code == 77 && run.stderr.isEmpty)
        #expect(json["profileId"] == "openai:bad")
        #expect(json["finding"] == "rejected")
        #expect(json["status"] == "auth")
        #expect(json["reasonCode"] == "auth")
        #expect(json["agentId"] == "main")
        #expect(json["reason"] == "auth" && json["httpStatus"] == 401)
        #expect(json["message"] == "OpenAI rejected the credential openai:bad.")
        #expect(
            json["remedy"]
                == .string(
                    "Check it with: agenticflow-enterprise models status --agent main. Replace it with: "
                        + "agenticflow-enterprise models auth paste-api-key --provider openai --profile-id openai:bad --agent main"
                ))
    }

    @Test func `a refusal is told in the words of its class, and the provider's own without its secret`() throws {
        let instance = Instance(store: Self.store)
        instance.ask = ProviderAsk { _, recipient, _, done in
            let key = recipient.secret?.reveal() ?? ""
            let body = #"{"error":{"type":"x","code":"account_deactivated","message":"\#(key) is revoked."}}"#
            done(.answer(ProviderAnswer(status: 401, fields: ["x-request-id": "req_7"], body: Array(body.utf8))))
        }
        let run = instance.run("models auth test openai:good --json")
        let json = try JSON(run.stdout)
        #expect(json["requestId"] == "req_7" && json["httpStatus"] == 401)
        #expect(json["reason"] == "auth_permanent")
        let probe = instance.run("models status --probe")
        #expect(probe.stdout.contains("↳ OpenAI says that the credential openai:good is revoked or not"))
        #expect(!"\(run)\(probe)".contains("0123456789"))
    }

    @Test(
        arguments: [
            (
                402, "billing", "OpenAI reports no credit for openai:good.",
                "Top up at https://platform.openai.com/settings/organization/billing and ask again"
            ),
            (
                429, "rate_limit", "OpenAI limits requests until 2026-09-21T14:15:00Z.",
                "Ask again after 2026-09-21T14:15:00Z"
            ),
            (
                500, "timeout", "OpenAI did not answer (status 500, timeout).", "Ask again after 2026-09-21T14:15:00Z"
            ),
            (nil, "timeout", "OpenAI did not answer (timeout).", "Ask again later"),
        ] as [(Int?, String, String, String)])
    func `nothing is held against a credential that is asked about, so there is nothing to clear`(
        status: Int?, reason: String, message: String, remedy: String
    ) throws {
        let instance = Instance(store: Self.store)
        instance.ask = ProviderAsk { _, _, _, done in
            guard let status else { return done(.none(.deadline(isConnected: true))) }
            done(.answer(ProviderAnswer(status: status, fields: ["retry-after": "100"])))
        }
        let test = instance.run("models auth test openai:good")
        let probe = instance.run("models status --probe")
        for run in [test, probe] { #expect(!"\(run)".contains("clear-cooldown")) }
        #expect(test.stderr.contains("  why: \(message) "))
        #expect(probe.stdout.contains("  ↳ \(message)\n") && probe.stdout.contains("  ↳ \(remedy)\n"))
        let json = try JSON(instance.run("models auth test openai:good --json").stdout)
        #expect(json["reason"] == .string(reason) && json["message"] == .string(message))
        #expect(json["remedy"] == .string(remedy))
        #expect(instance.read("agents/main/agent/auth-health.jsonl") == nil)
    }

    @Test func `a credential has one label`() throws {
        let instance = Instance(
            config: #"{models: {providers: {groq: {apiKey: {source: "env", provider: "default", id: "TEAM"}}}}}"#,
            store: """
                {"version": 1, "profiles": {
                  "openai:ci": {"type": "api_key", "provider": "openai",
                    "keyRef": {"source": "env", "provider": "default", "id": "CI_OPENAI_KEY"}},
                  "anthropic:sub": {"type": "token", "provider": "anthropic", "token": "sk-ant-oat01-\(String(repeating: "y", count: 80))"},
                  "openai:me": {"type": "oauth", "provider": "openai", "access": "access-good-1234", "refresh": "refresh-1",
                    "expires": 1790082800000, "email": "me@x.org"}}}
                """)
        instance.ask = PretendProvider().ask
        let status = try #require(try JSON(instance.run("models status --probe --json").stdout)["auth"])
        let labels = [
            "anthropic:sub=token:sk-ant...yyyy", "openai:ci=ref:env:CI_OPENAI_KEY", "openai:me=OAuth (me@x.org)",
        ]
        for (index, label) in labels.enumerated() {
            #expect(status["oauth.profiles.\(index).label"] == .string(label))
            let id = String(label.prefix { $0 != "=" })
            #expect(try JSON(instance.run("models auth test \(id) --json").stdout)["label"] == .string(label))
        }
        let probed = (0..<4).compactMap { status["probes.results.\($0).label"] }
        #expect(probed == [.string(labels[0]), "groq:config=ref:env:TEAM", .string(labels[1]), .string(labels[2])])
    }

    @Test func `a credential that cannot be sent has two lines for scripts`() {
        let instance = Instance(
            store:
                #"{"version":1,"profiles":{"openai:old":{"type":"token","provider":"openai","token":"token-12345678","expires":1000}}}"#
        )
        let run = instance.run("models auth test openai:old")
        #expect(run.code == 65)
        #expect(
            run.stderr.contains(
                "  why: Auth profile credentials are missing or expired.\n"
                    + "       ↳ Auth reason [expired]: its time is over\n  fix: Run: "))
        #expect(
            instance.run("models status --probe").stdout.contains(
                "  ↳ Auth profile credentials are missing or expired.\n  ↳ Auth reason [expired]: its time is over\n"))
    }

    @Test func `check counts a rejection, and not that somebody could not be asked`() {
        let far = """
            {"version": 1, "profiles": {"openai:far": {"type": "api_key", "provider": "openai", "key": "sk-test-far-01234567"}}}
            """
        #expect(Self.instance(far).0.run("models status --check --probe").code == 0)
        #expect(Self.instance().0.run("models status --check").code == 0)
        #expect(Self.instance().0.run("models status --check --probe").code == 1)
    }
}

/// `models auth clear-cooldown`, where a gateway is not what it should be.
@Suite struct ClearCooldownTests {
    private static let store = """
        {"version": 1, "profiles": {"openai:a": {"type": "api_key", "provider": "openai", "key": "sk-test-aaaaaaaaaa"}}}
        """
    private static let status = "{\"version\":\"0\",\"pid\":1,\"problems\":[],\"credentials\":[]}"

    private static func against(
        _ answers: [String: (status: Int, body: String)]?
    ) throws -> (run: Transcript, isUnchanged: Bool, heard: [String]) {
        let instance = Instance(store: store)
        try instance.hold("openai:a", .billing, for: 600)
        let before = instance.read("agents/main/agent/auth-health.jsonl")
        let gateway = PretendGateway(instance, answers: answers)
        let run = instance.run("models auth clear-cooldown openai:a")
        return (run, instance.read("agents/main/agent/auth-health.jsonl") == before, gateway.heard)
    }

    @Test(arguments: [
        (404, "{\"error\":{}}", "Nothing was cleared: the gateway that runs is older than this command."),
        (500, "{\"error\":{\"message\":\"no\"}}", "Nothing was cleared: the gateway refused it with status 500."),
        (401, "{}", "Nothing was cleared: the gateway of this instance runs, but was of no help."),
        (200, "hello", "Nothing was cleared: the gateway of this instance runs, but was of no help."),
        (200, "{}", "Whether anything was cleared is not known."),
    ])
    func `nothing is pretended`(status: Int, body: String, what: String) throws {
        let (run, isUnchanged, _) = try Self.against([
            "/api/v1/status": (200, Self.status), "/api/v1/credentials/clear": (status, body),
        ])
        #expect(run.code == 69)
        #expect(run.stdout.isEmpty)
        #expect(run.stderr.split(separator: "\n").first == "error: \(what)")
        #expect(isUnchanged)
    }

    @Test func `a gateway that is silent is not passed over`() throws {
        let (run, isUnchanged, _) = try Self.against(nil)
        #expect(run.code == 69 && isUnchanged)
        #expect(run.stderr.contains("does not accept the connection"))
    }

    @Test func `it is asked as a program asks`() throws {
        let (run, isUnchanged, heard) = try Self.against([
            "/api/v1/status": (200, Self.status),
            "/api/v1/credentials/clear": (
                200,
                """
                {"cleared":[{"agent":"main","profile":"openai:a","failures":1,
                  "windows":[{"reason":"billing","model":null,"until":1790000600000}]}]}
                """
            ),
        ])
        #expect(run.code == 0 && isUnchanged)
        #expect(
            run.stdout == """
                openai:a: cooldown cleared: billing until 2026-09-21T14:23:20Z, 1 failure counted
                The running gateway uses it from now on.

                """)
        let asked = try #require(heard.last)
        #expect(asked.hasPrefix("POST /api/v1/credentials/clear HTTP/1.1\r\n"))
        #expect(asked.contains("Content-Type: application/json\r\n"))
        #expect(asked.hasSuffix("\r\n\r\n{\"credentials\":[{\"agent\":\"main\",\"profile\":\"openai:a\"}]}"))
    }
}
