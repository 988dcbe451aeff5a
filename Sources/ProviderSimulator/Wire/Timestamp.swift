// SPDX-License-Identifier: Apache-2.0
import FoundationEssentials

/// An instant in the two spellings that providers use, in UTC.
struct Timestamp: Hashable, Sendable {
    /// Seconds since 1970.
    var seconds: Double

    static var now: Timestamp { Timestamp(seconds: Date().timeIntervalSince1970) }

    func adding(_ seconds: Int) -> Timestamp { Timestamp(seconds: self.seconds + Double(seconds)) }

    /// RFC 3339 with milliseconds, as in `2026-11-24T18:00:00.000Z`.
    var rfc3339: String {
        let parts = parts
        let milliseconds = Int((seconds - seconds.rounded(.down)) * 1000)
        return "\(Self.pad(parts.year, 4))-\(Self.pad(parts.month))-\(Self.pad(parts.day))T\(parts.clock)."
            + "\(Self.pad(milliseconds, 3))Z"
    }

    /// RFC 3339 in whole seconds, as limit headers have it.
    var rfc3339Seconds: String { rfc3339.prefix(19) + "Z" }

    /// The date of HTTP header fields (RFC 9110 §5.6.7).
    var httpDate: String {
        let parts = parts
        return "\(Self.weekdays[parts.weekday]), \(Self.pad(parts.day)) \(Self.months[parts.month - 1]) "
            + "\(Self.pad(parts.year, 4)) \(parts.clock) GMT"
    }

    private static let weekdays = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"]  // 1 January 1970 was a Thursday
    private static let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]

    /// Civil date from days since 1970 (Howard Hinnant, "chrono-compatible low-level date algorithms").
    private var parts: (year: Int, month: Int, day: Int, weekday: Int, clock: String) {
        let whole = Int(seconds.rounded(.down))
        let days = whole / 86_400
        let rest = whole % 86_400
        let shifted = days + 719_468
        let era = shifted / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let monthFromMarch = (5 * dayOfYear + 2) / 153
        let day = dayOfYear - (153 * monthFromMarch + 2) / 5 + 1
        let month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
        let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
        let clock = "\(Self.pad(rest / 3600)):\(Self.pad(rest / 60 % 60)):\(Self.pad(rest % 60))"
        return (year, month, day, days % 7, clock)
    }

    private static func pad(_ value: Int, _ width: Int = 2) -> String {
        let digits = String(value)
        return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }
}
