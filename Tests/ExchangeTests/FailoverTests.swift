// SPDX-License-Identifier: Apache-2.0
import Credentials
import FoundationEssentials
import NIOCore
import Providers
import Rotation
import Testing

@testable import Exchange

@Suite struct FailoverTests {
    private func driver(_ candidates: [String], targets: [String] = ["claude-a"], limits: ExchangeLimits = .init())
        -> ExchangeDriver
    {
        var driver = ExchangeDriver(candidates: candidates.map { "anthropic:\($0)" }, limits: limits)
        driver.targets = targets.map { Target(provider: .anthropic, model: $0) }
        driver.receive(.body(Wire.request), .bodyEnd)
        return driver
    }

    private let refused: [Exchange.Event] = [
        .connected(reused: false), .upstreamHead(.init(status: 429, isEventStream: false)),
        .upstreamEnd(reusable: true),
    ]

    private func refuse(_ driver: inout ExchangeDriver) { for event in refused { driver.receive(event) } }

    @Test func `at most eight attempts, whoever is left`() {
        var driver = driver((0..<20).map { "p\($0)" })
        for _ in 0..<12 { refuse(&driver) }
        #expect(driver.exchange.attempts == 8 && driver.fault?.code == .allCredentialsCooling)
        #expect(driver.candidates.count == 12)
        #expect(driver.take().filter { $0.hasPrefix("failure") }.count == 8)
    }

    @Test func `the cap counts over all models`() {
        var limits = ExchangeLimits()
        limits.maximumAttempts = 3
        var driver = driver(["a", "b"], targets: ["one", "two"], limits: limits)
        refuse(&driver)
        driver.candidates = []
        refuse(&driver)
        #expect(driver.exchange.isFinished && driver.exchange.attempts == 2)
        driver = self.driver(["a", "b", "c", "d"], limits: limits)
        for _ in 0..<4 { refuse(&driver) }
        #expect(driver.exchange.attempts == 3 && driver.exchange.isFinished)
    }

    @Test func `each model of the chain is sent under its own name, and asks everybody anew`() {
        var driver = driver(["a"], targets: ["one", "claude-b"])
        #expect(driver.take().last == "connect")
        driver.receive(.connected(reused: false))
        #expect(String(buffer: driver.sent).contains("\"model\":\"one\""))
        driver.receive(.upstreamHead(.init(status: 429, isEventStream: false)))
        driver.receive(.upstreamEnd(reusable: true))
        // Nobody is left for the first model; the second asks everybody anew.
        #expect(driver.take().suffix(3) == ["choose 0 [\"a\"]", "choose 1 []", "error all_credentials_cooling"])
    }

