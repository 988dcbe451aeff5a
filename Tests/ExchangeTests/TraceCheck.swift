// SPDX-License-Identifier: Apache-2.0
import Credentials
import NIOCore
import Providers

@testable import Exchange

/// What happened in the life of one exchange, in sequence.
enum TraceEntry {
    /// `isHeard`: the moment was one at which the event means something.
    case event(Exchange.Event, isHeard: Bool)
    case action(Exchange.Action)
    case finished
}

/// The promises of `Exchange`, checked over a whole life.
struct TraceCheck {
    private(set) var violations: [String] = []
    private let request: [UInt8]

    private var owed = 0
    private var attempts = 0
    private var freshConnections = 0
    private var isOpen = false
    private var hasSentHead = false
    private var hasSentEnd = false
    private var sent: [UInt8] = []
    private var received: [UInt8] = []
    private var given: [UInt8] = []
    private var isStream = false
    private var hasAnswerHead = false
    private var isOver = false
    private var isFinished = false
    private var lastEvent: Exchange.Event?

    /// - Parameter request: what an upstream must get when the whole request was sent.
    init(_ trace: [TraceEntry], request: String) {
        self.request = Array(request.utf8)
        for entry in trace {
            switch entry {
            case .event(let event, let isHeard): note(event, isHeard)
            case .action(let action): note(action)
            case .finished: isFinished = true
            }
        }
        check(!isFinished || owed == 0, "an attempt without an outcome")
        check(!isFinished || !isOpen, "a connection that is not given back")
    }

    private mutating func check(_ holds: Bool, _ promise: String) {
        if !holds { violations.append(promise) }
    }

    private mutating func note(_ event: Exchange.Event, _ isHeard: Bool) {
        lastEvent = event
        switch event {
        case .upstreamHead(let head) where isHeard: isStream = head.isEventStream
        case .upstreamBytes(let bytes) where isHeard: received += bytes.readableBytesView
        case .candidate where isFinished: owed += 1
        case .clientGone: isOver = true
        default: break
        }
    }

    private mutating func note(_ action: Exchange.Action) {
        if case .settle = action {} else { check(!isFinished, "something after the end") }
        switch action {
        case .route, .choose, .classify: break
        case .connect(let fresh): connect(fresh)
        case .sendHead:
            check(isOpen && !hasSentHead, "a head sent to nobody, or twice")
            hasSentHead = true
        case .sendBody(let bytes): send(Array(bytes.readableBytesView))
        case .sendEnd:
            check(hasSentHead && !hasSentEnd && sent == request, "a request ended before it was whole")
            hasSentEnd = true
        case .settle:
            owed -= 1
            check(owed >= 0, "two outcomes for one attempt")
        case .dropUpstream(let reusable): drop(reusable)
        case .answerHead, .answerBytes, .answerEnd, .answerRefusal, .answerError, .breakConnection: answer(action)
        }
    }

    private mutating func connect(_ fresh: Bool) {
        check(!isOpen, "two connections at once")
        (isOpen, hasSentHead, hasSentEnd) = (true, false, false)
        (sent, received) = ([], [])
        if fresh {
            freshConnections += 1
            check(freshConnections <= attempts, "a dead connection replaced twice")
        } else {
            attempts += 1
            check(owed == 0, "an attempt before the last one's outcome")
            check(attempts <= 8, "more attempts than allowed")
            owed += 1
        }
    }

    private mutating func send(_ bytes: [UInt8]) {
        sent += bytes
        check(hasSentHead && !hasSentEnd, "a body without a head, or after its end")
        check(request.starts(with: sent), "a body that is not the client's")
    }

    private mutating func drop(_ reusable: Bool) {
        check(isOpen, "a connection given back twice")
        isOpen = false
        guard reusable else { return }
        var isWhole = false
        if case .upstreamEnd(reusable: true)? = lastEvent { isWhole = hasSentEnd }
        check(isWhole, "a connection kept with something left on it")
    }

    private mutating func answer(_ action: Exchange.Action) {
        check(!isOver, "an answer to somebody who has had one, or is gone")
        switch action {
        case .answerHead:
            check(!hasAnswerHead, "two heads")
            hasAnswerHead = true
        case .answerBytes(let bytes):
            check(hasAnswerHead, "an answer without a head")
            given += bytes.readableBytesView
            check(received.starts(with: given), "an answer that is not the upstream's")
        case .answerEnd:
            check(hasAnswerHead && given == received && isWhole, "an end that is none")
            isOver = true
        case .answerRefusal, .answerError:
            check(!hasAnswerHead, "an error after the answer began")
            isOver = true
        case .breakConnection:
            check(hasAnswerHead, "a break before the answer began")
            isOver = true
        default: break
        }
    }

    /// Streams must have said that they are over; an object must be closed.
    private var isWhole: Bool {
        let text = String(decoding: received, as: UTF8.self)
        return isStream ? text.contains("message_stop") : text.first != "{" || text.trimmed.last == "}"
    }
}
