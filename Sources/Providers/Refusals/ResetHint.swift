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
    package static func find(headers: any HeaderLookup, body: ErrorBody, now: Date) -> ResetHint? {
        fromWaits(headers, now: now) ?? fromUnified(headers, now: now) ?? fromLimits(headers, now: now) ?? fromBody(body, now: now)
    }

    private static func make(_ until: Date, _ origin: Evidence.Origin, _ text: String, now: Date, accountWide: Bool = false) -> ResetHint? {
        let wait = until.timeIntervalSince(now)
        guard wait.isFinite, wait >= 0 else { return nil }
        return ResetHint(
            until: now + min(wait, Ladder.longestHint), evidence: Evidence(origin: origin, text: text), isAccountWide: accountWide)
    }

    // MARK: Headers

    private static func fromWaits(_ headers: any HeaderLookup, now: Date) -> ResetHint? {
        for name in ["retry-after-ms", "x-ms-retry-after-ms"] {
            if let text = headers.first(name), let milliseconds = Double(text), milliseconds >= 0 {
                return make(now + milliseconds / 1000, .header, "\(name): \(text)", now: now)
            }
        }
        guard let text = headers.first("retry-after") else { return nil }
        let unified = headers.first("anthropic-ratelimit-unified-representative-claim")
        let isAccountWide = unified != nil
        if let seconds = Double(text), seconds >= 0 {
            return make(now + seconds, .header, "retry-after: \(text)", now: now, accountWide: isAccountWide)
        }
        guard let date = Date(httpDate: text) else { return nil }
        // A date just past means "now"; one that is older is nonsense.
        let until = date < now && now.timeIntervalSince(date) < 60 ? now : date
        return make(until, .header, "retry-after: \(text)", now: now, accountWide: isAccountWide)
    }

    /// Anthropic's limits of subscriptions: epoch seconds, and the name of the one that counts.
    private static func fromUnified(_ headers: any HeaderLookup, now: Date) -> ResetHint? {
        let claim = headers.first("anthropic-ratelimit-unified-representative-claim")
        let short = ["five_hour": "5h", "seven_day": "7d"]
        var names: [String] = []
        if let claim, let unit = short[claim] { names.append("anthropic-ratelimit-unified-\(unit)-reset") }
        names.append("anthropic-ratelimit-unified-reset")
        for name in names {
            if let text = headers.first(name), let seconds = Double(text), let hint = make(Date(timeIntervalSince1970: seconds), .header, "\(name): \(text)", now: now, accountWide: true) {
                return hint
            }
        }
        return nil
    }

    private static func fromLimits(_ headers: any HeaderLookup, now: Date) -> ResetHint? {
        var latest: ResetHint?
        func consider(_ name: String, remaining: String, _ read: (String) -> Date?) {
            guard let text = headers.first(name), let left = headers.first(remaining), (Double(left) ?? 1) <= 0,
                let until = read(text), let hint = make(until, .header, "\(name): \(text)", now: now)
            else { return }
            if latest.map({ $0.until < hint.until }) ?? true { latest = hint }
        }
        for kind in ["requests", "tokens", "input-tokens", "output-tokens"] {
            consider("anthropic-ratelimit-\(kind)-reset", remaining: "anthropic-ratelimit-\(kind)-remaining") { Date(rfc3339: $0) }
        }
        for kind in ["requests", "tokens"] {
            consider("x-ratelimit-reset-\(kind)", remaining: "x-ratelimit-remaining-\(kind)") { text in
                TimeInterval(durationText: text).map { now + $0 }
            }
        }
        consider("x-ratelimit-reset", remaining: "x-ratelimit-remaining") { text in
            // OpenRouter: milliseconds since 1970; others: seconds since 1970, or from now.
            Double(text).map { $0 > 1e11 ? Date(timeIntervalSince1970: $0 / 1000) : $0 > 1e9 ? Date(timeIntervalSince1970: $0) : now + $0 }
        }
        return latest
    }

    // MARK: The body

    private static func fromBody(_ body: ErrorBody, now: Date) -> ResetHint? {
        for name in ["resets_in_seconds", "reset_after_seconds", "retry_after", "retry_after_seconds"] {
            if let text = body.details[name], let seconds = Double(text), seconds >= 0 {
                return make(now + seconds, .body, "\(name): \(text)", now: now)
            }
        }
        for name in ["resets_at", "reset_at", "X-RateLimit-Reset"] {
            guard let text = body.details[name] else { continue }
            if let number = Double(text), number > 1e9 {
                return make(Date(timeIntervalSince1970: number > 1e11 ? number / 1000 : number), .body, "\(name): \(text)", now: now)
            }
            if let date = Date(rfc3339: text) { return make(date, .body, "\(name): \(text)", now: now) }
        }
        if let text = body.details["retryDelay"], let seconds = TimeInterval(durationText: text) {
            return make(now + seconds, .body, "retryDelay: \(text)", now: now)
        }
        return body.message.flatMap { fromSentence($0, now: now) }
    }

    /// "Please try again in 6m0s", "retry after 20 seconds", "resets at 2026-11-24T18:00:00Z".
    private static func fromSentence(_ message: String, now: Date) -> ResetHint? {
        let lowered = message.lowercased()
        for phrase in ["try again in ", "retry in ", "retry after ", "resets in ", "reset in "] {
            guard let range = lowered.firstRange(of: phrase) else { continue }
            let rest = lowered[range.upperBound...]
            let first = rest.prefix { !" ,;!)".contains($0) }
            let unit = rest.dropFirst(first.count + 1).prefix { $0.isLetter }
            let seconds = TimeInterval(durationText: first.last == "." ? String(first.dropLast()) : String(first)) ?? TimeInterval(number: String(first), unit: String(unit))
            if let seconds { return make(now + seconds, .body, "\(phrase)\(first) \(unit)", now: now) }
        }
        for phrase in ["resets at ", "reset at ", "try again at ", "available at "] {
            guard let range = lowered.firstRange(of: phrase) else { continue }
            let text = message[range.upperBound...].prefix { !" ,;!)".contains($0) }
            let trimmed = text.last == "." ? String(text.dropLast()) : String(text)
            if let date = Date(rfc3339: trimmed) { return make(date, .body, "\(phrase)\(trimmed)", now: now) }
        }
        return nil
    }
}
