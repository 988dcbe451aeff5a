// SPDX-License-Identifier: Apache-2.0
package import Credentials
import NIOCore
import Providers
import Rotation

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

    /// The current attempt. A class, so that looking at it copies nothing.
    final class Attempt {
        let profile: ProfileID
        let replacement: RequestBody.Replacement?
        var cursor = RequestBody.Cursor()
        /// On a new connection, because a reused one was dead.
        var isReplacement = false
        var isReused = false
        var isConnected = false
        /// A connection is asked for or there, and was not given back.
        var hasUpstream = true
        var isSettled = false
        var requestSent = false
        /// Bytes that may be handed to the connection before it says again that it is writable.
        var budgetBytes = Attempt.budget
        var openedAt: NIODeadline
        var lastProgress: NIODeadline

        var answer: UpstreamAnswer?
        /// The answer's end has come, and the connection may carry another request.
        var isReusable = false
        /// One of these two watches a good answer.
        var events: EventScanner?
        var plain: AnswerScanner?
        var held: [ByteBuffer] = []
        /// Of the answer so far, before the commit; also what was not worth keeping.
        var heldBytes = 0

        static let budget = 256 << 10

        init(profile: ProfileID, replacement: RequestBody.Replacement?, at now: NIODeadline) {
            self.profile = profile
            self.replacement = replacement
            openedAt = now
            lastProgress = now
        }
    }

    /// An attempt's failure, for the final answer when nothing else is left.
    struct Refusal: Sendable {
        var refusal: UpstreamRefusal
        var code: ErrorCode
        var profile: ProfileID
        var targetIndex: Int
        /// The same request may do better a moment later.
        var mayRepeat: Bool
        /// The provider's.
        var status: Int?
        var source: RefusalSource?
    }

    /// A target for which nobody could be asked.
    struct PassedOver: Sendable {
        var shortage: Shortage
        var opensAt: NIODeadline?
    }

    /// The last attempt's.
    var lastRefusal: Refusal? { refusals.last }

    /// The profile of the current attempt.
    package var profile: ProfileID? { attempt?.profile }
    /// What is asked now is not what the request named first.
    package var isAtFallback: Bool { targetIndex > 0 }
    package var target: Target? { targetIndex < targets.count ? targets[targetIndex] : nil }
    package var isCommitted: Bool { if case .relaying = phase { true } else { false } }
    package var isConnecting: Bool { if case .connecting = phase { true } else { false } }
    /// The committed answer is a stream of events.
    package var isStream: Bool { attempt?.events != nil }
    package var isFinished: Bool { if case .finished = phase { true } else { false } }
    package var requestBytes: Int { body.byteCount }

    /// The upstream has the request, or a part of it, and may answer.
    var isConnected: Bool {
        switch phase {
        case .open, .relaying: attempt?.isConnected ?? false
        default: false
        }
    }

    func isAsking(_ question: Question) -> Bool {
        if case .asking(let open) = phase { open == question } else { false }
    }

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
}
