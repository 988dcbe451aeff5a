// SPDX-License-Identifier: Apache-2.0
import Credentials
import FoundationEssentials
import Rotation
import Testing

/// Over random lives: what is explained is what is done, and both are what the rules say.
@Suite struct ExplanationTests {
    struct Count {
        var questions = 0
        var disagreements = 0
    }

    /// Asks after every step of a life what would be next, and compares.
    private func live(
        seeds: Range<UInt64>, steps: Int = 15, untilOneDisagrees: Bool = false,
        _ compare: (inout RandomLife, Int, Ask) -> Bool
    ) -> Count {
        var count = Count()
        for seed in seeds where !untilOneDisagrees || count.disagreements == 0 {
            var life = RandomLife(seed: seed)
            for _ in 0..<steps {
                life.step()
                let (roster, ask) = life.randomAsk()
                count.questions += 1
                if !compare(&life, roster, ask) { count.disagreements += 1 }
            }
        }
        return count
    }

    @Test func `next is the one that the next request gets, and so is the refusal`() {
        let count = live(seeds: 0..<1000) { life, roster, ask in
            let explanation = life.rosters[roster].explain(ask, table: life.table, now: life.now)
            switch life.take(ask, of: roster) {
            case .profile(let id, _, _):
                return explanation.next == id && explanation.unavailability == nil
                    && explanation.candidates.first { $0.state == .next }?.profile == id
            case .none(let unavailability):
                return explanation.next == nil && explanation.unavailability == unavailability
            }
        }
        #expect(count.questions == 15_000 && count.disagreements == 0)
    }

    @Test func `the lines stand in the order in which one request tries them`() {
        let count = live(seeds: 2000..<3000, steps: 10) { life, roster, ask in
            let free = Ask(model: ask.model, preferred: ask.preferred)
            let lines = life.rosters[roster].explain(free, table: life.table, now: life.now).candidates
            var (copy, table) = (life.rosters[roster], life.table)
            var names: [ProfileID] = []
            while case .profile(let id, _, _) = copy.choose(
                Ask(model: ask.model, preferred: ask.preferred, tried: names), table: &table, now: life.now)
            {
                names.append(id)
            }
            _ = life.take(ask, of: roster)
            let open = lines.filter { $0.code == .ok && $0.state != .excluded }.map(\.profile)
            let resort = lines.filter { $0.code == .cooldownTransient }.map(\.profile)
            return names == open + resort
        }
        #expect(count.questions == 10_000 && count.disagreements == 0)
    }

    private func disagreements(with flaw: Rules.Flaw?, seeds: Range<UInt64>) -> Count {
        live(seeds: seeds, untilOneDisagrees: flaw != nil) { life, roster, ask in
            let rules = Rules(
                flaw: flaw, candidates: life.rosters[roster].candidates, order: life.rosters[roster].order,
                table: life.table, probes: life.probes, now: life.now)
            let next = rules.next(ask)
            let refusal = next == nil ? rules.unavailability(ask) : nil
            switch life.take(ask, of: roster) {
            case .profile(let id, _, _): return next == id
            case .none(let unavailability): return next == nil && refusal == unavailability
            }
        }
    }

    @Test func `the rules written down a second time agree`() {
        let count = disagreements(with: nil, seeds: 4000..<5000)
        #expect(count.questions == 15_000 && count.disagreements == 0)
    }

    @Test(arguments: Rules.Flaw.allCases)
    func `a broken twin is found out`(flaw: Rules.Flaw) {
        #expect(disagreements(with: flaw, seeds: 4000..<5000).disagreements > 0)
    }
}
