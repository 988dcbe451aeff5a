// SPDX-License-Identifier: Apache-2.0
import Credentials
import Settings
import Testing

@Suite struct AuthSettingsTests {
    private func ids(_ texts: String...) -> [ProfileID] { texts.compactMap { ProfileID($0) } }

    @Test func `profiles are read in the order of the file`() throws {
        let found = try settings(
            """
            {auth: {profiles: {
              'anthropic:work': {provider: 'Anthropic', mode: 'token', email: 'me@x.org', note: 'kept'},
              "openrouter:manual": {provider: "openrouter", mode: "oauth"},
            }}}
            """)
        let (work, manual) = try (#require(ProfileID("anthropic:work")), #require(ProfileID("openrouter:manual")))
        #expect(
            found.auth.profiles == [
                ConfiguredProfile(id: work, provider: .anthropic, mode: .token, email: "me@x.org"),
                ConfiguredProfile(id: manual, provider: try #require(ProviderID("openrouter")), mode: .oauth),
            ])
        #expect(found.problems == [])
    }

    @Test(arguments: [
        (
            "'work': {provider: 'anthropic', mode: 'token'}",
            "auth.profiles.work names no profile; allowed: ids such as anthropic:work."
        ),
        ("'a:b': {mode: 'token'}", "auth.profiles[\"a:b\"].provider is no provider id."),
        (
            "'a:b': {provider: 'a', mode: 'aws-sdk'}",
            "auth.profiles[\"a:b\"].mode is no kind of credential; allowed: api_key, token or oauth."
        ),
        ("'a:b': 'token'", "auth.profiles[\"a:b\"] is text; allowed: an object."),
    ])
    func `a profile that cannot be used is left out and named`(entry: String, complaint: String) throws {
        let found = try settings("{auth: {profiles: {\(entry)}}}")
        #expect(found.auth.profiles == [])
        #expect(found.complaints == [complaint])
    }

    @Test func `an order's provider is folded; an empty one selects nothing`() throws {
        let found = try settings(
            "{auth: {order: {'Z.AI': [' zai:b ', 'zai:a'], openai: [], groq: null, xai: ['no', ' '], mistral: 'mistral:a'}}}"
        )
        #expect(found.auth.order == [ProviderID("zai")!: ids("zai:b", "zai:a"), .openai: []])
        #expect(
            found.complaints == [
                "auth.order.xai[1] is blank; allowed: text.",
                "auth.order.xai[0] names no profile; allowed: ids such as anthropic:work.",
                "auth.order.mistral is text; allowed: a list of texts.",
            ])
    }

    @Test func `of two spellings of a provider the last one counts, and both are named`() throws {
        let found = try settings("{auth: {order: {'z-ai': ['zai:a'], zai: ['zai:b'], 'no way': ['a:b']}}}")
        #expect(found.auth.order == [ProviderID("zai")!: ids("zai:b")])
        #expect(
            found.complaints == [
                "auth.order.zai orders zai once more; the last one counts.",
                "auth.order[\"no way\"] is no provider id.",
            ])
    }

    @Test func `cooldowns are read in their units`() throws {
        let found = try settings(
            """
            {auth: {cooldowns: {billingBackoffHours: 5, billingBackoffHoursByProvider: {'Z.AI': 0.5}, billingMaxHours: 24,
              failureWindowHours: 1.5, cooldownMaxMinutes: 15, bypassProviders: ['OpenRouter', 'litellm']}}}
            """)
        var expected = CooldownSettings()
        expected.billingBackoff = .seconds(18_000)
        expected.billingBackoffByProvider = [ProviderID("zai")!: .seconds(1800)]
        expected.billingMaximum = .seconds(86_400)
        expected.failureWindow = .seconds(5400)
        expected.cooldownMaximum = .seconds(900)
        expected.bypassProviders = Set(["openrouter", "litellm"].compactMap { ProviderID($0) })
        #expect(found.auth.cooldowns == expected)
        #expect(found.problems == [])
        let bad = try settings(
            "{auth: {cooldowns: {billingBackoffHours: 0, billingMaxHours: 'x', failureWindowHours: -1}}}")
        #expect(bad.auth.cooldowns == CooldownSettings())
        #expect(bad.complaints.count == 3)
    }
}

