// SPDX-License-Identifier: Apache-2.0
import NIOCore
import NIOHTTP1
import NIOPosix
import Testing

@testable import ProviderSimulator

/// The faults that hold a connection, or much data.
@Suite struct EndlessFaultTests {
    @Test(arguments: [true, false])
    func `a stall shows nothing, and the record says when the peer left`(stream: Bool) async throws {
        try await withSimulator { simulator in
            let seen = try await simulator.client.exchange(
                Ask.messages("sk-sim-stall-a", stream: stream).text, until: { _ in true },
                leaving: { _ = try await simulator.record { $0.totals.faults == ["stall": 1] } })
            #expect(seen.text == "" && seen.ending == .weLeft)
            let entry = try await simulator.record { $0.requests.first?.outcome == .cancelled }.requests.first
            #expect(entry?.status == nil && entry?.clientLeftAfterMilliseconds != nil)
            #expect(simulator.record.totals.statuses == ["none": 1])
        }
    }

    @Test(arguments: [(Fault.stallAfterHead, false), (.stallAfterText, true)], [true, false])
    func `a later stall has shown its part`(fault: (Fault, text: Bool), stream: Bool) async throws {
        try await withSimulator { simulator in
            let part = fault.text ? (stream ? "{\"type\":\"text_delta\",\"text\":\".\"}}\n\n" : "\"type\"") : "\r\n\r\n"
            let ask = Ask.messages("sk-sim-\(fault.0.rawValue)-a", stream: stream)
            let seen = try await simulator.client.exchange(ask.text, until: { $0.holds(part) })
            let answer = RawAnswer(seen.text)
            #expect(answer.status == 200 && !answer.isComplete && answer.body.isEmpty != fault.text)
            let entry = try await simulator.record { $0.requests.first?.outcome == .cancelled }.requests.first
            #expect(entry?.status == 200 && entry?.clientLeftAfterMilliseconds != nil)
        }
    }

    @Test func `a peer that is not read from gets stuck`() async throws {
        try await withSimulator { simulator in
            var ask = Ask.messages("sk-sim-no-read-a")
            ask.body = #"{"model":"m"}"#
            _ = try await simulator.client.exchange(
                ask.text, until: { _ in true },
                leaving: { _ = try await simulator.record { $0.totals.faults == ["no-read": 1] } })
            let entry = try await simulator.record { $0.requests.first?.outcome == .cancelled }.requests.first
            #expect(entry?.bytesIn == 0 && entry?.bytesOut == 0)
        }
    }

    @Test func `an upload to a peer that does not read is never taken`() async throws {
        let simulator = try await Simulator.start()
        let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .connect(host: "127.0.0.1", port: simulator.port).get()
        var ask = Ask.messages("sk-sim-no-read-a")
        ask.body = String(repeating: " ", count: 24 << 20)
        let upload: EventLoopFuture<Void> = channel.writeAndFlush(ByteBuffer(string: ask.text))
        _ = try await simulator.record { $0.totals.faults == ["no-read": 1] }
        for _ in 0..<200 { _ = try await simulator.answer(.get("/simulator/health")) }
        #expect(simulator.record.requests.first?.outcome == .open)
        try await simulator.stop()
        await #expect(throws: (any Error).self, "the kernels hold a part of it, and nobody the rest") {
            try await upload.get()
        }
        #expect(simulator.record.requests.first?.bytesIn == 0)
    }

    @Test(arguments: [true, false])
    func `a huge answer is as long as asked for, and good to its end`(stream: Bool) async throws {
        let rules = #"[{"label":"a","fault":"huge-stream","parameters":{"bytes":2097152}}]"#
        try await withSimulator(try .rules(rules)) { simulator in
            let ask = Ask.messages("sk-sim-ok-a", stream: stream).adding("connection: close")
            let (text, ending) = try await simulator.client.exchange(ask.text)
            let answer = RawAnswer(text)
            #expect(answer.isComplete && ending == .closed)
            let whole =
                stream
                ? answer.events.compactMap { $0.payload["delta"]?["text"]?.string }.joined()
                : answer.json?["content"]?.elements?.first?["text"]?.string
            #expect(whole?.utf8.count == 2_097_152)
            #expect(simulator.record.requests.first?.outcome == .answered)
        }
    }

    @Test func `a huge response counts its events all through`() async throws {
        let rules = #"[{"fault":"huge-stream","parameters":{"bytes":131072}}]"#
        try await withSimulator(try .rules(rules)) { simulator in
            let answer = try await simulator.answer(.responses("sk-sim-ok-a", stream: true))
            #expect(answer.events.count == 128 + 8)
            #expect(answer.events.map { $0.payload["sequence_number"]?.integer } == Array(0..<answer.events.count))
        }
    }

    @Test(arguments: [true, false])
    func `a huge answer waits for a peer that does not read`(stream: Bool) async throws {
        try await withSimulator { simulator in
            let ask = Ask.messages("sk-sim-huge-stream-a", stream: stream)
            _ = try await simulator.client.exchange(
                ask.text, until: { !$0.isEmpty },
                leaving: { for _ in 0..<50 { _ = try await simulator.answer(.get("/simulator/health")) } })
            let entry = try await simulator.record { $0.requests.first?.outcome == .cancelled }.requests.first
            let sent = try #require(entry?.bytesOut)
            #expect(sent > 0 && sent < 64_000_000, "what the kernels hold, and not the 200 MB")
        }
    }

    @Test func `slow events come as often as asked for`() async throws {
        let rules = #"[{"fault":"slow-stream","parameters":{"events":6,"microseconds":1}}]"#
        try await withSimulator(try .rules(rules)) { simulator in
            let streamed = try await simulator.answer(.messages("sk-sim-ok-a", stream: true))
            #expect(streamed.events.filter { $0.name == "content_block_delta" }.count == 6)
            let plain = try await simulator.answer(.messages("sk-sim-ok-a"))
            #expect(plain.json?["content"]?.elements?.first?["text"] == "Hello from a. 5 6")
        }
    }

    @Test func `a slow stream is 20 events with a quarter of a second between them`() {
        let call = Composer.call(.messages, stream: true)
        let ruling = Ruling(label: "a", fault: .slowStream, parameters: FaultParameters())
        let script = Composer(call: call, ruling: ruling, now: .now).script()
        let pauses = script.steps.compactMap { step in if case .pause(let time) = step { time } else { nil } }
        #expect(pauses == Array(repeating: .milliseconds(250), count: 20))
    }
}

extension Composer {
    static func call(_ endpoint: ProviderEndpoint, stream: Bool) -> ModelCall {
        let body: JSONValue = [
            "model": "m", "max_tokens": 1, "messages": [["role": "user", "content": "Hi"]], "input": "Hi",
            "stream": .boolean(stream),
        ]
        return ModelCall(
            number: 1, requestID: "req_1", endpoint: endpoint, dialect: endpoint.dialect([:]), secret: "sk-sim-ok-a",
            hasVersionField: true, usesBearer: true, takesChunks: true, bodyBytes: 10, body: .json(body))
    }
}
