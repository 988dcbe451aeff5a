// SPDX-License-Identifier: Apache-2.0
import NIOCore

extension AnswerComposer {
    func stream(_ events: StreamEvents, _ script: inout Script) {
        var head = head
        head.add("content-type", "text/event-stream; charset=utf-8")
        head.add("cache-control", "no-cache")
        if fault == .gzip { head.add("content-encoding", "gzip") }
        if fault == .twoLengths { return lengthy(events, head, &script) }
        var out = StreamWriter(script: script, composer: self, isNumbered: events.isNumbered)
        out.begin(head)
        play(events, &out)
        script = out.script
    }

    private func play(_ events: StreamEvents, _ out: inout StreamWriter) {
        switch fault {
        case .stallAfterHead: return out.script.end(.hold, .broken)
        case .roleThenEnd:
            out.write(Array(events.opening.prefix(1)))
            return out.end(.broken)
        case .inBandOverloaded:
            out.write(events.opening + [events.earlyFailure])
            return out.end(.refused)
        case .pingsThenReset:
            out.write(events.opening)
            out.write([events.keepAlive, events.keepAlive, events.keepAlive], every: interval)
            return out.script.end(.reset, .broken)
        default: break
        }
        out.write(events.opening + events.start)
        if fault == .hugeStream { flood(&out) } else { out.write(events.deltas, every: interval) }
        switch fault {
        case .inBandLate:
            out.write([events.lateFailure])
            out.end(.refused)
        case .textThenEnd: out.end(.broken)
        case .textThenReset: out.script.end(.reset, .broken)
        case .stallAfterText: out.script.end(.hold, .broken)
        case .cutPlain: out.script.end(.close, .broken)
        default:
            out.write(events.closing)
            out.end(.answered)
        }
    }

    /// The closing events do not repeat the filler: a text of that size in one event would be another fault.
    private func flood(_ out: inout StreamWriter) {
        guard let event = content.events([filler])?.deltas.first else { return }
        let start = out.events
        let chunks = call.takesChunks
        let piece = { @Sendable (index: Int) -> ByteBuffer in
            var writer = start
            writer.next += index * Self.fillersInPiece
            var text = ""
            for _ in 0..<Self.fillersInPiece { text += writer.text(event) }
            let bytes = ByteBuffer(string: text)
            return chunks ? .chunk(bytes) : bytes
        }
        let pieces = fillerPieces
        if start.isNumbered {
            out.events.next += pieces * Self.fillersInPiece
            out.script.steps.append(.flood(pieces, piece))
        } else {
            let same = piece(0)
            out.script.steps.append(.flood(pieces) { _ in same })
        }
    }

    /// The whole stream under two lengths.
    private func lengthy(_ events: StreamEvents, _ head: AnswerHead, _ script: inout Script) {
        var writer = EventWriter(isNumbered: events.isNumbered)
        let all = events.opening + events.start + events.deltas + events.closing
        let text = all.map { writer.text($0) }.joined()
        var head = head
        head.add("content-length", String(text.utf8.count + 1))
        script.write(head.bytes(.length(text.utf8.count), closes: true))
        script.write(text)
        script.end(.close, .broken)
    }
}

/// Writes events into a script: each in its own chunk, as providers send them.
struct StreamWriter {
    var script: Script
    var events: EventWriter
    private let takesChunks: Bool
    private var gzip: GzipBytes?

    init(script: Script, composer: AnswerComposer, isNumbered: Bool) {
        self.script = script
        events = EventWriter(isNumbered: isNumbered)
        takesChunks = composer.call.takesChunks
        gzip = composer.fault == .gzip ? GzipBytes() : nil
    }

    mutating func begin(_ head: AnswerHead) {
        script.write(head.bytes(takesChunks ? .chunked : .untilClose, closes: !takesChunks))
        if gzip != nil { writeFramed(GzipBytes.head) }
    }

    mutating func write(_ list: [StreamEvent], every interval: TimeAmount = .zero) {
        for event in list {
            let bytes = ByteBuffer(string: events.text(event))
            writeFramed(gzip?.blocks(bytes) ?? bytes)
            script.pause(interval)
        }
    }

    /// A clean end of the body, whatever the events said.
    mutating func end(_ outcome: RecordedRequest.Outcome) {
        if let gzip { writeFramed(gzip.end()) }
        if takesChunks { script.write(.lastChunk) }
        script.end(takesChunks ? .keepAlive : .close, outcome)
    }

    private mutating func writeFramed(_ bytes: ByteBuffer) { script.write(takesChunks ? .chunk(bytes) : bytes) }
}
