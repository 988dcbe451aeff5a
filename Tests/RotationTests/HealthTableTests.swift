// SPDX-License-Identifier: Apache-2.0
import Credentials
import FoundationEssentials
import Testing

@testable import Rotation

@Suite struct HealthTableTests {
    @Test func `use is stamped later than every earlier use, also when the clock stands or goes back`() throws {
        let bench = try Bench(["a", "b", "c"])
        #expect(try bench.choose() == "a")
        #expect(try bench.choose() == "b")
        bench.pass(-100)
        #expect(try bench.choose() == "c")
        #expect(try bench.choose() == "a")
        let stamps = try ["b", "c", "a"].map { try #require(bench.table[try bench.key($0)].lastUsed) }
        #expect(stamps[0] < stamps[1] && stamps[1] < stamps[2])
    }

    @Test func `use that a journal puts into the future starves nobody`() throws {
        let bench = try Bench(["a", "b"])
        try bench.used("a", 86_400)
        #expect(try bench.choose() == "b")
        #expect(try bench.choose() == "a")
        #expect(try bench.choose() == "b")
        try bench.used("a", 1e11)
        #expect(try bench.choose() == "a")
    }

    @Test func `changes are given out once`() throws {
        let bench = try Bench(["a", "b"])
        _ = try bench.choose()
        try bench.fail("b", Failure(.billing))
        #expect(Set(bench.table.takeChanges().map(\.key.id.text)) == ["anthropic:a", "anthropic:b"])
        #expect(bench.table.takeChanges().isEmpty)
        try bench.succeed("a")
        #expect(bench.table.takeChanges().isEmpty, "a success on a credential without a fault changes nothing")
        bench.table.set(try bench.key("a"), to: Health())
        #expect(bench.table.takeChanges().isEmpty, "what comes from the journal does not go back into it")
    }

    @Test func `a success that was under way before the failure clears nothing`() throws {
        let bench = try Bench(["a"])
        #expect(try bench.choose() == "a")
        #expect(try bench.choose() == "a")
        try bench.fail("a", Failure(.rateLimit, until: at(60)))
        try bench.succeed("a", isProbe: false)
        #expect(bench.table[try bench.key("a")].window(for: "m", at: at(1)) != nil)
        bench.pass(61)
        #expect(try bench.choose() == "a?")
        try bench.succeed("a")
        #expect(bench.table[try bench.key("a")].isClear)
    }

    @Test func `a success clears everything`() throws {
        let bench = try Bench(["a"])
        for reason in [FailureReason.billing, .authPermanent, .rateLimit, .serverError] {
            try bench.fail("a", Failure(reason, model: "m"))
        }
        try bench.succeed("a")
        let health = bench.table[try bench.key("a")]
        #expect(health.isClear && health.lastFailure == nil && health.windows.isEmpty && health.streaks.isEmpty)
        #expect(try bench.choose() == "a")
    }

    @Test func `a new credential under the same name is not blamed for the old one`() throws {
        let bench = try Bench(["a"])
        try bench.fail("a", Failure(.authPermanent))
        #expect(try bench.choose() == nil)
        bench.table.clear(try bench.key("a"))
        #expect(try bench.choose() == "a")
    }

    @Test func `health of an inherited profile is its owner's`() throws {
        let work = try #require(AgentID("work"))
        var table = HealthTable()
        let inherited = try Candidate.named("a", source: .profile(owner: .main))
        var main = Roster(candidates: [inherited], order: nil, table: &table)
        let own = try Candidate.named("b", source: .profile(owner: work))
        var heir = Roster(candidates: [inherited, own], order: nil, table: &table)
        table.record(Failure(.billing), for: inherited.healthKey, ladder: Ladder(), jitter: 0, at: start)
        let chosen = [
            main.choose(Ask(model: "m"), table: &table, now: start).profile,
            heir.choose(Ask(model: "m"), table: &table, now: start).profile,
        ]
        #expect(chosen == [nil, own.id])
        // Half-open: whoever comes first has the one probe, for both.
        let probe = heir.choose(Ask(model: "m"), table: &table, now: at(601))
        #expect(probe == .profile(inherited.id, index: 0, isProbe: true))
        let refused = main.choose(Ask(model: "m"), table: &table, now: at(601))
        #expect(refused == .none(.allCooling(until: at(601.25), reason: .timeout)))
        table.endProbe(inherited.healthKey)
        let second = main.choose(Ask(model: "m"), table: &table, now: at(601))
        #expect(second == .profile(inherited.id, index: 0, isProbe: true))
    }

    @Test func `models are told apart up to a number; then a failure holds for the credential`() throws {
        let bench = try Bench((0..<70).map { "p\($0)" })
        for number in 0..<HealthTable.maximumModels {
            try bench.fail("p\(number)", Failure(.rateLimit, model: "m\(number)"))
        }
        try bench.fail("p64", Failure(.rateLimit, model: "one more"))
        #expect(bench.table[try bench.key("p64")].windows.map(\.scope) == [.profile])
        // Windows that are gone make room.
        for number in 0..<10 { try bench.succeed("p\(number)") }
        try bench.fail("p65", Failure(.rateLimit, model: "and another"))
        #expect(bench.table[try bench.key("p65")].windows.map(\.scope) == [.model("and another")])
    }

    @Test func `wake calls that were missed are not invented`() throws {
        var table = HealthTable()
        let key = HealthKey(owner: .main, id: try .named("a"))
        for _ in 0..<5000 { table.clear(key) }
        #expect(table.wakeCount == 5000)
        #expect(table.wakes(since: 5000)?.isEmpty == true)
        #expect(table.wakes(since: 4990)?.count == 10)
        #expect(table.wakes(since: 0) == nil)
        #expect(table.wakes(since: 5001) == nil)
    }
}
