// SPDX-License-Identifier: Apache-2.0
import FoundationEssentials
import Providers
import Rotation
import Testing

@Suite struct ResetHintTests {
    struct Row: Sendable, CustomTestStringConvertible {
        var headers: [String: String] = [:]
        var body = ""
        /// Seconds from now; nil for no hint.
        var wait: TimeInterval?
        var origin = Evidence.Origin.header
        var testDescription: String { "\(headers) \(body) → \(wait.map { "\($0)" } ?? "none")" }
    }

    private static func hint(_ row: Row, lane: Lane) -> ResetHint? {
        ResetHint.find(headers: row.headers, body: ErrorBody(Array(row.body.utf8)), lane: lane, now: moment)
    }

    /// 1 800 000 000 is 2027-01-15T08:00:00Z, a Friday.
    static let waits = [
        Row(headers: ["retry-after": "0"], wait: 0), Row(headers: ["retry-after": "120"], wait: 120),
        Row(headers: ["retry-after": "1.5"], wait: 1.5), Row(headers: ["retry-after": "604860"], wait: 604_860),
        Row(headers: ["retry-after": "604861"], wait: 604_860),
        Row(headers: ["retry-after": "99999999999"], wait: 604_860),
        Row(headers: ["retry-after": "Fri, 15 Jan 2027 08:02:00 GMT"], wait: 120),
        Row(headers: ["retry-after": "Friday, 15-Jan-27 08:02:00 GMT"], wait: 120),
        Row(headers: ["retry-after": "Fri Jan 15 08:02:00 2027"], wait: 120),
        Row(headers: ["retry-after": "Fri, 15 Jan 2027 07:59:30 GMT"], wait: 0),
        Row(headers: ["retry-after": "Fri, 15 Jan 2027 07:00:00 GMT"]), Row(headers: ["retry-after": "-1"]),
        Row(headers: ["retry-after": "soon"]), Row(headers: ["retry-after": ""]), Row(headers: ["retry-after": "nan"]),
        Row(headers: ["retry-after": "inf"]), Row(headers: ["retry-after": "1e3"]),
        Row(headers: ["retry-after": "0x10"]),
        Row(headers: ["retry-after-ms": "1500"], wait: 1.5), Row(headers: ["x-ms-retry-after-ms": "250"], wait: 0.25),
        Row(headers: ["retry-after-ms": "-1", "retry-after": "7"], wait: 7),
        Row(headers: ["retry-after-ms": "2500", "retry-after": "7"], wait: 2.5),
    ]

    @Test(arguments: waits, [Lane.rateLimit, .transient, .billing, .auth])
    func `an explicit wait is obeyed, whatever it is about`(row: Row, lane: Lane) {
        let hint = Self.hint(row, lane: lane)
        #expect(hint?.until == row.wait.map { moment + $0 })
        #expect(hint.map(\.evidence.origin) == row.wait.map { _ in .header })
    }

