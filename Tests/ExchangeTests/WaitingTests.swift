// SPDX-License-Identifier: Apache-2.0
import Credentials
import FoundationEssentials
import NIOCore
import Providers
import Rotation
import Testing

@testable import Exchange

@Suite struct WaitingTests {
    private func cooling(_ opensIn: TimeAmount?, targets: Int = 1, limits: ExchangeLimits = .init()) -> ExchangeDriver {
        var driver = ExchangeDriver(candidates: [], limits: limits)
        driver.targets = (0..<targets).map { Target(provider: .anthropic, model: "m\($0)") }
        driver.unavailability = .allCooling(until: .distantFuture, reason: .rateLimit)
        driver.opensIn = opensIn
        driver.receive(.body(Wire.request), .bodyEnd)
        return driver
    }

    @Test func `a cooldown within the limit is waited for, and then the request is served`() {
        var driver = cooling(.seconds(10))
        #expect(driver.take() == ["route claude-a", "choose 0 []"])
        driver.candidates = ["anthropic:a"]
        driver.pass(.seconds(9))
        #expect(driver.take() == [])
        driver.pass(.milliseconds(1100))
        #expect(driver.take() == ["choose 0 []", "connect"])
        #expect(driver.exchange.attempts == 1)
    }

    @Test(arguments: [TimeAmount.milliseconds(10_001), .seconds(3600)])
    func `a longer one is not: the client learns when to come back`(opensIn: TimeAmount) {
        let driver = cooling(opensIn)
        #expect(driver.fault?.code == .allCredentialsCooling && driver.fault?.retryAfter == opensIn)
    }

    @Test func `nothing stored is told at once`() {
        var driver = ExchangeDriver(candidates: [])
        driver.unavailability = .noCredential
        driver.receive(.body(Wire.request), .bodyEnd)
        #expect(driver.fault?.code == .noCredential && driver.fault?.retryAfter == nil)
        #expect(driver.fault?.message.contains("paste-api-key --provider anthropic") == true)
    }

    @Test func `an attempt was made: nobody waits`() {
        var driver = ExchangeDriver(candidates: ["anthropic:a"])
        driver.opensIn = .seconds(2)
        driver.receive(.body(Wire.request), .bodyEnd, .connected(reused: false))
        driver.receive(.upstreamHead(.init(status: 429, isEventStream: false)), .upstreamEnd(reusable: true))
        #expect(driver.fault?.code == .allCredentialsCooling && driver.fault?.retryAfter == .seconds(2))
    }

    @Test func `others may be at it: the request waits for its turn, but not for ever`() {
        var driver = cooling(.seconds(2))
        driver.opensIn = .milliseconds(250)
        driver.pass(.milliseconds(2100))
        #expect(driver.take().last == "choose 0 []")
        for _ in 0..<100 where !driver.exchange.isFinished { driver.pass(.milliseconds(300)) }
        #expect(driver.fault?.code == .allCredentialsCooling)
        let rounds = driver.take().filter { $0.hasPrefix("choose") }.count
        #expect(rounds > 20 && rounds < 30)
    }

    @Test func `a wait of no length does not go round and round`() {
        var driver = cooling(.zero)
        driver.opensIn = .zero
        for _ in 0..<10_000 where !driver.exchange.isFinished { driver.pass(.milliseconds(1)) }
        #expect(driver.take().filter { $0.hasPrefix("choose") }.count < 600)
    }

    @Test func `the deadline is not slept through`() {
        var limits = ExchangeLimits()
        limits.total = .seconds(2)
        var driver = ExchangeDriver(candidates: [], limits: limits)
        driver.unavailability = .allCooling(until: .distantFuture, reason: .rateLimit)
        driver.opensIn = .seconds(3)
        driver.receive(.body(Wire.plainRequest), .bodyEnd)
        #expect(driver.fault?.code == .allCredentialsCooling)
    }

