// SPDX-License-Identifier: Apache-2.0
import Credentials
import FoundationEssentials
import ProfileStorage
import Rotation
import ServiceLifecycle

/// Writes the health that has changed to the journal, twice a second and once at the end.
///
/// A process that is killed loses half a second of it and the write under way; never a credential.
struct JournalService: Service {
    let journal: HealthJournal
    let board: Board
    let log: RequestLog
    let standing: GatewayStanding
    private static let sessionsPerWrite = 1000
    /// The order of use of more credentials than these may lag behind; what is held against one never does.
    private static let usesPerWrite = 128

    private struct Unwritten {
        var health: [HealthKey: Health] = [:]
        var sessions: [StickySession] = []
    }

    private static let period = Duration.milliseconds(500)

    func run() async {
        var unwritten = Unwritten()
        var wasFailing = false
        var clock = LatestTime(WallTime.now.date)
        let ticks = AsyncTicks(period: Self.period).cancelOnGracefulShutdown()
        for await _ in ticks {
            let now = WallTime.now.date
            if clock.hasGoneBack(at: now) { board.bindWindows(at: now) }
            flush(&unwritten, &wasFailing, maximumUses: Self.usesPerWrite, maximumSessions: Self.sessionsPerWrite)
        }
        flush(&unwritten, &wasFailing, maximumUses: .max, maximumSessions: .max)
    }

    /// What could not be written is kept for the next time: a full disk may be emptied.
    private func flush(_ unwritten: inout Unwritten, _ wasFailing: inout Bool, maximumUses: Int, maximumSessions: Int) {
        for (key, health) in board.takeChanges(maximumUses: maximumUses) { unwritten.health[key] = health }
        if unwritten.sessions.count < maximumSessions {
            unwritten.sessions += board.takeSessions(atMost: maximumSessions)
        }
        guard !unwritten.health.isEmpty || !unwritten.sessions.isEmpty else { return }
        do throws(StoreError) {
            try journal.append(unwritten.health.map { ($0.key, $0.value) }, sessions: unwritten.sessions)
            unwritten = Unwritten()
            if wasFailing { standing.setUnwritten(nil) }
            wasFailing = false
        } catch {
            let problem = "\(error.advice.what) \(error.advice.why)"
            // Said once, not twice a second.
            if !wasFailing { log.event("journal_not_written", [("problem", .text(problem))]) }
            wasFailing = true
            standing.setUnwritten(
                "The waiting times of credentials are not being written, and a restart would forget them. \(problem)")
        }
    }
}

/// Notices a clock that was set back.
struct LatestTime {
    private var latest: Date
    /// A clock that is kept right is moved by less at a time.
    private static let step: TimeInterval = 1

    init(_ now: Date) { latest = now }

    mutating func hasGoneBack(at now: Date) -> Bool {
        defer { latest = now }
        return latest.timeIntervalSince(now) > Self.step
    }
}

/// A sequence that gives something once per period, until its task is cancelled.
struct AsyncTicks: AsyncSequence, Sendable {
    let period: Duration

    struct Iterator: AsyncIteratorProtocol {
        let period: Duration

        mutating func next(isolation actor: isolated (any Actor)?) async -> Void? {
            // Only a cancelled task cannot sleep.
            (try? await Task.sleep(for: period)).map { _ in () }
        }
    }

    func makeAsyncIterator() -> Iterator { Iterator(period: period) }
}
