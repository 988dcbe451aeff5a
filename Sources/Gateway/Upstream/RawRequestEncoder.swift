// SPDX-License-Identifier: Apache-2.0
import NIOCore
import NIOHTTP1

/// Lets `UpstreamSide` write a request's bytes as they are.
///
/// The response decoder above it must see a request head go by, or it refuses the answer as unsolicited; the bytes of
/// that head were built by us already (fixed part once per credential), so only bodies pass.
final class RawRequestEncoder: ChannelOutboundHandler {
    typealias OutboundIn = HTTPClientRequestPart
    typealias OutboundOut = IOData

    /// Stands for every head: all of ours are POST.
    static let placeholder = HTTPClientRequestPart.head(HTTPRequestHead(version: .http1_1, method: .POST, uri: "/"))

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        switch unwrapOutboundIn(data) {
        case .head, .end: promise?.succeed()
        case .body(let bytes): context.write(wrapOutboundOut(bytes), promise: promise)
        }
    }
}
