// SPDX-License-Identifier: Apache-2.0
import Credentials
import FoundationEssentials
import NIOCore
import Providers
import Rotation

extension Exchange {
    /// The attempt gave an answer that is a refusal: the drivers say what it means.
    mutating func classify(inBand: InBandError?) {
        guard let attempt, let answer = attempt.answer else { return }
        phase = .asking(.meaning)
        noteUsage()
        dropUpstream(reusable: attempt.isReusable)
        push(.classify(status: answer.status, body: heldBytes(atMost: limits.refusalBytes), inBand: inBand))
    }

    mutating func conclude(_ refusal: UpstreamRefusal, from source: RefusalSource?, at now: NIODeadline) {
        guard let attempt, let answer = attempt.answer else { return }
        if refusal.verdict == .tryNext {
            return tryNext(
                after: refusal, code: .upstreamFailed, mayRepeat: refusal.reason.isTransient, status: answer.status,
                from: source)
        }
        settle(.neutral)
        push(.answerRefusal(status: answer.status, body: heldBytes(atMost: limits.refusalBytes)))
        finish(.refused)
    }

    /// No answer, or none that can be used.
    mutating func attemptFailed(_ failure: UpstreamFailure, at now: NIODeadline) {
        guard let attempt, let target else { return }
        if isCommitted { return cut(failure.sentence) }
        if failure.isDeadOnArrival, attempt.isReused, !attempt.isReplacement, attempt.answer == nil {
            return reconnect(at: now)
        }
        dropUpstream(reusable: false)
        tryNext(after: failure.refusal(model: target.model), code: failure.code, mayRepeat: failure.mayRepeat)
    }

    /// An idle connection had died before it was used again: that says nothing about the credential.
    private mutating func reconnect(at now: NIODeadline) {
        guard let dead = attempt else { return }
        dropUpstream(reusable: false)
        let fresh = Attempt(profile: dead.profile, replacement: dead.replacement, at: now)
        fresh.isReplacement = true
        attempt = fresh
        phase = .connecting(since: now)
        push(.connect(fresh: true))
    }

    private mutating func tryNext(
        after refusal: UpstreamRefusal, code: ErrorCode, mayRepeat: Bool, status: Int? = nil,
        from source: RefusalSource? = nil
    ) {
        guard let profile = attempt?.profile else { return }
        settle(.failure(refusal))
        refusals.append(
            Refusal(
                refusal: refusal, code: code, profile: profile, targetIndex: targetIndex, mayRepeat: mayRepeat,
                status: status, source: source))
        tried.append(profile)
        attempt = nil
        if attempts >= limits.maximumAttempts { return giveUp(at: nil) }
        choose()
    }

    /// Nobody is left for this target: the next target, a wait, a repetition, or the end.
    mutating func passOver(
        _ unavailability: Unavailability, _ causes: [Cause], opensIn: TimeAmount?, at now: NIODeadline
    ) {
        passedOver.append(
            PassedOver(
                shortage: Shortage(targets[targetIndex], unavailability, causes: causes),
                opensAt: unavailability.isCooling || attempts > 0 ? opensIn.map { now + $0 } : nil))
        if targetIndex + 1 < targets.count { return choose(at: targetIndex + 1) }
        let soonest = passedOver.filter { $0.opensAt != nil }.min { ($0.opensAt ?? now) < ($1.opensAt ?? now) }
        if attempts == 0, let opensAt = soonest?.opensAt, mayWait(until: opensAt, at: now) {
            waitingSince = waitingSince ?? now
            // A moment later than the window, whose end a wall clock measures; and never round and round at once.
            phase = .waiting(until: max(opensAt + .milliseconds(1), now + .milliseconds(20)))
            return
        }
        if let lastRefusal, lastRefusal.mayRepeat, !hasRepeated, attempts < limits.maximumAttempts {
            hasRepeated = true
            phase = .waiting(until: now + limits.retryPause)
            return
        }
        giveUp(at: now, soonest)
    }

    /// One cooldown is waited for; then, should others be at it, the request's turn. All of it together has a limit,
    /// and lies inside the deadline.
    private func mayWait(until opensAt: NIODeadline, at now: NIODeadline) -> Bool {
        if let totalDeadline, opensAt >= totalDeadline { return false }
        if waitingSince != nil, opensAt > now + Self.turnWait { return false }
        return opensAt <= (waitingSince ?? now) + limits.maximumWait
    }

    /// A little more than `Roster.probeWait`: a longer wait is not for somebody else's probe.
    private static let turnWait = TimeAmount.milliseconds(300)

    mutating func resume(at now: NIODeadline) {
        passedOver.removeAll()
        if attempts > 0, let lastRefusal {
            targetIndex = lastRefusal.targetIndex
            return connect(as: lastRefusal.profile, at: now)
        }
        choose(at: 0)
    }

    /// - Parameters:
    ///   - now: nil when nobody was asked when somebody may be tried again.
    ///   - soonest: the target that may be tried again first.
    private mutating func giveUp(at now: NIODeadline?, _ soonest: PassedOver? = nil) {
        let opensIn = now.flatMap { now in soonest?.opensAt.map { max(.zero, $0 - now) } }
        let asker = asker ?? Asker()
        let shortages = passedOver.map(\.shortage)
        if let lastRefusal {
            // Of several that were refused the soonest need not be the one that is named.
            let until = refusals.count > 1 ? nil : soonest?.shortage.unavailability.until
            let report = report(lastRefusal, asker, until: until)
            var others = OtherReasons(besides: report)
            for refusal in refusals { others.add(self.report(refusal, asker, until: nil).sentence) }
            for shortage in shortages { others.add(shortage, asker) }
            return fail(Fault(report, lastRefusal, others, attempts: attempts, opensIn: opensIn))
        }
        fail(Fault(soonest?.shortage ?? Shortage.told(among: shortages), among: shortages, asker, opensIn: opensIn))
    }

    private func report(_ refusal: Refusal, _ asker: Asker, until: Date?) -> FailureReport {
        FailureReport(refusal, target: targets[refusal.targetIndex], asker, until: until)
    }

    /// The client left or the gateway gives the request up: the upstream is cancelled at once.
    mutating func abandon(_ ending: Ending) {
        noteUsage()
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

    mutating func dropUpstream(reusable: Bool) {
        guard let attempt, attempt.hasUpstream else { return }
        self.attempt?.hasUpstream = false
        push(.dropUpstream(reusable: reusable))
    }
}
