// SPDX-License-Identifier: Apache-2.0
import Credentials
import FoundationEssentials
import Rotation
import Testing

@Suite struct LadderTests {
    struct Row: Sendable, CustomTestStringConvertible {
        var reason: FailureReason
        var waits: [TimeInterval]
        var testDescription: String { reason.rawValue }
    }

    static let rows = [
        Row(reason: .serverError, waits: [2, 4, 8, 16, 30, 30]),
        Row(reason: .overloaded, waits: [2, 4, 8, 16, 30, 30]),
        Row(reason: .timeout, waits: [2, 4, 8, 16, 30]), Row(reason: .tlsCertificate, waits: [2, 4]),
        Row(reason: .emptyResponse, waits: [2, 4]), Row(reason: .unclassified, waits: [2, 4]),
        Row(reason: .unknown, waits: [2, 4]), Row(reason: .rateLimit, waits: [30, 60, 120, 240, 480, 900, 900]),
        Row(reason: .billing, waits: [600, 1200, 2400, 4800, 9600, 19_200, 21_600, 21_600]),
        Row(reason: .auth, waits: [600, 1200, 2400, 3600, 3600]),
        Row(reason: .authPermanent, waits: [600, 1200, 2400, 3600, 3600]),
        Row(reason: .sessionExpired, waits: [600, 1200]),
    ]

    /// Each failure comes one second after the window before it has ended.
    @Test(arguments: rows)
    func `windows double up to their cap until a success`(row: Row) {
        var health = Health()
        var now = start
        var waits: [TimeInterval] = []
        for _ in row.waits {
            let isRecorded = health.record(Failure(row.reason), provider: .anthropic, ladder: Ladder(), at: now)
            #expect(isRecorded)
            waits.append(health.window(for: "m", at: now)?.until.timeIntervalSince(now) ?? 0)
            now = now + (waits.last ?? 0) + 1
        }
        #expect(waits == row.waits)
        health.recordSuccess()
        #expect(health.isClear && health.lastFailure == nil)
        health.record(Failure(row.reason), provider: .anthropic, ladder: Ladder(), at: now)
        #expect(health.window(for: "m", at: now)?.until == now + row.waits[0])
    }

    @Test(arguments: [FailureReason.contextOverflow, .format, .noErrorDetails])
    func `what says nothing about the credential leaves no trace`(reason: FailureReason) {
        var health = Health()
        let isRecorded = health.record(Failure(reason), provider: .anthropic, ladder: Ladder(), at: start)
        #expect(!isRecorded && health == Health())
    }

    @Test func `every reason but those climbs some ladder`() {
        let without = FailureReason.allCases.filter { $0.lane == nil }
        #expect(without == [.contextOverflow, .format, .noErrorDetails])
    }

    @Test func `counts start anew a day after the last failure`() {
        var health = Health()
        for second in [0, 40, 86_441, 86_480] as [TimeInterval] {
            health.record(Failure(.rateLimit), provider: .anthropic, ladder: Ladder(), at: at(second))
        }
        let waits = health.windows.map { $0.until.timeIntervalSince($0.since) }
        #expect(waits == [60], "the first failure of the new day waited 30 s, the second 60 s")
    }

    @Test func `a provider that is bypassed is never put aside`() {
        var ladder = Ladder()
        ladder.bypass = [.openai]
        var health = Health()
        let isRecorded = health.record(Failure(.billing), provider: .openai, ladder: ladder, at: start)
        #expect(!isRecorded && health == Health())
        health.record(Failure(.billing), provider: .anthropic, ladder: ladder, at: start)
        #expect(health.windows.count == 1)
    }

    @Test func `a billing ladder may begin elsewhere for one provider`() {
        var ladder = Ladder()
        ladder.billingFirst = [.openai: 60]
        var health = Health()
        health.record(Failure(.billing), provider: .openai, ladder: ladder, at: start)
        #expect(health.windows.map(\.until) == [at(60)])
    }

    @Test func `a ladder's cap does not bind a hint`() {
        var health = Health()
        health.record(Failure(.serverError, until: at(3600)), provider: .anthropic, ladder: Ladder(), at: start)
        #expect(health.windows.map(\.until) == [at(3600)])
    }
}

