// SPDX-License-Identifier: Apache-2.0
import Credentials
import FoundationEssentials
import Rotation
import Testing

/// What `models status` calls effective is what `models explain` calls next.
@Suite struct NextCredentialTests {
    struct Hold: Sendable {
        var id: String
        var reason = FailureReason.rateLimit
        var model: String?
        var seconds = 300.0
        var owner = AgentID.main
    }

    struct Row: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var holds: [Hold] = []
        var isKeySet = false
        var order: String?
        /// The profile that the default model is configured with.
        var pin: String?
        /// What both say; nil for nobody.
        var next: String?
    }

    private static let store = """
        {"version": 1, "profiles": {
          "anthropic:a": {"type": "api_key", "provider": "anthropic", "key": "sk-ant-api03-aaaaaaaaaaaaaaaaaaaa"},
          "anthropic:z": {"type": "token", "provider": "anthropic", "token": "anthropic-token-1234567890"}}}
        """
    private static let own = """
        {"version": 1, "profiles": {
          "anthropic:own": {"type": "api_key", "provider": "anthropic", "key": "sk-ant-api03-oooooooooooooooooooo"}}}
        """

    private static func instance(_ row: Row) throws -> Instance {
        let order = row.order.map { "auth: {order: {anthropic: [\($0)]}}," } ?? ""
        let instance = Instance(
            config: """
                {\(order) agents: {defaults: {model: "anthropic/claude-opus-4-5\(row.pin.map { "@\($0)" } ?? "")"},
                  list: [{id: 'main', default: true}, {id: 'coder'}]}}
                """, store: store)
        instance.write("agents/coder/agent/auth-profiles.json", own)
        if row.isKeySet { instance.environment["ANTHROPIC_API_KEY"] = "sk-ant-api03-environment-key" }
        for hold in row.holds {
            try instance.hold(hold.id, hold.reason, model: hold.model, for: hold.seconds, owner: hold.owner)
        }
        return instance
    }

    private static let ofMain = [Hold(id: "anthropic:a"), Hold(id: "anthropic:z")]

    @Test(arguments: [
        Row(testDescription: "a token goes before keys", next: "anthropic:z"),
        Row(
            testDescription: "held for the default model",
            holds: [Hold(id: "anthropic:z", model: "claude-opus-4-5")], next: "anthropic:a"),
        Row(
            testDescription: "held for another model",
            holds: [Hold(id: "anthropic:z", model: "claude-haiku-4-5")], next: "anthropic:z"),
        Row(
            testDescription: "all held for the default model",
            holds: ["a", "z", "own"].map {
                Hold(id: "anthropic:\($0)", model: "claude-opus-4-5", owner: $0 == "own" ? AgentID("coder")! : .main)
            }),
        Row(
            testDescription: "all held for the default model, and a key of the environment",
            holds: ["a", "z", "own"].map {
                Hold(id: "anthropic:\($0)", model: "claude-opus-4-5", owner: $0 == "own" ? AgentID("coder")! : .main)
            }, isKeySet: true, next: "anthropic:env"),
        Row(
            testDescription: "the inherited ones disabled",
            holds: [Hold(id: "anthropic:a", reason: .billing), Hold(id: "anthropic:z", reason: .auth)],
            next: "anthropic:own"),
        Row(
            testDescription: "all overloaded: the one that comes back first",
            holds: [
                Hold(id: "anthropic:a", reason: .overloaded, seconds: 100),
                Hold(id: "anthropic:z", reason: .overloaded),
                Hold(id: "anthropic:own", reason: .overloaded, owner: AgentID("coder")!),
            ], next: "anthropic:a"),
        Row(
            testDescription: "an order", isKeySet: true, order: "'anthropic:env', 'anthropic:a'", next: "anthropic:env"),
        Row(
            testDescription: "an order whose first one waits", holds: [Hold(id: "anthropic:a")],
            order: "'anthropic:a', 'anthropic:own'", next: "anthropic:own"),
        Row(testDescription: "an order that names nobody", order: "'anthropic:gone'"),
        Row(testDescription: "a default model with a profile", pin: "a", next: "anthropic:a"),
        Row(
            testDescription: "the same, left out by an order", order: "'anthropic:z'", pin: "anthropic:own",
            next: "anthropic:own"),
        Row(testDescription: "the same, while it waits", holds: [Hold(id: "anthropic:a")], pin: "anthropic:a"),
    ])
    func `both say the same`(row: Row) throws {
        let instance = try Self.instance(row)
        let explained = try JSON(instance.run("models explain --agent coder --json").stdout)
        #expect(explained["next"] == row.next.map { .string($0) } ?? .null)
        let status = try JSON(instance.run("models status --agent coder --json").stdout)
        let provider = try #require(status["auth.providers.0"])
        #expect(provider["usable"] == .boolean(row.next != nil))
        #expect(status["auth.oauth.providers.0.usable"] == .boolean(row.next != nil))
        let owner = row.next == "anthropic:own" ? "coder" : "main"
        switch row.next {
        case nil: #expect(provider["effective.kind"] == "unusable")
        case "anthropic:env": #expect(provider["effective"] == ["kind": "env", "detail": "sk-ant...-key"])
        default:
            let path = JSON.string("\(instance.state)/agents/\(owner)/agent/auth-profiles.json")
            #expect(provider["effective"] == ["kind": "profiles", "detail": path])
        }
    }

    @Test func `what waits for one model is listed with it, and other models are available`() throws {
        let instance = Instance(
            config: """
                {agents: {defaults: {model: "anthropic/claude-opus-4-5", models: {"anthropic/claude-haiku-4-5": {}}}}}
                """,
            store: """
                {"version": 1, "profiles": {
                  "anthropic:a": {"type": "api_key", "provider": "anthropic", "key": "sk-ant-api03-aaaaaaaaaaaaaaaaaaaa"}}}
                """)
        try instance.hold("anthropic:a", .rateLimit, model: "claude-opus-4-5", for: 300)
        let status = try JSON(instance.run("models status --json").stdout)
        #expect(
            status["auth.unusableProfiles"] == [
                [
                    "profileId": "anthropic:a", "provider": "anthropic", "kind": "cooldown", "reason": "rate_limit",
                    "model": "claude-opus-4-5", "until": 1_790_000_300_000, "remainingMs": 300_000,
                ]
            ])
        #expect(status["auth.providers.0.effective.detail"] == "none of 1 can be used for the default model now")
        let list = try JSON(instance.run("models list --json").stdout)
        #expect(list["models.0.key"] == "anthropic/claude-opus-4-5" && list["models.0.available"] == false)
        #expect(list["models.1.key"] == "anthropic/claude-haiku-4-5" && list["models.1.available"] == true)
    }
}
