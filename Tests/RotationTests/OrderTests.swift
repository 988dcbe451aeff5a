// SPDX-License-Identifier: Apache-2.0
import Credentials
import FoundationEssentials
import Rotation
import Testing

@Suite struct OrderTests {
    /// Appendix A: api key used at 10; token at 20; login at 30, cooling; api key never used.
    @Test func `without an explicit order: kind, then the one unused for longest, then those that cool`() throws {
        let bench = try Bench(
            [
                .named("a", .apiKey), .named("b", .token), .named("c", .oauth, expires: .at(at(9999))),
                .named("d", .apiKey),
            ])
        try bench.used("a", -90)
        try bench.used("b", -80)
        try bench.used("c", -70)
        try bench.fail("c", Failure(.rateLimit, until: at(60)))
        #expect(try bench.walk() == ["b", "d", "a"])
        #expect(
            try bench.explained() == [
                "b next ok", "d ready ok", "a ready ok", "c cooling cooldown_rate_limit",
            ])
    }

    @Test func `an explicit order with nobody free waits for the soonest`() throws {
        let bench = try Bench(["a", "b"], order: ["a", "b"])
        try bench.fail("b", Failure(.rateLimit, until: at(10)))
        try bench.fail("a", Failure(.rateLimit, until: at(60)))
        #expect(
            try bench.explained() == ["b cooling cooldown_rate_limit", "a cooling cooldown_rate_limit"])
        #expect(try bench.refusal() == .allCooling(until: at(10), reason: .rateLimit))
    }

    @Test func `an explicit order is kept, and the session's last one goes before it`() throws {
        let bench = try Bench(["a", "b", "c"], order: ["c", "a"])
        #expect(try bench.walk() == ["c", "a"])
        #expect(try bench.choose() == "c")
        #expect(try bench.choose() == "c", "an explicit order does not take turns")
        #expect(try bench.walk(preferred: "a") == ["a", "c"])
        #expect(try bench.walk(preferred: "b") == ["c", "a"], "one that the order leaves out is not preferred either")
        #expect(
            try bench.explained(preferred: "a") == ["a next ok", "c ready ok", "b excluded excluded_by_auth_order"])
    }

    @Test func `in automatic order the session's last one is kept while it is free`() throws {
        let bench = try Bench(["a", "b", "c"])
        #expect(try bench.walk(preferred: "b") == ["b", "a", "c"])
        #expect(try bench.choose(preferred: "b") == "b")
        #expect(try bench.choose(preferred: "b") == "b")
        #expect(try bench.choose(preferred: "b", tried: ["b"]) == "a")
        try bench.fail("b", Failure(.rateLimit, model: "m"))
        #expect(try bench.choose(preferred: "b") == "c")
        #expect(try bench.choose("other", preferred: "b") == "b", "the limit was the model's")
        #expect(try bench.choose(preferred: "gone") == "a")
    }

    @Test func `equals take turns`() throws {
        let bench = try Bench(["b", "c", "a"])
        var names: [String?] = []
        for _ in 0..<7 { names.append(try bench.choose()) }
        #expect(names == ["a", "b", "c", "a", "b", "c", "a"])
    }

    @Test func `keys of the configuration and the environment come after every profile`() throws {
        let bench = try Bench(
            [
                .named("z", .apiKey), .named("config", source: .config), .named("env", source: .environment("A")),
                .named("env-2", source: .environment("B")),
            ])
        try bench.used("z", -1)
        #expect(try bench.walk() == ["z", "config", "env", "env-2"])
        #expect(try bench.choose() == "z")
        #expect(try bench.choose() == "z", "they are no equals of a profile")
    }

    @Test func `an explicit order leaves the environment out unless it names it`() throws {
        let candidates = [
            try Candidate.named("a"), try .named("env", source: .environment("A")),
            try .named("config", source: .config),
        ]
        let without = try Bench(candidates, order: ["a"])
        #expect(try without.walk() == ["a"])
        let with = try Bench(candidates, order: ["env", "a"])
        #expect(try with.walk() == ["env", "a"])
    }

    @Test func `unknown, repeated and no names in an order`() throws {
        let bench = try Bench(["a", "b"], order: ["gone", "b", "b", "a", "b"])
        #expect(try bench.walk() == ["b", "a"])
        let empty = try Bench(["a", "b"], order: [])
        let order = ExplicitOrder(ids: [], source: try #require(empty.roster.order?.source))
        let ids = [try ProfileID.named("a"), try .named("b")]
        #expect(try empty.refusal() == .leftOut(LeftOut(order: order, kept: [], ids: ids)))
    }

    @Test(arguments: [["a"], ["gone"], ["gone", "a"], []])
    func `an order that leaves out everybody who can be sent is told as that, and ends with the clock`(
        order: [String]
    ) throws {
        let bench = try Bench(
            [
                .named("a", .token, expires: .at(at(10))), .named("b"), .named("c", standing: .missingCredential),
                .named("env", source: .environment("A")),
            ], order: order)
        if order.contains("a") {
            #expect(bench.roster.leftOut(at: bench.now) == nil, "one that it names can be sent")
            try bench.fail("a", Failure(.rateLimit, until: at(5)))
            #expect(bench.roster.leftOut(at: bench.now) == nil, "it waits, and comes back")
        }
        bench.pass(11)
        let explicit = try #require(bench.roster.order)
        let left = LeftOut(
            order: explicit, kept: order.contains("a") ? [try .named("a")] : [],
            ids: [try ProfileID.named("b"), try .named("env")])
        #expect(try bench.refusal() == .leftOut(left))
        #expect(left.count == 2)
        try bench.fail("b", Failure(.billing))
        #expect(try bench.refusal() == .leftOut(left), "whatever is held against those that it leaves out")
    }

    @Test func `without anything that could be sent no order is at fault`() throws {
        let bench = try Bench(
            [.named("a", standing: .missingCredential), .named("b", .token, expires: .at(at(-1)))], order: ["a"])
        #expect(try bench.refusal() == .noCredential)
        #expect(bench.roster.leftOut(at: bench.now) == nil)
    }

    @Test func `what is left out is looked at again when one of it expires, and when the clock goes back`() throws {
        let bench = try Bench(
            [.named("a", .token, expires: .at(at(10))), .named("b", .token, expires: .at(at(20)))], order: ["gone"])
        func left() throws -> Int {
            guard case .leftOut(let left) = try bench.refusal() else { return 0 }
            return left.count
        }
        var seen: [Int] = []
        for seconds in [1.0, 9, 10, 15, 25, 5] {
            bench.now = at(seconds)
            seen.append(try left())
        }
        #expect(seen == [2, 2, 1, 1, 0, 2])
    }

    @Test func `of many that are left out the first few are kept, and all are counted`() throws {
        let names = (0..<20).map { "n\($0 + 10)" }
        let bench = try Bench(names, order: ["gone"])
        let left = try #require(bench.roster.leftOut(at: bench.now))
        #expect(left.ids == (try names.prefix(8).map { try ProfileID.named($0) }) && left.count == 20)
    }

    @Test func `each reason is told once, by the one that comes back first`() throws {
        let bench = try Bench(
            [
                .named("a"), .named("b"), .named("c"), .named("d", .token, expires: .at(at(-1))), .named("e"),
                .named("f", standing: .unresolvedRef), .named("g"),
            ])
        try bench.fail("a", Failure(.rateLimit, until: at(60)))
        try bench.fail("b", Failure(.rateLimit, until: at(30)))
        try bench.fail("c", Failure(.billing, until: at(90)))
        try bench.fail("g", Failure(.auth, until: at(95)))
        let causes = bench.roster.causes(try bench.ask("m"), table: bench.table, now: bench.now)
        let told = causes.map { "\($0.id.name) \($0.code.rawValue) \($0.reason?.rawValue ?? "-")" }
        #expect(
            Set(told) == [
                "b cooldown_rate_limit rate_limit", "c disabled_billing billing", "g disabled_auth auth",
                "d expired -", "f unresolved_ref -",
            ])
        #expect(told.count == 5, "e can be asked")
        #expect(causes.first { $0.code == .cooldownRateLimit }?.until == at(30))
        let pinned = bench.roster.causes(try bench.ask("m", pinned: "c"), table: bench.table, now: bench.now)
        #expect(pinned.map(\.id) == [try ProfileID.named("c")])
    }

    struct Ineligible: Sendable, CustomTestStringConvertible {
        var standing = SkipCode.ok
        var expires = Expiry.never
        var code: String
        var testDescription: String { code }
    }

    @Test(arguments: [
        Ineligible(expires: .at(at(0)), code: "expired"), Ineligible(expires: .at(at(-1)), code: "expired"),
        Ineligible(expires: .invalid, code: "invalid_expires"),
        Ineligible(standing: .missingCredential, code: "missing_credential"),
        Ineligible(standing: .unresolvedRef, code: "unresolved_ref"),
        Ineligible(standing: .ineligibleProfile, code: "ineligible_profile"),
        Ineligible(standing: .needsVendorCLI, code: "needs_vendor_cli"),
    ])
    func `what cannot be used is never chosen, and says why`(row: Ineligible) throws {
        let bad = try Candidate.named("a", .token, expires: row.expires, standing: row.standing)
        let bench = try Bench([bad, .named("b")])
        #expect(try bench.walk() == ["b"])
        #expect(try bench.explained() == ["b next ok", "a ineligible \(row.code)"])
        let alone = try Bench([bad])
        #expect(try alone.refusal() == .noCredential)
        #expect(
            try alone.refusal(pinned: "a")
                == .pinnedUnavailable(bad.id, try #require(SkipCode(rawValue: row.code)), until: nil))
    }

    @Test func `a token that expires while its roster lives is passed over from then on`() throws {
        let bench = try Bench([.named("a", .token, expires: .at(at(10))), .named("b", .token)])
        #expect(try bench.choose() == "a")
        bench.pass(9.9)
        #expect(try bench.walk() == ["b", "a"])
        bench.pass(0.1)
        #expect(try bench.walk() == ["b"])
        bench.pass(-5)
        #expect(try bench.walk() == ["b", "a"], "the clock was set right")
    }

    @Test func `two of one name are one: the stored profile`() throws {
        let bench = try Bench([.named("env", .token), .named("env", source: .environment("A"))])
        #expect(try bench.walk() == ["env"])
        #expect(
            try bench.explained() == ["env next ok", "env ineligible ineligible_profile"])
    }

    @Test func `nothing stored is nothing to ask`() throws {
        let bench = try Bench([String]())
        #expect(try bench.refusal() == .noCredential)
        #expect(try bench.explained() == [])
    }

    @Test func `everyone was asked`() throws {
        let bench = try Bench(["a", "b"])
        #expect(try bench.refusal(tried: ["a", "b"]) == .exhausted)
        #expect(bench.roster.reopening(try bench.ask("m"), table: bench.table, now: bench.now) == nil)
        try bench.fail("a", Failure(.rateLimit, until: at(20)))
        #expect(try bench.refusal(tried: ["a", "b"]) == .allCooling(until: at(20), reason: .rateLimit))
    }
}
