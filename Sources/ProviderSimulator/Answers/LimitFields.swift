// SPDX-License-Identifier: Apache-2.0

/// The rate-limit fields of each dialect.
enum LimitFields {
    typealias Field = AnswerHead.Field

    /// On a good answer: there is room.
    static func roomy(_ dialect: Dialect, now: Timestamp) -> [Field] {
        switch dialect {
        case .anthropic: anthropic(isSpent: false, reset: now.adding(1))
        case .openai: openai(isSpent: false, resetSeconds: nil)
        }
    }

    /// On a 429: nothing is left until then.
    static func spent(_ dialect: Dialect, now: Timestamp, seconds: Int) -> [Field] {
        switch dialect {
        case .anthropic: anthropic(isSpent: true, reset: now.adding(seconds))
        case .openai: openai(isSpent: true, resetSeconds: seconds)
        }
    }

    private static let anthropicLimits = [
        ("requests", 4000, 1), ("tokens", 480_000, 1000), ("input-tokens", 400_000, 1000), ("output-tokens", 80_000, 0),
    ]

    private static func anthropic(isSpent: Bool, reset: Timestamp) -> [Field] {
        // Whole seconds, rounded up: a limit must not look lifted before it is.
        let time = Timestamp(seconds: reset.seconds.rounded(.up)).rfc3339Seconds
        return anthropicLimits.flatMap { kind, limit, used in
            let name = "anthropic-ratelimit-\(kind)"
            return [
                Field(name: "\(name)-limit", value: String(limit)),
                Field(name: "\(name)-remaining", value: isSpent ? "0" : String(limit - used)),
                Field(name: "\(name)-reset", value: time),
            ]
        }
    }

    private static func openai(isSpent: Bool, resetSeconds: Int?) -> [Field] {
        let reset = resetSeconds.map(duration)
        return [
            Field(name: "x-ratelimit-limit-requests", value: "10000"),
            Field(name: "x-ratelimit-limit-tokens", value: "2000000"),
            Field(name: "x-ratelimit-remaining-requests", value: isSpent ? "0" : "9999"),
            Field(name: "x-ratelimit-remaining-tokens", value: isSpent ? "0" : "1999984"),
            Field(name: "x-ratelimit-reset-requests", value: reset ?? "6ms"),
            Field(name: "x-ratelimit-reset-tokens", value: reset ?? "0s"),
        ]
    }

    /// OpenAI's spelling of a time: `30s`, `6m0s`, `1h0m5s`.
    static func duration(_ seconds: Int) -> String {
        let (hours, minutes, rest) = (seconds / 3600, seconds / 60 % 60, seconds % 60)
        if hours > 0 { return "\(hours)h\(minutes)m\(rest)s" }
        return minutes > 0 ? "\(minutes)m\(rest)s" : "\(rest)s"
    }
}
