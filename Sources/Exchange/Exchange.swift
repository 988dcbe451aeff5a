// SPDX-License-Identifier: Apache-2.0
package import Credentials
package import NIOCore
package import Providers
import Rotation

/// One relayed request: what has happened so far, and what to do next. No I/O, no clock: the drivers bring events and
/// time, so that every race is a row in a table test.
///
/// After each `receive` the drivers carry out `nextAction()` until it gives nil, then look at `deadline`,
/// `wantsClientBytes` and `wantsUpstreamBytes`.
package struct Exchange: Sendable {
    enum Phase: Sendable {
        /// The request is read until its model is known.
        case collecting
        /// A question to the drivers is open: where to, with whom, or what a refusal means.
        case asking
        /// For a cooldown to end, or for the pause before a repetition.
        case waiting(until: NIODeadline)
        case connecting(since: NIODeadline)
        /// Something was sent; nothing was given to the client: the attempt may still be replaced silently.
        case open
        /// The client has its first byte: no failover from here on.
        case relaying
        case finished
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
    /// Profiles already tried for the current target.
    var tried: [ProfileID] = []
    var attempt: Attempt?
    var lastRefusal: LastRefusal?
    var hasWaited = false
    var hasRepeated = false
    private var actions: [Action] = []
    private var actionsTaken = 0

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
        if case .finished = phase { return }
        switch event {
        case .body(let buffer): receiveBody(buffer, at: now)
        case .bodyEnd: receiveBodyEnd(at: now)
        case .clientGone: abandon(.clientGone)
        case .routed(let targets): begin(with: targets)
        case .notRouted(let fault): fail(fault)
        case .candidate(let profile): connect(as: profile, at: now)
        case .noCandidate(let unavailability, let opensIn): passOver(unavailability, opensIn: opensIn, at: now)
        case .classified(let refusal): conclude(refusal, at: now)
        case .connected(let reused): send(reused: reused, at: now)
        case .connectFailed(let failure): attemptFailed(failure, at: now)
        case .upstreamWritable:
            attempt?.budgetBytes = Attempt.budget
            pump(at: now)
        case .upstreamHead(let answer): receiveHead(answer, at: now)
        case .upstreamBytes(let buffer): receiveAnswer(buffer, at: now)
        case .upstreamEnd(let reusable): receiveAnswerEnd(reusable: reusable, at: now)
        case .upstreamClosed(let failure): receiveClose(failure, at: now)
        case .deadlinePassed: receiveDeadline(at: now)
        }
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

extension Exchange {
    /// How an exchange ended, as the request log names it.
    package enum Ending: String, Sendable {
        case complete
        case clientGone = "client_gone"
        /// The client's own mistake, said by us or by the upstream.
        case refused
        /// We answered with an error of ours.
        case failed
        /// After the commit the answer was cut, and the client was told so.
        case cut
    }

    /// The current attempt.
    struct Attempt: Sendable {
        let profile: ProfileID
        let replacement: RequestBody.Replacement?
        var cursor = RequestBody.Cursor()
        var reused = false
        var isConnected = false
        var isSettled = false
        var requestSent = false
        /// Bytes that may be handed to the connection before it says again that it is writable.
        var budgetBytes = Attempt.budget
        var openedAt: NIODeadline
        var lastProgress: NIODeadline
        var answer: UpstreamAnswer?
        var events: EventScanner?
        var held: [ByteBuffer] = []
        var heldBytes = 0

        static let budget = 256 << 10
    }

    /// The last attempt's failure, for the final answer when nothing else is left.
    struct LastRefusal: Sendable {
        var refusal: UpstreamRefusal
        var code: ErrorCode
        var profile: ProfileID
        var targetIndex: Int
    }

    /// The profile of the current attempt.
    package var profile: ProfileID? { attempt?.profile }
    package var target: Target? { targetIndex < targets.count ? targets[targetIndex] : nil }
    package var isCommitted: Bool { if case .relaying = phase { true } else { false } }
    package var isConnecting: Bool { if case .connecting = phase { true } else { false } }
    /// The committed answer is a stream of events.
    package var isStream: Bool { attempt?.events != nil }
    package var isFinished: Bool { if case .finished = phase { true } else { false } }
    package var requestBytes: Int { body.byteCount }

    /// True while the client's upload should be read on.
    package var wantsClientBytes: Bool {
        if body.isComplete || isFinished { return false }
        if case .collecting = phase { return true }
        return body.byteCount - (attempt?.cursor.consumedBytes ?? 0) < limits.uploadReadAheadBytes
    }

    /// True while something that has arrived from the client can still be handed to the upstream.
    package var hasUnsentBytes: Bool {
        guard let attempt, attempt.isConnected, !attempt.requestSent else { return false }
        return attempt.cursor.consumedBytes < body.byteCount
    }

    /// When to come back with `.deadlinePassed`.
    package var deadline: NIODeadline? {
        switch phase {
        case .collecting: uploadDeadline
        case .asking, .finished: nil
        case .waiting(let until): until
        case .connecting(let since): since + limits.connect
        case .open: answerDeadline
        case .relaying:
            attempt.map { attempt in
                let idle = attempt.lastProgress + limits.idle
                return attempt.events == nil ? min(idle, startedAt + limits.total) : idle
            }
        }
    }

    /// The slowest upload we accept: the grace, then one second for each `minimumBodyBytesPerSecond`.
    private var uploadDeadline: NIODeadline {
        let earned = Int64(body.byteCount) * 1_000_000_000 / Int64(max(1, limits.minimumBodyBytesPerSecond))
        return startedAt + limits.uploadGrace + .nanoseconds(earned)
    }

    private var answerDeadline: NIODeadline? {
        guard let attempt else { return nil }
        if !attempt.requestSent { return min(attempt.lastProgress + limits.idle, uploadDeadlineWhileSending) }
        // A plain answer comes only when the whole of it has been thought out: its bound is the total.
        return body.wantsStream ? attempt.openedAt + limits.firstToken : startedAt + limits.total
    }

    private var uploadDeadlineWhileSending: NIODeadline {
        // While the upstream is behind, the client is not the slow one.
        body.isComplete || hasUnsentBytes ? .distantFuture : uploadDeadline
    }
}