@Suite struct AgentModelsTests {
    @Test(
        arguments: [
            ("main", AgentModels.Source.defaults, "d/1", AgentModels.Source.defaults, ["d/2"]),
            ("plain", .agent, "a/1", .agent, []), ("both", .agent, "a/1", .agent, ["a/2"]),
            ("none", .agent, "a/1", .agent, []), ("only", .defaults, "d/1", .agent, ["a/2"]),
            ("strict", .defaults, "d/1", .agent, []), ("empty", .defaults, "d/1", .defaults, ["d/2"]),
            ("blank", .defaults, "d/1", .defaults, ["d/2"]), ("nobody", .defaults, "d/1", .defaults, ["d/2"]),
        ] as [(String, AgentModels.Source, String, AgentModels.Source, [String])])
    func `an agent's model has the fallbacks beside it, or none`(
        id: String, primarySource: AgentModels.Source, primary: String, fallbacksSource: AgentModels.Source,
        fallbacks: [String]
    ) throws {
        let found = try settings(
            """
            {agents: {
              defaults: {model: {primary: 'd/1', fallbacks: ['d/2']}, imageModel: {primary: 'i/1', fallbacks: ['i/2']}},
              list: [{id: 'plain', model: 'a/1'}, {id: 'both', model: {primary: 'a/1', fallbacks: ['a/2']}},
                {id: 'none', model: {primary: 'a/1', fallbacks: []}}, {id: 'only', model: {fallbacks: ['a/2']}},
                {id: 'strict', model: {fallbacks: []}}, {id: 'empty', model: {}}, {id: 'blank', model: ' '}],
            }}
            """)
        var expected = AgentModels(primary: primary, fallbacks: fallbacks)
        expected.primarySource = primarySource
        expected.fallbacksSource = fallbacksSource
        #expect(found.models(of: try #require(AgentID(id))) == expected)
        #expect(found.models.image == ModelPreference(primary: "i/1", fallbacks: ["i/2"]))
        #expect(found.problems == [])
    }
}

@Suite struct AgentSettingsTests {
    @Test func `agents, their default, and models are read`() throws {
        let found = try settings(
            """
            {agents: {
              defaults: { model: {primary: ' anthropic/claude-x ', fallbacks: ['openai/gpt-y', 'opus']},
                models: {'anthropic/claude-x': {alias: 'opus'}, 'openai/gpt-y': {}, 'plain': null}, thinking: 'kept' },
              list: [{id: 'Main'}, {id: 'helper', default: true, agentDir: '~/h', model: 'openai/gpt-y', auth: {inherit: false}}],
            }}
            """)
        #expect(found.models.primary == "anthropic/claude-x")
        #expect(found.models.fallbacks == ["openai/gpt-y", "opus"])
        #expect(found.models.aliases == ["opus": "anthropic/claude-x"])
        #expect(found.models.configured == ["anthropic/claude-x", "openai/gpt-y", "plain"])
        #expect(found.agents.map(\.id.text) == ["main", "helper"])
        #expect(found.agents.map(\.inheritsProfiles) == [true, false])
        #expect(found.agents.last?.directory == "~/h")
        #expect(found.agents.last?.model == ModelPreference(primary: "openai/gpt-y"))
        #expect(found.defaultAgent.text == "helper")
        #expect(found.everyAgent.map(\.id.text) == ["helper", "main"])
        #expect(found.problems == [])
    }

    @Test(arguments: [
        ("{}", "main", ["main"]), ("{agents: {list: []}}", "main", ["main"]),
        ("{agents: {list: [{id: 'b'}]}}", "b", ["b", "main"]),
        ("{agents: {list: [{id: 'b'}, {id: 'main', default: true}]}}", "main", ["main", "b"]),
    ])
    func `the default agent is the first that says so, the first, or main`(text: String, agent: String, every: [String])
        throws
    {
        let found = try settings(text)
        #expect(found.defaultAgent.text == agent)
        #expect(found.everyAgent.map(\.id.text) == every)
    }

