// SPDX-License-Identifier: Apache-2.0
import Credentials
import FoundationEssentials
import Rotation
import TestKit

/// A provider's credentials at two agents, over some minutes of requests, refusals, reloads and commands.
struct RandomLife {
    private(set) var table: HealthTable
    private(set) var now = start
    private(set) var rosters: [Roster]
    private(set) var random: SeededGenerator
    private var underWay: [Attempt] = []
    private(set) var probes: [HealthKey: Probes] = [:]
    static let models = ["big", "small", "tiny"]

    struct Probes {
        var count = 0
        /// A probe that never ends is waited for for so long.
        var until = Date.distantPast
    }

    private struct Attempt {
        var key: HealthKey
        var model: String
        var isProbe: Bool
    }

    init(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let profiles = (0..<Int.random(in: 0...6, using: &random)).compactMap { Self.profile($0, &random) }
        var table = HealthTable()
        rosters = [AgentID.main, AgentID("work") ?? .main].map { Self.roster(of: $0, profiles, &random, &table) }
        self.random = random
        self.table = table
    }

    mutating func randomAsk() -> (roster: Int, ask: Ask) {
        let roster = Int.random(in: 0..<rosters.count, using: &random)
        let ids = rosters[roster].candidates.map(\.id) + [ProfileID("anthropic:gone")].compactMap { $0 }
        var ask = Ask(model: random.pick(Self.models))
        if random.chance(15) { ask.pinned = random.pick(ids) }
        if random.chance(30) { ask.preferred = random.pick(ids) }
        if random.chance(30) { ask.tried = ids.filter { _ in random.chance(40) } }
        return (roster, ask)
    }

    /// Asks for good.
    mutating func take(_ ask: Ask, of roster: Int) -> Choice {
        let choice = rosters[roster].choose(ask, table: &table, now: now)
        if case .profile(_, let index, let isProbe) = choice {
            let key = rosters[roster].candidates[index].healthKey
            underWay.append(Attempt(key: key, model: ask.model, isProbe: isProbe))
            if isProbe { probes[key] = Probes(count: (probes[key]?.count ?? 0) + 1, until: now + 150) }
        }
        return choice
    }

    /// Something happens.
    mutating func step() {
        switch Int.random(in: 0..<100, using: &random) {
        case 0..<55: settle()
        case 55..<90: now = now + Double.random(in: 0...20, using: &random).rounded()
        case 90..<92: now = now + Double.random(in: 100...2000, using: &random)
        case 92..<94: reload()
        case 94..<96: if let key = randomKey() { table.clear(key) }
        case 96..<98: if let key = randomKey() { table.set(key, to: Health()) }
        default: now = now - 5
        }
    }

    private mutating func randomKey() -> HealthKey? {
        let keys = rosters.flatMap(\.candidates).map(\.healthKey)
        return keys.isEmpty ? nil : random.pick(keys)
    }

    private mutating func settle() {
        guard !underWay.isEmpty else { return }
        let attempt = underWay.remove(at: Int.random(in: 0..<underWay.count, using: &random))
        if attempt.isProbe {
            table.endProbe(attempt.key)
            probes[attempt.key]?.count -= 1
        }
        switch Int.random(in: 0..<10, using: &random) {
        case 0..<3: table.recordSuccess(attempt.key, isProbe: attempt.isProbe)
        case 3: break
        default:
            table.record(
                Self.failure(attempt.model, now, &random), for: attempt.key, ladder: Ladder(),
                jitter: random.chance(50) ? 0 : 1, at: now)
        }
    }

    private mutating func reload() {
        for index in rosters.indices {
            rosters[index] = Roster(candidates: rosters[index].candidates, order: rosters[index].order, table: &table)
        }
    }

    // MARK: Making things up

    private static func failure(_ model: String, _ now: Date, _ random: inout SeededGenerator) -> Failure {
        let reason = random.pick(
            [FailureReason.rateLimit, .rateLimit, .serverError, .serverError, .timeout, .billing, .auth, .format])
        let isModels = reason == .rateLimit ? random.chance(80) : random.chance(20)
        let until = random.chance(40) ? now + Double.random(in: 0...60, using: &random).rounded() : nil
        return Failure(reason, model: isModels ? model : nil, until: until)
    }

    private static func profile(_ number: Int, _ random: inout SeededGenerator) -> Candidate? {
        ProfileID("anthropic:p\(number)").map { id in
            Candidate(
                id: id, kind: random.pick([.apiKey, .apiKey, .token, .oauth]), source: .profile(owner: .main),
                expires: random.chance(20) ? .at(start + Double.random(in: -10...300, using: &random)) : .never,
                standing: random.chance(8) ? .needsVendorCLI : .ok)
        }
    }

    private static func roster(
        of agent: AgentID, _ inherited: [Candidate], _ random: inout SeededGenerator, _ table: inout HealthTable
    ) -> Roster {
        var candidates = inherited
        if agent != .main, let id = ProfileID("anthropic:own") {
            candidates.append(
                Candidate(id: id, kind: .token, source: .profile(owner: agent), expires: .never, standing: .ok))
        }
        for (name, source) in [
            ("config", CandidateSource.config), ("env", .environment("A")), ("env-2", .environment("B")),
        ]
        where random.chance(30) {
            guard let id = ProfileID("anthropic:\(name)") else { continue }
            candidates.append(Candidate(id: id, kind: .apiKey, source: source, expires: .never, standing: .ok))
        }
        candidates.shuffle(using: &random)
        guard random.chance(40) else { return Roster(candidates: candidates, order: nil, table: &table) }
        let ids = candidates.map(\.id).filter { _ in random.chance(70) }.shuffled(using: &random)
        return Roster(candidates: candidates, order: ExplicitOrder(ids: ids, source: .config), table: &table)
    }
}
