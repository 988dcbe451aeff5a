// SPDX-License-Identifier: Apache-2.0
import Exchange
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL
import Providers

/// The connections of one event loop to its upstreams. The last one used is the first one taken, so that a quiet
/// spell lets the surplus grow old and close.
final class UpstreamPool {
    private let loop: any EventLoop
    private var idle: [Int: [UpstreamSide]] = [:]
    private let maximumIdlePerAddress = 512
    private let maximumIdleTime = TimeAmount.seconds(60)
    private(set) var isClosed = false

    init(loop: any EventLoop) { self.loop = loop }

    /// An idle connection, or nil when a new one has to be opened.
    func take(_ address: UpstreamAddress) -> UpstreamSide? { idle[address.id]?.popLast() }

    func put(_ side: UpstreamSide) {
        if isClosed || idle[side.address.id, default: []].count >= maximumIdlePerAddress { return side.close() }
        idle[side.address.id, default: []].append(side)
    }

    func remove(_ side: UpstreamSide) {
        guard let index = idle[side.address.id]?.lastIndex(where: { $0 === side }) else { return }
        idle[side.address.id]?.remove(at: index)
    }

    /// Opens a connection; `owner` hears of it when it is ready (after the TLS handshake) or has failed.
    func connect(_ address: UpstreamAddress, for owner: ClientSide, timeout: TimeAmount) -> UpstreamSide {
        let side = UpstreamSide(address: address, pool: self)
        side.begin(for: owner)
        let bound = NIOLoopBound(side, eventLoop: loop)
        ClientBootstrap(group: loop)
            .channelOption(.autoRead, value: false)
            .connectTimeout(timeout)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try Self.fill(channel.pipeline.syncOperations, with: bound.value)
                }
            }
            .connect(host: address.host, port: address.port)
            .whenFailure { error in
                let side = bound.value
                side.connectFailed(.noConnection(NoAnswer(connecting: error), place: side.address.place))
            }
        return side
    }

    /// Closes what has been idle for too long.
    func sweep(at now: NIODeadline) {
        for (id, sides) in idle {
            let old = sides.filter { $0.idleSince + maximumIdleTime < now }
            if old.isEmpty { continue }
            idle[id] = sides.filter { $0.idleSince + maximumIdleTime >= now }
            for side in old { side.close() }
        }
    }

    var isEmpty: Bool { idle.values.allSatisfy(\.isEmpty) }

    func close() {
        isClosed = true
        for side in idle.values.joined() { side.close() }
        idle = [:]
    }

    private static func fill(_ pipeline: ChannelPipeline.SynchronousOperations, with side: UpstreamSide) throws {
        if let tls = side.address.tls {
            try pipeline.addHandler(NIOSSLClientHandler(context: tls, serverHostname: side.address.serverName))
        }
        try pipeline.addHandler(RawRequestEncoder())
        var limits = NIOHTTPDecoderLimitConfiguration()
        limits.maxHeaderFieldSize = 16 << 10
        limits.maxHeaderListSize = 64 << 10
        limits.maxHeaderFieldCount = 200
        let decoder = HTTPResponseDecoder(leftOverBytesStrategy: .dropBytes, limitConfiguration: limits)
        try pipeline.addHandler(ByteToMessageHandler(decoder))
        try pipeline.addHandler(side)
    }
}