    @Test func `what cannot be used is left out and named`() throws {
        let found = try settings(
            """
            {agents: {defaults: {models: {a: {alias: 'x'}, b: {alias: 'x'}}},
              list: [{id: '../x'}, {}, 7, {id: 'a', default: true}, {id: 'A'}, {id: 'b', default: true, auth: {inherit: 'no'}}]}}
            """)
        #expect(found.agents.map(\.id.text) == ["a", "b"])
        #expect(found.models.aliases == ["x": "a"])
        #expect(
            found.complaints == [
                "agents.list[0].id is no agent id; allowed: letters, digits, '_' and '-'.",
                "agents.list[1].id is no agent id; allowed: letters, digits, '_' and '-'.",
                "agents.list[2] is a number; allowed: an object.", "agents.list[4].id is the id of an earlier agent.",
                "agents.list[5].auth.inherit is text; allowed: true or false. The default is used instead: true.",
                "agents.list has several default agents; the first one counts.",
                "agents.defaults.models.b.alias is the alias of a too.",
            ])
    }
}

@Suite struct SettingsProblemTests {
    @Test func `unknown keys are kept, named, and guessed at`() throws {
        let found = try settings(
            "{gatewy: 1, gateway: {prot: 1, xyzzy: 2, limits: {maxbodybytes: 1}, deadlines: {headSecond: 1}}, $schema: 'x'}"
        )
        #expect(found.gateway == GatewaySettings())
        #expect(found.problems.map(\.severity) == .init(repeating: .info, count: 6))
        #expect(
            found.problems.map(\.description).sorted() == [
                "$schema is not a key that has a meaning here.",
                "gateway.deadlines.headSecond is not a key that has a meaning here; did you mean headSeconds?",
                "gateway.limits.maxbodybytes is not a key that has a meaning here; did you mean maxBodyBytes?",
                "gateway.prot is not a key that has a meaning here; did you mean port?",
                "gateway.xyzzy is not a key that has a meaning here.",
                "gatewy is not a key that has a meaning here; did you mean gateway?",
            ])
    }

    @Test func `repeated keys are named at every level, and the last one counts`() throws {
        let found = try settings(
            "{gateway: {port: 1}, gateway: {port: 2, port: 3}, env: {vars: {A: '1', A: '2'}}, auth: {order: {openai: [], openai: []}}}"
        )
        #expect(found.gateway.port == 3)
        #expect(found.env.variables["A"]?.reveal() == "2")
        #expect(
            Set(found.complaints) == [
                "gateway stands there more than once; the last one counts.",
                "gateway.port stands there more than once; the last one counts.",
                "env.vars.A stands there more than once; the last one counts.",
                "auth.order.openai stands there more than once; the last one counts.",
                "auth.order.openai orders openai once more; the last one counts.",
            ])
    }

    @Test func `keys from elsewhere cannot command a terminal`() throws {
        let found = try settings(
            #"{"\u001b[2J": 1, models: {providers: {"\u202e": {}, own: {headers: {"\u0007": "x"}}}}}"#)
        for problem in found.problems {
            #expect(problem.description == problem.description.escapedForDisplay)
            #expect(problem.path == problem.path.escapedForDisplay)
        }
        #expect(found.problems.count == 3)
    }

    @Test(arguments: ["[]", "7", "null", "'x'"])
    func `what is no object says nothing, and is named`(text: String) throws {
        let found = try settings(text)
        #expect(found.gateway == GatewaySettings())
        #expect(found.complaints.count == 1)
        #expect(found.complaints.first?.hasPrefix("The configuration is ") == true)
    }

    @Test func `no problem quotes a value`() throws {
        let secret = "CANARY0123456789"
        let texts = [
            "{gateway: {port: '\(secret)', bind: '\(secret)', proxy: '\(secret)', auth: {token: '\(secret) x'}, limits: '\(secret)'}}",
            "{models: {providers: {own: {apiKey: '\(secret) x', api: '\(secret)', baseUrl: 'http://\(secret).org', headers: {a: '\(secret)\\n'}}}}}",
            "{env: {vars: {'1': '\(secret)', A: ['\(secret)']}}, auth: {order: {a: ['\(secret)']}, profiles: {'a:b': {provider: 'a', mode: '\(secret)'}}}}",
        ]
        for text in texts {
            let found = try settings(text)
            #expect(found.problems.count >= 3)
            var dumped = found.problems.map(\.description).joined()
            dump(found, to: &dumped)
            #expect(!dumped.contains("CANARY"))
        }
    }
}
