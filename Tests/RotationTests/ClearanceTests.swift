// SPDX-License-Identifier: Apache-2.0
import Credentials
import FoundationEssentials
import Rotation
import Testing

@Suite struct ClearanceTests {
    private static func window(
        _ reason: FailureReason, model: String? = nil, since: TimeInterval = 0, until: TimeInterval = 600
    ) -> Window {
        Window(
            reason: reason, scope: model.map { .model($0) } ?? .profile, since: at(since), until: at(until),
            evidence: Evidence(origin: .ladder, text: ""))
    }

    private static func held() -> Health {
        var health = Health()
        health.lastUsed = at(-5)
        health.lastFailure = at(20)
        health.streaks = [.rateLimit: 2, .billing: 3, .auth: 1]
        health.windows = [
            window(.rateLimit, model: "a"), window(.rateLimit, model: "b", since: 20), window(.billing, since: 10),
        ]
        return health
    }

    struct Row: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var clearance: Clearance
        var gone: Forgotten?
        var windows: [Window]
        var streaks: [Lane: Int]
        var keepsLastFailure = true
    }

    static let rows = [
        Row(
            testDescription: "everything", clearance: Clearance(),
            gone: Forgotten(windows: held().windows, failures: 6), windows: [], streaks: [:], keepsLastFailure: false),
        Row(
            testDescription: "one model: the count stays while another model's window is there",
            clearance: Clearance(model: "a"), gone: Forgotten(windows: [window(.rateLimit, model: "a")], failures: 0),
            windows: Array(held().windows.dropFirst()), streaks: [.rateLimit: 2, .billing: 3, .auth: 1]),
        Row(
            testDescription: "a model that nothing is about", clearance: Clearance(model: "c"), gone: nil,
            windows: held().windows, streaks: held().streaks),
        Row(
            testDescription: "all but billing", clearance: Clearance(lanes: Set(Lane.allCases).subtracting([.billing])),
            gone: Forgotten(windows: Array(held().windows.prefix(2)), failures: 3),
            windows: [window(.billing, since: 10)], streaks: [.billing: 3]),
        Row(
            testDescription: "what was noted later stays, with its count",
            clearance: Clearance(notedBefore: at(15)),
            gone: Forgotten(windows: [window(.rateLimit, model: "a"), window(.billing, since: 10)], failures: 3),
            windows: [window(.rateLimit, model: "b", since: 20)], streaks: [.rateLimit: 2, .auth: 1]),
    ]

    @Test(arguments: rows)
    func `what is meant goes, and nothing else`(row: Row) {
        var health = Self.held()
        #expect(health.forget(row.clearance) == row.gone)
        var wanted = Self.held()
        wanted.windows = row.windows
        wanted.streaks = row.streaks
        if !row.keepsLastFailure { wanted.lastFailure = nil }
        #expect(health == wanted)
    }

    @Test func `a healthy credential has nothing to forget`() {
        var health = Health()
        health.lastUsed = start
        let before = health
        #expect(health.forget(Clearance()) == nil)
        #expect(health == before)
    }

    @Test func `a count without a window is forgotten too: it is what makes a credential half-open`() {
        var health = Health()
        health.streaks = [.rateLimit: 4]
        #expect(health.forget(Clearance()) == Forgotten(windows: [], failures: 4))
        #expect(health.isClear)
    }

    @Test func `the table gives the change to the journal, and the very next choice sees it`() throws {
        var table = HealthTable()
        let work = try Candidate.named("work")
        var roster = Roster(candidates: [work], order: nil, table: &table)
        table.record(Failure(.auth), for: work.healthKey, ladder: Ladder(), jitter: 0, at: start)
        guard case .none = roster.choose(Ask(model: "m"), table: &table, now: at(1)) else {
            Issue.record("a credential that was refused is used")
            return
        }
        _ = table.takeChanges()

        let gone = table.forget(work.healthKey, Clearance())

        #expect(gone?.windows.map(\.reason) == [.auth])
        #expect(table.takeChanges().map(\.key) == [work.healthKey])
        guard case .profile(let id, _, let isProbe) = roster.choose(Ask(model: "m"), table: &table, now: at(1)) else {
            Issue.record("it is not used")
            return
        }
        #expect(id == work.id && !isProbe)
    }

    @Test func `a credential that is not known stays unknown`() throws {
        var table = HealthTable()
        #expect(table.forget(HealthKey(owner: .main, id: try .named("x")), Clearance()) == nil)
        #expect(table.all.isEmpty)
    }
}
