// SPDX-License-Identifier: Apache-2.0
import Credentials
import Exchange
import Providers
import Settings
import Testing

@testable import Gateway

@Suite struct ModelRouterTests {
    static let custom = Provider(
        id: ProviderID("corp")!, displayName: "corp", baseURL: "http://10.0.0.5/v1", formats: [.openaiCompletions],
        models: ["shared", "house-model", "vendor@2024"])

    static let coder = AgentID("coder")!
    static let strict = AgentID("strict")!
    static let held = AgentID("held")!
    static let groq = ProviderID("groq")!
    static let mistral = ProviderID("mistral")!

    static var router: ModelRouter {
        var router = ModelRouter()
        for provider in Provider.builtIn { router.providers[provider.id] = provider }
        router.providers[custom.id] = custom
        router.withCredential = [.anthropic, .openai, custom.id]
        router.listings = [
            "shared": [.openai, custom.id], "house-model": [custom.id], "vendor@2024": [custom.id],
            "gpt-known": [.openai], "claude-known": [.anthropic], "llama@corp:7b": [custom.id],
            "quick": [groq, mistral], "speedy": [groq, custom.id], "both@corp:work": [custom.id],
        ]
        router.profiles = [ProfileID("openai:work")!, ProfileID("anthropic:team")!, ProfileID("corp:work")!]
        router.aliases = [
            "fast": "openai/gpt-known", "loop": "loop", "odd": "nobody/x", "plain": "house-model", "one": "two",
            "two": "one", "held": "openai/gpt-known@openai:work",
        ]
        router.defaults = AgentModels(
            primary: "openai/gpt-known", fallbacks: ["corp/house-model", "anthropic/claude-x"])
        router.agents = [.main, coder, strict, held]
        router.configured = ["anthropic/claude-chosen", "groq/llama-chosen"]
        router.own = [
            coder: AgentModels(primary: "fast", fallbacks: ["anthropic/claude-x", "corp/a/b"]),
            strict: AgentModels(primary: "house-model"),
            held: AgentModels(primary: "gpt-known@work", fallbacks: ["corp/house-model"]),
        ]
        return router
    }

    static func route(_ name: String, _ endpoint: Endpoint = .chatCompletions, agent: String? = nil) -> Result<
        [Target], Fault
    > {
        do throws(Fault) { return .success(try router.targets(for: name, endpoint: endpoint, agent: agent)) } catch {
            return .failure(error)
        }
    }

    static func first(_ name: String, _ endpoint: Endpoint = .chatCompletions) -> String? {
        guard case .success(let targets) = route(name, endpoint), let target = targets.first else { return nil }
        return "\(target.provider)/\(target.model)" + (target.pinned.map { " pinned \($0)" } ?? "")
    }

    static func code(_ name: String, _ endpoint: Endpoint = .chatCompletions, agent: String? = nil) -> ErrorCode? {
        if case .failure(let fault) = route(name, endpoint, agent: agent) { fault.code } else { nil }
    }

