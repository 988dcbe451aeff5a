// SPDX-License-Identifier: Apache-2.0
import NIOCore
import NIOHTTP1

/// Lets the front door write an answer's bytes as they are.
///
/// The pipelining handler above it must see heads and ends go by to keep requests in order; the bytes themselves are
/// made by `AnswerHead`, from fixed parts and checked values.
final class RawAnswerEncoder: ChannelOutboundHandler {
    typealias OutboundIn = HTTPServerResponsePart
    typealias OutboundOut = IOData

    /// Stands for every final head.
    static let placeholder = HTTPServerResponsePart.head(HTTPResponseHead(version: .http1_1, status: .ok))

    private var context: ChannelHandlerContext?

    func handlerAdded(context: ChannelHandlerContext) { self.context = context }
    func handlerRemoved(context: ChannelHandlerContext) { self.context = nil }

    /// Past the pipelining handler, which ends the process when it sees an answer to no request: for what is said
    /// before a request's head is complete, and for `100 Continue`.
    func writeDirectly(_ bytes: ByteBuffer, promise: EventLoopPromise<Void>? = nil) {
        guard let context else {
            promise?.fail(ChannelError.ioOnClosedChannel)
            return
        }
        context.writeAndFlush(wrapOutboundOut(.byteBuffer(bytes)), promise: promise)
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        switch unwrapOutboundIn(data) {
        case .head: promise?.succeed()
        case .body(let bytes): context.write(wrapOutboundOut(bytes), promise: promise)
        case .end:
            // Nothing to write, but whoever waits for it waits for everything before it.
            if promise != nil { context.write(wrapOutboundOut(.byteBuffer(ByteBuffer())), promise: promise) }
        }
    }
}
