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

    static var router: ModelRouter {
        var router = ModelRouter()
        for provider in Provider.builtIn { router.providers[provider.id] = provider }
        router.providers[custom.id] = custom
        router.withCredential = [.anthropic, .openai, custom.id]
        router.offers = [
            "shared": [.openai, custom.id], "house-model": [custom.id], "vendor@2024": [custom.id],
            "gpt-known": [.openai],
        ]
        router.aliases = ["fast": "openai/gpt-known", "loop": "loop", "odd": "nobody/x"]
        router.defaults = AgentModels(
            primary: "openai/gpt-known", fallbacks: ["corp/house-model", "anthropic/claude-x"])
        router.agents = [.main, coder, strict]
        router.own = [
            coder: AgentModels(primary: "fast", fallbacks: ["anthropic/claude-x", "corp/a/b"]),
            strict: AgentModels(primary: "house-model"),
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
        ("default", "openai/gpt-known"), ("agenticflow-enterprise", "openai/gpt-known"),
    ])
    func `a name leads to a provider and its model`(name: String, place: String) { #expect(Self.first(name) == place) }

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
}
