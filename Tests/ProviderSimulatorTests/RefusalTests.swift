// SPDX-License-Identifier: Apache-2.0
import Testing

@testable import ProviderSimulator

/// The faults that are error answers, in both dialects.
@Suite struct RefusalTests {
    struct Row: Sendable, CustomTestStringConvertible {
        var fault: Fault
        /// As a key says it.
        var word: String
        var status: Int
        var anthropic: String
        var openai: String
        var code: JSONValue
        /// Names of the fields that say when to come back.
        var anthropicHints: Set<String> = []
        var openaiHints: Set<String> = []
        var testDescription: String { word }
    }

    private static func row(
        _ fault: Fault, _ status: Int, _ anthropic: String, _ openai: String, _ code: JSONValue = nil
    ) -> Row {
        Row(fault: fault, word: fault.rawValue, status: status, anthropic: anthropic, openai: openai, code: code)
    }

    private static func limited(_ word: String, _ fault: Fault, retryAfter: Bool, resets: Bool) -> Row {
        let wait: Set<String> = retryAfter ? ["retry-after"] : []
        let kinds = ["requests", "tokens", "input-tokens", "output-tokens"]
        return Row(
            fault: fault, word: word, status: 429, anthropic: "rate_limit_error", openai: "requests",
            code: "rate_limit_exceeded",
            anthropicHints: wait.union(resets ? kinds.map { "anthropic-ratelimit-\($0)-reset" } : []),
            openaiHints: wait.union(resets ? ["x-ratelimit-reset-requests", "x-ratelimit-reset-tokens"] : []))
    }

    static let rows = [
        row(.badRequest, 400, "invalid_request_error", "invalid_request_error", "invalid_type"),
        row(.contextOverflow, 400, "invalid_request_error", "invalid_request_error", "context_length_exceeded"),
        row(.unauthorized, 401, "authentication_error", "invalid_request_error", "invalid_api_key"),
        row(.revoked, 401, "authentication_error", "invalid_request_error", "invalid_api_key"),
        row(.paymentRequired, 402, "billing_error", "insufficient_quota", "insufficient_quota"),
        row(.forbidden, 403, "permission_error", "invalid_request_error", "missing_scope"),
        row(.notFound, 404, "not_found_error", "invalid_request_error", "model_not_found"),
        row(.tooLarge, 413, "request_too_large", "invalid_request_error", "request_too_large"),
        limited("429", .rateLimit, retryAfter: false, resets: false),
        limited("429-after-90", .rateLimitAfter, retryAfter: true, resets: true),
        limited("429-date-90", .rateLimitDate, retryAfter: true, resets: false),
        limited("429-reset-90", .rateLimitReset, retryAfter: false, resets: true),
        row(.insufficientQuota, 429, "rate_limit_error", "insufficient_quota", "insufficient_quota"),
        row(.rateLimitEcho, 429, "rate_limit_error", "requests", "rate_limit_exceeded"),
        row(.serverError, 500, "api_error", "server_error"),
        row(.unavailable, 503, "api_error", "server_error"),
        row(.overloaded, 529, "overloaded_error", "server_error", "overloaded"),
    ]

    private static func hints(_ answer: RawAnswer) -> Set<String> {
        Set(answer.fields.map(\.name).filter { $0 == "retry-after" || $0.hasSuffix("-reset") || $0.holds("-reset-") })
    }

    @Test(arguments: rows, [true, false])
    func `Anthropic's error`(row: Row, stream: Bool) async throws {
        try await withSimulator { simulator in
            let answer = try await simulator.answer(.messages("sk-sim-\(row.word)-a", stream: stream))
            #expect(answer.status == row.status)
            #expect(answer["content-type"] == "application/json")
            #expect(answer["request-id"] == "req_sim000000000001")
            #expect(answer.json?.members?.map(\.key) == ["type", "error", "request_id"])
            #expect(answer.json?["error"]?["type"] == .string(row.anthropic))
            #expect(answer.json?["error"]?.members?.map(\.key) == ["type", "message"])
            #expect(answer.json?["request_id"] == "req_sim000000000001")
            #expect(Self.hints(answer) == row.anthropicHints)
            Self.expectRecorded(row, stream, simulator)
        }
    }

