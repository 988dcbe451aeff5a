// SPDX-License-Identifier: Apache-2.0
import Exchange
import NIOCore
import NIOHTTP1

/// Answers on their way to the client, and the end of the connection behind them.
extension FrontDoor {
    func write(_ answer: ErrorAnswer, id: ByteBuffer, extra: (inout AnswerHead) -> Void = { _ in }) {
        var head = AnswerHead(status: answer.status, allocator: allocator)
        head.add("content-type", "application/json")
        head.add("x-agenticflow-request-id", id)
        if let seconds = answer.retryAfterSeconds { head.add("retry-after", seconds) }
        if let shouldRetry = answer.shouldRetry { head.add("x-should-retry", shouldRetry ? "true" : "false") }
        if let allow = answer.allow { head.add("allow", allow) }
        extra(&head)
        begin(head, framing: .length(answer.body.readableBytes))
        write(answer.body)
        end()
    }

    /// The head's bytes plus framing; from here on an answer is under way.
    func begin(_ head: AnswerHead, framing: AnswerFraming) {
        guard let context else { return }
        var framing = framing
        if case .chunked = framing, isHTTP10 { framing = .untilClose }
        if case .untilClose = framing { keepsAlive = false }
        if !requestEnded || runtime.isDraining { keepsAlive = false }
        self.framing = framing
        var head = head
        if hasRequest { context.write(wrapOutboundOut(RawAnswerEncoder.placeholder), promise: nil) }
        writeRaw(head.end(framing: framing, close: !keepsAlive))
    }

    func write(_ bytes: ByteBuffer) {
        guard bytes.readableBytes > 0, !isHeadRequest else { return }
        bytesOut += bytes.readableBytes
        guard case .chunked = framing else { return writeRaw(bytes) }
        var prefix = ByteBuffer.chunkPrefix(of: bytes.readableBytes, allocator: allocator)
        if bytes.readableBytes <= 1024 {
            prefix.writeImmutableBuffer(bytes)
            prefix.writeStaticString("\r\n")
            return writeRaw(prefix)
        }
        writeRaw(prefix)
        writeRaw(bytes)
        writeRaw(.chunkEnd)
    }

    /// The answer is whole. Then the next request, or the end of the connection.
    func end() {
        guard let context else { return }
        if case .chunked = framing { writeRaw(.lastChunk) }
        let waitsForRequest = !requestEnded
        let close = !keepsAlive
        // One whose request is whole closes once its answer has left, which a slow reader may take a while for.
        let patience = waitsForRequest ? Self.lingering : Self.keepAliveIdle
        stage = close ? .closing(until: .now() + patience) : .idle(since: .now())
        let promise = close && !waitsForRequest ? closing(context) : nil
        if hasRequest {
            hasRequest = false
            context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: promise)
        } else {
            encoder.writeDirectly(ByteBuffer(), promise: promise)
        }
        readOn()
    }

    /// The answer cannot be finished: the connection ends without the closing chunk, which tells the client so.
    func breakOff() {
        keepsAlive = false
        context?.flush()
        closeAfterFlush()
    }

    func flush() { context?.flush() }
    var isWritable: Bool { context?.channel.isWritable ?? false }
    var allocator: ByteBufferAllocator { context?.channel.allocator ?? ByteBufferAllocator() }

    private func writeRaw(_ bytes: ByteBuffer) {
        guard hasRequest else { return encoder.writeDirectly(bytes) }
        context?.write(wrapOutboundOut(.body(.byteBuffer(bytes))), promise: nil)
    }

    func closeAfterFlush() {
        // A client that reads no more must not keep the connection open for ever.
        if case .relaying = stage { stage = .closing(until: .now() + Self.keepAliveIdle) }
        // An empty write behind everything else: when it is done, all of it has reached the system. Past the pipelining
        // handler, which may not have seen this request's head answered.
        encoder.writeDirectly(ByteBuffer(), promise: context.map(closing))
    }

    /// Closes the connection when the write that it is given to is done.
    private func closing(_ context: ChannelHandlerContext) -> EventLoopPromise<Void> {
        let promise = context.eventLoop.makePromise(of: Void.self)
        let bound = NIOLoopBound(context, eventLoop: context.eventLoop)
        promise.futureResult.whenComplete { _ in bound.value.close(promise: nil) }
        return promise
    }
}
