// SPDX-License-Identifier: Apache-2.0
package import NIOCore
import Providers

extension Exchange {
    /// When to come back with `.deadlinePassed`.
    package var deadline: NIODeadline? {
        switch phase {
        case .collecting: uploadDeadline
        case .asking: totalDeadline
        case .waiting(let until): earliest(until, totalDeadline)
        case .connecting(let since): earliest(since + limits.connect, totalDeadline)
        case .open: openDeadline
        case .relaying: relayDeadline
        case .finished: nil
        }
    }

    private func earliest(_ first: NIODeadline, _ second: NIODeadline?) -> NIODeadline {
        second.map { min(first, $0) } ?? first
    }

    /// For everything but the upload. None for streams: they may go on for as long as they are not idle.
    var totalDeadline: NIODeadline? { body.wantsStream ? nil : (routedAt ?? startedAt) + limits.total }

    /// The slowest upload we accept: the grace, then one second for each `minimumBodyBytesPerSecond`.
    private var uploadDeadline: NIODeadline {
        let earned = Int64(body.byteCount) * 1_000_000_000 / Int64(max(1, limits.minimumBodyBytesPerSecond))
        return startedAt + limits.uploadGrace + .nanoseconds(earned)
    }

    /// The upstream takes what there is faster than the client sends.
    private var isClientBehind: Bool { !body.isComplete && !hasUnsentBytes }

    private var openDeadline: NIODeadline? {
        guard let attempt else { return totalDeadline }
        let idle = attempt.lastProgress + limits.idle
        if !attempt.requestSent {
            return earliest(isClientBehind ? min(idle, uploadDeadline) : idle, totalDeadline)
        }
        // A plain answer comes only when the whole of it has been thought out: until then its bound is the total.
        let first = body.wantsStream ? attempt.openedAt + limits.firstToken : nil
        guard attempt.answer != nil else { return first ?? totalDeadline }
        return earliest(earliest(idle, first), totalDeadline)
    }

    private var relayDeadline: NIODeadline? {
        guard let attempt else { return nil }
        let idle = attempt.lastProgress + limits.idle
        return attempt.events == nil ? earliest(idle, totalDeadline) : idle
    }

    mutating func receiveDeadline(at now: NIODeadline) {
        guard let deadline, deadline <= now else { return }
        switch phase {
        case .collecting: return failTooSlow()
        case .relaying: return cut("Nothing came from the upstream before the idle deadline.")
        default: break
        }
        if let totalDeadline, totalDeadline <= now { return failTotal(at: now) }
        switch phase {
        case .waiting: resume(at: now)
        case .connecting: attemptFailed(.connectTimeout, at: now)
        case .open:
            let isUpload = attempt?.requestSent == false && isClientBehind
            if isUpload { failTooSlow() } else { attemptFailed(.noAnswer, at: now) }
        case .asking, .collecting, .relaying, .finished: break
        }
    }

    private mutating func failTooSlow() {
        fail(
            Fault(
                .tooSlow,
                "The request body arrived more slowly than \(limits.minimumBodyBytesPerSecond) bytes per second. "
                    + "Send it faster, or lower gateway.limits.minBodyBytesPerSecond."))
    }

    /// Blames the upstream only when it had its time; others may have used it up before.
    private mutating func failTotal(at now: NIODeadline) {
        if let attempt, let target, attempt.openedAt + limits.firstToken <= now {
            settle(.failure(UpstreamFailure.noAnswer.refusal(model: target.model)))
        }
        let seconds = limits.total.nanoseconds / 1_000_000_000
        fail(
            Fault(
                .deadlineExceeded,
                "There was no whole answer within \(seconds) seconds. Ask for less, ask for a stream, or raise "
                    + "gateway.deadlines.totalSeconds."))
    }
}
