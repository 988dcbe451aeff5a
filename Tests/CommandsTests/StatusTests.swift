// SPDX-License-Identifier: Apache-2.0
import Credentials
import FoundationEssentials
import Rotation
import Testing

@Suite struct StatusTests {
    private static let config = """
        {
          agents: {defaults: {
            model: {primary: "sonnet", fallbacks: ["minimax/m2"]},
            models: {"anthropic/claude-sonnet-4-5": {alias: "sonnet"}},
          }},
          models: {providers: {house: {baseUrl: "https://llm.example/v1", api: "openai-completions", apiKey: "house-key-123456"}}},
        }
        """
    private static let store = """
        {"version": 1, "profiles": {
          "anthropic:work": {"type": "api_key", "provider": "anthropic", "key": "sk-ant-api03-abcdefghijklmnopqrst"},
          "anthropic:manual": {"type": "token", "provider": "anthropic", "token": "sk-ant-oat01-\(String(repeating: "x", count: 67))",
            "expires": 1790082800000},
          "openrouter:login": {"type": "oauth", "provider": "openrouter", "access": "access-1234567890", "refresh": "refresh-123456",
            "expires": 1789999999000, "email": "me@x.org"}
        }}
        """

    @Test func `people see every credential, how it is and how long it lasts`() throws {
        let instance = Instance(config: Self.config, store: Self.store)
        instance.environment["GROQ_API_KEY"] = "gsk_environment_1234567890"
        try instance.hold("anthropic:work", .billing, for: 4 * 3600, evidence: "insufficient credits")
        #expect(
            instance.run("models")
                == Transcript(
                    stdout: """
                        View: files (no gateway runs)

                        Config        : ~/.agenticflow-enterprise/agenticflow-enterprise.json
                        Agent         : main
                        Agent dir     : ~/.agenticflow-enterprise/agents/main/agent
                        Default       : anthropic/claude-sonnet-4-5 (from sonnet)
                        Fallbacks (1) : minimax/m2
                        Image model   : -
                        Image fallbacks (0): -
                        Aliases (1)   : sonnet -> anthropic/claude-sonnet-4-5
                        Configured models (1): anthropic/claude-sonnet-4-5

                        Auth overview
                        Auth store    : ~/.agenticflow-enterprise/agents/main/agent/auth-profiles.json
                        Shell env     : off (only the import from a login shell is off; variables that are set count)
                        Providers w/ OAuth/tokens (2): anthropic (1), openrouter (1)
                        - anthropic effective=unusable:none of 2 can be used now | profiles=2 (oauth=0, token=1, api_key=1) | \
                        anthropic:manual=token:sk-ant...xxxx [needs_vendor_cli], anthropic:work=sk-ant...qrst [disabled:billing 4h]
                        - groq effective=env:gsk_en...7890 | env=gsk_en...7890 | source=env: GROQ_API_KEY
                        - house effective=models.json:hous...56 | models.json=hous...56 | \
                        source=~/.agenticflow-enterprise/agenticflow-enterprise.json
                        - openrouter effective=unusable:none of 1 can be used now | profiles=1 (oauth=1, token=0, api_key=0) | \
                        openrouter:login=OAuth (me@x.org) [expired]

                        Environment
                        - GROQ_API_KEY=gsk_en...7890 from the environment of this command

                        Missing auth
                        - minimax Run: agenticflow-enterprise models auth paste-api-key --provider minimax, \
                        or write MINIMAX_API_KEY=... into ~/.agenticflow-enterprise/.env

                        OAuth/token status
                        - anthropic
                          - anthropic:manual=token:sk-ant...xxxx expiring expires in 23h
                          - anthropic:work=sk-ant...qrst static
                        - openrouter
                          - openrouter:login=OAuth (me@x.org) expired since 2026-09-21T14:13:19Z (holds a refresh token)

                        Unavailable auth profiles
                        - anthropic:manual needs_vendor_cli: It is a setup token; Anthropic limits those to its own program, so requests do \
                        not use it. For the gateway, run: agenticflow-enterprise models auth paste-api-key --provider anthropic \
                        --profile-id anthropic:api-key
                        - anthropic:work disabled_billing: Anthropic reports no credit on it. Top up the account; it is tried again in 4h \
                        (2026-09-21T18:13:20Z) [header: insufficient credits]. Now: agenticflow-enterprise models auth clear-cooldown \
                        anthropic:work --agent main
                        - openrouter:login expired: It has expired. Run: agenticflow-enterprise models auth paste-api-key --provider \
                        openrouter; then take the login out: agenticflow-enterprise models auth logout openrouter:login --agent main

                        """, stderr: "", code: 0))
    }

    @Test func `scripts get every field`() throws {
        let instance = Instance(config: Self.config, store: Self.store)
        try instance.hold("anthropic:work", .rateLimit, model: "claude-sonnet-4-5", for: 300)
        let json = try JSON(instance.run("models status --json").stdout)
        #expect(json["view"] == "files")
        #expect(json["configPath"] == .string("\(instance.state)/agenticflow-enterprise.json"))
        #expect(json["agentId"] == "main")
        #expect(json["defaultModel"] == "sonnet")
        #expect(json["resolvedDefault"] == "anthropic/claude-sonnet-4-5")
        #expect(json["fallbacks"] == ["minimax/m2"])
        #expect(json["imageModel"] == JSON.null)
        #expect(json["aliases"] == ["sonnet": "anthropic/claude-sonnet-4-5"])
        #expect(json["allowed"] == ["anthropic/claude-sonnet-4-5"])
        #expect(json["problems"] == [])
        #expect(json["auth.storePath"] == .string("\(instance.state)/agents/main/agent/auth-profiles.json"))
        #expect(json["auth.shellEnvFallback"] == ["enabled": false, "appliedKeys": []])
        #expect(json["auth.providersWithOAuth"] == ["anthropic (1)", "openrouter (1)"])
        #expect(json["auth.missingProvidersInUse"] == ["minimax"])
        #expect(
            json["auth.unusableProfiles"] == [
                [
                    "profileId": "anthropic:work", "provider": "anthropic", "kind": "cooldown", "reason": "rate_limit",
                    "model": "claude-sonnet-4-5", "until": 1_790_000_300_000, "remainingMs": 300_000,
                ]
            ])
        #expect(json["auth.oauth.warnAfterMs"] == 86_400_000)
    }

    @Test func `scripts get the standing of every profile`() throws {
        let instance = Instance(config: Self.config, store: Self.store)
        try instance.hold("anthropic:work", .rateLimit, model: "claude-sonnet-4-5", for: 300)
        let json = try JSON(instance.run("models status --json").stdout)
        #expect(
            json["auth.oauth.profiles"] == [
                [
                    "profileId": "anthropic:manual", "provider": "anthropic", "type": "token", "status": "expiring",
                    "expiresAt": 1_790_082_800_000, "remainingMs": 82_800_000, "source": "store", "owner": "main",
                    "label": "anthropic:manual=token:sk-ant...xxxx", "usable": false, "state": "ineligible",
                    "code": "needs_vendor_cli",
                    "reason": .null, "model": .null, "until": .null, "evidence": .null, "lastUsed": .null,
                ],
                [
                    "profileId": "anthropic:work", "provider": "anthropic", "type": "api_key", "status": "static",
                    "source": "store",
                    "owner": "main", "label": "anthropic:work=sk-ant...qrst", "usable": true, "state": "cooling",
                    "code": "cooldown_rate_limit", "reason": "rate_limit", "model": "claude-sonnet-4-5",
                    "until": 1_790_000_300_000,
                    "evidence": ["origin": "header", "text": "retry-after: 300"], "lastUsed": 1_789_999_940_000,
                ],
                [
                    "profileId": "openrouter:login", "provider": "openrouter", "type": "oauth", "status": "expired",
                    "expiresAt": 1_789_999_999_000, "remainingMs": -1000, "source": "store", "owner": "main",
                    "label": "openrouter:login=OAuth (me@x.org)", "refreshable": true, "usable": false,
                    "state": "ineligible",
                    "code": "expired", "reason": .null, "model": .null, "until": .null, "evidence": .null,
                    "lastUsed": .null,
                ],
            ])
        #expect(
            json["auth.oauth.providers.0"] == [
                "provider": "anthropic", "status": "expiring", "usable": false, "expiresAt": 1_790_082_800_000,
                "remainingMs": 82_800_000,
                "profiles": ["anthropic:manual", "anthropic:work"],
            ])
        #expect(json["auth.providers.0.effective.kind"] == "unusable")
        #expect(json["auth.providers.0.profiles"]?["count"] == 2)
        #expect(json["auth.providers.1.provider"] == "house")
        #expect(json["auth.providers.1.modelsJson.value"] == "hous...56")
    }

    @Test func `keys of the environment are told with their variable, an OAuth token without its text`() throws {
        let instance = Instance()
        instance.environment = ["HOME": instance.home, "OPENAI_API_KEYS": "sk-test-list-000001,sk-test-list-000002"]
        instance.environment["ANTHROPIC_OAUTH_TOKEN"] = "sk-ant-oat01-" + String(repeating: "y", count: 70)
        let json = try JSON(instance.run("models status --json").stdout)
        #expect(json["auth.providersWithOAuth"] == ["anthropic (1)"])
        #expect(json["auth.providers.0.env"] == ["value": "OAuth (env)", "source": "env: ANTHROPIC_OAUTH_TOKEN"])
        #expect(json["auth.providers.0.effective.kind"] == "unusable")
        #expect(json["auth.providers.1.env"] == ["value": "sk-t...01", "source": "env: OPENAI_API_KEYS"])
        #expect(json["auth.providers.1.keys.1.value"] == "sk-t...02")
        #expect(json["auth.providers.1.effective"] == ["kind": "env", "detail": "sk-t...01"])
    }

    @Test func `effective follows an order that names the environment first`() throws {
        let instance = Instance(
            config: "{auth: {order: {anthropic: ['anthropic:env', 'anthropic:work']}}}", store: Self.store)
        instance.environment["ANTHROPIC_API_KEY"] = "sk-ant-api03-environment-12345"
        #expect(try JSON(instance.run("models status --json").stdout)["auth.providers.0.effective.kind"] == "env")
    }

    @Test func `plain is the default model alone`() {
        let instance = Instance(config: Self.config, store: Self.store)
        #expect(
            instance.run("models status --plain")
                == Transcript(stdout: "anthropic/claude-sonnet-4-5\n", stderr: "", code: 0))
        #expect(
            Instance().run("models --plain") == Transcript(stdout: "anthropic/claude-opus-4-5\n", stderr: "", code: 0))
    }

    @Test func `flags that contradict each other are a usage error`() {
        let run = Instance().run("models status --json --plain")
        #expect(run.code == 64)
        #expect(run.stdout.hasPrefix("{\"error\":\"Choose either --json or --plain, not both.\","))
        #expect(run.stderr == "")
    }

    @Test func `another agent shows what it inherits and what is its own`() throws {
        let instance = Instance(
            config: "{agents: {list: [{id: 'main', default: true}, {id: 'coder'}]}}", store: Self.store)
        instance.write(
            "agents/coder/agent/auth-profiles.json",
            #"{"version":1,"profiles":{"anthropic:work":{"type":"api_key","provider":"anthropic","key":"sk-ant-api03-coder-own-key"}}}"#
        )
        let json = try JSON(instance.run("models status --agent coder --json").stdout)
        #expect(json["agentId"] == "coder")
        let owners = (0..<3).map { json["auth.oauth.profiles.\($0).owner"] }
        #expect(owners == ["main", "coder", "main"])
        #expect(json["auth.oauth.profiles.1.label"] == "anthropic:work=sk-ant...-key")
    }

    @Test func `a stored profile of a provider that is not relayed is shown as such`() throws {
        let instance = Instance(
            store:
                #"{"version":1,"profiles":{"google:manual":{"type":"api_key","provider":"google","key":"google-123456"}}}"#
        )
        let json = try JSON(instance.run("models status --json").stdout)
        #expect(json["auth.oauth.profiles.0.code"] == "unsupported_provider")
        #expect(json["auth.oauth.profiles.0.usable"] == false)
        #expect(
            instance.run("models status").stdout.contains(
                "config set models.providers.google.baseUrl https://HOST/v1 && "))
    }

    @Test func `status makes no files`() {
        let instance = Instance()
        for words in [
            "models", "models --json", "models auth list", "models explain --model openai/gpt-5",
            "models auth order get --provider openai",
        ] {
            _ = instance.run(words)
        }
        #expect(instance.files.isEmpty)
    }
}
