// SPDX-License-Identifier: Apache-2.0
import Credentials
import FoundationEssentials
import Rotation
import Testing

@Suite struct HalfOpenTests {
    static let hard = [FailureReason.rateLimit, .billing, .auth, .authPermanent]

    @Test(arguments: hard + [.serverError, .timeout, .overloaded])
    func `after a window one request at a time finds out`(reason: FailureReason) throws {
        let bench = try Bench(["a"])
        try bench.fail("a", Failure(reason, until: at(10)))
        bench.pass(10)
        #expect(try bench.choose() == "a?")
        #expect(try bench.refusal() == .allCooling(until: bench.now + 0.25, reason: .timeout))
        try bench.succeed("a")
        #expect(try bench.choose() == "a")
        #expect(try bench.choose() == "a")
    }

    @Test func `a probe whose request was given up makes way for the next`() throws {
        let bench = try Bench(["a"])
        try bench.fail("a", Failure(.billing, until: at(10)))
        bench.pass(10)
        #expect(try bench.choose() == "a?")
        bench.table.endProbe(try bench.key("a"))
        #expect(try bench.choose() == "a?", "it is still half-open")
    }

    @Test func `a probe that nobody ever ends is not waited for for ever`() throws {
        let bench = try Bench(["a"])
        try bench.fail("a", Failure(.billing, until: at(10)))
        bench.pass(10)
        #expect(try bench.choose() == "a?")
        bench.pass(149)
        #expect(try bench.choose() == nil)
        bench.pass(1)
        #expect(try bench.choose() == "a?")
    }

    @Test func `a roster made anew knows of the probe under way, and of its end`() throws {
        let bench = try Bench(["a"])
        try bench.fail("a", Failure(.rateLimit, until: at(10)))
        bench.pass(10)
        #expect(try bench.choose() == "a?")
        bench.roster = Roster(candidates: bench.roster.candidates, order: nil, table: &bench.table)
        #expect(try bench.choose() == nil)
        bench.table.endProbe(try bench.key("a"))
        #expect(try bench.choose() == "a?")
    }

    @Test func `half-open is the model's when the window was`() throws {
        let bench = try Bench(["a"])
        try bench.fail("a", Failure(.rateLimit, model: "big", until: at(10)))
        #expect(try bench.choose("small") == "a")
        bench.pass(11)
        #expect(try bench.choose("big") == "a?")
        #expect(try bench.choose("big") == nil)
        #expect(try bench.choose("small") == "a")
        #expect(try bench.choose("small") == "a")
    }

    @Test func `a count that another program left makes the first request a probe`() throws {
        let bench = try Bench(["a"])
        var health = Health()
        health.streaks = [.rateLimit: 2]
        bench.table.set(try bench.key("a"), to: health)
        #expect(try bench.choose() == "a?")
        #expect(try bench.choose() == nil)
        try bench.fail("a", Failure(.rateLimit))
        #expect(bench.table[try bench.key("a")].windows.map(\.until) == [at(120)])
    }

    @Test func `those that are well go first, the half-open in their turn`() throws {
        let bench = try Bench(["a", "b"])
        try bench.fail("a", Failure(.serverError))
        bench.pass(3)
        #expect(try bench.choose() == "a?", "never used: it is its turn")
        #expect(try bench.choose() == "b")
        #expect(try bench.choose() == "b", "one probe at a time")
    }
}

@Suite struct LastResortTests {
    @Test func `a transient window refuses nobody when nothing else is left, one request at a time`() throws {
        let bench = try Bench(["a"])
        try bench.fail("a", Failure(.serverError))
        #expect(try bench.choose() == "a?")
        #expect(try bench.refusal() == .allCooling(until: start + 0.25, reason: .serverError))
        bench.table.endProbe(try bench.key("a"))
        #expect(try bench.choose() == "a?")
    }

