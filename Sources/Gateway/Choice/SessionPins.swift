// SPDX-License-Identifier: Apache-2.0
import Credentials
import FoundationEssentials
import ProfileStorage
import Rotation

/// Which credential a session was served with last, by provider. The oldest sessions are forgotten first.
struct SessionPins: Sendable {
    private struct Pin: Sendable {
        var profile: ProfileID
        var since: Date
        var turn: Int
    }

    private struct Key: Hashable, Sendable {
        var session: String
        var provider: ProviderID
    }

    private var pins: [Key: Pin] = [:]
    private var changed: Set<Key> = []
    private var turn = 0

    func profile(of session: SessionKey, _ provider: ProviderID) -> ProfileID? {
        pins[Key(session: session.text, provider: provider)]?.profile
    }

    mutating func stick(_ session: SessionKey, _ provider: ProviderID, to profile: ProfileID, at now: Date) {
        let key = Key(session: session.text, provider: provider)
        turn += 1
        if pins[key]?.profile == profile {
            pins[key]?.turn = turn
            return
        }
        pins[key] = Pin(profile: profile, since: now, turn: turn)
        changed.insert(key)
        if pins.count > HealthJournal.sessionsKept { forgetOldest() }
    }

    /// How many a journal has not taken yet.
    var waitingChanges: Int { changed.count }

    /// - Parameter sessions: from a journal, the newest first.
    mutating func adopt(_ sessions: [StickySession]) {
        for sticky in sessions.reversed() {
            turn += 1
            let key = Key(session: sticky.session, provider: sticky.provider)
            pins[key] = Pin(profile: sticky.profile, since: sticky.since, turn: turn)
        }
    }

    /// Sessions that came to another credential since the last call.
    ///
    /// - Parameter maximum: the rest is given next time.
    mutating func takeChanges(atMost maximum: Int) -> [StickySession] {
        let taken = changed.prefix(maximum)
        changed.subtract(taken)
        return taken.compactMap { key in
            pins[key].map {
                StickySession(session: key.session, provider: key.provider, profile: $0.profile, since: $0.since)
            }
        }
    }

    /// Rare and in bulk: a tenth at a time.
    private mutating func forgetOldest() {
        let turns = pins.values.map(\.turn).sorted()
        let limit = turns[turns.count / 10]
        pins = pins.filter { $0.value.turn > limit }
        // A journal that cannot be written takes none of them: they must not pile up.
        changed = changed.filter { pins[$0] != nil }
    }
}
