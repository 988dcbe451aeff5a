// SPDX-License-Identifier: Apache-2.0
import Testing

@testable import ProviderSimulator

/// The faults that are no error answers, on the wire and in the record.
@Suite struct FaultTests {
    /// What a client gets to see.
    struct Seen: Hashable, Sendable {
        var status: Int?
        /// The framing says that all has come.
        var isComplete: Bool
        var ending: RawClient.Ending
        /// Names of the events; for a plain answer whether it is JSON with the text in it.
        var events: [String] = []
        var hasText: Bool?
    }

    struct Row: Sendable, CustomTestStringConvertible {
        var fault: Fault
        var streamed: Seen
        var plain: Seen
        var outcome: RecordedRequest.Outcome
        /// Where a plain answer ends in another way.
        var plainOutcome: RecordedRequest.Outcome?
        var testDescription: String { fault.rawValue }
    }

    private static let head = ["message_start", "ping"]
    private static let text = head + ["content_block_start"] + Array(repeating: "content_block_delta", count: 4)
    private static let tail = ["content_block_stop", "message_delta", "message_stop"]
    private static let all = text + tail

    private static func streamed(_ events: [String], complete: Bool = true, _ ending: RawClient.Ending = .weLeft)
        -> Seen
    {
        Seen(status: 200, isComplete: complete, ending: ending, events: events)
    }

    private static func plain(
        _ status: Int = 200, text: Bool, complete: Bool = true, _ ending: RawClient.Ending = .weLeft
    ) -> Seen {
        Seen(status: status, isComplete: complete, ending: ending, hasText: text)
    }

    private static func same(_ fault: Fault, _ seen: Seen, _ outcome: RecordedRequest.Outcome) -> Row {
        var plain = seen
        plain.hasText = false
        return Row(fault: fault, streamed: seen, plain: plain, outcome: outcome)
    }

    static let rows = [
        Row(fault: .ok, streamed: streamed(all), plain: plain(text: true), outcome: .answered),
        Row(fault: .setCookie, streamed: streamed(all), plain: plain(text: true), outcome: .answered),
        Row(fault: .expiring, streamed: streamed(all), plain: plain(text: true), outcome: .answered),
        Row(
            fault: .inBandOverloaded, streamed: streamed(head + ["error"]), plain: plain(529, text: false),
            outcome: .refused),
        Row(
            fault: .inBandLate, streamed: streamed(text + ["error"]), plain: plain(529, text: false),
            outcome: .refused),
        Row(
            fault: .pingsThenReset, streamed: streamed(head + ["ping", "ping", "ping"], complete: false, .reset),
            plain: plain(text: false, complete: false, .reset), outcome: .broken),
        Row(fault: .roleThenEnd, streamed: streamed(["message_start"]), plain: plain(text: false), outcome: .broken),
        Row(fault: .textThenEnd, streamed: streamed(text), plain: plain(text: false), outcome: .broken),
        Row(
            fault: .textThenReset, streamed: streamed(text, complete: false, .reset),
            plain: plain(text: false, complete: false, .reset), outcome: .broken),
        Row(
            fault: .cutPlain, streamed: streamed(text, complete: false, .closed),
            plain: plain(text: false, complete: false, .closed), outcome: .broken),
        same(.empty, Seen(status: nil, isComplete: false, ending: .closed), .broken),
        same(.garbageHead, Seen(status: nil, isComplete: false, ending: .closed), .broken),
        same(.redirect, Seen(status: 302, isComplete: true, ending: .weLeft), .refused),
        Row(
            fault: .htmlGateway, streamed: Seen(status: 502, isComplete: true, ending: .weLeft, events: ["page"]),
            plain: plain(502, text: false), outcome: .refused),
    ]
    /// Each has a test of its own below.
    static let special: [Fault] = [
        .twoLengths, .gzip, .slowStream, .hugeStream, .noRead, .stall, .stallAfterHead, .stallAfterText,
    ]

    @Test func `every fault is tested`() {
        #expect(Set(Self.rows.map(\.fault) + Self.special + RefusalTests.rows.map(\.fault)) == Set(Fault.allCases))
    }

    private static func see(_ simulator: Simulator, _ ask: Ask, stream: Bool) async throws -> Seen {
        let (text, ending) = try await simulator.client.exchange(ask.text, until: { RawAnswer($0).isComplete })
        let answer = RawAnswer(text)
        let isPage = answer["content-type"] == "text/html"
        let content = answer.json?["content"]?.elements
        return Seen(
            status: answer.status, isComplete: answer.isComplete, ending: ending,
            events: stream ? (isPage ? ["page"] : answer.events.map(\.name)) : [],
            hasText: stream ? nil : content?.first?["text"] == "Hello from a.")
    }

