// SPDX-License-Identifier: Apache-2.0
import NIOCore
import Providers
import Rotation
import Testing

@testable import Exchange

@Suite struct CommitTests {
    private func answering(_ endpoint: Endpoint, _ text: String...) -> ExchangeDriver {
        var driver = ExchangeDriver(endpoint, candidates: ["anthropic:a", "anthropic:b"])
        driver.receive(.body(Wire.request), .bodyEnd, .connected(reused: false), .upstreamHead(Wire.stream))
        _ = driver.take()
        for piece in text { driver.receive(.upstreamBytes(Wire.bytes(piece))) }
        return driver
    }

    @Test(arguments: [
        (Endpoint.messages, "event: ping\ndata: {\"type\":\"ping\"}\n\n"),
        (
            .chatCompletions,
            "data: {\"choices\":[{\"index\":0,\"delta\":{\"role\":\"assistant\",\"content\":\"\"}}]}\n\n"
        ),
        (.responses, "event: response.created\ndata: {\"type\":\"response.created\",\"response\":{}}\n\n"),
    ])
    func `64 events or 64 KiB without meaning are held, no more`(endpoint: Endpoint, event: String) {
        var driver = answering(endpoint)
        for _ in 0..<63 { driver.receive(.upstreamBytes(Wire.bytes(event))) }
        #expect(driver.take() == [])
        driver.receive(.upstreamBytes(Wire.bytes(event)))
        #expect(driver.take().prefix(2) == ["success", "answer open"])
        var other = answering(endpoint, ": " + String(repeating: "x", count: 65_530))
        #expect(other.take() == [])
        other.receive(.upstreamBytes(Wire.bytes("xxxxxx")))
        #expect(other.take().prefix(2) == ["success", "answer open"])
    }

    @Test(arguments: [
        "data: {\"error\":{\"message\":\"busy\",\"code\":503}}\n\n",
        "data: {\"error\":{\"message\":\"busy\",\"code\":503}}\n\ndata: [DONE]\n\n",
        "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"\"}}]}\n\n"
            + "data: {\"error\":{\"message\":\"busy\"}}\n\ndata: [DONE]\n\n",
    ])
    func `an error before any output is a refusal, whatever follows it`(text: String) {
        var driver = answering(.chatCompletions, text)
        #expect(driver.take() == ["drop", "classify 200 in band", "failure rate_limit", "choose 0 [\"a\"]", "connect"])
    }

    @Test func `so is one without its blank line`() {
        var driver = answering(
            .messages, "event: error\ndata: {\"type\":\"error\",\"error\":{\"type\":\"overloaded_error\"}}")
        #expect(driver.take() == [])
        driver.receive(.upstreamEnd(reusable: true))
        #expect(driver.take().prefix(2) == ["keep", "classify 200 in band"])
    }

    @Test func `an error about the request is given as it came, once it is known to be whole`() {
        var driver = answering(.messages)
        driver.refusal = .clientFault
        let text = "event: error\ndata: {\"type\":\"error\",\"error\":{\"type\":\"invalid_request_error\"}}\n\n"
        driver.receive(.upstreamBytes(Wire.bytes(text)))
        #expect(driver.take() == ["drop", "classify 200 in band", "neutral", "refusal 200"])
        #expect(String(buffer: driver.answered) == text && driver.exchange.ending == .refused)
    }

    @Test func `an error after output is passed on, and the stream is broken off without a second one`() {
        var driver = answering(.messages, String(buffer: Wire.text), String(buffer: Wire.overloaded))
        #expect(
            driver.take() == [
                "success", "answer open", "bytes \(Wire.text.readableBytes)", "bytes \(Wire.overloaded.readableBytes)",
            ])
        driver.receive(.upstreamEnd(reusable: true))
        #expect(driver.take() == ["drop", "break"] && driver.exchange.ending == .cut)
    }

    @Test func `one finished choice of two is not the end`() {
        let both =
            "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"a\"}},"
            + "{\"index\":1,\"delta\":{\"content\":\"b\"}}]}\n\n"
        let first = "data: {\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}\n\n"
        var driver = answering(.chatCompletions, both, first)
        driver.receive(.upstreamEnd(reusable: true))
        #expect(driver.take().suffix(2) == ["drop", "break with frame"])
    }

    @Test(arguments: [
        (Endpoint.messages, "event: message_stop\ndata: {\"type\":\"message_stop\"}\n\n"),
        (.chatCompletions, "data: {\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}\n\n"),
        (.chatCompletions, "data: [DONE]\n\n"), (.chatCompletions, "data: [DONE]"),
        (.responses, "data: {\"type\":\"response.incomplete\",\"response\":{}}\n\n"),
    ])
    func `an empty answer that says it is over is an answer`(endpoint: Endpoint, text: String) {
        var driver = answering(endpoint, text)
        driver.receive(.upstreamEnd(reusable: true))
        #expect(driver.take().suffix(2) == ["keep", "end"] && driver.exchange.ending == .complete)
        #expect(String(buffer: driver.answered) == text)
    }

    @Test func `bytes are given on untouched, however they were cut`() {
        let whole =
            String(buffer: Wire.start) + String(buffer: Wire.ping) + String(buffer: Wire.text)
            + String(buffer: Wire.stop)
        var driver = answering(.messages)
        for byte in whole.utf8 { driver.receive(.upstreamBytes(ByteBuffer(bytes: [byte]))) }
        driver.receive(.upstreamEnd(reusable: true))
        #expect(String(buffer: driver.answered) == whole && driver.exchange.ending == .complete)
        #expect(driver.exchange.usage == TokenUsage(input: 3, output: 1))
    }

    @Test func `what a cut stream has cost is known`() {
        var driver = answering(.messages, String(buffer: Wire.start), String(buffer: Wire.text))
        driver.receive(.clientGone)
        #expect(driver.exchange.usage.input == 3)
    }
}

