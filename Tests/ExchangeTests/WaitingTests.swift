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
        Row(reason: .rateLimit, code: .allCredentialsCooling, words: "limits claude-a"),
        Row(reason: .overloaded, code: .upstreamFailed, words: "is overloaded"),
        Row(reason: .serverError, code: .upstreamFailed, words: "did not answer (status 500, server_error)"),
    ])
    func `the last refusal is told in a sentence of its class, with what to do`(row: Row) {
        let fault = fault(row.reason, row.message, pinned: false)
        #expect(fault?.code == row.code && fault?.retryAfter == .seconds(60))
        #expect(fault?.message.contains(row.words) == true)
        #expect(fault?.message.contains("agenticflow-enterprise models") == true)
    }

    @Test(arguments: [
        (FailureReason.rateLimit, "Anthropic limits claude-a"),
        (.auth, "Anthropic rejected the credential anthropic:a."),
        (.billing, "Anthropic reports no credit for anthropic:a."),
    ])
    func `a pinned profile that was refused is told by its class, with the way out`(
        reason: FailureReason, words: String
    ) {
        let fault = fault(reason, "", pinned: true)
        #expect(fault?.code == .pinnedProfileUnavailable && fault?.retryAfter == .seconds(60))
        #expect(fault?.message.hasPrefix(words) == true)
        #expect(fault?.message.hasSuffix("leaving out @anthropic:a lets another one serve it.") == true)
        #expect(fault?.failure?.sentence.reason == reason && fault?.failure?.sentence.status == 500)
    }

    @Test func `a permanent refusal has the provider's short text, on one line`() {
        let fault = fault(.authPermanent, "Key revoked\nby \u{1b}[31madmin", pinned: false)
        #expect(fault?.message.contains("not allowed here (\"Key revoked\\u{a}by \\u{1b}[31madmin\").") == true)
    }

    private static let target = Target(provider: .anthropic, model: "claude-a", pinned: ProfileID("anthropic:a"))

    @Test(arguments: [
        (SkipCode.disabledAuth, "Anthropic rejected the credential anthropic:a. Check it with: "),
        (.disabledBilling, "Anthropic reports no credit for anthropic:a. Top up at https://console.anthropic.com"),
        (.cooldownRateLimit, "Anthropic limits claude-a until 2001-01-01T00:01:00Z. See: "),
        (.expired, "The profile anthropic:a cannot be used now (expired). "),
        (.unknownProfile, "No credentials found for profile \"anthropic:a\". Usually it is another agent's, "),
    ])
    func `a pin that waits or cannot be served says why`(code: SkipCode, words: String) throws {
        let pinned = try #require(Self.target.pinned)
        let until = Date(timeIntervalSinceReferenceDate: 60)
        let fault = Fault(
            Shortage(Self.target, .pinnedUnavailable(pinned, code, until: until), causes: []),
            Asker(agent: try #require(AgentID("coder")), defaultAgent: .main))
        #expect(fault.code == .pinnedProfileUnavailable)
        #expect(fault.message.hasPrefix(words), "\(fault.message)")
        #expect(fault.message.contains(" --agent coder"), "\(fault.message)")
        #expect(fault.message.hasSuffix("leaving out @anthropic:a lets another one serve it."))
    }

    static func cause(
        _ id: String, _ code: SkipCode, _ reason: FailureReason? = nil, until: Date? = nil
    ) throws -> Cause {
        Cause(
            id: try #require(ProfileID(id)), source: .profile(owner: .main), kind: .apiKey, code: code, reason: reason,
            until: until)
    }

    @Test func `those who find only waiting credentials are told the class and the remedy`() throws {
        let until = Date(timeIntervalSinceReferenceDate: 60)
        let cooling = Unavailability.allCooling(until: until, reason: .auth)
        let cause = try Self.cause("anthropic:work", .disabledAuth, .auth, until: until)
        let fault = Fault(Shortage(Self.target, cooling, causes: [cause]), Asker())
        #expect(
            fault.message
                == "Every Anthropic credential waits after a refusal (auth). Of the soonest: Anthropic rejected the credential "
                + "anthropic:work. Check it with: agenticflow-enterprise models status. Replace it with: agenticflow-enterprise models auth "
                + "paste-api-key --provider anthropic --profile-id anthropic:work. All of them: agenticflow-enterprise models explain "
                + "--model anthropic/claude-a"
        )
        #expect(fault.failure?.sentence.until == until)
        let unknown = Fault(Shortage(Self.target, cooling, causes: []), Asker())
        #expect(
            unknown.message.contains(
                "rejected the credential. Check it with: agenticflow-enterprise models status. See which: "
                    + "agenticflow-enterprise models auth list --provider anthropic. All of them: "))
    }

    @Test func `nothing stored names the agent when it is not the default one`() throws {
        let asker = Asker(agent: try #require(AgentID("coder")), defaultAgent: .main)
        let nothing = Shortage(Self.target, .noCredential, causes: [])
        let fault = Fault(nothing, asker)
        #expect(fault.message.hasSuffix("paste-api-key --provider anthropic --agent coder"))
        #expect(Fault(nothing, Asker()).message.hasSuffix("--provider anthropic"))
    }

    @Test func `a provider's own words are never in ours`() {
        let fault = fault(.auth, "Incorrect API key provided: sk-CANARY-12345678", pinned: false)
        #expect(fault?.message.contains("CANARY") == false)
    }
}
