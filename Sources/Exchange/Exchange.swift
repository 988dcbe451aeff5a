// SPDX-License-Identifier: Apache-2.0
import Credentials
package import NIOCore
package import Providers
import Rotation

/// One relayed request: what has happened so far, and what to do next. No I/O, no clock: the drivers bring events and
/// time, so that every race is a row in a table test.
///
/// After each `receive` the drivers carry out `nextAction()` until it gives nil, then look at `deadline`,
/// `wantsClientBytes` and `wantsUpstreamBytes`. An event that does not belong to the moment changes nothing.
///
/// Copies share the attempt: keep one.
///
/// What always holds: each `.candidate` and each repetition gets one `settle`; each `connect` gets one `dropUpstream`;
/// the client gets one head at most, and after an end, an error or a break nothing more.
package struct Exchange {
    enum Phase: Sendable {
        /// The request is read until its model is known.
        case collecting
        /// A question to the drivers is open.
        case asking(Question)
        /// For a cooldown to end, or for the pause before a repetition.
        case waiting(until: NIODeadline)
        case connecting(since: NIODeadline)
        /// Something was sent; nothing was given to the client: the attempt may still be replaced silently.
        case open
        /// The client has its first byte: no failover from here on.
        case relaying
        case finished
    }

    enum Question: Sendable {
        /// Where to go.
        case route
        /// With whom.
        case candidate
        /// What a refusal means.
        case meaning
    }

    let limits: ExchangeLimits
    let endpoint: Endpoint
    /// The client's `Content-Length`, when it gave one.
    let declaredBytes: Int?
    let startedAt: NIODeadline

    var phase = Phase.collecting
    var body: RequestBody
    var targets: [Target] = []
    var targetIndex = 0
    /// When the first target was known: the answer's time counts from here, not the upload's.
    var routedAt: NIODeadline?
    /// Profiles already tried for the current target.
    var tried: [ProfileID] = []
    /// What was said of the targets passed over in this round.
    var passedOver: [PassedOver] = []
    var attempt: Attempt?
    /// Of every attempt that failed.
    var refusals: [Refusal] = []
    /// Since when somebody's cooldown is waited for.
    var waitingSince: NIODeadline?
    var hasRepeated = false
    private var actions: [Action] = []
    private var actionsTaken = 0

    /// For the commands that errors name; set before an error is made.
    package var asker: Asker?
    /// Attempts so far, over all profiles and targets.
    package internal(set) var attempts = 0
    /// Why the exchange ended, for the request log: nil while it goes on.
    package internal(set) var ending: Ending?
    package internal(set) var usage = TokenUsage()

    package init(endpoint: Endpoint, declaredBytes: Int?, limits: ExchangeLimits, at now: NIODeadline) {
        self.endpoint = endpoint
        self.declaredBytes = declaredBytes
        self.limits = limits
        startedAt = now
        body = RequestBody(maximumDepth: limits.maximumDepth)
        if let declaredBytes, declaredBytes > limits.maximumBodyBytes { failBodyTooLarge() }
    }

    package mutating func receive(_ event: Event, at now: NIODeadline) {
        if isFinished { return decline(event) }
        switch event {
        case .body(let buffer): receiveBody(buffer, at: now)
        case .bodyEnd: receiveBodyEnd(at: now)
        case .clientGone: abandon(.clientGone)
        case .routed(let targets): if isAsking(.route) { begin(with: targets, at: now) }
        case .notRouted(let fault): fail(fault)
        case .candidate(let profile): if isAsking(.candidate) { connect(as: profile, at: now) }
        case .noCandidate(let unavailability, let opensIn, let causes):
            if isAsking(.candidate) { passOver(unavailability, causes, opensIn: opensIn, at: now) }
        case .classified(let refusal, let source): if isAsking(.meaning) { conclude(refusal, from: source, at: now) }
        case .connected(let reused): if isConnecting { send(reused: reused, at: now) }
        case .connectFailed(let failure): if isConnecting { attemptFailed(failure, at: now) }
        case .upstreamWritable: refill(at: now)
        case .upstreamHead(let answer): if isConnected { receiveHead(answer, at: now) }
        case .upstreamBytes(let buffer): if isConnected { receiveAnswer(buffer, at: now) }
        case .upstreamEnd(let reusable): if isConnected { receiveAnswerEnd(reusable: reusable, at: now) }
        case .upstreamClosed(let failure): if isConnected || isConnecting { receiveClose(failure, at: now) }
        case .deadlinePassed: receiveDeadline(at: now)
        }
    }

    /// A candidate that comes when the client has gone was taken in vain: it must be given back, or it would count as
    /// a probe for ever.
    private mutating func decline(_ event: Event) {
        if case .candidate = event { push(.settle(.neutral)) }
    }

    package mutating func nextAction() -> Action? {
        guard actionsTaken < actions.count else {
            if actionsTaken > 0 {
                actions.removeAll(keepingCapacity: true)
                actionsTaken = 0
            }
            return nil
        }
        defer { actionsTaken += 1 }
        return actions[actionsTaken]
    }

    mutating func push(_ action: Action) { actions.append(action) }

    /// Ends the exchange; nothing is sent any more.
    mutating func finish(_ ending: Ending) {
        phase = .finished
        self.ending = ending
        attempt = nil
        body.discard()
    }
}
