// SPDX-License-Identifier: Apache-2.0
import Credentials
import Exchange
import FoundationEssentials
import NIOCore
import Rotation
import Testing

@testable import Gateway

@Suite struct AnswerHeadTests {
    static func head(_ build: (inout AnswerHead) -> Void) -> String {
        var head = AnswerHead(status: 200, allocator: ByteBufferAllocator())
        build(&head)
        return String(buffer: head.end(framing: .length(3), close: true))
    }

    @Test func `a head is what it says`() {
        let text = Self.head { $0.add("content-type", "text/plain" as String) }
        #expect(text == "HTTP/1.1 200 OK\r\ncontent-type: text/plain\r\ncontent-length: 3\r\nconnection: close\r\n\r\n")
    }

    @Test(arguments: ["a\r\nset-cookie: x", "a\nb", "a\u{0}b", "ümlaut", "\u{1B}[31m", "\u{7F}"])
    func `no value from elsewhere can end its line`(value: String) {
        let text = Self.head { $0.copy("x-agenticflow-model", value) }
        let lines = text.split(separator: "\r\n", omittingEmptySubsequences: false)
        #expect(lines.count == 6)
        #expect(text.utf8.allSatisfy { (0x20..<0x7F).contains($0) || $0 == 0x0D || $0 == 0x0A })
        #expect(!text.contains("\nset-cookie"))
    }
}

@Suite struct WrittenNumbersTests {
    @Test(arguments: [0, 7, 10, 999, 1000, 123_456_789, Int.max, -5])
    func `decimals are written as String writes them`(number: Int) {
        var buffer = ByteBuffer()
        buffer.writeDecimal(number)
        #expect(String(buffer: buffer) == String(number))
    }

    @Test(arguments: [1, 9, 15, 16, 255, 256, 4096, 1 << 40])
    func `hexadecimals are written as String writes them`(number: Int) {
        var buffer = ByteBuffer()
        buffer.writeHexadecimal(number)
        #expect(String(buffer: buffer) == String(number, radix: 16))
    }

    @Test(arguments: [
        (0, 0, "1970-01-01T00:00:00.000Z"), (951_782_400, 5_000_000, "2000-02-29T00:00:00.005Z"),
        (1_764_100_800, 999_999_999, "2025-11-25T20:00:00.999Z"), (4_102_444_799, 0, "2099-12-31T23:59:59.000Z"),
    ])
    func `instants are written in RFC 3339`(seconds: Int, nanoseconds: Int, text: String) {
        var buffer = ByteBuffer()
        buffer.writeTimestamp(WallTime(seconds: seconds, nanoseconds: nanoseconds))
        #expect(String(buffer: buffer) == "\"\(text)\"")
    }
}

@Suite struct RequestLogTests {
    @Test func `a line has the documented keys in their order, and nothing can break out of it`() {
        var buffer = ByteBuffer()
        let record = RequestRecord(
            id: ByteBuffer(string: "req_1"), client: "default", route: "/v1/messages", model: "a\"\n\u{1B}[31m",
            provider: "anthropic",
            profile: "anthropic:work", attempts: 2, status: 200, code: nil, bytesIn: 10, bytesOut: 20,
            firstToken: .microseconds(1500), duration: .milliseconds(12), end: "complete")
        buffer.writeLogLine(record, at: WallTime(seconds: 0, nanoseconds: 0))
        #expect(
            String(buffer: buffer)
                == "{\"time\":\"1970-01-01T00:00:00.000Z\",\"id\":\"req_1\",\"client\":\"default\",\"route\":\"/v1/messages\","
                + "\"model\":\"a\\\"\\u000a\\u001b[31m\",\"provider\":\"anthropic\",\"profile\":\"anthropic:work\",\"attempts\":2,"
                + "\"status\":200,\"code\":null,\"bytesIn\":10,\"bytesOut\":20,\"firstTokenMs\":1.500,\"ms\":12.000,\"end\":\"complete\"}\n"
        )
    }

    @Test func `a failed request says why at the end of its line`() throws {
        let target = Target(provider: .anthropic, model: "claude-a", pinned: ProfileID("anthropic:work"))
        let fault = Fault(
            Shortage(
                target,
                .pinnedUnavailable(
                    try #require(target.pinned), .disabledBilling, until: Date(timeIntervalSince1970: 1_800_000_000)),
                causes: []), Asker())
        var record = RequestRecord.refused(id: ByteBuffer(string: "req_1"), code: "x", status: 503, bytesOut: 0)
        record.failure = fault.failure
        var buffer = ByteBuffer()
        buffer.writeLogLine(record, at: WallTime(seconds: 0, nanoseconds: 0))
        #expect(
            String(buffer: buffer).hasSuffix(
                ",\"end\":\"refused\",\"failure\":{\"reason\":\"billing\",\"provider\":\"anthropic\","
                    + "\"model\":\"claude-a\",\"profileId\":\"anthropic:work\",\"status\":null,"
                    + "\"retryAt\":1800000000000,\"requestId\":null}}\n"))
    }
}

@Suite struct MetricsTests {
    @Test func `durations fall into the bucket whose bound is the next one up`() {
        var histogram = Histogram()
        for amount in [
            TimeAmount.microseconds(1), .milliseconds(1), .microseconds(1001), .milliseconds(131_072), .seconds(1000),
        ] {
            histogram.observe(amount)
        }
        #expect(histogram.counts[0] == 2)
        #expect(histogram.counts[1] == 1)
        #expect(histogram.counts[17] == 1)
        #expect(histogram.counts[18] == 1)
        #expect(histogram.total == 5)
    }

    @Test func `the counters of several loops add up, and names are escaped`() {
        var one = Metrics()
        one.countRequest(route: "/v1/messages", status: 200, duration: .milliseconds(3), firstToken: nil)
        one.countAttempt(provider: "a\"b\\\n", outcome: "success")
        var two = one
        two.add(one)
        var text = MetricsText()
        text.append(two)
        #expect(text.text.contains("agenticflow_requests_total{route=\"/v1/messages\",status=\"200\"} 2\n"))
        #expect(text.text.contains("agenticflow_attempts_total{provider=\"a\\\"b\\\\\\n\",outcome=\"success\"} 2\n"))
        #expect(text.text.contains("agenticflow_request_seconds_bucket{le=\"0.004\"} 2\n"))
        #expect(text.text.contains("agenticflow_request_seconds_count 2\n"))
    }
}
