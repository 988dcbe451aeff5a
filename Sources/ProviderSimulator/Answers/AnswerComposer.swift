// SPDX-License-Identifier: Apache-2.0
import NIOCore

/// Composes an answer that is good, or begins as one.
struct AnswerComposer {
    let call: ModelCall
    let ruling: Ruling
    let now: Timestamp
    let head: AnswerHead

    var fault: Fault { ruling.fault }
    var parameters: FaultParameters { ruling.parameters }
    var content: Content { Content(call: call, label: ruling.label, created: Int(now.seconds)) }

    /// Events of `slow-stream`, and the time between two of them.
    private static let slowEvents = 20
    private static let slowMicroseconds = 250_000
    /// Size of `huge-stream`.
    private static let hugeBytes = 200_000_000
    static let fillerBytes = 1024
    /// Filler events that go out together.
    static let fillersInPiece = 32

    var deltas: [String] {
        let usual = fault == .slowStream ? Self.slowEvents : nil
        return Reply.deltas(label: ruling.label, count: parameters.events ?? usual)
    }

    var interval: TimeAmount {
        let usual = fault == .slowStream ? Self.slowMicroseconds : 0
        return .microseconds(Int64(parameters.microseconds ?? usual))
    }

    var filler: String {
        String(repeating: "All work and no play makes a dull stream. ", count: 25).prefix(Self.fillerBytes) + ""
    }
    var fillerPieces: Int { max(1, (parameters.bytes ?? Self.hugeBytes) / (Self.fillerBytes * Self.fillersInPiece)) }

    func compose(_ script: inout Script) {
        script.status = 200
        if call.isStream, let events = content.events(deltas) {
            stream(events, &script)
        } else {
            plain(&script)
        }
        if !call.takesChunks, script.ending == .keepAlive { script.end(.close, script.outcome) }
    }

    // MARK: Plain

    private func plain(_ script: inout Script) {
        let shown = fault == .roleThenEnd ? [] : deltas
        var body = ByteBuffer(string: Content.text(content.plain(shown), call.dialect))
        var head = head
        head.add("content-type", "application/json")
        if fault == .gzip {
            head.add("content-encoding", "gzip")
            var gzip = GzipBytes()
            let blocks = gzip.blocks(body)
            body = GzipBytes.head
            body.writeImmutableBuffer(blocks)
            body.writeImmutableBuffer(gzip.end())
        }
        if fault == .twoLengths { head.add("content-length", String(body.readableBytes + 1)) }
        if fault == .hugeStream { return hugePlain(head, &script) }
        let half = body.getSlice(at: body.readerIndex, length: body.readableBytes / 2) ?? ByteBuffer()
        let promised = fault == .textThenEnd ? half.readableBytes : body.readableBytes
        script.write(head.bytes(.length(promised), closes: closes))
        switch fault {
        case .pingsThenReset: script.end(.reset, .broken)
        case .stallAfterHead: script.end(.hold, .broken)
        case .cutPlain: cut(half, .close, &script)
        case .textThenEnd: cut(half, .keepAlive, &script)
        case .textThenReset: cut(half, .reset, &script)
        case .stallAfterText: cut(half, .hold, &script)
        case .twoLengths: cut(body, .close, &script)
        case .roleThenEnd: cut(body, .keepAlive, &script)
        default: writeEvenly(body, &script)
        }
    }

    private func cut(_ body: ByteBuffer, _ ending: Script.Ending, _ script: inout Script) {
        script.write(body)
        script.end(ending, .broken)
    }

    /// The body at once, or in as many pieces as a stream would have events.
    private func writeEvenly(_ body: ByteBuffer, _ script: inout Script) {
        guard interval > .zero, !deltas.isEmpty else { return script.write(body) }
        var rest = body
        let size = body.readableBytes / deltas.count + 1
        while let piece = rest.readSlice(length: min(size, rest.readableBytes)), piece.readableBytes > 0 {
            script.write(piece)
            script.pause(interval)
        }
    }

    /// The filler goes where the text was.
    private func hugePlain(_ head: AnswerHead, _ script: inout Script) {
        let mark = "(filler)"
        let text = Content.text(content.plain([mark]), call.dialect)
        let parts = text.split(separator: mark, maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2 else {
            script.write(head.bytes(.length(text.utf8.count), closes: closes))
            return script.write(text)
        }
        let piece = ByteBuffer(string: String(repeating: filler, count: Self.fillersInPiece))
        let (before, after, pieces) = (String(parts[0]), String(parts[1]), fillerPieces)
        let count = before.utf8.count + pieces * piece.readableBytes + after.utf8.count
        script.write(head.bytes(.length(count), closes: closes))
        script.write(before)
        script.steps.append(.flood(pieces) { _ in piece })
        script.write(after)
    }

    private var closes: Bool { fault == .cutPlain || fault == .twoLengths || !call.takesChunks }
}
