// SPDX-License-Identifier: Apache-2.0
import Credentials
import Documents
import FoundationEssentials
import Rotation

extension Health {
    /// From one entry of `usageStats`, as other programs wrote it: where the health of a credential starts that the
    /// journal says nothing about.
    init(usageStats: Element) {
        self.init()
        lastUsed = StoredEntry.instant(usageStats["lastUsed"])
        lastFailure = StoredEntry.instant(usageStats["lastFailureAt"])
        let rows: [(until: String, reason: String, model: String?, usual: FailureReason)] = [
            ("cooldownUntil", "cooldownReason", "cooldownModel", .rateLimit),
            ("blockedUntil", "blockedReason", "blockedModel", .rateLimit),
            ("disabledUntil", "disabledReason", nil, .billing),
        ]
        for row in rows {
            guard let until = StoredEntry.instant(usageStats[row.until]) else { continue }
            let model = row.model.flatMap { usageStats[$0]?.string }
            windows.append(
                Window(
                    reason: usageStats[row.reason]?.string.flatMap { FailureReason(rawValue: $0) } ?? row.usual,
                    scope: model.map { .model($0) } ?? .profile, since: lastFailure ?? Date(timeIntervalSince1970: 0),
                    until: until, evidence: Evidence(origin: .ladder, text: "usageStats of auth-profiles.json")))
        }
        if let count = usageStats["errorCount"]?.integer, count > 0 {
            streaks[windows.last?.reason.lane ?? .rateLimit] = Int(min(count, Self.longestStreak))
        }
    }

    /// More failures in a row than this make no difference to any ladder.
    static let longestStreak: Int64 = 1000
}
