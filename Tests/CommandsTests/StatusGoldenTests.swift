// SPDX-License-Identifier: Apache-2.0
import Credentials
import FoundationEssentials
import Rotation
import Testing

/// All that `models status` says of one instance that has something of everything, for an agent of its own model.
@Suite struct StatusGoldenTests {
    private static func instance() throws -> Instance {
        let instance = Instance(
            config: """
                {
                  agents: {
                    defaults: {
                      model: {primary: "openai/gpt-5.2", fallbacks: ["groq/llama"]},
                      imageModel: {primary: "eye", fallbacks: ["mistral/pixtral"]},
                      models: {"openai/gpt-4o": {alias: "eye"}, "anthropic/claude-haiku-4-5": {alias: "small"}},
                    },
                    list: [{id: "main", default: true}, {id: "coder", model: "small"}],
                  },
                  auth: {order: {anthropic: ["anthropic:own", "anthropic:soon"]}},
                }
                """,
            store: """
                {"version": 1, "profiles": {
                  "anthropic:soon": {"type": "token", "provider": "anthropic", "token": "anthropic-token-123456", "expires": 1790003600000},
                  "anthropic:left": {"type": "api_key", "provider": "anthropic", "key": "sk-ant-api03-abcdefghijklmnopqrst"},
                  "openai:odd": {"type": "oauth", "provider": "openai", "access": "access-1234567890", "refresh": "refresh-123456"}
                }}
                """)
        instance.write(
            "agents/coder/agent/auth-profiles.json",
            #"{"version":1,"profiles":{"anthropic:own":{"type":"api_key","provider":"anthropic","key":"sk-ant-api03-coders-own-key-4321"}}}"#
        )
        instance.environment["GROQ_API_KEY"] = "gsk_environment_1234567890"
        try instance.hold("anthropic:own", .rateLimit, for: 300, owner: #require(AgentID("coder")))
        return instance
    }

    @Test func `the whole text`() throws {
        #expect(
            try Self.instance().run("models status --agent coder")
                == Transcript(
                    stdout: """
                        View: files (no gateway runs)

                        Config        : ~/.agenticflow-enterprise/agenticflow-enterprise.json
                        Agent         : coder
                        Agent dir     : ~/.agenticflow-enterprise/agents/coder/agent
                        Default       : anthropic/claude-haiku-4-5 (from small)
                        Fallbacks (0) : -
                        Image model   : eye
                        Image fallbacks (1): mistral/pixtral
                        Aliases (2)   : eye -> openai/gpt-4o, small -> anthropic/claude-haiku-4-5
                        Configured models (2): openai/gpt-4o, anthropic/claude-haiku-4-5

                        Auth overview
                        Auth store    : ~/.agenticflow-enterprise/agents/coder/agent/auth-profiles.json
                        Shell env     : off (only the import from a login shell is off; variables that are set count)
                        Providers w/ OAuth/tokens (2): anthropic (1), openai (1)
                        - anthropic effective=profiles:~/.agenticflow-enterprise/agents/main/agent/auth-profiles.json | \
                        profiles=3 (oauth=0, token=1, api_key=2) | anthropic:left=sk-ant...qrst [excluded_by_auth_order], \
                        anthropic:own=sk-ant...4321 [cooldown 5m], anthropic:soon=token:anth...56
                        - groq effective=env:gsk_en...7890 | env=gsk_en...7890 | source=env: GROQ_API_KEY
                        - openai effective=profiles:~/.agenticflow-enterprise/agents/main/agent/auth-profiles.json | \
                        profiles=1 (oauth=1, token=0, api_key=0) | openai:odd=OAuth

                        Environment
                        - GROQ_API_KEY=gsk_en...7890 from the environment of this command

                        Missing auth
                        - mistral Run: agenticflow-enterprise models auth paste-api-key --provider mistral --agent coder, \
                        or write MISTRAL_API_KEY=... into ~/.agenticflow-enterprise/.env

                        OAuth/token status
                        - anthropic
                          - anthropic:left=sk-ant...qrst static
                          - anthropic:own=sk-ant...4321 static
                          - anthropic:soon=token:anth...56 expiring expires in 1h
                        - openai
                          - openai:odd=OAuth unknown expires unknown

                        Unavailable auth profiles
                        - anthropic:left excluded_by_auth_order: Excluded by auth.order for this provider. Change the order \
                        with: agenticflow-enterprise models auth order set --provider anthropic --agent coder anthropic:own \
                        anthropic:soon anthropic:left
                        - anthropic:own cooldown_rate_limit: Anthropic limits this credential. It is used again in 5m \
                        (2026-09-21T14:18:20Z) [header: retry-after: 300]. Now: agenticflow-enterprise models auth \
                        clear-cooldown anthropic:own --agent coder

                        """, stderr: "", code: 0))
    }

