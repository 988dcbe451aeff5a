// SPDX-License-Identifier: Apache-2.0
import FoundationEssentials

extension Date {
    init(milliseconds: Int64) { self.init(timeIntervalSince1970: Double(milliseconds) / 1000) }

    /// Since 1970, as every store and every JSON of ours writes instants.
    var milliseconds: Int64 { Int64((timeIntervalSince1970 * 1000).rounded()) }

    /// Such as `2026-11-20T10:00:00Z`.
    var written: String { formatted(.iso8601) }

    /// Such as `in 5m (2026-11-20T10:00:00Z)`; seconds where somebody may wait for it. What was due is due now.
    func written(from now: Date) -> String {
        let left = timeIntervalSince(now)
        if left <= 0 { return "now (\(written))" }
        return "in \(left < 60 ? "\(Int64(left.rounded(.up)))s" : Remaining.text(left)) (\(written))"
    }

    /// Of what is past: `5m ago (2026-11-20T10:00:00Z)`.
    func writtenAsPast(from now: Date) -> String {
        let gone = now.timeIntervalSince(self)
        return "\(gone < 60 ? "just now" : "\(Remaining.text(gone)) ago") (\(written))"
    }
}

/// A time that is left, in one number.
enum Remaining {
    /// - Parameter seconds: nil when it is not known.
    static func text(_ seconds: TimeInterval?) -> String {
        guard let seconds else { return "unknown" }
        if seconds <= 0 { return "0m" }
        let minutes = max(1, (seconds / 60).rounded())
        if minutes < 60 { return "\(Int64(minutes))m" }
        let hours = (seconds / 3600).rounded()
        if hours < 48 { return "\(Int64(hours))h" }
        return "\(Int64((seconds / 86_400).rounded()))d"
    }
}