@Suite struct PlainAnswerTests {
    private func answering(_ head: UpstreamAnswer = Wire.plain, limits: ExchangeLimits = .init()) -> ExchangeDriver {
        var driver = ExchangeDriver(limits: limits)
        driver.receive(.body(Wire.plainRequest), .bodyEnd, .connected(reused: false), .upstreamHead(head))
        _ = driver.take()
        return driver
    }

    private static func object(_ size: Int) -> ByteBuffer {
        let frame = "{\"usage\":{\"input_tokens\":9},\"x\":\"\"}"
        return Wire.bytes(
            "{\"usage\":{\"input_tokens\":9},\"x\":\"" + String(repeating: "x", count: size - frame.utf8.count) + "\"}")
    }

    @Test func `one up to a mebibyte is given whole, with its length`() {
        var driver = answering()
        driver.receive(.upstreamBytes(Self.object(1 << 20)))
        #expect(driver.take() == [])
        driver.receive(.upstreamEnd(reusable: true))
        #expect(driver.take() == ["success", "answer 1048576", "bytes 1048576", "keep", "end"])
        #expect(driver.exchange.usage.input == 9)
    }

    @Test func `a longer one is given as it comes, and counted all the same`() {
        var driver = answering()
        driver.receive(.upstreamBytes(Self.object((1 << 20) + 1)))
        #expect(driver.take() == ["success", "answer open", "bytes 1048577"])
        driver.receive(.upstreamEnd(reusable: false))
        #expect(driver.take() == ["drop", "end"] && driver.exchange.usage.input == 9)
    }

    @Test(arguments: [10, 2 << 20])
    func `one whose text ends too early is never given as a whole one`(size: Int) {
        var driver = answering()
        var text = Self.object(max(size, 100))
        text.moveWriterIndex(to: text.writerIndex - 1)
        driver.receive(.upstreamBytes(text), .upstreamEnd(reusable: true))
        let log = driver.take()
        #expect(log.suffix(2) == (size > 1 << 20 ? ["drop", "break"] : ["choose 0 [\"a\"]", "connect"]))
        #expect(!log.contains("end"))
    }

    @Test func `an empty one is a failure, one that is no JSON is passed on`() {
        var empty = answering()
        empty.receive(.upstreamEnd(reusable: true))
        #expect(empty.take() == ["drop", "failure empty_response", "choose 0 [\"a\"]", "connect"])
        var other = answering()
        other.receive(.upstreamBytes(Wire.bytes("pong")), .upstreamEnd(reusable: true))
        #expect(other.take() == ["success", "answer 4", "bytes 4", "keep", "end"])
    }

    @Test func `an error inside a good status is a refusal`() {
        var driver = answering()
        driver.receive(.upstreamBytes(Wire.bytes("{\"type\":\"error\",\"error\":{\"type\":\"overloaded_error\"}}")))
        driver.receive(.upstreamEnd(reusable: true))
        #expect(driver.take() == ["keep", "classify 200 in band", "failure rate_limit", "choose 0 [\"a\"]", "connect"])
    }

    @Test func `a refusal's body is read up to 64 KiB`() {
        var driver = answering(.init(status: 400, isEventStream: false))
        driver.refusal = .clientFault
        driver.receive(.upstreamBytes(ByteBuffer(repeating: 0x20, count: 65_535)))
        #expect(driver.take() == [])
        driver.receive(.upstreamBytes(ByteBuffer(repeating: 0x20, count: 9)))
        #expect(driver.take() == ["drop", "classify 400", "neutral", "refusal 400"])
        #expect(driver.answered.readableBytes == 65_536)
    }

    @Test func `a refusal that cannot be read counts by its status, and its body goes nowhere`() {
        var driver = answering(.init(status: 400, isEventStream: false, foreignEncoding: "gzip"))
        driver.refusal = .clientFault
        driver.receive(.upstreamBytes(Wire.bytes("\u{1F}\u{8B}")), .upstreamEnd(reusable: true))
        #expect(driver.take() == ["keep", "classify 400", "neutral", "refusal 400"])
        #expect(driver.answered.readableBytes == 0)
    }

    @Test func `the total deadline ends the request, and blames nobody who had no time`() {
        var driver = answering()
        driver.pass(.seconds(299))
        driver.receive(.upstreamBytes(Wire.bytes("{")))
        driver.pass(.seconds(290))
        driver.receive(.upstreamClosed(.closed(beforeAnyByte: false, reused: false)), .connected(reused: false))
        _ = driver.take()
        driver.pass(.seconds(12))
        #expect(driver.take() == ["neutral", "drop", "error deadline_exceeded"])
        #expect(driver.exchange.attempts == 2)
    }

    @Test func `it does blame the one that used it up`() {
        var driver = Stage.waitingForHead.driver()
        var plain = ExchangeDriver()
        plain.receive(.body(Wire.plainRequest), .bodyEnd, .connected(reused: false))
        _ = plain.take()
        plain.pass(.seconds(601))
        #expect(plain.take() == ["failure timeout", "drop", "error deadline_exceeded"])
        driver.pass(.seconds(119))
        #expect(driver.take() == [])
    }

    @Test func `a stream has no total`() {
        var driver = Stage.relayingStream.driver()
        for _ in 0..<20 {
            driver.pass(.seconds(299))
            driver.receive(.upstreamBytes(Wire.ping))
        }
        #expect(!driver.exchange.isFinished)
    }
}
