// SPDX-License-Identifier: Apache-2.0
import NIOCore

/// What goes out for one request, byte for byte, and how it ends.
struct Script: Sendable {
    enum Step: Sendable {
        case write(ByteBuffer)
        case pause(TimeAmount)
        /// So many pieces, each made when the peer has room for it.
        case flood(Int, @Sendable (Int) -> ByteBuffer)
    }

    enum Ending: Hashable, Sendable {
        /// The connection stays for the next request.
        case keepAlive
        /// A FIN, after everything has been sent.
        case close
        /// An RST, after everything has been sent.
        case reset
        /// The connection is held until the peer leaves.
        case hold
    }

    /// The status of the head in `steps`; nil when that is no head.
    var status: Int?
    var steps: [Step] = []
    var ending = Ending.keepAlive
    var outcome = RecordedRequest.Outcome.answered

    /// Adds bytes; what can go out together is kept together.
    mutating func write(_ bytes: ByteBuffer) {
        if case .write(var last)? = steps.last {
            steps.removeLast()
            last.writeImmutableBuffer(bytes)
            steps.append(.write(last))
        } else {
            steps.append(.write(bytes))
        }
    }

    mutating func write(_ text: String) { write(ByteBuffer(string: text)) }

    mutating func pause(_ time: TimeAmount) {
        if time > .zero { steps.append(.pause(time)) }
    }

    /// Time that a peer gets to read what was sent before an RST makes its kernel drop it.
    static let readingTime = TimeAmount.milliseconds(100)

    mutating func end(_ ending: Ending, _ outcome: RecordedRequest.Outcome) {
        if ending == .reset, !steps.isEmpty { pause(Self.readingTime) }
        self.ending = ending
        self.outcome = outcome
    }
}
