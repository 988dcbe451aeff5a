// SPDX-License-Identifier: Apache-2.0
import Credentials
import FoundationEssentials
import NIOCore
import Providers
import Rotation
import Testing

@testable import Exchange

@Suite struct ExchangeTests {
    /// Up to the moment at which the whole request is with the first upstream.
    private func sent(_ request: ByteBuffer = Wire.request, candidates: [String] = ["anthropic:a", "anthropic:b"])
        -> ExchangeDriver
    {
        var driver = ExchangeDriver(candidates: candidates)
        driver.receive(.body(request), .bodyEnd, .connected(reused: false))
        _ = driver.take()
        return driver
    }

    @Test func `a request goes out untouched once its model is known`() {
        var driver = ExchangeDriver()
        driver.receive(.body(Wire.plainRequest), .bodyEnd, .connected(reused: false))
        let body = String(buffer: Wire.plainRequest)
        #expect(
            driver.take() == [
                "route claude-a", "choose 0 []", "connect", "head \(body.utf8.count)", "body \(body)", "sent",
            ])
    }

    @Test func `the model's name is the only thing that changes when the provider knows another`() {
        var driver = ExchangeDriver()
        driver.targets = [Target(provider: .anthropic, model: "claude-longer")]
        driver.receive(
            .body(Wire.bytes(#"{"max_tokens":9, "model" : "x" ,"messages":[]}"#)), .bodyEnd, .connected(reused: false))
        let sent = driver.take().filter { $0.hasPrefix("body") || $0.hasPrefix("head") }
        #expect(
            sent == [
                "head 58", #"body {"max_tokens":9, "model" : "#, #"body "claude-longer""#, #"body  ,"messages":[]}"#,
            ])
    }

    @Test func `nothing reaches the client before the first meaningful event`() {
        var driver = sent()
        driver.receive(.upstreamHead(Wire.stream), .upstreamBytes(Wire.start), .upstreamBytes(Wire.ping))
        #expect(driver.take() == [])
        driver.receive(.upstreamBytes(Wire.text))
        #expect(driver.take().prefix(2) == ["success", "answer open"])
    }

    @Test func `a stream that is whole ends whole`() {
        var driver = sent()
        driver.receive(.upstreamHead(Wire.stream), .upstreamBytes(Wire.text), .upstreamBytes(Wire.stop))
        driver.receive(.upstreamEnd(reusable: true))
        #expect(driver.take().suffix(2) == ["keep", "end"])
        #expect(driver.exchange.ending == .complete)
    }

    @Test(arguments: [true, false])
    func `a stream that ends without its terminal event ends in an error frame and no closing chunk`(clean: Bool) {
        var driver = sent()
        driver.receive(.upstreamHead(Wire.stream), .upstreamBytes(Wire.text))
        _ = driver.take()
        driver.receive(
            clean ? .upstreamEnd(reusable: true) : .upstreamClosed(.closed(beforeAnyByte: false, reused: false)))
        #expect(driver.take() == ["drop", "break with frame"])
        #expect(driver.exchange.ending == .cut)
    }

    struct SilentFailure: Sendable, CustomTestStringConvertible {
        var name: String
        var events: @Sendable () -> [Exchange.Event]
        var failure: String
        var testDescription: String { name }
    }

    static let silentFailures: [SilentFailure] = [
        .init(
            name: "429",
            events: { [.upstreamHead(.init(status: 429, isEventStream: false)), .upstreamEnd(reusable: true)] },
            failure: "rate_limit"),
        .init(
            name: "in-band error",
            events: { [.upstreamHead(Wire.stream), .upstreamBytes(Wire.start), .upstreamBytes(Wire.overloaded)] },
            failure: "rate_limit"),
        .init(
            name: "pings, then a reset",
            events: {
                [
                    .upstreamHead(Wire.stream), .upstreamBytes(Wire.ping),
                    .upstreamClosed(.closed(beforeAnyByte: false, reused: false)),
                ]
            },
            failure: "timeout"),
        .init(
            name: "a start, then the end",
            events: { [.upstreamHead(Wire.stream), .upstreamBytes(Wire.start), .upstreamEnd(reusable: true)] },
            failure: "empty_response"),
        .init(
            name: "no connection", events: { [.upstreamClosed(.closed(beforeAnyByte: true, reused: false))] },
            failure: "timeout"),
        .init(
            name: "a redirect", events: { [.upstreamHead(.init(status: 302, isEventStream: false))] },
            failure: "server_error"),
        .init(
            name: "an encoding nobody asked for",
            events: { [.upstreamHead(.init(status: 200, isEventStream: true, foreignEncoding: "gzip"))] },
            failure: "server_error"),
    ]

    @Test(arguments: silentFailures)
    func `before the commit the next credential takes over, and one outcome is recorded`(_ failure: SilentFailure) {
        var driver = sent()
        for event in failure.events() { driver.receive(event) }
        driver.receive(.connected(reused: false))
        let log = driver.take()
        #expect(log.filter { $0.hasPrefix("failure") } == ["failure \(failure.failure)"])
        #expect(log.contains("choose 0 [\"a\"]"))
        #expect(log.last == "sent")
        #expect(!log.contains { $0.hasPrefix("answer") || $0.hasPrefix("error") })
        #expect(driver.exchange.attempts == 2)
    }

    @Test func `the client's own mistake is an answer: no failover`() {
        var driver = sent()
        driver.refusal = .clientFault
        driver.receive(
            .upstreamHead(.init(status: 400, isEventStream: false)), .upstreamBytes(Wire.bytes("{}")),
            .upstreamEnd(reusable: true))
        #expect(driver.take() == ["keep", "classify 400", "neutral", "refusal 400"])
        #expect(driver.exchange.attempts == 1)
    }

    @Test func `a connection that had died while idle is replaced without counting as an attempt`() {
        var driver = ExchangeDriver()
        driver.receive(.body(Wire.request), .bodyEnd, .connected(reused: true))
        _ = driver.take()
        driver.receive(.upstreamClosed(.closed(beforeAnyByte: true, reused: true)), .connected(reused: false))
        #expect(driver.take().prefix(2) == ["drop", "connect fresh"])
        #expect(driver.exchange.attempts == 1)
    }

    @Test func `a lone credential that met a server error is asked once more after the pause`() {
        var driver = sent(candidates: ["anthropic:a"])
        driver.refusal = .serverError
        driver.receive(.upstreamHead(.init(status: 500, isEventStream: false)), .upstreamEnd(reusable: true))
        #expect(driver.take().last == "choose 0 [\"a\"]")
        driver.pass(.milliseconds(249))
        #expect(driver.take() == [])
        driver.pass(.milliseconds(2))
        #expect(driver.take() == ["connect"])
        driver.receive(
            .connected(reused: false), .upstreamHead(.init(status: 500, isEventStream: false)),
            .upstreamEnd(reusable: true))
        #expect(driver.take().last == "error upstream_failed")
    }

    @Test func `a rate limit is not repeated: the client learns when to come back`() {
        var driver = sent(candidates: ["anthropic:a"])
        driver.opensIn = .seconds(30)
        driver.receive(.upstreamHead(.init(status: 429, isEventStream: false)), .upstreamEnd(reusable: true))
        #expect(driver.take().last == "error all_credentials_cooling")
    }

    @Test func `a cooldown that ends soon is waited for, once, when nothing was sent`() {
        var driver = ExchangeDriver(candidates: [])
        driver.unavailability = .allCooling(until: .distantFuture, reason: .rateLimit)
        driver.opensIn = .seconds(3)
        driver.receive(.body(Wire.request), .bodyEnd)
        #expect(driver.take() == ["route claude-a", "choose 0 []"])
        driver.pass(.seconds(4))
        #expect(driver.take() == ["choose 0 []", "error all_credentials_cooling"])
    }

    @Test func `a client that leaves cancels the upstream at once`() {
        var driver = sent()
        driver.receive(.upstreamHead(Wire.stream), .upstreamBytes(Wire.text))
        _ = driver.take()
        driver.receive(.clientGone)
        #expect(driver.take() == ["drop"])
        #expect(driver.exchange.ending == .clientGone)
    }

    @Test(arguments: [
        ("{", "invalid_json"), (#"{"model":"a","model":"b"}"#, "duplicate_field"),
        (#"{"messages":[]}"#, "model_missing"),
        (#"{"model":"a","mod\u0065l":"b"}"#, "duplicate_field"), ("[]", "invalid_json"),
        (#"{"model":3}"#, "model_missing"),
        (#"{"model":"a","x":"# + String(repeating: "[", count: 300), "too_deep"),
    ])
    func `a bad body is refused before anybody is asked`(text: String, code: String) {
        var driver = ExchangeDriver()
        driver.receive(.body(Wire.bytes(text)), .bodyEnd)
        #expect(driver.take() == ["error \(code)"])
    }

    @Test func `the next model takes over when nobody is left for the first`() {
        var driver = ExchangeDriver(candidates: ["anthropic:a"])
        driver.targets = [
            Target(provider: .anthropic, model: "claude-a"), Target(provider: .anthropic, model: "claude-b"),
        ]
        driver.receive(.body(Wire.request), .bodyEnd, .connected(reused: false))
        driver.candidates = []
        _ = driver.take()
        driver.receive(.upstreamHead(.init(status: 429, isEventStream: false)), .upstreamEnd(reusable: true))
        #expect(driver.take().suffix(3) == ["choose 0 [\"a\"]", "choose 1 []", "error all_credentials_cooling"])
    }

    @Test func `a plain answer is given whole, with its length`() {
        var driver = sent(Wire.plainRequest)
        driver.receive(.upstreamHead(Wire.plain), .upstreamBytes(Wire.answer))
        #expect(driver.take() == [])
        driver.receive(.upstreamEnd(reusable: true))
        let size = Wire.answer.readableBytes
        #expect(driver.take() == ["success", "answer \(size)", "bytes \(size)", "keep", "end"])
        #expect(driver.exchange.usage.output == 2)
    }

    @Test func `a long upload runs ahead of the upstream by its limit only`() {
        var driver = ExchangeDriver()
        driver.receive(.body(Wire.bytes(#"{"model":"claude-a","input":""#)))
        let megabyte = ByteBuffer(repeating: UInt8(ascii: "x"), count: 1 << 20)
        driver.receive(.body(megabyte))
        #expect(driver.exchange.wantsClientBytes == false)
        driver.receive(.connected(reused: false))
        #expect(driver.take().contains("head chunked"))
    }
}
