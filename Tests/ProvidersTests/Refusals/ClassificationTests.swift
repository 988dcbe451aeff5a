// SPDX-License-Identifier: Apache-2.0
import FoundationEssentials
import Providers
import Rotation
import Testing

@Suite struct ClassificationTests {
    struct Row: Sendable, CustomTestStringConvertible {
        var status: Int
        var body: String
        var provider: String
        var reason: FailureReason
        var testDescription: String { "\(provider) \(status) \(body.prefix(70)) → \(reason.rawValue)" }

        init(_ status: Int, _ body: String, _ reason: FailureReason, at provider: String = "openai") {
            (self.status, self.body, self.provider, self.reason) = (status, body, provider, reason)
        }
    }

    private static let restriction =
        "This credential is only authorized for use with Claude Code and cannot be used for other API requests."

    /// Behaviour, Appendix A.
    static let vectors = [
        Row(402, errorBody("Insufficient credits"), .billing),
        Row(402, errorBody("weekly usage limit exhausted, try again later"), .rateLimit),
        Row(429, errorBody("insufficient account balance"), .rateLimit),
        Row(429, errorBody("insufficient account balance"), .billing, at: "moonshot"),
        Row(429, errorBody("insufficient account balance"), .billing, at: "xai"),
        Row(429, errorBody("insufficient account balance"), .billing, at: "kimi-code"),
        Row(403, errorBody("Key limit exceeded"), .billing, at: "openrouter"),
        Row(401, errorBody("API key has been revoked"), .authPermanent), Row(400, "", .unclassified),
        Row(400, errorBody("prompt is too long: 213462 tokens > 200000 maximum"), .contextOverflow),
        Row(413, errorBody("Request too large: tokens per minute (TPM)"), .rateLimit, at: "groq"),
        Row(404, errorBody("model: foo"), .modelNotFound), Row(503, "<html><body>busy</body></html>", .timeout),
        Row(503, errorBody("We are experiencing high demand"), .overloaded), Row(529, "", .overloaded),
        Row(529, "<html>", .overloaded), Row(529, errorBody("whatever"), .overloaded),
        Row(429, errorBody("request reached organization TPD rate limit, too many tokens"), .rateLimit),
        Row(400, errorBody("request reached organization TPD rate limit, too many tokens"), .rateLimit),
        Row(400, errorBody("image exceeds 5 MB maximum"), .format), Row(400, errorBody(restriction), .authPermanent),
        Row(401, errorBody(restriction), .authPermanent), Row(403, errorBody(restriction), .authPermanent),
    ]