    @Test(arguments: rows, [true, false])
    func `OpenAI's error`(row: Row, stream: Bool) async throws {
        try await withSimulator { simulator in
            let answer = try await simulator.answer(.chat("sk-sim-\(row.word)-a", stream: stream))
            #expect(answer.status == row.status)
            #expect(answer["x-request-id"] == "req_sim000000000001")
            let error = answer.json?["error"]
            #expect(error?.members?.map(\.key) == ["message", "type", "param", "code"])
            #expect(error?["type"] == .string(row.openai))
            #expect(error?["code"] == row.code)
            #expect(Self.hints(answer) == row.openaiHints)
            Self.expectRecorded(row, stream, simulator)
        }
    }

    private static func expectRecorded(_ row: Row, _ stream: Bool, _ simulator: Simulator) {
        let entry = simulator.record.requests.first
        #expect(entry?.fault == row.fault && entry?.outcome == .refused && entry?.status == row.status)
        #expect(entry?.label == "a" && entry?.stream == stream)
    }

    @Test func `the times of a limit agree`() async throws {
        try await withSimulator { simulator in
            let before = Timestamp.now
            let anthropic = try await simulator.answer(.messages("sk-sim-429-after-90-a"))
            #expect(anthropic["retry-after"] == "90")
            let reset = try #require(anthropic["anthropic-ratelimit-tokens-reset"])
            #expect(reset >= before.adding(90).rfc3339Seconds && reset <= Timestamp.now.adding(91).rfc3339Seconds)
            #expect(anthropic["anthropic-ratelimit-tokens-remaining"] == "0")
            let openai = try await simulator.answer(.chat("sk-sim-429-after-90-a"))
            #expect(openai["x-ratelimit-reset-requests"] == "1m30s")
            #expect(openai.json?["error"]?["message"]?.string?.hasSuffix("Please try again in 1m30s.") == true)
            let date = try await simulator.answer(.chat("sk-sim-429-date-a"))["retry-after"]
            #expect(date?.hasSuffix(" GMT") == true)
        }
    }

    @Test func `an echo holds the credential and what a terminal would act on`() async throws {
        try await withSimulator { simulator in
            let answer = try await simulator.answer(.messages("sk-sim-429-echo-a"))
            let message = try #require(answer.json?["error"]?["message"]?.string)
            #expect(message.holds("sk-sim-429-echo-a") && message.holds("\u{1B}[2J") && message.holds("\u{9B}"))
            #expect(!answer.body.holds("\u{1B}"), "JSON does not allow it bare")
        }
    }

    @Test func `a body over the limit is refused without being kept`() async throws {
        try await withSimulator { simulator in
            var ask = Ask.messages("sk-sim-ok-a")
            ask.body = String(repeating: " ", count: IncomingRequest.largestBody + 1)
            let answer = try await simulator.answer(ask)
            #expect(answer.status == 413 && answer.json?["error"]?["type"] == "request_too_large")
            #expect(simulator.record.requests.first?.bytesIn == IncomingRequest.largestBody + 1)
        }
    }

    @Test(arguments: [("PUT", "/v1/messages", 405), ("POST", "/v1/v1/messages", 404), ("GET", "/", 404)])
    func `what does not exist is not found`(method: String, path: String, status: Int) async throws {
        try await withSimulator { simulator in
            let ask = Ask(method: method, path: path, fields: ["x-api-key: sk-sim-ok-a"])
            let answer = try await simulator.answer(ask)
            #expect(answer.status == status && answer.json?["type"] == "error")
        }
    }

    @Test(arguments: ["", "sk-live-0123456789", "sk-sim-nonsense-a"])
    func `a key that follows no convention is a wrong key`(key: String) async throws {
        try await withSimulator { simulator in
            let answer = try await simulator.answer(.messages(key))
            #expect(answer.status == 401)
            #expect(simulator.record.requests.first?.label == (key.isEmpty ? "none" : "unknown-1"))
        }
    }
}