    @Test func `of several the one whose window ends first`() throws {
        let bench = try Bench(["a", "b", "c"])
        try bench.fail("a", Failure(.serverError, until: at(20)))
        try bench.fail("b", Failure(.serverError, until: at(5)))
        try bench.fail("c", Failure(.serverError, until: at(9)))
        #expect(try bench.walk() == ["b", "c", "a"])
        #expect(try bench.choose() == "b?")
        #expect(try bench.choose() == "c?")
        #expect(try bench.choose() == "a?")
        #expect(try bench.choose() == nil)
    }

    @Test(arguments: HalfOpenTests.hard)
    func `every other window refuses, also beside a transient one`(reason: FailureReason) throws {
        let bench = try Bench(["a"])
        try bench.fail("a", Failure(.serverError, until: at(30)))
        try bench.fail("a", Failure(reason, until: at(10)))
        #expect(try bench.refusal() == .allCooling(until: at(10), reason: reason))
        bench.pass(10)
        #expect(try bench.choose() == "a?", "only the transient window is left")
    }

    @Test func `somebody who is well is asked before it`() throws {
        let bench = try Bench(["a", "b"])
        try bench.fail("a", Failure(.serverError))
        #expect(try bench.walk() == ["b", "a"])
    }

    @Test func `a limit that ends sooner does not take its place`() throws {
        let bench = try Bench(["a", "b"])
        try bench.fail("a", Failure(.rateLimit, until: at(1)))
        try bench.fail("b", Failure(.serverError, until: at(20)))
        #expect(try bench.choose() == "b?")
        #expect(try bench.refusal() == .allCooling(until: at(0.25), reason: .serverError))
    }

    @Test func `a failing last resort keeps its window as it is`() throws {
        let bench = try Bench(["a"])
        try bench.fail("a", Failure(.serverError))
        _ = try bench.choose()
        bench.pass(1)
        try bench.fail("a", Failure(.serverError))
        #expect(bench.table[try bench.key("a")].windows.map(\.until) == [at(2)])
    }
}

@Suite struct PinTests {
    @Test func `a pin means that profile, in whatever order`() throws {
        let bench = try Bench(["a", "b", "c"], order: ["a"])
        #expect(try bench.choose(pinned: "b") == "b")
        #expect(try bench.choose(pinned: "b", preferred: "a") == "b")
    }

    @Test func `or nothing`() throws {
        let bench = try Bench(["a", "b"])
        #expect(try bench.refusal(pinned: "x") == .pinnedUnavailable(try .named("x"), .unknownProfile, until: nil))
        try bench.fail("a", Failure(.rateLimit, model: "m", until: at(30)))
        let unavailable = Unavailability.pinnedUnavailable(try .named("a"), .cooldownRateLimit, until: at(30))
        #expect(try bench.refusal(pinned: "a") == unavailable)
        #expect(unavailable.isCooling && unavailable.until == at(30))
        #expect(try bench.choose("other", pinned: "a") == "a")
    }

    @Test func `a pin gets the last resort and the probe, and no second attempt`() throws {
        let bench = try Bench(["a", "b"])
        try bench.fail("a", Failure(.serverError))
        #expect(try bench.choose(pinned: "a") == "a?")
        #expect(
            try bench.refusal(pinned: "a") == .pinnedUnavailable(try .named("a"), .probeInFlight, until: start + 0.25))
        bench.table.endProbe(try bench.key("a"))
        #expect(
            try bench.refusal(pinned: "a", tried: ["a"])
                == .pinnedUnavailable(try .named("a"), .alreadyTried, until: at(2)))
    }

    @Test func `an explanation of a pin says the same`() throws {
        let bench = try Bench(["a", "b"])
        try bench.fail("a", Failure(.billing))
        let explanation = bench.roster.explain(try bench.ask("m", pinned: "a"), table: bench.table, now: bench.now)
        #expect(explanation.next == nil)
        #expect(explanation.unavailability == (try bench.refusal(pinned: "a")))
    }
}