@Suite struct WindowTests {
    @Test(arguments: [0.0, 0.25, 0.5, 1, 7])
    func `jitter is never earlier and at most a tenth later`(jitter: Double) {
        var health = Health()
        health.record(Failure(.rateLimit), provider: .anthropic, ladder: Ladder(), jitter: jitter, at: start)
        let wait = health.windows[0].until.timeIntervalSince(start)
        #expect(abs(wait - 30 * (1 + 0.1 * min(jitter, 1))) < 1e-6)
    }

    @Test(arguments: [
        (0.0, 0.0), (1, 1.1), (604_800, 604_860), (604_860, 604_860), (604_861, 604_860), (1e12, 604_860), (-5, 0),
    ])
    func `a hint is obeyed from now to a week and a minute`(hint: TimeInterval, wait: TimeInterval) {
        var health = Health()
        let failure = Failure(.rateLimit, until: at(hint))
        health.record(failure, provider: .anthropic, ladder: Ladder(), jitter: 1, at: start)
        #expect(abs(health.windows[0].until.timeIntervalSince(start) - wait) < 1e-6)
        #expect(health.windows[0].until >= at(min(max(hint, 0), 604_860)))
    }

    @Test func `a failure inside a window changes nothing, however long its hint`() {
        var health = Health()
        health.record(Failure(.rateLimit), provider: .anthropic, ladder: Ladder(), at: start)
        let before = health
        let longer = Failure(.rateLimit, until: at(900))
        let isRecorded = [
            health.record(Failure(.rateLimit), provider: .anthropic, ladder: Ladder(), at: at(10)),
            health.record(longer, provider: .anthropic, ladder: Ladder(), at: at(29.9)),
        ]
        #expect(isRecorded == [false, false] && health == before)
        #expect(health.window(for: "m", at: at(29.9))?.until == at(30))
        #expect(health.window(for: "m", at: at(30)) == nil)
    }

    @Test func `a window for one model leaves the others alone`() {
        var health = Health()
        health.record(Failure(.rateLimit, model: "big"), provider: .anthropic, ladder: Ladder(), at: start)
        #expect(health.window(for: "big", at: at(1)) != nil)
        #expect(health.window(for: "small", at: at(1)) == nil)
        #expect(!health.isHalfOpen(for: "small", at: at(40)))
        #expect(health.isHalfOpen(for: "big", at: at(40)))
        #expect(!health.isHalfOpen(for: "big", at: at(20)))
    }

    @Test func `a second model that is limited too widens it to the credential`() {
        var health = Health()
        health.record(Failure(.rateLimit, model: "big"), provider: .anthropic, ladder: Ladder(), at: start)
        health.record(Failure(.rateLimit, model: "small"), provider: .anthropic, ladder: Ladder(), at: at(1))
        #expect(health.windows.map(\.scope) == [.model("big"), .profile])
        #expect(health.window(for: "third", at: at(2)) != nil)
    }

    @Test func `another kind of failure has a window of its own, and the harder one is shown`() {
        var health = Health()
        health.record(Failure(.serverError), provider: .anthropic, ladder: Ladder(), at: start)
        health.record(Failure(.rateLimit, until: at(1)), provider: .anthropic, ladder: Ladder(), at: start)
        health.record(Failure(.billing), provider: .anthropic, ladder: Ladder(), at: start)
        #expect(health.window(for: "m", at: at(0.5))?.reason == .billing)
        #expect(health.window(for: "m", at: at(700))?.reason == nil)
    }

    @Test func `a transient window does not hide a shorter one that refuses`() {
        var health = Health()
        health.record(Failure(.serverError, until: at(60)), provider: .anthropic, ladder: Ladder(), at: start)
        health.record(Failure(.rateLimit, until: at(10)), provider: .anthropic, ladder: Ladder(), at: start)
        #expect(health.window(for: "m", at: at(5))?.reason == .rateLimit)
        #expect(health.window(for: "m", at: at(11))?.reason == .serverError)
    }

    @Test func `many models that failed once do not pile up`() {
        var health = Health()
        for number in 0..<1000 {
            let failure = Failure(.rateLimit, model: "m\(number)", until: at(Double(number)))
            health.record(failure, provider: .anthropic, ladder: Ladder(), at: at(Double(number)))
        }
        #expect(health.windows.count == 16)
        #expect(health.isHalfOpen(for: "m999", at: at(1000)))
    }

    @Test func `evidence is cut to 200 characters`() {
        #expect(Evidence(origin: .body, text: String(repeating: "x", count: 300)).text.count == 200)
    }
}
