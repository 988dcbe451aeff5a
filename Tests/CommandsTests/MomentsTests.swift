// SPDX-License-Identifier: Apache-2.0
import FoundationEssentials
import Testing

@testable import Commands

@Suite struct RemainingTests {
    @Test(
        arguments: [
            (-5, "0m"), (0, "0m"), (20, "1m"), (59.4 * 60, "59m"), (59.6 * 60, "1h"), (47.4 * 3600, "47h"),
            (48 * 3600, "2d"),
            (86_400 * 365, "365d"),
        ] as [(TimeInterval, String)])
    func `a remaining time is one number with a unit`(seconds: TimeInterval, text: String) {
        #expect(Remaining.text(seconds) == text)
    }

    @Test func `without a time it is unknown`() {
        #expect(Remaining.text(nil) == "unknown")
    }

    @Test(
        arguments: [
            (300, "in 5m (2026-09-21T14:18:20Z)"), (60, "in 1m (2026-09-21T14:14:20Z)"),
            (20.4, "in 21s (2026-09-21T14:13:40Z)"), (0.2, "in 1s (2026-09-21T14:13:20Z)"),
            (0, "now (2026-09-21T14:13:20Z)"), (-90, "now (2026-09-21T14:11:50Z)"),
        ] as [(TimeInterval, String)])
    func `a moment is shown from now on and in full, a near one in seconds`(seconds: TimeInterval, text: String) {
        let now = Date(timeIntervalSince1970: 1_790_000_000)
        #expect((now + seconds).written(from: now) == text)
    }
}

@Suite struct PastMomentTests {
    @Test(
        arguments: [
            (-1, "just now (2026-09-21T14:13:21Z)"), (0, "just now (2026-09-21T14:13:20Z)"),
            (59.9, "just now (2026-09-21T14:12:20Z)"), (60, "1m ago (2026-09-21T14:12:20Z)"),
            (3600, "1h ago (2026-09-21T13:13:20Z)"), (86_400 * 400, "400d ago (2025-08-17T14:13:20Z)"),
        ] as [(TimeInterval, String)])
    func `what is past is so long ago`(seconds: TimeInterval, text: String) {
        let now = Date(timeIntervalSince1970: 1_790_000_000)
        #expect((now - seconds).writtenAsPast(from: now) == text)
    }
}

@Suite struct PercentEncodingTests {
    @Test(arguments: [
        ("anthropic/claude-sonnet-4-5", "anthropic%2Fclaude-sonnet-4-5"), ("a b&c=d?e#f", "a%20b%26c%3Dd%3Fe%23f"),
        ("ü\u{0}\n", "%C3%BC%00%0A"), ("A-z_0.9~", "A-z_0.9~"), ("", ""),
    ])
    func `only unreserved characters stay as they are`(text: String, encoded: String) {
        #expect(text.percentEncoded == encoded)
    }
}