    /// Behaviour, 4.2: one row and more for each row of its table.
    static let table = [
        Row(400, errorBody("anything"), .format), Row(422, errorBody("anything"), .format),
        Row(422, " \n", .unclassified),
        Row(400, "", .contextOverflow, at: "cerebras"), Row(413, "", .contextOverflow, at: "cerebras"),
        Row(413, "", .format), Row(409, errorBody("conflict"), .format),
        Row(400, errorBody("Your credit balance is too low to access the API. Go to Plans & Billing."), .billing),
        Row(401, errorBody("Incorrect API key provided"), .auth), Row(401, "", .auth), Row(403, "", .auth),
        Row(403, errorBody("not allowed for this organization"), .authPermanent),
        Row(401, errorBody("Your account has been deactivated"), .authPermanent),
        Row(403, errorBody("You have used all available credits"), .billing), Row(402, "", .billing),
        Row(402, errorBody("payment required"), .billing),
        Row(402, errorBody("monthly spend limit reached"), .rateLimit),
        Row(402, errorBody("Payment required: the daily limit is reached, try again later"), .rateLimit),
        Row(
            402, errorBody("This request requires more credits. Create a key with a higher monthly limit."), .billing,
            at: "openrouter"),
        Row(404, "", .modelNotFound), Row(404, errorBody("The model does not exist"), .modelNotFound),
        Row(404, errorBody("session expired"), .sessionExpired), Row(404, errorBody("invalid api key"), .auth),
        Row(404, errorBody("maximum context length is 8192 tokens"), .contextOverflow),
        Row(408, "", .timeout), Row(408, "<html>", .timeout), Row(410, "", .timeout),
        Row(410, errorBody("no such session"), .sessionExpired), Row(410, errorBody("credit balance"), .billing),
        Row(429, "", .rateLimit), Row(429, errorBody("slow down"), .rateLimit),
        Row(429, errorBody("payment required"), .billing), Row(429, errorBody("Billing: upgrade your plan"), .billing),
        Row(429, errorBody("insufficient wallet balance"), .billing), Row(429, "<html>", .rateLimit),
        Row(429, errorBody("your weekly usage limit was reached"), .rateLimit),
        Row(
            429, anthropicBody("rate_limit_error", "Extra usage is required for long context requests"),
            .contextOverflow),
        Row(499, "", .timeout), Row(499, errorBody("overloaded"), .overloaded), Row(503, "", .timeout),
        Row(503, errorBody("service unavailable"), .timeout),
        Row(503, errorBody("service unavailable: at overload"), .overloaded),
        Row(500, "", .timeout), Row(500, errorBody("internal server error"), .serverError), Row(502, "", .timeout),
        Row(502, "<html>Bad gateway</html>", .timeout), Row(502, errorBody("Bad gateway"), .serverError),
        Row(504, errorBody("upstream error"), .serverError), Row(504, "<html>", .timeout), Row(524, "", .timeout),
        Row(500, errorBody("x", type: "server_error"), .serverError), Row(418, errorBody("x"), .unclassified),
    ]

    /// Fields win over words.
    static let structured = [
        Row(
            429, errorBody("You exceeded your current quota, check your plan and billing", code: "insufficient_quota"),
            .billing),
        Row(429, errorBody("You exceeded your current quota, check your plan and billing"), .billing),
        Row(
            429, #"{"error":{"code":429,"message":"check your plan and billing","status":"RESOURCE_EXHAUSTED"}}"#,
            .rateLimit),
        Row(429, anthropicBody("rate_limit_error", "insufficient credits"), .rateLimit),
        Row(413, errorBody("too large", type: "tokens", code: "rate_limit_exceeded"), .rateLimit, at: "groq"),
        Row(401, errorBody("x", code: "account_deactivated"), .authPermanent),
        Row(401, errorBody("x", code: "DEACTIVATED_WORKSPACE"), .authPermanent),
        Row(400, errorBody("x", code: "context_length_exceeded"), .contextOverflow),
        Row(400, errorBody("insufficient credits", code: "content_filter"), .billing),
        Row(404, anthropicBody("not_found_error", "model: authentication"), .modelNotFound),
        Row(403, errorBody("x", code: "model_not_found"), .modelNotFound),
        Row(402, errorBody("x", type: "usage_limit_reached"), .rateLimit),
        Row(429, errorBody("x", type: "usage_limit_reached"), .rateLimit),
        Row(503, errorBody("x", code: "server_is_overloaded"), .overloaded),
        Row(500, anthropicBody("overloaded_error", "Overloaded"), .overloaded),
        Row(429, errorBody("余额不足", code: "1113"), .auth, at: "zai"),
        Row(429, errorBody("x", code: "1311"), .billing, at: "zai"),
        Row(429, errorBody("余额不足"), .billing, at: "qwen"), Row(429, errorBody("x", code: "1311"), .rateLimit),
        Row(403, "<html>Just a moment...</html>", .serverError), Row(401, "<html>", .auth),
        Row(400, "<html>", .format), Row(413, "<html>413 Request Entity Too Large</html>", .format),
    ]

    @Test(arguments: vectors + table + structured)
    func `a refusal has the reason that its status, fields and words give it`(row: Row) {
        let refusal = Refusals.classify(RawRefusal(row.status, row.body, provider: row.provider), now: moment)
        #expect(refusal.reason == row.reason)
    }