    @Test func `the answer of the model that took over is given`() throws {
        var driver = driver(["a"], targets: ["one", "two"])
        driver.receive(.connected(reused: false), .upstreamHead(.init(status: 429, isEventStream: false)))
        driver.leaveOpen(.upstreamEnd(reusable: true), .classified(.rateLimited))
        _ = driver.take()
        driver.leaveOpen(.noCandidate(.exhausted, opensIn: nil))
        #expect(driver.take() == ["choose 1 []"] && driver.exchange.target?.model == "two")
        driver.candidates = []
        driver.receive(
            .candidate(try #require(ProfileID("anthropic:a"))), .connected(reused: false), .upstreamHead(Wire.stream))
        driver.receive(.upstreamBytes(Wire.text), .upstreamBytes(Wire.stop), .upstreamEnd(reusable: true))
        #expect(driver.exchange.ending == .complete && driver.exchange.attempts == 2)
        #expect(String(buffer: driver.sent).contains("\"model\":\"two\""))
    }

    // MARK: A dead connection

    @Test func `a reused connection that was dead costs nothing, once`() {
        var driver = driver(["a", "b"])
        _ = driver.take()
        driver.receive(.connected(reused: true), .upstreamClosed(.closed(beforeAnyByte: true, reused: true)))
        #expect(driver.take().suffix(2) == ["drop", "connect fresh"])
        driver.receive(.connected(reused: false), .upstreamClosed(.closed(beforeAnyByte: true, reused: false)))
        #expect(driver.take().suffix(4) == ["drop", "failure timeout", "choose 0 [\"a\"]", "connect"])
        #expect(driver.exchange.attempts == 2)
    }

    @Test(arguments: [
        UpstreamFailure.closed(beforeAnyByte: false, reused: true), .closed(beforeAnyByte: true, reused: false),
        .noConnection(.connection(nil), place: "x"), .noConnection(.tls("x"), place: "x"), .protocolError("x"),
    ])
    func `nothing else is taken for that`(failure: UpstreamFailure) {
        var driver = driver(["a", "b"])
        driver.receive(.connected(reused: true), .upstreamClosed(failure))
        let log = driver.take()
        #expect(!log.contains("connect fresh") && log.contains { $0.hasPrefix("failure") })
    }

    @Test func `an upstream that answered something was not dead`() {
        var driver = driver(["a", "b"])
        driver.receive(.connected(reused: true), .upstreamHead(Wire.stream))
        _ = driver.take()
        driver.receive(.upstreamClosed(.closed(beforeAnyByte: true, reused: true)))
        #expect(driver.take() == ["drop", "failure timeout", "choose 0 [\"a\"]", "connect"])
    }

    @Test func `a connection that calls itself reused for ever is not believed twice`() {
        var driver = driver(["a"])
        for _ in 0..<50 where !driver.exchange.isFinished {
            driver.receive(.connected(reused: true), .upstreamClosed(.closed(beforeAnyByte: true, reused: true)))
            driver.pass(.seconds(1))
        }
        #expect(driver.exchange.isFinished)
    }

    // MARK: Repetition (D 30)

    struct RepeatRow: Sendable, CustomTestStringConvertible {
        var name: String
        var event: Exchange.Event
        var refusal = UpstreamRefusal.serverError
        var isRepeated: Bool
        var code: ErrorCode
        var testDescription: String { name }
    }

    @Test(arguments: [
        RepeatRow(
            name: "connect failure", event: .upstreamClosed(.noConnection(.connection(nil), place: "x")),
            isRepeated: true,
            code: .upstreamFailed),
        RepeatRow(
            name: "reset", event: .upstreamClosed(.closed(beforeAnyByte: false, reused: false)), isRepeated: true,
            code: .upstreamFailed),
        RepeatRow(
            name: "TLS", event: .upstreamClosed(.noConnection(.tls("x"), place: "x")), isRepeated: false,
            code: .upstreamFailed),
        RepeatRow(
            name: "no HTTP", event: .upstreamClosed(.protocolError("x")), isRepeated: false, code: .upstreamProtocol),
        RepeatRow(
            name: "forbidden", event: .upstreamClosed(.forbiddenAddress("x")), isRepeated: false,
            code: .upstreamFailed),
        RepeatRow(
            name: "redirect", event: .upstreamHead(.init(status: 307, isEventStream: false)), isRepeated: false,
            code: .upstreamRedirect),
    ])
    func `a lone credential is asked once more when a moment may help`(row: RepeatRow) {
        var driver = driver(["a"])
        driver.receive(.connected(reused: false), row.event)
        #expect(driver.exchange.isFinished == !row.isRepeated)
        if row.isRepeated {
            driver.pass(.milliseconds(251))
            #expect(driver.take().last == "connect")
            driver.receive(.connected(reused: false), row.event)
            driver.pass(.seconds(1))
        }
        #expect(driver.fault?.code == row.code && driver.exchange.attempts == (row.isRepeated ? 2 : 1))
    }

    @Test func `silence is not repeated: the client has waited long enough`() {
        var driver = driver(["a"])
        driver.receive(.connected(reused: false))
        driver.pass(.seconds(121))
        #expect(driver.fault?.code == .deadlineExceeded && driver.exchange.attempts == 1)
    }

    @Test func `nor is anything beyond the cap`() {
        var limits = ExchangeLimits()
        limits.maximumAttempts = 1
        var driver = driver(["a"], limits: limits)
        driver.refusal = .serverError
        refuse(&driver)
        #expect(driver.fault?.code == .upstreamFailed && driver.exchange.attempts == 1)
    }

    @Test func `the body of the repetition is the same`() {
        var driver = driver(["a"])
        driver.receive(.connected(reused: false))
        let first = driver.sent
        driver.receive(.upstreamClosed(.closed(beforeAnyByte: false, reused: false)))
        driver.pass(.milliseconds(300))
        driver.receive(.connected(reused: false))
        #expect(driver.sent == first && String(buffer: first) == String(buffer: Wire.request))
    }
}
