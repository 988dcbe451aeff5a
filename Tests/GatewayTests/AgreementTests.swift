// SPDX-License-Identifier: Apache-2.0
import CredentialLifecycle
import Credentials
import Documents
import Exchange
import FoundationEssentials
import ProfileStorage
import Providers
import Rotation
import Settings
import TestKit
import Testing

@testable import Gateway

/// `models explain` and the next request must agree, whatever has happened before.
@Suite struct AgreementTests {
    static let start = Date(timeIntervalSince1970: 1_800_000_000)
    static let models = ["claude-a", "claude-b"]

    @Test(arguments: 1...50)
    func `over random states, what is explained as next is what the next request gets`(seed: Int) throws {
        var random = SeededGenerator(seed: UInt64(seed))
        let folder = ScratchFolder()
        let reading = try Self.instance(in: folder.path, &random)
        let board = Board()
        var builder = DeploymentBuilder(reading, addresses: UpstreamAddresses())
        _ = builder.seat(at: board)
        var now = Self.start
        for _ in 1...20 {
            now += Double.random(in: 0...400, using: &random)
            let ask = Self.ask(reading, &random)
            let explained = board.explain(ask, now: now)
            let choice = board.choose(ask, now: now)
            switch choice {
            case .credential(let credential, let isProbe):
                #expect(explained.next == credential.id)
                #expect(explained.candidates.first { $0.state == .next }?.profile == credential.id)
                let outcome = Self.outcome(for: ask.target.model, at: now, &random)
                board.settle(Settlement(credential: credential, isProbe: isProbe, outcome: outcome), now: now)
            case .none: #expect(explained.next == nil)
            }
            if Int.random(in: 0..<6, using: &random) == 0 { _ = builder.seat(at: board) }
        }
    }

    @Test func `an explanation that forgets the waiting times disagrees, so the test above can fail`() throws {
        let disagreements = try (1...5).reduce(0) { try $0 + Self.disagreementsWithoutHealth(seed: $1) }
        #expect(disagreements > 0)
    }

    private static func disagreementsWithoutHealth(seed: UInt64) throws -> Int {
        var random = SeededGenerator(seed: seed)
        let folder = ScratchFolder()
        let reading = try Self.instance(in: folder.path, &random)
        let (board, forgetful) = (Board(), Board())
        var builder = DeploymentBuilder(reading, addresses: UpstreamAddresses())
        _ = builder.seat(at: board)
        _ = builder.seat(at: forgetful)
        var disagreements = 0
        for _ in 1...20 {
            let ask = BoardAsk(
                agent: .main, target: Target(provider: .anthropic, model: "claude-a"), session: nil, tried: [])
            let explained = forgetful.explain(ask, now: Self.start)
            guard case .credential(let credential, let isProbe) = board.choose(ask, now: Self.start) else { break }
            if explained.next != credential.id { disagreements += 1 }
            let refusal = Self.refusal(.billing, model: "claude-a")
            board.settle(
                Settlement(credential: credential, isProbe: isProbe, outcome: .failure(refusal)), now: Self.start)
        }
        return disagreements
    }

    @Test(arguments: 1...30)
    func `over random states, the files' view with its journal names the same next as the gateway`(seed: Int) throws {
        #expect(try Self.differences(seed: UInt64(seed), withSessions: true) == [])
    }

    @Test func `a files' view that forgets the sessions differs, so the test above can fail`() throws {
        #expect(try (1...10).contains { try !Self.differences(seed: $0, withSessions: false).isEmpty })
    }

