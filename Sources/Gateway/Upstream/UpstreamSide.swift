// SPDX-License-Identifier: Apache-2.0
import Exchange
import NIOCore
import NIOHTTP1
import NIOSSL
import NIOTLS

/// One connection to a provider: idle in its pool, or at the service of one request.
final class UpstreamSide: ChannelInboundHandler {
    typealias InboundIn = HTTPClientResponsePart
    typealias OutboundOut = HTTPClientRequestPart

    let address: UpstreamAddress
    /// The request that has this connection; nil while it is idle.
    private(set) var owner: ClientSide?
    /// Not weakly: a connection may close after everything else of its loop has gone.
    private let pool: UpstreamPool
    /// Of the channel that was connected first: a host with several addresses has one tried after the other, and the
    /// attempts that lose are closed later.
    private var context: ChannelHandlerContext?
    /// Of channels that are still being connected.
    private var attempts: [ChannelHandlerContext] = []
    private var isReady = false
    private var isDiscarded = false
    private var sawBytes = false
    private var keepsAlive = true
    /// What one read brought is being handed over.
    private var isReading = false
    private var failure: UpstreamFailure?
    /// True once it has served a request and came back.
    private(set) var isReused = false
    var idleSince = NIODeadline.now()

    init(address: UpstreamAddress, pool: UpstreamPool) {
        self.address = address
        self.pool = pool
    }

    // MARK: For the owner

    var isWritable: Bool { context?.channel.isWritable ?? false }

    func begin(for owner: ClientSide) {
        self.owner = owner
        sawBytes = false
        keepsAlive = true
    }

    func writeHead(_ bytes: ByteBuffer) {
        guard let context else { return }
        context.write(wrapOutboundOut(RawRequestEncoder.placeholder), promise: nil)
        context.write(wrapOutboundOut(.body(.byteBuffer(bytes))), promise: nil)
    }

    func write(_ bytes: ByteBuffer) { context?.write(wrapOutboundOut(.body(.byteBuffer(bytes))), promise: nil) }
    func flush() { context?.flush() }
    func read() { context?.read() }

    /// The owner is done with it: back into the pool, or closed.
    func release(reusable: Bool) {
        owner = nil
        guard let context else { return attempts.forEach { $0.close(promise: nil) } }
        guard reusable, !isDiscarded, context.channel.isActive else { return discard(context) }
        isReused = true
        idleSince = .now()
        // Behind the answer there may be more, which would pass for the next request's: looked at first.
        if !isReading { pool.put(self) }
        // A read stays open while idle, so that a closing peer or unsolicited bytes are noticed before the next use.
        context.read()
    }

    func close() { context?.close(promise: nil) }

    /// The connection was never made.
    func connectFailed(_ failure: UpstreamFailure) {
        let last = owner
        owner = nil
        last?.upstreamFailed(failure)
    }

    // MARK: From the channel

    func handlerAdded(context: ChannelHandlerContext) { attempts.append(context) }

    func handlerRemoved(context: ChannelHandlerContext) {
        attempts.removeAll { $0 === context }
        guard context === self.context else { return }
        self.context = nil
        pool.remove(self)
    }

    func channelActive(context: ChannelHandlerContext) {
        guard self.context == nil else { return context.close(promise: nil) }
        self.context = context
        attempts = []
        if let remote = context.remoteAddress, remote.isForbiddenForCredentials {
            failure = .forbiddenAddress(address.host)
            return context.close(promise: nil)
        }
        // Its request may have gone while the connection was being made.
        guard owner != nil else { return context.close(promise: nil) }
        context.read()
        if address.tls == nil { becomeReady() }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case .handshakeCompleted? = event as? TLSUserEvent {
            guard address.isExpectedServer(context) else {
                connectFailed(.noConnection(.wrongName, place: address.place))
                return context.close(promise: nil)
            }
            becomeReady()
        }
        context.fireUserInboundEventTriggered(event)
    }

    private func becomeReady() {
        isReady = true
        owner?.upstreamConnected()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard let owner else { return discard(context) }
        isReading = true
        switch unwrapInboundIn(data) {
        case .head(let head):
            sawBytes = true
            keepsAlive = head.isKeepAlive
            owner.upstreamHead(head)
        case .body(let bytes): owner.upstreamBytes(bytes)
        case .end: owner.upstreamEnd(reusable: keepsAlive)
        }
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        let wasReading = isReading
        isReading = false
        if let owner {
            owner.upstreamReadComplete()
        } else if !isDiscarded, context.channel.isActive {
            if wasReading { pool.put(self) }
            context.read()
        }
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        if context.channel.isWritable { owner?.upstreamWritable() }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        guard context === self.context else { return context.close(promise: nil) }
        if failure == nil {
            failure = UpstreamFailure(
                error, isReady: isReady, sawBytes: sawBytes, isReused: isReused, place: address.place)
        }
        discard(context)
    }

    /// Nobody may take it any more, although the end of a TLS connection may take a while.
    private func discard(_ context: ChannelHandlerContext) {
        isDiscarded = true
        pool.remove(self)
        context.close(promise: nil)
    }

    func channelInactive(context: ChannelHandlerContext) {
        guard context === self.context else { return }
        let end = failure ?? .closed(beforeAnyByte: !sawBytes, reused: isReused)
        let last = owner
        owner = nil
        pool.remove(self)
        last?.upstreamFailed(end)
    }
}
