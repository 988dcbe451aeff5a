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
