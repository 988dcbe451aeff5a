// SPDX-License-Identifier: Apache-2.0
import Credentials
import FoundationEssentials
import Rotation
import Testing

#if canImport(Glibc)
    import Glibc
#endif

/// A choice among 10 000 costs about what it costs among ten. The limit is generous, because the machine may be busy;
/// a chooser that looks at everybody is a thousand times slower.
@Suite(.serialized) struct CostTests {
    enum Case: CaseIterable {
        case healthy, explicitOrder, modelLimited, profileLimited, allLimited, outage, explicitTail, recovering
        case unusable, leftOut
    }

    @Test(arguments: Case.allCases)
    func `ten thousand cost what ten do`(kind: Case) throws {
        let few = try best(of: kind, count: 10)
        let many = try best(of: kind, count: 10_000)
        #expect(many < few * 40, "\(kind): \(few) for ten, \(many) for ten thousand")
    }

    /// Explaining looks at everybody: the broken twin of a chooser.
    @Test func `looking at everybody would be found out`() throws {
        func cost(_ count: Int) throws -> Duration {
            let bench = try bench(.healthy, count)
            return best(rounds: 2, choices: 2) { _ in
                _ = bench.roster.explain(Ask(model: "m"), table: bench.table, now: bench.now)
            }
        }
        #expect(try cost(10_000) > cost(10) * 40)
    }

    private func best(of kind: Case, count: Int) throws -> Duration {
        let bench = try bench(kind, count)
        return best(rounds: 7, choices: 200) { request($0, kind, bench) }
    }

    /// Of this thread: other programs on the machine do not count.
    private static var cpuTime: Duration {
        var time = timespec()
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return .seconds(time.tv_sec) + .nanoseconds(time.tv_nsec)
    }

    private func best(rounds: Int, choices: Int, _ choose: (Int) -> Void) -> Duration {
        (0..<rounds).map { _ in
            let start = Self.cpuTime
            for number in 0..<choices { choose(number) }
            return Self.cpuTime - start
        }.min() ?? .zero
    }

    private func request(_ number: Int, _ kind: Case, _ bench: Bench) {
        bench.pass(0.0001)
        let model = kind == .modelLimited ? "big" : "m\(number % 3)"
        let choice = bench.roster.choose(Ask(model: model), table: &bench.table, now: bench.now)
        guard case .profile(let id, _, let isProbe) = choice else { return }
        let key = HealthKey(owner: .main, id: id)
        if isProbe { bench.table.endProbe(key) }
        if kind == .outage {
            bench.table.record(Failure(.serverError), for: key, ladder: bench.ladder, jitter: 0, at: bench.now)
        } else if kind == .recovering {
            bench.table.recordSuccess(key, isProbe: isProbe)
        }
    }

    private func bench(_ kind: Case, _ count: Int) throws -> Bench {
        let names = (0..<count).map { "p\($0)" }
        let order: [String]? =
            switch kind {
            case .explicitOrder, .explicitTail: names
            case .leftOut: ["gone"]
            default: nil
            }
        let standing = kind == .unusable ? SkipCode.missingCredential : .ok
        let bench = try Bench(try names.map { try .named($0, standing: standing) }, order: order)
        for (number, name) in names.enumerated() {
            switch kind {
            case .healthy, .explicitOrder: break
            case .modelLimited where number % 10 != 0:
                try bench.fail(name, Failure(.rateLimit, model: "big", until: at(900)))
            case .profileLimited where number % 10 != 0, .explicitTail where number != count - 1:
                try bench.fail(name, Failure(.billing))
            case .allLimited: try bench.fail(name, Failure(.rateLimit, until: at(900)))
            case .outage: try bench.fail(name, Failure(.serverError, until: at(60)))
            case .recovering: try bench.fail(name, Failure(.serverError, until: at(Double(number) / 1000)))
            default: break
            }
        }
        bench.pass(1)
        _ = bench.roster.choose(Ask(model: "big"), table: &bench.table, now: bench.now)
        _ = bench.roster.choose(Ask(model: "m0"), table: &bench.table, now: bench.now)
        return bench
    }
}
