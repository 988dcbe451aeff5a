// SPDX-License-Identifier: Apache-2.0
import NIOCore
import Providers
import Rotation

extension Exchange {
    mutating func receiveHead(_ answer: UpstreamAnswer, at now: NIODeadline) {
        guard attempt != nil else { return }
        attempt?.answer = answer
        attempt?.lastProgress = now
        switch answer.status {
        case 200..<300:
            if let encoding = answer.foreignEncoding {
                return attemptFailed(
                    .protocolError("The answer is encoded with \(encoding), although identity was asked for."), at: now)
            }
            if answer.isEventStream { attempt?.events = EventScanner(dialect: endpoint.dialect) }
        case 300..<400: refuseLocally(.upstreamRedirect, at: now)
        case ..<200:
            attemptFailed(.protocolError("The upstream answered with status \(answer.status)."), at: now)
        default: break
        }
    }

    mutating func receiveAnswer(_ buffer: ByteBuffer, at now: NIODeadline) {
        guard attempt != nil else { return }
        attempt?.lastProgress = now
        if attempt?.events != nil {
            buffer.withUnsafeReadableBytes { attempt?.events?.feed($0) }
        }
        if isCommitted { return push(.answerBytes(buffer)) }
        hold(buffer)
        guard let attempt, let answer = attempt.answer else { return }
        if answer.status >= 300 {
            if attempt.heldBytes >= limits.refusalBytes { receiveAnswerEnd(reusable: false, at: now) }
        } else if let events = attempt.events {
            if let inBand = events.inBandError, !events.isMeaningful { return classify(inBand: inBand, reusable: false) }
            let isFull = events.eventCount >= limits.heldEvents || attempt.heldBytes >= limits.heldStreamBytes
            if events.isMeaningful || isFull { commit() }
        } else if attempt.heldBytes > limits.heldAnswerBytes {
            commit()
        }
    }

    mutating func receiveAnswerEnd(reusable: Bool, at now: NIODeadline) {
        attempt?.events?.finish()
        guard let attempt, let answer = attempt.answer else {
            return attemptFailed(.closed(beforeAnyByte: true, reused: false), at: now)
        }
        let reusable = reusable && attempt.requestSent
        if answer.status >= 300 { return classify(inBand: nil, reusable: reusable) }
        if let events = attempt.events {
            if isCommitted { return endStream(events, reusable: reusable) }
            // Whatever it held, it ended without a word: the client has seen nothing, so the next one may try.
            return attemptFailed(.endedEarly, at: now)
        }
        if !isCommitted {
            let inspection = inspectHeldAnswer()
            if let inBand = inspection.inBandError { return classify(inBand: inBand, reusable: reusable) }
            if attempt.heldBytes == 0 { return attemptFailed(.endedEarly, at: now) }
            // Its framing was complete and its JSON was not: half an answer is none.
            if !inspection.isWellFormed {
                return attemptFailed(.protocolError("The answer is not one whole JSON object."), at: now)
            }
            if let usage = inspection.usage { self.usage = usage }
            commit(length: attempt.heldBytes)
        }
        complete(reusable: reusable)
    }

    mutating func receiveClose(_ failure: UpstreamFailure, at now: NIODeadline) {
        guard let attempt else { return }
        if isCommitted { return cut(failure.sentence) }
        if let answer = attempt.answer, answer.status >= 300, attempt.heldBytes > 0 {
            return classify(inBand: nil, reusable: false)
        }
        attemptFailed(failure, at: now)
    }

    private mutating func endStream(_ events: EventScanner, reusable: Bool) {
        usage = events.usage
        if events.isTerminal || events.inBandError != nil { return complete(reusable: reusable) }
        cut("The upstream's stream ended without its terminal event.")
    }

    private mutating func complete(reusable: Bool) {
        push(.dropUpstream(reusable: reusable))
        push(.answerEnd)
        finish(.complete)
    }

    /// After the commit nothing can be taken back: the client is told in its own dialect that this is not the end.
    mutating func cut(_ sentence: String) {
        if let events = attempt?.events { usage = events.usage }
        let isToldAlready = attempt?.events?.inBandError != nil
        push(.dropUpstream(reusable: false))
        let fault = Fault(.upstreamFailed, sentence + " The answer so far is incomplete.")
        push(.breakConnection(frame: attempt?.events != nil && !isToldAlready, fault))
        finish(.cut)
    }

    /// - Parameter length: bytes of the whole answer, when it is held already.
    mutating func commit(length: Int? = nil) {
        phase = .relaying
        settle(.success)
        push(.answerHead(length: length))
        for buffer in attempt?.held ?? [] { push(.answerBytes(buffer)) }
        attempt?.held.removeAll(keepingCapacity: false)
        if attempt?.requestSent == true { body.discard() }
    }

    private mutating func hold(_ buffer: ByteBuffer) {
        attempt?.held.append(buffer)
        attempt?.heldBytes += buffer.readableBytes
    }

    /// What was held, in one piece.
    func heldBytes(atMost limit: Int = .max) -> ByteBuffer {
        guard let held = attempt?.held, let first = held.first else { return ByteBuffer() }
        var whole = first
        for buffer in held.dropFirst() { whole.writeImmutableBuffer(buffer) }
        return whole.getSlice(at: whole.readerIndex, length: min(limit, whole.readableBytes)) ?? whole
    }

    private func inspectHeldAnswer() -> AnswerInspection.Findings {
        heldBytes().withUnsafeReadableBytes { AnswerInspection.inspect($0, dialect: endpoint.dialect) }
    }
}