    /// What the files' view says otherwise than the board does, after some requests and one flush of the journal.
    private static func differences(seed: UInt64, withSessions: Bool) throws -> [String] {
        var random = SeededGenerator(seed: seed)
        let folder = ScratchFolder()
        let reading = try instance(in: folder.path, &random)
        let board = Board()
        var builder = DeploymentBuilder(reading, addresses: UpstreamAddresses())
        _ = builder.seat(at: board)
        var now = start
        for _ in 1...12 {
            now += Double.random(in: 1...100, using: &random)
            let ask = ask(reading, &random)
            guard case .credential(let credential, let isProbe) = board.choose(ask, now: now) else { continue }
            let outcome = outcome(for: ask.target.model, at: now, &random)
            board.settle(Settlement(credential: credential, isProbe: isProbe, outcome: outcome), now: now)
        }
        let journal = HealthJournal(folder: folder.path + "/journal")
        try journal.append(board.takeChanges(maximumUses: .max), sessions: board.takeSessions(atMost: .max))
        let noted = try journal.loadAll()
        let preview = GatewayPreview(reading, health: noted.health, sessions: withSessions ? noted.sessions : [])
        var found: [String] = []
        for agent in reading.agents.map(\.id) {
            for model in models {
                for session in [nil, "one", "two", "three"] {
                    let ask = BoardAsk(
                        agent: agent, target: Target(provider: .anthropic, model: model),
                        session: session.map { SessionKey($0, agent: agent) }, tried: [])
                    let live = board.explain(ask, now: now).next?.text
                    let json = try preview.explainJSON(
                        model: "anthropic/\(model)", agent: agent.text, session: session, now: now)
                    let files = try Document(Array(json.utf8), as: .json).root["next"]?.string
                    if live != files {
                        found.append("\(agent) \(model) \(session ?? "-"): \(live ?? "-") \(files ?? "-")")
                    }
                }
            }
        }
        return found
    }

    @Test func `a provider that only seating finds out of reach is so for the files' view as well`() throws {
        let folder = ScratchFolder()
        let environment = [
            "AGENTICFLOW_STATE_DIR": folder.path, "HOME": folder.path, "ANTHROPIC_API_KEY": "sk-env-number-one",
        ]
        folder.write(
            "{models: {providers: {anthropic: {caFile: '/nowhere/ca.pem'}}}}", to: "agenticflow-enterprise.json")
        var reader = InstanceReader(layout: try StateLayout(environment: environment), process: environment)
        let preview = GatewayPreview(reader.read(), health: [:], sessions: [])
        // One that it does not serve: that is not what is told first.
        for endpoint in ["/v1/messages", "/v1/chat/completions"] {
            let json = try preview.explainJSON(model: "anthropic/claude-a", endpoint: endpoint, now: Self.start)
            let told = try Document(Array(json.utf8), as: .json).root["unavailable"]?["code"]?.string
            #expect(told == "provider_left_out")
        }
    }

    @Test func `health stays with a credential when the board is seated anew`() throws {
        var random = SeededGenerator(seed: 3)
        let folder = ScratchFolder()
        let reading = try Self.instance(in: folder.path, &random)
        let board = Board()
        var builder = DeploymentBuilder(reading, addresses: UpstreamAddresses())
        _ = builder.seat(at: board)
        let ask = BoardAsk(
            agent: .main, target: Target(provider: .anthropic, model: "claude-a"), session: nil, tried: [])
        guard case .credential(let first, let isProbe) = board.choose(ask, now: Self.start) else {
            Issue.record("nobody was chosen")
            return
        }
        let refusal = Self.refusal(.billing, model: "claude-a")
        board.settle(Settlement(credential: first, isProbe: isProbe, outcome: .failure(refusal)), now: Self.start)
        _ = builder.seat(at: board)
        let line = board.overview(now: Self.start + 1).first { $0.profile == first.id }
        #expect(line?.code == .disabledBilling)
    }

    @Test func `a secret that takes another's place starts anew, and what the old one still does is not its fault`()
        throws
    {
        let folder = ScratchFolder()
        let layout = try StateLayout(environment: [
            "AGENTICFLOW_STATE_DIR": folder.path + "/state", "HOME": folder.path,
        ])
        let id = try #require(ProfileID("anthropic:only"))
        var reader = InstanceReader(layout: layout, process: [:])
        func store(_ secret: String) throws -> InstanceReading {
            try AuthProfilesFile(folder: layout.agentDirectory(.main)).update { book throws(StoreError) in
                book.profiles[id] = Profile(id: id, provider: .anthropic, kind: .apiKey, secret: Secret(secret))
            }
            return reader.read()
        }
        let board = Board()
        let addresses = UpstreamAddresses()
        func seat(_ reading: InstanceReading) {
            var builder = DeploymentBuilder(reading, addresses: addresses)
            _ = builder.seat(at: board)
        }
        func code() -> SkipCode? { board.overview(now: Self.start + 1).first?.code }
        let ask = BoardAsk(
            agent: .main, target: Target(provider: .anthropic, model: "claude-a"), session: nil, tried: [])
        let refused = AttemptOutcome.failure(Self.refusal(.auth, model: "claude-a"))

        seat(try store("sk-the-old-secret"))
        guard case .credential(let old, _) = board.choose(ask, now: Self.start) else {
            Issue.record("nobody")
            return
        }
        board.settle(Settlement(credential: old, isProbe: false, outcome: refused), now: Self.start)
        #expect(code() == .disabledAuth)
        seat(try store("sk-the-old-secret"))
        #expect(code() == .disabledAuth)
        seat(try store("sk-the-new-secret"))
        #expect(code() == .ok)
        // It was under way when the secret was replaced.
        board.settle(Settlement(credential: old, isProbe: false, outcome: refused), now: Self.start)
        #expect(code() == .ok)
        guard case .credential(let new, _) = board.choose(ask, now: Self.start) else {
            Issue.record("nobody")
            return
        }
        board.settle(Settlement(credential: new, isProbe: false, outcome: refused), now: Self.start)
        #expect(code() == .disabledAuth)
    }

