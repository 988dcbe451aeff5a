// SPDX-License-Identifier: Apache-2.0
import NIOCore
import Providers
import Rotation

extension Exchange {
    mutating func receiveHead(_ answer: UpstreamAnswer, at now: NIODeadline) {
        guard attempt?.answer == nil else {
            return attemptFailed(.protocolError("A second answer came for one request."), at: now)
        }
        attempt?.answer = answer
        attempt?.lastProgress = now
        switch answer.status {
        case 200..<300:
            if let encoding = answer.foreignEncoding {
                return attemptFailed(
                    .protocolError("The answer is encoded with \(encoding), although identity was asked for."), at: now)
            }
            if answer.isEventStream {
                attempt?.events = EventScanner(dialect: endpoint.dialect)
            } else {
                attempt?.plain = AnswerScanner(dialect: endpoint.dialect)
            }
        case 300..<400: attemptFailed(.redirected, at: now)
        case ..<200: attemptFailed(.protocolError("The upstream answered with status \(answer.status)."), at: now)
        default: break
        }
    }

    mutating func receiveAnswer(_ buffer: ByteBuffer, at now: NIODeadline) {
        guard let answer = attempt?.answer else {
            return attemptFailed(.protocolError("An answer came without a head."), at: now)
        }
        attempt?.lastProgress = now
        watch(buffer)
        if isCommitted { return push(.answerBytes(buffer)) }
        hold(buffer)
        guard let attempt else { return }
        if answer.status >= 300 {
            if attempt.heldBytes >= limits.refusalBytes { classify(inBand: nil) }
        } else if let events = attempt.events {
            judge(events, heldBytes: attempt.heldBytes)
        } else if attempt.heldBytes > limits.heldAnswerBytes {
            commit()
        }
    }

    /// The commit point of a stream. An error that comes before any output is a refusal, whatever follows it.
    private mutating func judge(_ events: EventScanner, heldBytes: Int) {
        if let inBand = events.inBandError, !events.hasOutput { return classify(inBand: inBand) }
        let isFull = events.eventCount >= limits.heldEvents || heldBytes >= limits.heldStreamBytes
        if events.isMeaningful || isFull { commit() }
    }

    mutating func receiveAnswerEnd(reusable: Bool, at now: NIODeadline) {
        attempt?.events?.finish()
        guard let attempt, let answer = attempt.answer else {
            return attemptFailed(.closed(beforeAnyByte: true, reused: false), at: now)
        }
        self.attempt?.isReusable = reusable && attempt.requestSent
        if answer.status >= 300 { return classify(inBand: nil) }
        if isCommitted { return endCommitted() }
        if let events = attempt.events { return endHeld(events, at: now) }
        if let inBand = attempt.plain?.inBandError { return classify(inBand: inBand) }
        if attempt.heldBytes == 0 { return attemptFailed(.endedEarly, at: now) }
        if attempt.plain?.isUnfinished == true { return attemptFailed(.cutShort, at: now) }
        if attempt.plain?.isPage == true {
            return attemptFailed(.protocolError("The answer is a web page."), at: now)
        }
        commit(length: attempt.heldBytes)
        complete()
    }

    /// The stream's last event may have come without its blank line.
    private mutating func endHeld(_ events: EventScanner, at now: NIODeadline) {
        if let inBand = events.inBandError, !events.hasOutput { return classify(inBand: inBand) }
        // Whatever it held, it ended without a word: the client has seen nothing, so the next one may try.
        guard events.isMeaningful else { return attemptFailed(.endedEarly, at: now) }
        commit()
        endCommitted()
    }

    private mutating func endCommitted() {
        if let events = attempt?.events, !events.isTerminal {
            return cut("The upstream's stream ended without its terminal event.")
        }
        if attempt?.plain?.isUnfinished == true { return cut(UpstreamFailure.cutShort.sentence) }
        complete()
    }

    mutating func receiveClose(_ failure: UpstreamFailure, at now: NIODeadline) {
        if isCommitted { return cut(failure.sentence) }
        // The status has been said; a body that was cut does not take it back.
        if let answer = attempt?.answer, answer.status >= 300 { return classify(inBand: nil) }
        attemptFailed(failure, at: now)
    }

    private mutating func complete() {
        noteUsage()
        dropUpstream(reusable: attempt?.isReusable ?? false)
        push(.answerEnd)
        finish(.complete)
    }

    /// After the commit nothing can be taken back: the client is told in its own dialect that this is not the end,
    /// unless the upstream has told it already.
    mutating func cut(_ sentence: String) {
        noteUsage()
        let isToldAlready = attempt?.events?.inBandError != nil
        let frame = attempt?.events != nil && !isToldAlready
        dropUpstream(reusable: false)
        push(.breakConnection(frame: frame, Fault(.upstreamFailed, sentence + " The answer so far is incomplete.")))
        finish(.cut)
    }

    /// - Parameter length: bytes of the whole answer, when it is held already.
    private mutating func commit(length: Int? = nil) {
        phase = .relaying
        settle(.success)
        push(.answerHead(length: length))
        for buffer in attempt?.held ?? [] { push(.answerBytes(buffer)) }
        attempt?.held.removeAll(keepingCapacity: false)
        if attempt?.requestSent == true { body.discard() }
    }

    mutating func noteUsage() {
        if let found = attempt?.events?.usage ?? attempt?.plain?.usage { usage = found }
    }

    private mutating func watch(_ buffer: ByteBuffer) {
        if attempt?.events != nil { buffer.withUnsafeReadableBytes { attempt?.events?.feed($0) } }
        if attempt?.plain != nil { buffer.withUnsafeReadableBytes { attempt?.plain?.feed($0) } }
    }

    private mutating func hold(_ buffer: ByteBuffer) {
        attempt?.heldBytes += buffer.readableBytes
        // What cannot be read is not passed on either.
        if attempt?.answer?.foreignEncoding == nil { attempt?.held.append(buffer) }
    }

    /// What was held, in one piece.
    func heldBytes(atMost limit: Int) -> ByteBuffer {
        guard let held = attempt?.held, var whole = held.first else { return ByteBuffer() }
        for buffer in held.dropFirst() where whole.readableBytes < limit { whole.writeImmutableBuffer(buffer) }
        return whole.getSlice(at: whole.readerIndex, length: min(limit, whole.readableBytes)) ?? whole
    }
}
