// SPDX-License-Identifier: Apache-2.0
import Testing

@testable import ProviderSimulator

@Suite struct RecordTests {
    private static func record(_ simulator: Simulator, _ query: String = "") async throws -> JSONValue {
        try #require(try await simulator.answer(.get("/simulator/record" + query)).json)
    }

    @Test func `a request is told with everything but its credential`() async throws {
        try await withSimulator { simulator in
            let ask = Ask.messages("sk-sim-ok-work").adding("X-Two: 1", "x-two: 2", "x-copy: <sk-sim-ok-work>")
            let answer = try await simulator.answer(ask)
            let raw = try await simulator.answer(.get("/simulator/record"))
            #expect(!raw.body.holds("sk-sim"))
            let entry = try #require(raw.json?["requests"]?.elements?.first)
            let time = try #require(entry["time"]?.integer)
            #expect(abs(Double(time) / 1000 - Timestamp.now.seconds) < 3600)
            #expect(
                entry.setting("time", to: nil) == [
                    "number": 1, "id": "req_sim000000000001", "connection": 1, "time": nil, "method": "POST",
                    "path": "/v1/messages", "model": "claude-x", "label": "work", "fault": "ok", "outcome": "answered",
                    "status": 200, "bytesIn": .integer(ask.body.utf8.count), "bytesOut": .integer(answer.bytes),
                    "stream": false, "clientLeftAfterMs": nil, "contraband": [],
                    "headers": [
                        "host": "localhost", "x-api-key": "[work]", "anthropic-version": "2023-06-01", "x-two": "1, 2",
                        "x-copy": "[masked]", "content-length": .string(String(ask.body.utf8.count)),
                    ],
                ])
        }
    }

    @Test(arguments: [
        ("authorization: Bearer sk-sim-ok-work", "authorization", "Bearer [work]"),
        ("authorization: Basic c2VjcmV0", "authorization", "[masked]"),
        ("cookie: session=1", "cookie", "[masked]"),
        ("x-other: sk-ant-oat01-abcdefgh", "x-other", "[masked]"),
        ("x-other: agw_0123456789", "x-other", "[masked]"),
        ("x-other: planted-token", "x-other", "[masked]"),
        ("x-other: harmless", "x-other", "harmless"),
    ])
    func `credentials are masked wherever they are`(field: String, name: String, shown: String) async throws {
        var options = Simulator.Options()
        options.forbidden = ["planted-token"]
        try await withSimulator(options) { simulator in
            _ = try await simulator.answer(.get("/v1/models", field))
            #expect(simulator.record.requests.first?.headers.first { $0.name == name }?.value == shown)
        }
    }

    @Test func `a credential is masked in the path and in the model's place too, and long texts are cut`() async throws
    {
        try await withSimulator { simulator in
            var ask = Ask.chat("sk-sim-ok-work").adding("x-long: " + String(repeating: "a", count: 5000))
            ask.path = "/v1/sk-sim-ok-work"
            _ = try await simulator.answer(ask)
            ask.path = "/v1/chat/completions"
            ask.body = #"{"model":"sk-sim-ok-work","messages":[]}"#
            _ = try await simulator.answer(ask)
            let requests = simulator.record.requests
            #expect(requests.map(\.path) == ["[masked]", "/v1/chat/completions"])
            #expect(requests.map(\.model) == [nil, "[masked]"])
            #expect(requests.allSatisfy { $0.headers.allSatisfy { $0.value.utf8.count < 1000 } })
        }
    }

    @Test func `totals are told by label, status and fault`() async throws {
        try await withSimulator { simulator in
            for key in ["ok-a", "ok-a", "429-b", "500-b"] { _ = try await simulator.answer(.chat("sk-sim-" + key)) }
            let json = try await Self.record(simulator)
            #expect(
                json["totals"] == [
                    "requests": 4, "statuses": ["200": 2, "429": 1, "500": 1], "faults": ["429": 1, "500": 1, "ok": 2],
                    "labels": [
                        "a": ["requests": 2, "statuses": ["200": 2], "faults": ["ok": 2]],
                        "b": ["requests": 2, "statuses": ["429": 1, "500": 1], "faults": ["429": 1, "500": 1]],
                    ],
                ])
            #expect(json["connections"] == 5 && json["open"] == 0)
        }
    }

    @Test func `the list can be cut, and the record forgotten`() async throws {
        try await withSimulator { simulator in
            for _ in 0..<3 { _ = try await simulator.answer(.chat("sk-sim-ok-a")) }
            let cut = try await Self.record(simulator, "?last=1")
            #expect(cut["requests"]?.elements?.map { $0["number"] } == [3] && cut["dropped"] == 2)
            let all = try await simulator.answer(Ask(method: "DELETE", path: "/simulator/record", fields: []))
            #expect(all.status == 200)
            let fresh = try await Self.record(simulator)
            #expect(fresh["requests"] == [] && fresh["totals"]?["requests"] == 0 && fresh["dropped"] == 0)
            _ = try await simulator.answer(.chat("sk-sim-ok-a"))
            #expect(try await Self.record(simulator)["requests"]?.elements?.map { $0["number"] } == [4])
        }
    }

    @Test func `the list is bounded, the totals are not`() {
        let recorder = Recorder()
        let count = Recorder.longestList * 2
        for _ in 0..<count {
            let entry = recorder.open { number in
                RecordedRequest(
                    number: number, connection: 1, time: 0, method: "GET", path: "/", label: "label-\(number)",
                    headers: [])
            }
            recorder.settle(entry)
        }
        let record = recorder.record()
        #expect(record.requests.count <= Recorder.longestList)
        #expect(record.requests.last?.number == count && record.dropped + record.requests.count == count)
        #expect(record.totals.requests == count && record.totals.open == 0)
        #expect(record.totals.labels.count <= Recorder.mostLabels + 1)
    }

    @Test func `requests under way outlive a reset`() {
        let recorder = Recorder()
        func open(_ label: String) -> RecordedRequest {
            recorder.open { number in
                RecordedRequest(
                    number: number, connection: 1, time: 0, method: "GET", path: "/", label: label, headers: [])
            }
        }
        var (done, under) = (open("done"), open("under"))
        done.outcome = .answered
        recorder.settle(done)
        recorder.reset()
        #expect(recorder.record().requests == [under] && recorder.record().totals.open == 1)
        under.outcome = .cancelled
        under.status = 200
        recorder.settle(under)
        let record = recorder.record()
        #expect(record.requests == [under] && record.totals.open == 0)
        #expect(record.totals.labels == ["under": .init(requests: 1, statuses: ["200": 1])])
    }

    @Test func `a connection serves many requests in their order, also when they come at once`() async throws {
        let late =
            #"[{"label":"b","fault":"ok","parameters":{"delayMilliseconds":20}},"#
            + #"{"label":"c","fault":"ok","parameters":{"delayMilliseconds":20}}]"#
        try await withSimulator(try .rules(late)) { simulator in
            let asks = ["a", "b", "c"].map { Ask.chat("sk-sim-ok-\($0)").text }
            let last = Ask.chat("sk-sim-ok-d").adding("connection: close").text
            let (text, ending) = try await simulator.client.exchange((asks + [last]).joined())
            let served = ["a", "b", "c", "d"].map { text.utf8Range(of: "Hello from \($0).") ?? -1 }
            #expect(served == served.sorted() && !served.contains(-1) && ending == .closed)
            let record = try await simulator.record { $0.openConnections == 0 }
            #expect(record.connections == 1 && record.requests.map(\.label) == ["a", "b", "c", "d"])
        }
    }

    @Test func `a stop ends what is under way, and it is not the client who left`() async throws {
        let simulator = try await Simulator.start()
        let client = simulator.client
        let request = Task { try await client.exchange(Ask.messages("sk-sim-stall-a").text) }
        _ = try await simulator.record { $0.totals.faults == ["stall": 1] }
        try await simulator.stop()
        _ = await request.result
        let entry = simulator.record.requests.first
        #expect(entry?.outcome == .stopped && entry?.clientLeftAfterMilliseconds == nil)
    }
}

extension RawAnswer {
    /// Size of head and body.
    var bytes: Int {
        let lines = fields.map { $0.name.utf8.count + 2 + $0.value.utf8.count + 2 }
        return "HTTP/1.1 200 OK\r\n".utf8.count + lines.reduce(0, +) + 2 + body.utf8.count
    }
}