    @Test func `the whole JSON`() throws {
        let instance = try Self.instance()
        let run = instance.run("models status --agent coder --json --check")
        #expect(run.code == 1)
        #expect(run.stderr == "")
        let expected = """
            {"view": "files",
             "configPath": "STATE/agenticflow-enterprise.json",
             "agentId": "coder",
             "agentDir": "STATE/agents/coder/agent",
             "defaultModel": "small",
             "resolvedDefault": "anthropic/claude-haiku-4-5",
             "fallbacks": [],
             "imageModel": "eye",
             "imageFallbacks": ["mistral/pixtral"],
             "aliases": {"eye": "openai/gpt-4o", "small": "anthropic/claude-haiku-4-5"},
             "allowed": ["openai/gpt-4o", "anthropic/claude-haiku-4-5"],
             "modelConfig": {"defaultSource": "agent", "fallbacksSource": "agent"},
             "modelWarnings": [],
             "auth": {"storePath": "STATE/agents/coder/agent/auth-profiles.json",
              "shellEnvFallback": {"enabled": false, "appliedKeys": []},
              "variables": [{"name": "GROQ_API_KEY", "value": "gsk_en...7890", "layer": "process",
                "source": "the environment of this command", "shadows": [], "contradicts": [], "gateway": "none",
                "gatewayLayer": null, "notRelayed": null}],
              "ignoredVariables": [],
              "providersWithOAuth": ["anthropic (1)", "openai (1)"],
              "check": {"exitCode": 1, "reason":
                "mistral is in use and has no credential, openai:odd lacks its secret or its date."},
              "missingProvidersInUse": ["mistral"],
              "providers": [{"provider": "anthropic",
                "usable": true,
                "effective": {"kind": "profiles",
                 "detail": "STATE/agents/main/agent/auth-profiles.json"},
                "profiles": {"count": 3,
                 "oauth": 0,
                 "token": 1,
                 "apiKey": 2,
                 "labels": ["anthropic:left=sk-ant...qrst", "anthropic:own=sk-ant...4321", "anthropic:soon=token:anth...56"]}},
               {"provider": "groq",
                "usable": true,
                "effective": {"kind": "env", "detail": "gsk_en...7890"},
                "profiles": {"count": 0, "oauth": 0, "token": 0, "apiKey": 0, "labels": []},
                "env": {"value": "gsk_en...7890", "source": "env: GROQ_API_KEY"},
                "keys": [{"id": "groq:env",
                  "source": "env: GROQ_API_KEY",
                  "value": "gsk_en...7890",
                  "usable": true,
                  "state": "ready",
                  "code": "ok",
                  "reason": null,
                  "model": null,
                  "until": null,
                  "evidence": null,
                  "lastUsed": null}]},
               {"provider": "openai",
                "usable": true,
                "effective": {"kind": "profiles",
                 "detail": "STATE/agents/main/agent/auth-profiles.json"},
                "profiles": {"count": 1, "oauth": 1, "token": 0, "apiKey": 0, "labels": ["openai:odd=OAuth"]}}],
              "unusableProfiles": [{"profileId": "anthropic:own",
                "provider": "anthropic",
                "kind": "cooldown",
                "reason": "rate_limit",
                "model": null,
                "until": 1790000300000,
                "remainingMs": 300000}],
              "oauth": {"warnAfterMs": 86400000,
               "profiles": [{"profileId": "anthropic:left",
                 "provider": "anthropic",
                 "type": "api_key",
                 "status": "static",
                 "source": "store",
                 "owner": "main",
                 "label": "anthropic:left=sk-ant...qrst",
                 "usable": false,
                 "state": "excluded",
                 "code": "excluded_by_auth_order",
                 "reason": null,
                 "model": null,
                 "until": null,
                 "evidence": null,
                 "lastUsed": null},
                {"profileId": "anthropic:own",
                 "provider": "anthropic",
                 "type": "api_key",
                 "status": "static",
                 "source": "store",
                 "owner": "coder",
                 "label": "anthropic:own=sk-ant...4321",
                 "usable": false,
                 "state": "cooling",
                 "code": "cooldown_rate_limit",
                 "reason": "rate_limit",
                 "model": null,
                 "until": 1790000300000,
                 "evidence": {"origin": "header", "text": "retry-after: 300"},
                 "lastUsed": 1789999940000},
                {"profileId": "anthropic:soon",
                 "provider": "anthropic",
                 "type": "token",
                 "status": "expiring",
                 "expiresAt": 1790003600000,
                 "remainingMs": 3600000,
                 "source": "store",
                 "owner": "main",
                 "label": "anthropic:soon=token:anth...56",
                 "usable": true,
                 "state": "ready",
                 "code": "ok",
                 "reason": null,
                 "model": null,
                 "until": null,
                 "evidence": null,
                 "lastUsed": null},
                {"profileId": "openai:odd",
                 "provider": "openai",
                 "type": "oauth",
                 "status": "missing",
                 "source": "store",
                 "owner": "main",
                 "label": "openai:odd=OAuth",
                 "usable": true,
                 "state": "ready",
                 "code": "ok",
                 "reason": null,
                 "model": null,
                 "until": null,
                 "evidence": null,
                 "lastUsed": null}],
               "providers": [{"provider": "anthropic",
                 "status": "expiring",
                 "usable": true,
                 "expiresAt": 1790003600000,
                 "remainingMs": 3600000,
                 "profiles": ["anthropic:left", "anthropic:own", "anthropic:soon"]},
                {"provider": "openai", "status": "missing", "usable": true, "profiles": ["openai:odd"]}]}},
             "problems": [], "advice": []}
            """
        #expect(try JSON(run.stdout) == JSON(expected.replacing("STATE", with: instance.state)))
    }

    @Test(arguments: ["models --json", "models --status-json", "models status --json", "models status --status-json"])
    func `models alone is models status`(line: String) throws {
        let instance = try Self.instance()
        #expect(instance.run(line) == instance.run("models status --json"))
        #expect(instance.run("models --status-plain") == Transcript(stdout: "openai/gpt-5.2\n", stderr: "", code: 0))
        #expect(instance.run("models --plain --status-json").code == 64)
    }

    @Test func `a provider without anything gets its hint, anthropic also the way of a subscription`() {
        #expect(
            Instance().run("models").stdout.contains(
                """
                Missing auth
                - anthropic Run: agenticflow-enterprise models auth paste-api-key --provider anthropic, or write \
                ANTHROPIC_API_KEY=... into ~/.agenticflow-enterprise/.env. With a Claude subscription, whose token the \
                gateway keeps and does not send: claude setup-token, then agenticflow-enterprise models auth setup-token --provider anthropic

                """))
    }
}