    static let overflows = [
        "prompt is too long: 5 tokens > 4 maximum", "input is too long for requested model",
        "This exceeds the context window of the model", "The input token count (5) exceeds the maximum number",
        "maximum prompt length is 131072", "Please reduce the length of the messages",
        "maximum context length is 4 tokens",
        "exceeds the limit of 8192", "exceeds the available context size", "greater than the context length",
        "context window exceeds limit", "exceeded model token limit: 5",
        "too large for model with 4 maximum context length",
        "model_context_window_exceeded", "context_length_exceeded", "too many tokens", "token limit exceeded",
        "request_too_large", "it ran out of room in the context window",
    ]

    @Test(arguments: overflows, [400, 413, 404])
    func `an overlong prompt is the request's own matter, in every provider's words`(message: String, status: Int) {
        let refusal = Refusals.classify(RawRefusal(status, errorBody(message)), now: moment)
        #expect(refusal.reason == .contextOverflow && refusal.verdict == .clientFault)
    }

    /// Whatever goes wrong with the request itself touches no credential and is asked of nobody else.
    @Test(arguments: [
        Row(400, errorBody("x"), .format), Row(400, "", .unclassified), Row(413, "", .format),
        Row(422, errorBody("x"), .format), Row(404, "", .modelNotFound), Row(409, "", .unclassified),
        Row(405, "", .unclassified), Row(431, "", .unclassified), Row(400, errorBody("image too large"), .format),
        Row(400, errorBody("x", code: "content_policy_violation"), .format),
        Row(400, errorBody("unknown model x"), .modelNotFound),
        Row(413, anthropicBody("request_too_large", "Request exceeds the maximum size"), .contextOverflow),
    ])
    func `a request's own fault is an answer`(row: Row) {
        let refusal = Refusals.classify(RawRefusal(row.status, row.body), now: moment)
        #expect(refusal.reason == row.reason && refusal.verdict == .clientFault)
    }

    /// The provider repeats what the client sent: a client must not put a credential aside by its choice of words.
    @Test(
        arguments: [400, 422, 404, 413],
        [
            "Invalid 'tools[0].name': 'insufficient credits' does not match",
            "Unknown tool \"API key has been revoked\"",
            "Value `credit balance is too low` is not allowed", "Bad name “only authorized for use with Claude Code”",
            "Can't use 'invalid api key' here, isn't it 'rate limit'?",
        ])
    func `what stands in quotation marks decides nothing`(status: Int, message: String) {
        let refusal = Refusals.classify(RawRefusal(status, errorBody(message)), now: moment)
        #expect(refusal.verdict == .clientFault)
    }

    @Test(arguments: [
        "Your API key's credit balance is too low", "It's not allowed: insufficient credits. That's all",
        "The \"max_tokens\" you asked for requires more credits",
    ])
    func `an apostrophe is no quotation mark`(message: String) {
        #expect(Refusals.classify(RawRefusal(400, errorBody(message)), now: moment).reason == .billing)
    }

    @Test func `only the message counts, not what stands elsewhere in the body`() {
        let body = #"{"error":{"message":"no","param":"insufficient credits","metadata":{"raw":"key revoked"}}}"#
        #expect(Refusals.classify(RawRefusal(400, body), now: moment).reason == .format)
        let long = errorBody(String(repeating: "x", count: 600) + " insufficient credits")
        #expect(Refusals.classify(RawRefusal(429, long), now: moment).reason == .rateLimit)
    }

    struct ScopeRow: Sendable {
        var status: Int
        var body = ""
        var headers: [String: String] = [:]
        var scope: WindowScope
    }

    private static let claim = "anthropic-ratelimit-unified-representative-claim"

    @Test(arguments: [
        ScopeRow(status: 429, scope: .model("m")), ScopeRow(status: 529, scope: .model("m")),
        ScopeRow(status: 403, scope: .model("m")), ScopeRow(status: 401, scope: .profile),
        ScopeRow(status: 402, scope: .profile), ScopeRow(status: 503, body: "<html>", scope: .profile),
        ScopeRow(status: 429, headers: [claim: "five_hour", "retry-after": "9"], scope: .profile),
        ScopeRow(status: 429, headers: [claim: "seven_day", "retry-after": "9"], scope: .profile),
        ScopeRow(status: 429, headers: [claim: "seven_day_opus", "retry-after": "9"], scope: .model("m")),
    ])
    func `a limit is the model's unless it is the account's`(row: ScopeRow) {
        let refusal = Refusals.classify(RawRefusal(row.status, row.body, headers: row.headers), now: moment)
        #expect(refusal.scope == row.scope)
    }

