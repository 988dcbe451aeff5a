// SPDX-License-Identifier: Apache-2.0
import CredentialLifecycle
import Credentials
import Exchange
import FoundationEssentials
import NIOCore
import ProfileStorage
import Providers
import Rotation
import Settings
import TestKit
import Testing

@testable import Gateway

@Suite struct WrongClockTests {
    private static let now = Date(timeIntervalSince1970: 1_800_000_000)

    @Test func `what was noted ahead of the clock is bound on the board, and written as it is by then`() throws {
        let board = Board()
        let key = HealthKey(owner: .main, id: try #require(ProfileID("anthropic:a")))
        var health = Health()
        let ahead = Self.now + 365 * 86_400
        health.windows = [
            Window(
                reason: .rateLimit, scope: .profile, since: ahead, until: ahead + 900,
                evidence: Evidence(origin: .ladder, text: "e"))
        ]
        board.adopt([key: health])
        board.bindWindows(at: Self.now)
        let changes = board.takeChanges(maximumUses: .max)
        #expect(changes.map(\.key) == [key])
        #expect(changes.first?.health.windows.map(\.until) == [Self.now + 900])
        // Once is enough: nothing slides along with the clock.
        board.bindWindows(at: Self.now + 60)
        #expect(board.takeChanges(maximumUses: .max).isEmpty)
    }

    @Test func `a clock that was set back is noticed once`() {
        var clock = LatestTime(Self.now)
        // One that is kept right moves by less than a second.
        let seen = [0.5, 0.4, -3600, -3599.5].map { clock.hasGoneBack(at: Self.now + $0) }
        #expect(seen == [false, false, true, false])
    }

    @Test func `connections that could not be set up are told at once, then gathered`() {
        var tally = FailedAccepts.Tally()
        let start = NIODeadline.uptimeNanoseconds(1_000_000_000)
        let told = [0, 1, 9, 10, 11].map { tally.add(at: start + .seconds($0)) }
        #expect(told == [1, nil, nil, 3, nil])
    }
}