    @Test(arguments: [
        ("fast", "openai/gpt-known"), ("openai/unlisted", "openai/unlisted"), ("house-model", "corp/house-model"),
        ("corp/a/b", "corp/a/b"), ("OpenAI/gpt-known", "openai/gpt-known"), ("plain-id", "openai/plain-id"),
        ("gpt-known@openai:work", "openai/gpt-known pinned openai:work"),
        ("fast@openai:me@x.org", "openai/gpt-known pinned openai:me@x.org"), ("vendor@2024", "corp/vendor@2024"),
        ("default", "openai/gpt-known"), ("agenticflow-enterprise", "openai/gpt-known"), ("plain", "corp/house-model"),
        ("speedy", "corp/speedy"), ("one", "openai/two"), ("held", "openai/gpt-known pinned openai:work"),
        ("held@openai:other", "openai/gpt-known pinned openai:other"),
    ])
    func `a name leads to a provider and its model`(name: String, place: String) { #expect(Self.first(name) == place) }

    @Test(arguments: [
        ("gpt-known@work", "openai/gpt-known pinned openai:work"), ("openai/new@work", "openai/new pinned openai:work"),
        ("openai/new@OpenAI:work", "openai/new pinned openai:work"),
        ("gpt-known@gone", "openai/gpt-known@gone"), ("gpt-known@", "openai/gpt-known@"),
        ("gpt-known@team", "openai/gpt-known@team"), ("fast@gone", "openai/gpt-known pinned openai:gone"),
        ("default@gone", "openai/gpt-known pinned openai:gone"), ("openai/new@2024", "openai/new@2024"),
        ("llama@corp:7b", "corp/llama@corp:7b"), ("corp/llama@corp:7b", "corp/llama@corp:7b"),
        ("corp/both@corp:work", "corp/both pinned corp:work"), ("@house", "openai/@house"),
    ])
    func `what is behind the @ is a profile when it names one, or can be nothing else`(name: String, place: String) {
        #expect(Self.first(name) == place)
    }

    @Test func `a configured model that names a profile is for that one alone`() throws {
        let targets = try Self.route("default", agent: "held").get()
        #expect(targets == [Target(provider: .openai, model: "gpt-known", pinned: ProfileID("openai:work"))])
    }

    @Test(
        arguments: [
            (
                "quick", Endpoint.chatCompletions, nil, ErrorCode.modelNotFound,
                "No usable credential is stored for groq, mistral, which all offer \"quick\" (openai/quick asks openai "
                    + "all the same). Run: agenticflow-enterprise models auth paste-api-key --provider groq"
            ),
            (
                "quick", .messages, nil, .unsupportedDialect,
                "\"quick\" is a model of groq, mistral, which does not serve /v1/messages, and for which no usable "
                    + "credential is stored. Use the endpoint of its own dialect, or another model."
            ),
            ("quick@work", .chatCompletions, nil, .modelNotFound, nil),
            (
                "claude-known", .messages, "coder", .modelNotFound,
                "No usable credential is stored for anthropic, which offers \"claude-known\". "
                    + "Run: agenticflow-enterprise models auth paste-api-key --provider anthropic --agent coder"
            ),
            ("claude-known@team", .messages, nil, .modelNotFound, nil),
            (
                "fast@..", .chatCompletions, nil, .modelNotFound,
                "\"@..\" names no profile. Write it as "
                    + "fast@PROVIDER:NAME; see: agenticflow-enterprise models auth list"
            ),
            ("odd", .messages, nil, .modelNotFound, nil),
            (
                "@openai:work", .chatCompletions, nil, .modelMissing,
                "\"@openai:work\" names a profile and no model. "
                    + "Write the model before it, as in default@openai:work."
            ),
        ] as [(String, Endpoint, String?, ErrorCode, String?)])
    func `an id of another provider is sent to nobody else, and the missing key is named`(
        name: String, endpoint: Endpoint, agent: String?, code: ErrorCode, message: String?
    ) {
        var router = Self.router
        if name.hasPrefix("claude") { router.withCredential = [.openai, Self.custom.id] }
        do throws(Fault) {
            let targets = try router.targets(for: name, endpoint: endpoint, agent: agent)
            Issue.record("sent to \(targets)")
        } catch {
            #expect(error.code == code)
            if let message { #expect(error.message == message) }
        }
    }

    @Test(arguments: [
        ("fasst", "fast"), ("gpt-knwon", "gpt-known"), ("claude-chozen", "anthropic/claude-chosen"),
        ("claude-konwn", "claude-known"), ("defautl", "default"), ("openai/gpt-knwon", "openai/gpt-known"),
        ("groq/llama-chozen", "groq/llama-chosen"), ("gpt-known@wrok", "gpt-known@openai:work"),
        ("openai/gpt-known@openai:wrok", "openai/gpt-known@openai:work"), ("fast@wrok", "fast@openai:work"),
        ("something-else", nil), ("openai/something-else", nil), ("gpt-known@2024", nil), ("", nil),
    ])
    func `a name that nobody lists may be a slip`(name: String, meant: String?) {
        #expect(Self.router.guess(for: name) == meant)
    }

    @Test(arguments: [("gpt-known", true), ("gpt-knwon", false), ("claude-chosen", false)])
    func `of a known model nothing is guessed`(model: String, isKnown: Bool) {
        let target = Target(provider: .openai, model: model)
        #expect(Self.router.isKnown(target) == isKnown)
        #expect(Self.router.guess(for: "gpt-knwon", at: target) == (isKnown ? nil : "gpt-known"))
    }

    @Test(arguments: [
        (
            "fasst",
            "No alias is \"fasst\", and no provider lists it; the provider of the endpoint is asked: anthropic on "
                + "/v1/messages, openai on /v1/chat/completions."
        ), ("fast", nil), ("gpt-known", nil), ("openai/new", nil), ("default", nil), ("vendor@2024", nil),
        ("gpt-known@openai:work", nil),
    ])
    func `who is asked for a name that nobody lists`(name: String, doubt: String?) {
        #expect(Self.router.doubt(about: name, endpoints: [.messages, .chatCompletions]) == doubt)
    }

    @Test func `a plain id goes to the provider of the endpoint's own dialect`() {
        #expect(Self.first("claude-new", .messages) == "anthropic/claude-new")
        #expect(Self.first("claude-new", .chatCompletions) == "openai/claude-new")
    }

    @Test(arguments: [
        ("shared", Endpoint.chatCompletions, ErrorCode.ambiguousModel), ("nobody/x", .chatCompletions, .modelNotFound),
        ("openai/", .chatCompletions, .modelNotFound),
        ("google/gemini", .chatCompletions, .unsupportedProvider),
        ("amazon-bedrock/x", .messages, .unsupportedProvider),
        ("anthropic/claude-x", .chatCompletions, .unsupportedDialect),
        ("openai/gpt-known", .messages, .unsupportedDialect),
        ("corp/house-model", .responses, .unsupportedDialect),
    ])
    func `what leads nowhere has a code of its own`(name: String, endpoint: Endpoint, code: ErrorCode) {
        #expect(Self.code(name, endpoint) == code)
    }

    @Test func `an ambiguous id names its candidates`() {
        guard case .failure(let fault) = Self.route("shared") else { return #expect(Bool(false)) }
        #expect(fault.message.contains("corp/shared, openai/shared"))
    }

    @Test func `the configured model has its fallbacks, those that can serve the endpoint`() throws {
        let targets = try Self.route("fast").get()
        #expect(targets.map { "\($0.provider)/\($0.model)" } == ["openai/gpt-known", "corp/house-model"])
        #expect(try Self.route("house-model").get().count == 1)
        #expect(try Self.route("fast@openai:work").get().count == 1)
    }

    @Test(
        arguments: [
            (nil, "default", ["openai/gpt-known", "corp/house-model"]),
            ("main", "agenticflow-enterprise", ["openai/gpt-known", "corp/house-model"]),
            ("coder", "default", ["openai/gpt-known", "corp/a/b"]), ("strict", "default", ["corp/house-model"]),
            ("strict", "openai/gpt-known", ["openai/gpt-known"]), ("coder", "house-model", ["corp/house-model"]),
        ] as [(String?, String, [String])])
    func `the default model and its fallbacks are those of the agent`(
        agent: String?, name: String, places: [String]
    ) throws {
        let targets = try Self.route(name, agent: agent).get()
        #expect(targets.map { "\($0.provider)/\($0.model)" } == places)
    }

    @Test func `who names no agent gets the model of the default agent`() throws {
        var router = Self.router
        router.defaultAgent = Self.strict
        let targets = try router.targets(for: "default", endpoint: .chatCompletions, agent: nil)
        #expect(targets.map { "\($0.provider)/\($0.model)" } == ["corp/house-model"])
    }

    @Test func `an agent must be one of ours`() {
        #expect(Self.code("fast", agent: "main") == nil)
        #expect(Self.code("fast", agent: "stranger") == .modelNotFound)
        #expect(Self.code("fast", agent: "../main") == .modelNotFound)
    }

    @Test func `the cache says what the router says, and forgets with its deployment`() throws {
        var cache = RouteCache()
        let one = Self.deployment(Self.router)
        var other = Self.router
        other.aliases["fast"] = "corp/house-model"
        let two = Self.deployment(other)
        for _ in 1...2 {
            let targets = try cache.targets(for: "fast", endpoint: .chatCompletions, agent: nil, under: one)
            #expect(targets.first?.provider == .openai)
        }
        let moved = try cache.targets(for: "fast", endpoint: .chatCompletions, agent: nil, under: two)
        #expect(moved.first?.provider == Self.custom.id)
        for number in 1...1000 {
            _ = try cache.targets(for: "id-\(number)", endpoint: .messages, agent: nil, under: two)
        }
        #expect(cache.count <= 256)
    }

    static func deployment(_ router: ModelRouter) -> Deployment {
        Deployment(
            limits: GatewayLimits(), token: ClientToken(nil),
            heads: HeadCheck(
                hosts: HostPolicy(port: 1, bound: "127.0.0.1", allowed: []), maximumFields: 100, maximumHeadBytes: 65536
            ),
            router: router, defaultAgent: .main)
    }

    @Test func `a name leads to a provider that is left out, and not to another one`() throws {
        var router = Self.router
        router.leftOut = [.openai, try #require(ProviderID("acme"))]
        router.listings["own"] = [try #require(ProviderID("acme"))]
        for (name, place) in [
            ("openai/new", "openai/new"), ("gpt-known", "openai/gpt-known"), ("plain-id", "openai/plain-id"),
            ("own", "acme/own"), ("acme/else", "acme/else"),
        ] {
            let target = try router.targets(for: name, endpoint: .chatCompletions, agent: nil).first
            #expect(target.map { "\($0.provider)/\($0.model)" } == place)
        }
        // What it cannot serve is not offered.
        #expect(router.offers["gpt-known"] == nil && router.offers["own"] == nil)
        #expect(router.offers["house-model"] == [Self.custom.id])
    }
}
