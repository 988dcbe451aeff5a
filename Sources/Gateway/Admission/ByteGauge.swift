// SPDX-License-Identifier: Apache-2.0
import NIOCore
import NIOHTTP1

/// Counts what comes in ahead of the HTTP decoder, which says nothing until a head, or a chunk's data, is complete.
///
/// So a head that trickles in, and a chunk extension without end, have a size and an age.
final class ByteGauge: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    /// Bytes since the decoder last gave something.
    private(set) var silentBytes = 0
    /// When the first of them came.
    private(set) var silentSince: NIODeadline?
    /// Called when `silentBytes` passes `limit`.
    private let limit: Int

    init(limit: Int) { self.limit = limit }

    /// The decoder gave something.
    func reset() {
        silentBytes = 0
        silentSince = nil
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        silentBytes += unwrapInboundIn(data).readableBytes
        context.fireChannelRead(data)
        // Whatever the decoder made of it has passed the watch by now, which has reset the count.
        if silentBytes > 0 {
            if silentSince == nil { silentSince = .now() }
            if silentBytes > limit { context.fireErrorCaught(SilentBytesExceeded(bytes: silentBytes)) }
        }
    }
}

/// Stands right behind the decoder: the pipelining handler keeps back what belongs to a later request, and that is no
/// silence.
final class DecoderWatch: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    private let gauge: ByteGauge

    init(_ gauge: ByteGauge) { self.gauge = gauge }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        gauge.reset()
        context.fireChannelRead(data)
    }
}

/// More bytes than a head may have came in without forming one.
struct SilentBytesExceeded: Error { var bytes: Int }
