// SPDX-License-Identifier: Apache-2.0
import Credentials
import Exchange
import FoundationEssentials
import NIOCore
import Providers
import Rotation

/// What the board's lock guards.
struct BoardState: Sendable {
    private(set) var rosters: [RosterKey: SeatedRoster] = [:]
    /// Providers that nothing can be sent to.
    private(set) var faults: [ProviderID: ProviderFault] = [:]
    /// The credentials in force, by where their health is kept.
    private var seated: [HealthKey: ChosenCredential] = [:]
    var health = HealthTable()
    var ladder = Ladder()
    var sessions = SessionPins()
    private var jitter = SystemRandomNumberGenerator()

    mutating func choose(_ ask: BoardAsk, now: Date) -> BoardChoice {
        if let fault = faults[ask.target.provider] { return .none(.providerLeftOut(fault), opensIn: nil) }
        let key = RosterKey(agent: ask.agent, provider: ask.target.provider)
        guard let index = rosters.index(forKey: key) else { return .none(Self.nothing(for: ask.target), opensIn: nil) }
        let inner = question(ask)
        switch rosters.values[index].roster.choose(inner, table: &health, now: now) {
        case .profile(_, let seat, let isProbe):
            guard let credential = rosters.values[index].credentials[seat] else {
                return .none(.noCredential, opensIn: nil)
            }
            if let session = ask.session, ask.target.pinned == nil {
                sessions.stick(session, ask.target.provider, to: credential.id, at: now)
            }
            return .credential(credential, isProbe: isProbe)
        case .none(let unavailability):
            // `exhausted` has no time of its own: what would this request be told if it asked anew?
            let roster = rosters.values[index].roster
            let until =
                unavailability == .exhausted ? roster.reopening(inner, table: health, now: now) : unavailability.until
            return .none(
                unavailability, opensIn: until.map { TimeAmount(from: now, until: $0) },
                causes: roster.causes(inner, table: health, now: now))
        }
    }

    /// There is no credential of the provider at all.
    private static func nothing(for target: Target) -> Unavailability {
        target.pinned.map { .pinnedUnavailable($0, .unknownProfile, until: nil) } ?? .noCredential
    }

    func explain(_ ask: BoardAsk, now: Date) -> Explanation {
        let seated = rosters[RosterKey(agent: ask.agent, provider: ask.target.provider)]
        let found =
            seated?.roster.explain(question(ask), table: health, now: now)
            ?? Explanation(
                model: ask.target.model, orderSource: "automatic", candidates: [], next: nil,
                unavailability: Self.nothing(for: ask.target))
        return faults[ask.target.provider].map { found.without($0) } ?? found
    }

    private func question(_ ask: BoardAsk) -> Ask {
        let preferred = ask.session.flatMap { sessions.profile(of: $0, ask.target.provider) }
        return Ask(model: ask.target.model, pinned: ask.target.pinned, preferred: preferred, tried: ask.tried)
    }

    func overview(now: Date) -> [BoardLine] {
        var lines: [BoardLine] = []
        for (key, seated) in rosters {
            for (candidate, code) in seated.roster.standings(table: health, now: now) {
                let health = health[candidate.healthKey]
                lines.append(
                    BoardLine(
                        agent: key.agent, owner: candidate.healthKey.owner, profile: candidate.id,
                        provider: key.provider,
                        candidate: candidate, code: code, windows: health.windows.filter { $0.until > now },
                        lastUsed: health.lastUsed))
            }
        }
        return lines.sorted { ($0.agent, $0.profile) < ($1.agent, $1.profile) }
    }

    mutating func seat(_ rosters: [RosterKey: SeatedRoster], faults: [ProviderID: ProviderFault]) {
        self.rosters = rosters
        self.faults = faults
        var current: [HealthKey: ChosenCredential] = [:]
        for credential in rosters.values.flatMap(\.credentials).compactMap({ $0 }) {
            current[credential.healthKey] = credential
        }
        for (key, old) in seated where current[key]?.hasSecret(of: old) != true { health.clear(key) }
        seated = current
    }

    /// An attempt that began with a secret which has been replaced since says nothing about the new one.
    mutating func settle(_ settlement: Settlement, now: Date) {
        let key = settlement.credential.healthKey
        if settlement.isProbe { health.endProbe(key) }
        guard seated[key]?.hasSecret(of: settlement.credential) == true else { return }
        switch settlement.outcome {
        case .success: health.recordSuccess(key, isProbe: settlement.isProbe)
        case .neutral: break
        case .failure(let refusal):
            let spread = Double.random(in: 0...1, using: &jitter)
            health.record(refusal.failure, for: key, ladder: ladder, jitter: spread, at: now)
        }
    }
}

extension TimeAmount {
    /// A window may come from another program's file, and lie as far ahead as a date can: a year stands for all beyond.
    init(from now: Date, until date: Date) {
        let seconds = min(max(0, date.timeIntervalSince(now)), 365 * 86_400)
        self = .nanoseconds(Int64(seconds * 1e9))
    }
}
