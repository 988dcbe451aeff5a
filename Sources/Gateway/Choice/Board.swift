// SPDX-License-Identifier: Apache-2.0
import Credentials
import Exchange
package import FoundationEssentials
import NIOCore
import Providers
import Rotation
import Synchronization

/// Who is asked next: the rosters of all agents and providers, the health of every credential, and the sessions'
/// pins, behind one lock that is held for well under a microsecond (docs/decisions/0003).
///
/// One for all event loops, so that what `models explain` says is what the next request does, on whichever loop.
package final class Board: Sendable {
    private let state: Mutex<BoardState>

    init() { state = Mutex(BoardState()) }

    /// Takes over a new configuration; health and pins stay with the credentials that are still there.
    func replace(_ rosters: [RosterKey: SeatedRoster], ladder: Ladder) {
        state.withLock { state in
            state.rosters = rosters
            state.ladder = ladder
        }
    }

    func choose(_ ask: BoardAsk, now: Date) -> BoardChoice { state.withLock { $0.choose(ask, now: now) } }

    /// Records the one outcome of an attempt.
    func settle(_ credential: ChosenCredential, outcome: AttemptOutcome, model: String, session: SessionKey?, now: Date) {
        state.withLock { $0.settle(credential, outcome: outcome, model: model, session: session, now: now) }
    }

    func explain(_ ask: BoardAsk, now: Date) -> Explanation? { state.withLock { $0.explain(ask, now: now) } }

    /// Health that has changed since the last call, for the journal.
    func takeChanges() -> BoardChanges { state.withLock { $0.takeChanges() } }
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
    case credential(ChosenCredential)
    /// `opensIn`: until the soonest of those that wait may be tried.
    case none(Unavailability, opensIn: TimeAmount?)
}

/// A client's session, within its agent.
struct SessionKey: Hashable, Sendable {
    let text: String

    /// - Parameter name: as the client wrote it, cut to 256 bytes.
    init(_ name: String, agent: AgentID?) { text = "\(agent?.text ?? "")/\(name.prefix(256))" }
}