    @Test func `of several models the one that opens first is waited for`() {
        var driver = ExchangeDriver(candidates: [])
        driver.targets = ["one", "two", "three"].map { Target(provider: .anthropic, model: $0) }
        driver.leaveOpen(.body(Wire.request), .bodyEnd, .routed(driver.targets))
        driver.leaveOpen(.noCandidate(.allCooling(until: .distantFuture, reason: .rateLimit), opensIn: .seconds(4)))
        driver.leaveOpen(.noCandidate(.allCooling(until: .distantFuture, reason: .rateLimit), opensIn: .seconds(90)))
        driver.leaveOpen(.noCandidate(.noCredential, opensIn: nil))
        #expect(!driver.exchange.isFinished)
        driver.candidates = ["anthropic:a"]
        _ = driver.take()
        driver.pass(.seconds(5))
        #expect(driver.take() == ["choose 0 []", "connect"])
    }

    @Test func `of several models the one that opens first is told`() {
        var driver = ExchangeDriver(candidates: [])
        driver.targets = ["one", "two"].map { Target(provider: .anthropic, model: $0) }
        driver.leaveOpen(.body(Wire.request), .bodyEnd, .routed(driver.targets))
        driver.leaveOpen(.noCandidate(.allCooling(until: .distantFuture, reason: .billing), opensIn: .seconds(40)))
        driver.leaveOpen(.noCandidate(.noCredential, opensIn: nil))
        #expect(driver.fault?.code == .allCredentialsCooling && driver.fault?.retryAfter == .seconds(40))
        #expect(driver.fault?.message.contains("--model anthropic/one") == true)
    }
}

@Suite struct FaultTests {
    struct Row: Sendable {
        var reason: FailureReason
        var message = ""
        var code: ErrorCode
        var words: String
    }

    private func fault(_ reason: FailureReason, _ message: String, pinned: Bool) -> Fault? {
        var driver = ExchangeDriver(candidates: ["anthropic:a"])
        driver.targets[0].pinned = pinned ? ProfileID("anthropic:a") : nil
        driver.opensIn = .seconds(60)
        driver.refusal = UpstreamRefusal(
            reason: reason, verdict: .tryNext, scope: .profile, until: nil,
            evidence: Evidence(origin: .ladder, text: ""), providerMessage: message)
        driver.receive(.body(Wire.request), .bodyEnd)
        for _ in 0..<2 where !driver.exchange.isFinished {
            driver.receive(.connected(reused: false), .upstreamHead(.init(status: 500, isEventStream: false)))
            driver.receive(.upstreamEnd(reusable: true))
            driver.pass(.milliseconds(300))
        }
        return driver.fault
    }

    @Test(arguments: [
        Row(reason: .auth, code: .allCredentialsCooling, words: "rejected the credential anthropic:a"),
        Row(reason: .authPermanent, code: .allCredentialsCooling, words: "revoked or not allowed"),
        Row(
            reason: .authPermanent, message: "This is only authorized for use with Claude Code and",
            code: .allCredentialsCooling,
            words: "Use an API key instead: agenticflow-enterprise models auth paste-api-key"),
        Row(reason: .billing, code: .allCredentialsCooling, words: "no credit for anthropic:a"),
        Row(reason: .rateLimit, code: .allCredentialsCooling, words: "limits claude-a for now"),
        Row(reason: .overloaded, code: .upstreamFailed, words: "is overloaded"),
        Row(reason: .serverError, code: .upstreamFailed, words: "did not answer (server_error)"),
    ])
    func `the last refusal is told in a sentence of its class, with what to do`(row: Row) {
        let fault = fault(row.reason, row.message, pinned: false)
        #expect(fault?.code == row.code && fault?.retryAfter == .seconds(60))
        #expect(fault?.message.contains(row.words) == true)
        #expect(fault?.message.contains("agenticflow-enterprise models") == true)
    }

    @Test func `a pinned profile that was refused is named, with the way out`() {
        let fault = fault(.rateLimit, "", pinned: true)
        #expect(fault?.code == .pinnedProfileUnavailable && fault?.retryAfter == .seconds(60))
        #expect(fault?.message.contains("leaving out @anthropic:a") == true)
    }

    @Test func `a provider's own words are never in ours`() {
        let fault = fault(.auth, "Incorrect API key provided: sk-CANARY-12345678", pinned: false)
        #expect(fault?.message.contains("CANARY") == false)
    }
}