    // MARK: Random worlds

    /// Two agents, 2 to 8 profiles of all kinds, perhaps an order in the store or in the configuration, perhaps keys
    /// from the environment.
    static func instance(in folder: String, _ random: inout SeededGenerator) throws -> InstanceReading {
        var environment = ["AGENTICFLOW_STATE_DIR": folder + "/state", "HOME": folder]
        if Bool.random(using: &random) { environment["ANTHROPIC_API_KEYS"] = "sk-env-number-one,sk-env-number-two" }
        let layout = try StateLayout(environment: environment)
        let names = (1...Int.random(in: 2...8, using: &random)).map { "p\($0)" }
        let generator = random
        try AuthProfilesFile(folder: layout.agentDirectory(.main)).update { book throws(StoreError) in
            var random = generator
            for name in names {
                guard let profile = Self.profile(name, &random) else { continue }
                book.profiles[profile.id] = profile
            }
            if Bool.random(using: &random) {
                book.order[.anthropic] = book.profiles.keys.sorted().shuffled(using: &random).dropLast(1).map { $0 }
            }
        }
        for _ in names { _ = random.next() }
        try SettingsFile(layout).edit { document throws(DocumentError) in
            try document.set(
                .array([.object([.init("id", .string("main"))]), .object([.init("id", .string("helper"))])]),
                at: ["agents", "list"])
        }
        var reader = InstanceReader(layout: layout, process: environment)
        return reader.read()
    }

    private static func profile(_ name: String, _ random: inout SeededGenerator) -> Profile? {
        guard let id = ProfileID("anthropic:\(name)"), let kind = CredentialKind.allCases.randomElement(using: &random)
        else { return nil }
        let expiries: [Expiry] = [.never, .at(start + 2000), .at(start - 5)]
        return Profile(
            id: id, provider: .anthropic, kind: kind, secret: Secret("sk-test-\(name)-0123456789"),
            refresh: kind == .oauth ? Secret("refresh-\(name)") : nil,
            expires: kind == .apiKey ? .never : expiries.randomElement(using: &random) ?? .never)
    }

    private static func ask(_ reading: InstanceReading, _ random: inout SeededGenerator) -> BoardAsk {
        let agent = reading.agents.randomElement(using: &random)?.id ?? .main
        let session: SessionKey? =
            [nil, SessionKey("one", agent: agent), SessionKey("two", agent: agent)].randomElement(using: &random) ?? nil
        var target = Target(provider: .anthropic, model: models.randomElement(using: &random) ?? "claude-a")
        if Int.random(in: 0..<5, using: &random) == 0 {
            target.pinned = ProfileID("anthropic:p\(Int.random(in: 1...9, using: &random))")
        }
        return BoardAsk(agent: agent, target: target, session: session, tried: [])
    }

    private static func outcome(for model: String, at now: Date, _ random: inout SeededGenerator) -> AttemptOutcome {
        switch Int.random(in: 0..<4, using: &random) {
        case 0: .success
        case 1: .neutral
        default: .failure(refusal(FailureReason.allCases.randomElement(using: &random) ?? .timeout, model: model))
        }
    }

    private static func refusal(_ reason: FailureReason, model: String) -> UpstreamRefusal {
        UpstreamRefusal(
            reason: reason, verdict: .tryNext, scope: reason == .rateLimit ? .model(model) : .profile, until: nil,
            evidence: Evidence(origin: .ladder, text: ""), providerMessage: "")
    }
}