    @Test(arguments: rows)
    func `a streamed request gets`(row: Row) async throws {
        try await withSimulator { simulator in
            let ask = Ask.messages("sk-sim-\(row.fault.rawValue)-a", stream: true)
            let seen = try await Self.see(simulator, ask, stream: true)
            #expect(seen == row.streamed)
            let entry = simulator.record.requests.first
            #expect(entry?.outcome == row.outcome && entry?.status == row.streamed.status && entry?.fault == row.fault)
        }
    }

    @Test(arguments: rows)
    func `a plain request gets`(row: Row) async throws {
        try await withSimulator { simulator in
            let ask = Ask.messages("sk-sim-\(row.fault.rawValue)-a")
            let seen = try await Self.see(simulator, ask, stream: false)
            #expect(seen == row.plain)
            let entry = simulator.record.requests.first
            #expect(entry?.outcome == row.plainOutcome ?? row.outcome && entry?.status == row.plain.status)
        }
    }

    @Test(arguments: [
        (Fault.inBandOverloaded, "data"), (.inBandLate, "data"), (.roleThenEnd, "data"), (.textThenEnd, "data"),
    ])
    func `no chat stream that fails says DONE`(fault: Fault, name: String) async throws {
        try await withSimulator { simulator in
            let answer = try await simulator.answer(.chat("sk-sim-\(fault.rawValue)-a", stream: true))
            #expect(answer.isComplete && !answer.body.holds("[DONE]"))
            let fails = fault == .inBandOverloaded || fault == .inBandLate
            let members = answer.events.last?.payload["error"]?.members?.map(\.key)
            #expect(members == (fails ? ["message", "type", "param", "code"] : nil))
        }
    }

    @Test(arguments: [
        (Fault.inBandOverloaded, "response.failed"), (.inBandLate, "error"), (.roleThenEnd, "response.created"),
        (.textThenEnd, "response.output_text.delta"),
    ])
    func `a response stream that fails ends with`(fault: Fault, last: String) async throws {
        try await withSimulator { simulator in
            let answer = try await simulator.answer(.responses("sk-sim-\(fault.rawValue)-a", stream: true))
            #expect(answer.isComplete && answer.events.last?.name == last)
            #expect(answer.events.map { $0.payload["sequence_number"]?.integer } == Array(0..<answer.events.count))
            if fault == .inBandLate { #expect(answer.events.last?.payload["error"] == nil, "it is flat") }
            if fault == .inBandOverloaded { #expect(answer.events.last?.payload["response"]?["error"]?["code"] != nil) }
        }
    }

    @Test(arguments: ["/v1/embeddings", "/v1/models", "/v1/messages/count_tokens"])
    func `the other calls fail too`(path: String) async throws {
        try await withSimulator { simulator in
            var ask = Ask.messages("sk-sim-429-a", more: #","input":"a""#)
            ask.path = path
            if path == "/v1/models" { ask.method = "GET" }
            ask.fields.append("authorization: Bearer sk-sim-429-a")
            let status = try await simulator.answer(ask).status
            #expect(status == 429)
        }
    }

    @Test func `cookies and organizations come with set-cookie`() async throws {
        try await withSimulator { simulator in
            let answer = try await simulator.answer(.messages("sk-sim-set-cookie-a"))
            let names = Set(answer.fields.map(\.name))
            #expect(names.isSuperset(of: ["set-cookie", "www-authenticate", "anthropic-organization-id"]))
        }
    }

    @Test func `a redirect points to where an arrival is counted`() async throws {
        try await withSimulator { simulator in
            let answer = try await simulator.answer(.chat("sk-sim-redirect-302-a"))
            let place = try #require(answer["location"])
            var ask = Ask.chat("sk-sim-redirect-302-a")
            ask.path = place
            let arrival = try await simulator.answer(ask).status
            #expect(arrival == 400)
            #expect(simulator.record.totals.contraband == [.followedRedirects: 1])
        }
    }

    @Test(arguments: [true, false])
    func `two lengths are told`(stream: Bool) async throws {
        try await withSimulator { simulator in
            let ask = Ask.messages("sk-sim-two-lengths-a", stream: stream)
            let (text, ending) = try await simulator.client.exchange(ask.text)
            let answer = RawAnswer(text)
            let lengths = answer.fields.filter { $0.name == "content-length" }.compactMap { Int($0.value) }
            let count = answer.body.utf8.count
            #expect(Set(lengths) == [count, count + 1] && ending == .closed)
        }
    }

    @Test func `an expiring key is good so often, however many ask at once`() async throws {
        try await withSimulator { simulator in
            let statuses = try await withThrowingTaskGroup(of: Int?.self) { group in
                for _ in 0..<20 {
                    group.addTask { try await simulator.answer(.messages("sk-sim-expiring-7-a")).status }
                }
                return try await group.reduce(into: [Int?: Int]()) { $0[$1, default: 0] += 1 }
            }
            #expect(statuses == [200: 7, 401: 13])
        }
    }
}
