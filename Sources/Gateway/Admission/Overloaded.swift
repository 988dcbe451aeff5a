// SPDX-License-Identifier: Apache-2.0
import Exchange
import NIOCore
import Providers

/// Answers a connection beyond `gateway.limits.maxConnections` with 503 before it has said anything, and closes it.
final class Overloaded: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private static let retryAfterSeconds = 1
    private let id: ByteBuffer

    init(id: ByteBuffer) { self.id = id }

    func channelActive(context: ChannelHandlerContext) {
        let fault = Fault(
            .overloaded,
            "The gateway has as many connections as gateway.limits.maxConnections, or the system's file limit, allows. "
                + "Repeat the request in a moment.", retryAfter: .seconds(Int64(Self.retryAfterSeconds)))
        let answer = ErrorAnswer(fault, dialect: .openaiChat, requestID: id)
        var head = AnswerHead(status: answer.status, allocator: context.channel.allocator)
        head.add("content-type", "application/json")
        head.add("x-agenticflow-request-id", id)
        head.add("retry-after", Self.retryAfterSeconds)
        var bytes = head.end(framing: .length(answer.body.readableBytes), close: true)
        bytes.writeImmutableBuffer(answer.body)
        let promise = context.eventLoop.makePromise(of: Void.self)
        let bound = NIOLoopBound(context, eventLoop: context.eventLoop)
        promise.futureResult.whenComplete { _ in bound.value.close(mode: .output, promise: nil) }
        context.writeAndFlush(wrapOutboundOut(bytes), promise: promise)
        // Closing at once, with the request unread, would reset the connection and lose the answer on its way.
        context.eventLoop.scheduleTask(in: .milliseconds(500)) { bound.value.close(promise: nil) }
        context.read()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {}
    func channelReadComplete(context: ChannelHandlerContext) { context.read() }
    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
}