    static let limits = [
        Row(
            headers: [
                "anthropic-ratelimit-requests-remaining": "0",
                "anthropic-ratelimit-requests-reset": "2027-01-15T08:00:30Z",
            ],
            wait: 30),
        Row(
            headers: [
                "anthropic-ratelimit-requests-remaining": "5",
                "anthropic-ratelimit-requests-reset": "2027-01-15T08:00:30Z",
            ]),
        Row(
            headers: [
                "anthropic-ratelimit-input-tokens-remaining": "0",
                "anthropic-ratelimit-input-tokens-reset": "2027-01-15T08:00:20Z",
                "anthropic-ratelimit-output-tokens-remaining": "0",
                "anthropic-ratelimit-output-tokens-reset": "2027-01-15T08:01:00Z",
                "anthropic-ratelimit-tokens-remaining": "900",
                "anthropic-ratelimit-tokens-reset": "2027-01-15T08:09:00Z",
            ], wait: 60),
        Row(headers: ["x-ratelimit-remaining-requests": "0", "x-ratelimit-reset-requests": "12ms"], wait: 0.012),
        Row(headers: ["x-ratelimit-remaining-requests": "0", "x-ratelimit-reset-requests": "1s"], wait: 1),
        Row(headers: ["x-ratelimit-remaining-tokens": "0", "x-ratelimit-reset-tokens": "6m0s"], wait: 360),
        Row(headers: ["x-ratelimit-remaining-tokens": "0", "x-ratelimit-reset-tokens": "1h2m3.5s"], wait: 3723.5),
        // Azure's nonsense.
        Row(headers: ["x-ratelimit-remaining-tokens": "-1", "x-ratelimit-reset-tokens": "-1"]),
        Row(headers: ["x-ratelimit-remaining-tokens": "0", "x-ratelimit-reset-tokens": "0"]),
        Row(headers: ["x-ratelimit-remaining": "0", "x-ratelimit-reset": "0"]),
        Row(headers: ["x-ratelimit-remaining": "0", "x-ratelimit-reset": "-1"]),
        // OpenRouter: milliseconds.
        Row(headers: ["x-ratelimit-remaining": "0", "x-ratelimit-reset": "1800000045000"], wait: 45),
        Row(headers: ["x-ratelimit-remaining": "0", "x-ratelimit-reset": "1800000045"], wait: 45),
        Row(headers: ["x-ratelimit-remaining": "0", "x-ratelimit-reset": "45"], wait: 45),
        // Subscriptions: epoch seconds, of the limit that counts.
        Row(
            headers: [
                "anthropic-ratelimit-unified-status": "rejected",
                "anthropic-ratelimit-unified-representative-claim": "five_hour",
                "anthropic-ratelimit-unified-5h-reset": "1800003600",
                "anthropic-ratelimit-unified-7d-reset": "1800300000",
                "anthropic-ratelimit-unified-reset": "1800300000",
            ], wait: 3600),
        Row(
            headers: [
                "anthropic-ratelimit-unified-representative-claim": "seven_day",
                "anthropic-ratelimit-unified-7d-reset": "1800300000",
            ], wait: 300_000),
        Row(headers: ["anthropic-ratelimit-unified-reset": "1800000060"], wait: 60),
        Row(headers: ["anthropic-ratelimit-unified-reset": "1799990000"]),
        Row(
            headers: [
                "anthropic-ratelimit-unified-status": "allowed_warning",
                "anthropic-ratelimit-unified-reset": "1800003600",
            ]),
        // The wait wins over the reset, the reset over the body.
        Row(
            headers: [
                "retry-after": "9", "x-ratelimit-remaining-requests": "0", "x-ratelimit-reset-requests": "1s",
            ], body: #"{"error":{"resets_in_seconds":77}}"#, wait: 9),
        Row(
            headers: ["x-ratelimit-remaining-requests": "0", "x-ratelimit-reset-requests": "1s"],
            body: #"{"error":{"resets_in_seconds":77}}"#, wait: 1),
    ]

    @Test(arguments: limits)
    func `a rate limit opens when the limit that is used up does`(row: Row) throws {
        let hint = Self.hint(row, lane: .rateLimit)
        #expect((hint == nil) == (row.wait == nil))
        if let hint, let wait = row.wait { #expect(abs(hint.until.timeIntervalSince(moment) - wait) < 1e-6) }
    }

    @Test(arguments: limits.filter { $0.headers["retry-after"] == nil && $0.body.isEmpty })
    func `anything else is not about limits`(row: Row) {
        #expect(Self.hint(row, lane: .transient) == nil)
        #expect(Self.hint(row, lane: .billing) == nil)
    }

    static let bodies = [
        Row(body: #"{"error":{"type":"usage_limit_reached","resets_in_seconds":90}}"#, wait: 90),
        Row(body: #"{"error":{"type":"usage_limit_reached","resets_at":1800000090}}"#, wait: 90),
        Row(body: #"{"error":{"resets_at":1800000090000}}"#, wait: 90),
        Row(body: #"{"error":{"resets_at":"2027-01-15T08:01:30Z"}}"#, wait: 90),
        Row(body: #"{"error":{"resets_at":"2027-01-15T08:01:30"}}"#, wait: 90),
        Row(body: #"{"error":{"resets_at":"2027-01-15T09:01:30+01:00"}}"#, wait: 90),
        Row(body: #"{"resets_at":1800000090,"detail":"x"}"#, wait: 90), Row(body: #"{"error":{"resets_at":12}}"#),
        Row(body: #"{"error":{"reset_after_seconds":12.5}}"#, wait: 12.5), Row(body: #"{"error":{"retry_after":-5}}"#),
        Row(
            body:
                #"{"error":{"code":429,"status":"RESOURCE_EXHAUSTED","details":[{"@type":"q"},{"retryDelay":"34s"}]}}"#,
            wait: 34),
        Row(body: #"[{"error":{"details":[{"retryDelay":"34.5s"}]}}]"#, wait: 34.5),
        Row(
            body:
                #"{"error":{"metadata":{"headers":{"X-RateLimit-Reset":"1800000090000"}}}}"#,
            wait: 90),
        Row(body: errorBody("Please try again in 20s. Visit"), wait: 20),
        Row(body: errorBody("Please try again in 6m0s."), wait: 360),
        Row(body: errorBody("Limit reached; try again in 1h12m3.5s"), wait: 4323.5),
        Row(body: errorBody("Try again in 3 days 4 hours and 9 minutes."), wait: 274_140),
        Row(body: errorBody("retry after 20 seconds"), wait: 20),
        Row(body: errorBody("Please retry in 34.07s"), wait: 34.07),
        Row(body: errorBody("It resets at 2027-01-15T08:01:30Z."), wait: 90),
        Row(body: errorBody("It resets at 2027-01-15 08:01:30 today"), wait: nil),
        Row(body: errorBody("resets at 2027-01-15 08:01:30."), wait: 90), Row(body: errorBody("try again in a while")),
        Row(body: errorBody("resets at 3pm")), Row(body: errorBody("try again in ")), Row(body: errorBody("reset at ")),
    ]

    @Test(arguments: bodies)
    func `a body's word is heard where no header speaks`(row: Row) {
        let hint = Self.hint(row, lane: .rateLimit)
        #expect((hint == nil) == (row.wait == nil), "\(hint as Any)")
        guard let hint, let wait = row.wait else { return }
        #expect(abs(hint.until.timeIntervalSince(moment) - wait) < 1e-6)
        #expect(hint.evidence.origin == .body)
    }

    /// Lower-casing changes lengths: positions of one text are not positions of the other.
    @Test(arguments: ["İİİİİİİİİİİİ", "KKKKKKKK", "ẞẞẞẞ", "\u{0}\u{FFFD}", "ﬃ", "e\u{301}"])
    func `no text of a provider makes the reader stumble`(text: String) {
        for phrase in [
            "resets at \(text)", "\(text) resets at 2027-01-15T08:01:30Z", "try again in 5\(text)",
            "\(text)retry after 7 s",
        ] {
            let hint = Self.hint(Row(body: errorBody(phrase)), lane: .rateLimit)
            #expect(hint == nil || (0...604_860).contains(hint?.until.timeIntervalSince(moment) ?? -1))
        }
    }

    @Test func `evidence says where the time comes from`() {
        let refusal = Refusals.classify(RawRefusal(429, headers: ["retry-after": "120"]), now: moment)
        #expect(refusal.evidence == Evidence(origin: .header, text: "retry-after: 120"))
        let guess = Refusals.classify(RawRefusal(500, errorBody("x", type: "server_error")), now: moment)
        #expect(guess.evidence == Evidence(origin: .ladder, text: "status 500, server_error"))
    }

    @Test func `a credential's fault is not timed by its sentence`() {
        let row = Row(body: errorBody("token expired, try again in 5s"))
        #expect(Self.hint(row, lane: .auth) == nil)
        #expect(ResetHint.find(headers: ["retry-after": "5"], body: ErrorBody([]), lane: nil, now: moment) == nil)
    }
}

@Suite struct InstantTests {
    @Test(arguments: [
        ("1970-01-01T00:00:00Z", 0.0), ("2000-02-29T12:30:15Z", 951_827_415), ("2027-01-15T08:00:00Z", 1_800_000_000),
        ("2027-01-15t08:00:00z", 1_800_000_000), ("2027-01-15 08:00:00", 1_800_000_000),
        ("2027-01-15T08:00:00.25Z", 1_800_000_000.25), ("2027-01-15T03:30:00-04:30", 1_800_000_000),
        ("2016-12-31T23:59:60Z", 1_483_228_800),
    ])
    func `RFC 3339 is read`(text: String, seconds: TimeInterval) {
        #expect(Date(rfc3339: text)?.timeIntervalSince1970 == seconds)
    }

    @Test(arguments: [
        "", "2027-01-15", "2027-01-15T08:00", "2027-13-15T08:00:00Z", "2027-00-15T08:00:00Z", "2027-01-32T08:00:00Z",
        "2027-01-15T24:00:00Z", "2027-01-15T08:60:00Z", "2027-01-15T08:00:61Z", "2027-01-15T08:00:00.Z",
        "2027-01-15T08:00:00+0100", "2027-01-15T08:00:00Zx", "2027-01-15T08:00:00+1:00", "20270115T080000Z",
        "1969-12-31T23:59:59Z", "２０２７-01-15T08:00:00Z", "2027-01-15T08:00:00é",
    ])
    func `anything else is not`(text: String) {
        #expect(Date(rfc3339: text) == nil)
    }

    @Test(arguments: [
        "Fri, 15 Jan 2027 08:00:00", "Fri, 15 Jan 2027 08:00:00 CET", "Fri, 15 Foo 2027 08:00:00 GMT", "15 Jan 2027",
        "Fri, 15 Jan 2027 08:00 GMT", "Fri, 15 Jan 2027 8:0:0:0 GMT", "Fri, 45 Jan 2027 08:00:00 GMT", "",
    ])
    func `a malformed HTTP date is none`(text: String) {
        #expect(Date(httpDate: text) == nil)
    }

    @Test(arguments: ["", "5", "s", "-1s", "1x", "1s2", "1 s", "s1", "1.2.3s", "."])
    func `a malformed duration is none`(text: String) {
        #expect(TimeInterval(durationText: text) == nil)
    }
}