    @Test func `the way out of the vendor's restriction is recognised`() {
        let refusal = Refusals.classify(RawRefusal(400, errorBody(Self.restriction)), now: moment)
        #expect(refusal.isVendorRestriction && refusal.verdict == .tryNext)
        #expect(!Refusals.classify(RawRefusal(401, errorBody("key has been revoked")), now: moment).isVendorRestriction)
    }

    @Test func `the provider's message is cut and cannot move a cursor`() {
        let message = "\u{1B}[2J\u{202E}" + String(repeating: "x", count: 5000)
        let refusal = Refusals.classify(RawRefusal(500, errorBody(message)), now: moment)
        #expect(refusal.providerMessage.utf8.count <= 2048)
        #expect(refusal.providerMessage.hasPrefix("\\u{1b}[2J\\u{202e}xxx"))
    }
}

@Suite struct InBandTests {
    struct Row: Sendable {
        var error: InBandError
        var reason: FailureReason
        var verdict = UpstreamRefusal.Verdict.tryNext
    }

    @Test(arguments: [
        Row(error: .init(type: "overloaded_error", message: "Overloaded"), reason: .overloaded),
        Row(error: .init(type: "api_error", message: "Internal server error"), reason: .serverError),
        Row(error: .init(type: "rate_limit_error", message: "x"), reason: .rateLimit),
        Row(error: .init(type: "authentication_error", message: "x"), reason: .auth),
        Row(error: .init(type: "billing_error"), reason: .billing),
        Row(error: .init(type: "invalid_request_error", message: "x"), reason: .format, verdict: .clientFault),
        Row(
            error: .init(type: "invalid_request_error", message: "prompt is too long"), reason: .contextOverflow,
            verdict: .clientFault),
        Row(error: .init(type: "not_found_error", message: "model: x"), reason: .modelNotFound, verdict: .clientFault),
        Row(error: .init(code: "server_error", message: "x"), reason: .serverError),
        Row(error: .init(code: "rate_limit_exceeded", message: "x"), reason: .rateLimit),
        Row(error: .init(code: "insufficient_quota", message: "x"), reason: .billing),
        Row(error: .init(code: "502", message: "Provider disconnected"), reason: .timeout),
        Row(error: .init(code: "429", message: "x"), reason: .rateLimit),
        Row(error: .init(message: "The model is overloaded"), reason: .overloaded),
        Row(error: .init(message: "token expired"), reason: .auth),
        Row(error: .init(message: "error 403"), reason: .auth),
        Row(error: .init(message: "the prompt is too long"), reason: .contextOverflow, verdict: .clientFault),
        Row(error: .init(), reason: .serverError), Row(error: .init(message: "hm"), reason: .serverError),
    ])
    func `an error inside a good answer has the reason its status would have given`(row: Row) {
        let refusal = Refusals.classify(row.error, raw: RawRefusal(200), now: moment)
        #expect(refusal.reason == row.reason && refusal.verdict == row.verdict)
    }

    @Test func `limits that are stated with every answer are no hint for an overload`() {
        let headers = [
            "anthropic-ratelimit-unified-status": "allowed", "anthropic-ratelimit-unified-reset": "1800018000",
            "anthropic-ratelimit-unified-representative-claim": "five_hour",
            "anthropic-ratelimit-tokens-remaining": "0", "anthropic-ratelimit-tokens-reset": "2027-01-15T09:00:00Z",
        ]
        let error = InBandError(type: "overloaded_error", message: "Overloaded")
        let refusal = Refusals.classify(error, raw: RawRefusal(200, headers: headers), now: moment)
        #expect(refusal.until == nil && refusal.scope == .model("m"))
    }
}
