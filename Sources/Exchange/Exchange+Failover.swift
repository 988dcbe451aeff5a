// SPDX-License-Identifier: Apache-2.0
import Credentials
import NIOCore
import Providers
import Rotation

extension Exchange {
    /// The attempt gave an answer that is a refusal: the drivers say what it means.
    mutating func classify(inBand: InBandError?, reusable: Bool) {
        guard let answer = attempt?.answer else { return }
        phase = .asking
        let isRefusal = answer.status >= 300
        if isRefusal { dropUpstream(reusable: reusable) }
        push(.classify(status: answer.status, body: heldBytes(atMost: limits.refusalBytes), inBand: inBand))
    }

    mutating func conclude(_ refusal: UpstreamRefusal, at now: NIODeadline) {
        guard let attempt, let answer = attempt.answer else { return }
        if refusal.verdict == .tryNext {
            dropUpstream(reusable: false)
            return tryNext(after: refusal, code: .upstreamFailed, at: now)
        }
        settle(.neutral)
        if answer.status < 300 {
            // An error inside a good status that is about the request: the client gets it as it came.
            commit()
            push(.dropUpstream(reusable: false))
            push(.answerEnd)
            return finish(.refused)
        }
        push(.answerRefusal(status: answer.status, body: heldBytes(atMost: limits.refusalBytes)))
        finish(.refused)
    }

    /// No answer, or none that can be used.
    mutating func attemptFailed(_ failure: UpstreamFailure, at now: NIODeadline) {
        guard let attempt else { return }
        if isCommitted { return cut(failure.sentence) }
        if case .closed(beforeAnyByte: true, reused: true) = failure, attempt.answer == nil {
            return reconnect(at: now)
        }
        dropUpstream(reusable: false)
        tryNext(after: failure.refusal, code: failure.code, at: now)
    }

    mutating func refuseLocally(_ code: ErrorCode, at now: NIODeadline) {
        dropUpstream(reusable: false)
        tryNext(after: UpstreamFailure.redirected.refusal, code: code, at: now)
    }

    /// An idle connection had died before it was used again: that says nothing about the credential.
    private mutating func reconnect(at now: NIODeadline) {
        guard let old = attempt else { return }
        dropUpstream(reusable: false)
        attempt = Attempt(profile: old.profile, replacement: old.replacement, openedAt: now, lastProgress: now)
        phase = .connecting(since: now)
        push(.connect(fresh: true))
    }

    private mutating func tryNext(after refusal: UpstreamRefusal, code: ErrorCode, at now: NIODeadline) {
        guard let profile = attempt?.profile else { return }
        settle(.failure(refusal))
        lastRefusal = LastRefusal(refusal: refusal, code: code, profile: profile, targetIndex: targetIndex)
        tried.append(profile)
        attempt = nil
        if attempts >= limits.maximumAttempts { return giveUp(opensIn: nil) }
        choose()
    }

    /// Nobody is left for this target: the next target, a wait, a repetition, or the end.
    mutating func passOver(_ unavailability: Unavailability, opensIn: TimeAmount?, at now: NIODeadline) {
        if targetIndex + 1 < targets.count {
            targetIndex += 1
            tried.removeAll()
            return choose()
        }
        if attempts == 0, !hasWaited, let opensIn, opensIn <= limits.maximumWait, unavailability.isCooling {
            hasWaited = true
            phase = .waiting(until: now + opensIn)
            return
        }
        if let lastRefusal, lastRefusal.refusal.reason.isTransient, !hasRepeated, lastRefusal.code != .upstreamRedirect,
            attempts < limits.maximumAttempts
        {
            hasRepeated = true
            phase = .waiting(until: now + limits.retryPause)
            return
        }
        giveUp(opensIn: opensIn, because: unavailability)
    }

    private mutating func resume(at now: NIODeadline) {
        if attempts > 0, let lastRefusal {
            targetIndex = lastRefusal.targetIndex
            return connect(as: lastRefusal.profile, at: now)
        }
        targetIndex = 0
        tried.removeAll()
        choose()
    }

    private mutating func giveUp(opensIn: TimeAmount?, because unavailability: Unavailability? = nil) {
        let provider = target?.provider.text ?? "the provider"
        guard let lastRefusal else {
            return fail(Fault(unavailability, provider: provider, target: target, opensIn: opensIn))
        }
        fail(Fault(lastRefusal, provider: provider, attempts: attempts, opensIn: opensIn))
    }

    mutating func receiveDeadline(at now: NIODeadline) {
        guard let deadline, deadline <= now else { return }
        switch phase {
        case .waiting: resume(at: now)
        case .connecting: attemptFailed(.connectTimeout, at: now)
        case .collecting: failTooSlow()
        case .open:
            guard let attempt else { return }
            if !attempt.requestSent, !body.isComplete, !hasUnsentBytes { return failTooSlow() }
            attemptFailed(.noAnswer, at: now)
        case .relaying: cut("The upstream went silent for longer than the idle deadline.")
        case .asking, .finished: break
        }
    }

    private mutating func failTooSlow() {
        fail(
            Fault(
                .tooSlow,
                "The request body arrived more slowly than \(limits.minimumBodyBytesPerSecond) bytes per second. "
                    + "Send it faster, or lower gateway.limits.minBodyBytesPerSecond."))
    }

    /// The client left or the gateway gives the request up: the upstream is cancelled at once.
    mutating func abandon(_ ending: Ending) {
        if let events = attempt?.events { usage = events.usage }
        settle(.neutral)
        dropUpstream(reusable: false)
        finish(ending)
    }

    /// An error of ours, in the client's dialect when nothing was sent yet.
    mutating func fail(_ fault: Fault) {
        if isCommitted { return cut(fault.message) }
        settle(.neutral)
        dropUpstream(reusable: false)
        push(.answerError(fault))
        finish(.failed)
    }

    /// One outcome for each attempt, however it ends.
    mutating func settle(_ outcome: AttemptOutcome) {
        guard let attempt, !attempt.isSettled else { return }
        self.attempt?.isSettled = true
        push(.settle(outcome))
    }

    private mutating func dropUpstream(reusable: Bool) {
        guard attempt != nil else { return }
        push(.dropUpstream(reusable: reusable))
    }
}
