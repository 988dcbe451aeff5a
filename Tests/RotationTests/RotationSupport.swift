// SPDX-License-Identifier: Apache-2.0
import Credentials
import FoundationEssentials
import Rotation
import Testing

/// A fixed moment, and moments around it.
let start = Date(timeIntervalSince1970: 1_800_000_000)

func at(_ seconds: TimeInterval) -> Date { start + seconds }

extension ProfileID {
    /// `a` stands for `anthropic:a`.
    static func named(_ name: String) throws -> ProfileID {
        try #require(ProfileID(name.contains(":") ? name : "anthropic:\(name)"))
    }
}

extension Candidate {
    static func named(
        _ name: String, _ kind: CredentialKind = .apiKey, source: CandidateSource = .profile(owner: .main),
        expires: Expiry = .never, standing: SkipCode = .ok
    ) throws -> Candidate {
        Candidate(id: try .named(name), kind: kind, source: source, expires: expires, standing: standing)
    }
}

extension Failure {
    init(_ reason: FailureReason, model: String? = nil, until: Date? = nil) {
        self.init(
            reason: reason, scope: model.map { .model($0) } ?? .profile, until: until,
            evidence: Evidence(origin: until == nil ? .ladder : .header, text: reason.rawValue))
    }
}

/// A roster, its table and the clock.
final class Bench {
    var table: HealthTable
    var roster: Roster
    var now = start
    var ladder = Ladder()

    init(_ candidates: [Candidate], order: [String]? = nil) throws {
        let ids = try order?.map { try ProfileID.named($0) }
        var table = HealthTable()
        roster = Roster(
            candidates: candidates, order: ids.map { ExplicitOrder(ids: $0, source: .store) }, table: &table)
        self.table = table
    }

    convenience init(_ names: [String], order: [String]? = nil) throws {
        try self.init(try names.map { try Candidate.named($0) }, order: order)
    }

    /// The name chosen, with `?` for a probe; nil for nobody.
    func choose(
        _ model: String = "m", pinned: String? = nil, preferred: String? = nil, tried: [String] = []
    ) throws -> String? {
        let ask = try ask(model, pinned: pinned, preferred: preferred, tried: tried)
        guard case .profile(let id, _, let isProbe) = roster.choose(ask, table: &table, now: now) else { return nil }
        return String(id.name) + (isProbe ? "?" : "")
    }

    /// Names in the order in which one request tries them.
    func walk(_ model: String = "m", preferred: String? = nil) throws -> [String] {
        let (before, tableBefore) = (roster, table)
        defer { (roster, table) = (before, tableBefore) }
        var names: [String] = []
        while let name = try choose(model, preferred: preferred, tried: names) {
            names.append(name.hasSuffix("?") ? String(name.dropLast()) : name)
        }
        return names
    }

    func refusal(_ model: String = "m", pinned: String? = nil, tried: [String] = []) throws -> Unavailability? {
        let choice = roster.choose(try ask(model, pinned: pinned, tried: tried), table: &table, now: now)
        if case .none(let unavailability) = choice { return unavailability }
        return nil
    }

    func ask(_ model: String, pinned: String? = nil, preferred: String? = nil, tried: [String] = []) throws -> Ask {
        Ask(
            model: model, pinned: try pinned.map { try .named($0) }, preferred: try preferred.map { try .named($0) },
            tried: try tried.map { try .named($0) })
    }

    func key(_ name: String) throws -> HealthKey { HealthKey(owner: .main, id: try .named(name)) }

    func fail(_ name: String, _ failure: Failure) throws {
        table.record(failure, for: try key(name), ladder: ladder, jitter: 0, at: now)
    }

    func succeed(_ name: String, isProbe: Bool = true) throws {
        if isProbe { table.endProbe(try key(name)) }
        table.recordSuccess(try key(name), isProbe: isProbe)
    }

    func used(_ name: String, _ seconds: TimeInterval) throws {
        var health = table[try key(name)]
        health.lastUsed = at(seconds)
        table.set(try key(name), to: health)
    }

    func pass(_ seconds: TimeInterval) { now = now + seconds }

    /// `profile state code`, in the explanation's order.
    func explained(_ model: String = "m", preferred: String? = nil) throws -> [String] {
        roster.explain(try ask(model, preferred: preferred), table: table, now: now).candidates.map {
            "\($0.profile.name) \($0.state.rawValue) \($0.code.rawValue)"
        }
    }
}
