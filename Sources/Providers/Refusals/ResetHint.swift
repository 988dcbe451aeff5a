// SPDX-License-Identifier: Apache-2.0
package import FoundationEssentials
package import Rotation

/// When a provider says that it may be asked again.
package struct ResetHint: Hashable, Sendable {
    package var until: Date
    package var evidence: Evidence
    /// The limit is the account's, not one model's.
    package var isAccountWide = false

    /// Headers win over the body; among headers the explicit wait wins over the reset of a limit, and of several
    /// limits the exhausted one that opens last counts. Nonsense is no hint.
    ///
    /// - Parameter lane: limits are stated with every answer: only a rate limit's refusal is about them.
    package static func find(headers: any HeaderLookup, body: ErrorBody, lane: Lane?, now: Date) -> ResetHint? {
        guard let lane else { return nil }
        let reader = ResetHintReader(headers: headers, body: body, now: now)
        let limit = lane == .rateLimit ? reader.unified ?? reader.limits : nil
        return reader.wait ?? limit ?? (lane == .auth ? nil : reader.stated)
    }
}

/// Looks into each place where providers put a hint.
private struct ResetHintReader {
    let headers: any HeaderLookup
    let body: ErrorBody
    let now: Date

    private func hint(_ until: Date?, _ origin: Evidence.Origin, _ text: String, accountWide: Bool = false)
        -> ResetHint?
    {
        guard let wait = until?.timeIntervalSince(now), wait.isFinite, wait >= 0 else { return nil }
        return ResetHint(
            until: now + min(wait, Ladder.longestHint), evidence: Evidence(origin: origin, text: text),
            isAccountWide: accountWide)
    }

    // MARK: Headers

    /// `retry-after`, in each of its forms.
    var wait: ResetHint? {
        for name in ["retry-after-ms", "x-ms-retry-after-ms"] {
            guard let text = headers.first(name), let milliseconds = Self.number(text) else { continue }
            if let hint = hint(now + milliseconds / 1000, .header, "\(name): \(text)") { return hint }
        }
        guard let text = headers.first("retry-after") else { return nil }
        let until = Self.number(text).map { now + $0 } ?? Date(httpDate: text).map(forgiven)
        return hint(until, .header, "retry-after: \(text)", accountWide: isAccountWide)
    }

    /// A date just past means "now"; one that is older is nonsense.
    private func forgiven(_ date: Date) -> Date { date < now && now.timeIntervalSince(date) < 60 ? now : date }

    private var claim: String? { headers.first("anthropic-ratelimit-unified-representative-claim") }

    /// Other claims are about one family of models.
    private var isAccountWide: Bool { claim == "five_hour" || claim == "seven_day" }

    /// Anthropic's limits of subscriptions: epoch seconds, and the name of the one that counts.
    var unified: ResetHint? {
        if let status = headers.first("anthropic-ratelimit-unified-status"), status != "rejected" { return nil }
        let window = claim == "five_hour" ? "5h-" : claim == "seven_day" ? "7d-" : ""
        for name in ["anthropic-ratelimit-unified-\(window)reset", "anthropic-ratelimit-unified-reset"] {
            guard let text = headers.first(name), let seconds = Self.number(text) else { continue }
            let until = Date(timeIntervalSince1970: seconds)
            if let hint = hint(until, .header, "\(name): \(text)", accountWide: isAccountWide) { return hint }
        }
        return nil
    }

    /// The limits of keys: of those that are used up, the one that opens last.
    var limits: ResetHint? {
        var found: [ResetHint?] = []
        for kind in ["requests", "tokens", "input-tokens", "output-tokens"] {
            found.append(
                limit("anthropic-ratelimit-\(kind)-reset", "anthropic-ratelimit-\(kind)-remaining") {
                    Date(rfc3339: $0)
                })
        }
        for kind in ["requests", "tokens"] {
            found.append(
                limit("x-ratelimit-reset-\(kind)", "x-ratelimit-remaining-\(kind)") { text in
                    TimeInterval(durationText: text).map { now + $0 }
                })
        }
        found.append(limit("x-ratelimit-reset", "x-ratelimit-remaining", epochOrSeconds))
        return found.compactMap { $0 }.max { $0.until < $1.until }
    }

    private func limit(_ name: String, _ remaining: String, _ read: (String) -> Date?) -> ResetHint? {
        guard let text = headers.first(name), let left = headers.first(remaining).flatMap({ Double($0) }), left <= 0
        else { return nil }
        return hint(read(text), .header, "\(name): \(text)")
    }

    /// OpenRouter: milliseconds since 1970; others: seconds since 1970, or from now. 0 and below is nonsense.
    private func epochOrSeconds(_ text: String) -> Date? {
        Self.number(text).flatMap { $0 > 1e9 ? Self.epoch($0) : $0 > 0 ? now + $0 : nil }
    }

    // MARK: The body

    var stated: ResetHint? { statedWait ?? statedMoment ?? body.message.flatMap { sentence($0.lowercased()) } }

    private var statedWait: ResetHint? {
        for name in ["resets_in_seconds", "reset_after_seconds", "retry_after", "retry_after_seconds"] {
            guard let text = body.details[name], let seconds = Self.number(text) else { continue }
            if let hint = hint(now + seconds, .body, "\(name): \(text)") { return hint }
        }
        guard let text = body.details["retrydelay"], let seconds = TimeInterval(durationText: text) else { return nil }
        return hint(now + seconds, .body, "retryDelay: \(text)")
    }

    private var statedMoment: ResetHint? {
        for name in ["resets_at", "reset_at", "x-ratelimit-reset"] {
            guard let text = body.details[name] else { continue }
            let until = Self.number(text).flatMap { $0 > 1e9 ? Self.epoch($0) : nil } ?? Date(rfc3339: text)
            if let hint = hint(until, .body, "\(name): \(text)") { return hint }
        }
        return nil
    }

    /// "Please try again in 6m0s", "retry after 20 seconds", "resets at 2026-11-24T18:00:00Z".
    private func sentence(_ lowered: String) -> ResetHint? {
        for phrase in ["try again in ", "retry in ", "retry after ", "resets in ", "reset in "] {
            guard let range = lowered.firstRange(of: phrase) else { continue }
            let rest = lowered[range.upperBound...].prefix(60)
            guard let seconds = TimeInterval(spokenDuration: rest) else { continue }
            if let hint = hint(now + seconds, .body, phrase + rest.prefix { !".;!)".contains($0) }) { return hint }
        }
        for phrase in ["resets at ", "reset at ", "try again at ", "available at "] {
            guard let range = lowered.firstRange(of: phrase) else { continue }
            var text = lowered[range.upperBound...].prefix { !",;!)".contains($0) }
            while text.last == "." || text.last == " " { text = text.dropLast() }
            let moment = text.contains(" ") && Date(rfc3339: String(text)) == nil ? text.prefix { $0 != " " } : text
            if let hint = hint(Date(rfc3339: String(moment)), .body, phrase + moment) { return hint }
        }
        return nil
    }

    // MARK: Numbers

    /// Digits, with a point at most: no sign, no exponent, nothing like "inf".
    private static func number(_ text: String) -> Double? {
        text.utf8.allSatisfy { (0x30...0x39).contains($0) || $0 == 0x2E } ? Double(text) : nil
    }

    private static func epoch(_ number: Double) -> Date {
        Date(timeIntervalSince1970: number > 1e11 ? number / 1000 : number)
    }
}
