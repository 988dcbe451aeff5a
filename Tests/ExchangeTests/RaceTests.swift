// SPDX-License-Identifier: Apache-2.0
import Credentials
import NIOCore
import Providers
import Rotation
import Testing

@testable import Exchange

/// Every event at every moment.
@Suite struct RaceTests {
    @Test(arguments: Stage.allCases)
    func `a client that leaves ends everything at once`(stage: Stage) throws {
        var driver = stage.driver()
        driver.receive(.clientGone)
        let settled = stage.hasAttempt && !stage.isCommitted ? ["neutral"] : []
        #expect(driver.take() == settled + (stage.hasUpstream ? ["drop"] : []))
        #expect(driver.exchange.ending == .clientGone && driver.exchange.deadline == nil)
        // Whatever was under way comes too late; a credential that comes too late is given back.
        driver.receive(.upstreamBytes(Wire.text), .upstreamEnd(reusable: true), .deadlinePassed, .bodyEnd)
        driver.receive(
            .upstreamClosed(.connectTimeout), .connected(reused: false), .classified(.rateLimited), .clientGone)
        #expect(driver.take() == [])
        driver.receive(.candidate(try #require(ProfileID("anthropic:z"))))
        #expect(driver.take() == ["neutral"])
    }

    struct CloseRow: Sendable {
        var stage: Stage
        var log: [String]
    }

    private static let next = ["choose 0 [\"a\"]", "connect"]

    @Test(arguments: [
        CloseRow(stage: .collecting, log: []), CloseRow(stage: .routing, log: []), CloseRow(stage: .choosing, log: []),
        CloseRow(stage: .waitingForCooldown, log: []), CloseRow(stage: .pausing, log: []),
        CloseRow(stage: .classifying, log: []), CloseRow(stage: .connecting, log: ["drop", "failure timeout"] + next),
        CloseRow(stage: .uploading, log: ["drop", "failure timeout"] + next),
        CloseRow(stage: .waitingForHead, log: ["drop", "failure timeout"] + next),
        CloseRow(stage: .holdingStream, log: ["drop", "failure timeout"] + next),
        CloseRow(stage: .holdingPlain, log: ["drop", "failure timeout"] + next),
        // The status was said: the cut body does not take it back.
        CloseRow(stage: .holdingRefusal, log: ["drop", "classify 429", "failure rate_limit"] + next),
        CloseRow(stage: .relayingStream, log: ["drop", "break with frame"]),
        CloseRow(stage: .relayingPlain, log: ["drop", "break"]),
    ])
    func `an upstream that closes is replaced before the commit and reported after it`(row: CloseRow) {
        var driver = row.stage.driver()
        driver.receive(.upstreamClosed(.closed(beforeAnyByte: false, reused: false)))
        #expect(driver.take() == row.log)
        #expect(driver.exchange.isFinished == row.stage.isCommitted)
    }

    struct DeadlineRow: Sendable {
        var stage: Stage
        var seconds: Int64
        var log: [String]
    }

    @Test(arguments: [
        DeadlineRow(stage: .collecting, seconds: 10, log: ["error too_slow"]),
        DeadlineRow(stage: .waitingForCooldown, seconds: 3, log: ["choose 0 []", "error all_credentials_cooling"]),
        DeadlineRow(stage: .connecting, seconds: 10, log: ["drop", "failure timeout"] + next),
        DeadlineRow(stage: .waitingForHead, seconds: 120, log: ["drop", "failure timeout"] + next),
        DeadlineRow(stage: .holdingStream, seconds: 120, log: ["drop", "failure timeout"] + next),
        DeadlineRow(stage: .holdingPlain, seconds: 300, log: ["drop", "failure timeout"] + next),
        DeadlineRow(stage: .holdingRefusal, seconds: 120, log: ["drop", "classify 429", "failure rate_limit"] + next),
        DeadlineRow(stage: .relayingStream, seconds: 300, log: ["drop", "break with frame"]),
        DeadlineRow(stage: .relayingPlain, seconds: 300, log: ["drop", "break"]),
    ])
    func `every moment has its deadline, and nothing happens before it`(row: DeadlineRow) {
        var driver = row.stage.driver()
        driver.pass(.seconds(row.seconds) - .milliseconds(200))
        #expect(driver.take() == [])
        driver.pass(.milliseconds(400))
        #expect(driver.take() == row.log)
    }

    @Test(arguments: Stage.allCases)
    func `events that do not belong to the moment change nothing`(stage: Stage) {
        var events: [Exchange.Event] = [
            .routed([]), .noCandidate(.noCredential, opensIn: nil), .classified(.rateLimited),
        ]
        if stage != .connecting { events += [.connected(reused: false), .connectFailed(.connectTimeout)] }
        if !stage.hasUpstream || stage == .connecting {
            events += [
                .upstreamHead(Wire.stream), .upstreamBytes(Wire.text), .upstreamEnd(reusable: true), .upstreamWritable,
            ]
        }
        for event in events {
            var driver = stage.driver()
            switch (stage, event) {
            case (.routing, .routed), (.choosing, .noCandidate), (.classifying, .classified): continue
            default: driver.receive(event)
            }
            #expect(driver.take() == [], "\(event)")
            #expect(!driver.exchange.isFinished)
        }
    }

    @Test(arguments: Stage.allCases)
    func `a refusal of ours is an error before the commit and a break after it`(stage: Stage) {
        var driver = stage.driver()
        driver.receive(.notRouted(Fault(.badFraming, "x")))
        let end = stage.isCommitted ? (stage == .relayingStream ? "break with frame" : "break") : "error bad_framing"
        #expect(driver.take().last == end)
        #expect(driver.exchange.isFinished)
    }

    @Test func `what an upstream must not do is its failure`() {
        for events in [
            [Exchange.Event.upstreamBytes(Wire.text)], [.upstreamEnd(reusable: true)],
            [.upstreamHead(.init(status: 101, isEventStream: false))],
            [.upstreamHead(.init(status: 103, isEventStream: false))],
            [.upstreamHead(Wire.stream), .upstreamHead(Wire.stream)],
            [.upstreamHead(.init(status: 200, isEventStream: false, foreignEncoding: "br"))],
        ] {
            var driver = Stage.waitingForHead.driver()
            for event in events { driver.receive(event) }
            let log = driver.take()
            #expect(log.prefix(1) == ["drop"] && log.dropFirst(2) == ["choose 0 [\"a\"]", "connect"], "\(log)")
        }
        var relaying = Stage.relayingStream.driver()
        relaying.receive(.upstreamHead(Wire.stream))
        #expect(relaying.take() == ["drop", "break with frame"])
    }
}
