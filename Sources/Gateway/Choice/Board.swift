// SPDX-License-Identifier: Apache-2.0
import Credentials
import Exchange
import FoundationEssentials
import NIOCore
import Providers
import Rotation
import Synchronization

/// Who is asked next: the rosters of all agents and providers, the health of every credential, and the sessions'
/// pins, behind one lock that is held for about a microsecond (docs/decisions/0003).
///
/// One for all event loops, so that what `models explain` says is what the next request does, on whichever loop.
package final class Board: Sendable {
    private let state: Mutex<BoardState>

    init() { state = Mutex(BoardState()) }

    /// Takes over a new configuration; health and pins stay with the credentials that are still there. What was held
    /// against one does not hold against another that took its place.
    ///
    /// - Parameters:
    ///   - faults: of providers that nothing can be sent to.
    ///   - seat: makes the rosters, with slots in the table it is given.
    func replace(
        ladder: Ladder, faults: [ProviderID: ProviderFault],
        seat: @Sendable (inout HealthTable) -> [RosterKey: SeatedRoster]
    ) {
        state.withLock { state in
            state.seat(seat(&state.health), faults: faults)
            state.ladder = ladder
        }
    }

    func choose(_ ask: BoardAsk, now: Date) -> BoardChoice { state.withLock { $0.choose(ask, now: now) } }

    /// Records the one outcome of an attempt.
    func settle(_ settlement: Settlement, now: Date) { state.withLock { $0.settle(settlement, now: now) } }

    /// Whom a session was served with last.
    func profile(of session: SessionKey, _ provider: ProviderID) -> ProfileID? {
        state.withLock { $0.sessions.profile(of: session, provider) }
    }

    func explain(_ ask: BoardAsk, now: Date) -> Explanation { state.withLock { $0.explain(ask, now: now) } }

    /// Health that has changed since the last call, for the journal.
    ///
    /// - Parameter maximumUses: see ``HealthTable/takeChanges(maximumUses:)``.
    func takeChanges(maximumUses: Int) -> [(key: HealthKey, health: Health)] {
        state.withLock { $0.health.takeChanges(maximumUses: maximumUses) }
    }

    /// Sessions that came to another credential, for the journal.
    func takeSessions(atMost maximum: Int) -> [StickySession] {
        state.withLock { $0.sessions.takeChanges(atMost: maximum) }
    }

    /// Takes over the sessions of a journal, at the start.
    func adopt(_ sessions: [StickySession]) { state.withLock { $0.sessions.adopt(sessions) } }

    /// Takes over health from a journal, at the start and when a command has changed it.
    func adopt(_ health: [HealthKey: Health]) {
        state.withLock { state in
            for (key, value) in health { state.health.set(key, to: value) }
        }
    }

    /// What was noted under another clock ends in time; see ``Health/bindWindows(ladder:at:)``.
    func bindWindows(at now: Date) { state.withLock { $0.health.bindWindows(ladder: $0.ladder, at: now) } }

    /// Forgets failures, because somebody says so or because a credential has proved itself.
    ///
    /// - Returns: what went, of those that had something.
    func forget(_ keys: [HealthKey], _ clearance: Clearance) -> [(key: HealthKey, gone: Forgotten)] {
        state.withLock { state in
            keys.compactMap { key in state.health.forget(key, clearance).map { (key, $0) } }
        }
    }

    /// Providers that nothing can be sent to.
    var faults: [ProviderID: ProviderFault] { state.withLock(\.faults) }

    /// The state of every credential, for metrics and the status view.
    func overview(now: Date) -> [BoardLine] { state.withLock { $0.overview(now: now) } }
}

/// The one outcome of an attempt.
struct Settlement: Sendable {
    var credential: ChosenCredential
    var isProbe: Bool
    var outcome: AttemptOutcome
}

/// One credential as it stands.
struct BoardLine: Sendable {
    var agent: AgentID
    var owner: AgentID
    var profile: ProfileID
    var provider: ProviderID
    var candidate: Candidate
    var code: SkipCode
    var windows: [Window]
    var lastUsed: Date?
}

/// One agent's credentials for one provider.
struct RosterKey: Hashable, Sendable {
    var agent: AgentID
    var provider: ProviderID
}

/// A roster with what its candidates need in order to be used, at the same indexes.
struct SeatedRoster: Sendable {
    var roster: Roster
    var credentials: [ChosenCredential?]
}

/// What a request asks the board.
struct BoardAsk: Sendable {
    var agent: AgentID
    var target: Target
    var session: SessionKey?
    var tried: [ProfileID]
}

enum BoardChoice: Sendable {
    /// `isProbe`: one attempt that finds out whether it works again.
    case credential(ChosenCredential, isProbe: Bool)
    /// `opensIn`: until the soonest of those that wait may be tried; `causes`: what keeps each of them.
    case none(Unavailability, opensIn: TimeAmount?, causes: [Cause] = [])
}

/// A client's session, within its agent.
struct SessionKey: Hashable, Sendable {
    let text: String

    /// - Parameter name: as the client wrote it, cut to 256 bytes.
    init(_ name: String, agent: AgentID?) { text = "\(agent?.text ?? "")/\(name.prefix(256))" }
}
