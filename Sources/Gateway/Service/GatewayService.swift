// SPDX-License-Identifier: Apache-2.0
package import FoundationEssentials
import NIOCore
import NIOExtras
import NIOHTTP1
import NIOPosix
import ServiceLifecycle

#if canImport(Glibc)
    import Glibc
#endif

/// The daemon: listens, serves, and drains when it is told to stop.
struct GatewayService: Service {
    let place: ListeningPlace
    let runtime: Runtime
    let control: ControlPlane
    let loops: EventLoops
    /// Called once the sockets accept connections, with the port in use.
    let onListening: @Sendable (Int) -> Void
    /// Called once no more connections are accepted.
    let onDraining: @Sendable (Drain) -> Void

    func run() async throws {
        let quiescing = ServerQuiescingHelper(group: loops.group)
        let channels = try await bind(quiescing)
        let port = channels.first?.localAddress?.port ?? place.port
        onListening(port)
        await withGracefulShutdownHandler {
            // Ends when the listener is closed, by the drain below.
            try? await channels[0].closeFuture.get()
        } onGracefulShutdown: {
            runtime.startDraining()
            quiescing.initiateShutdown(promise: nil)
            for channel in channels.dropFirst() { channel.close(promise: nil) }
            loops.each { $0.drain() }
            let seconds = Int(runtime.deployment.limits.drain.nanoseconds / 1_000_000_000)
            onDraining(Drain(openConnections: runtime.openConnections, startedAt: WallTime.now.date, seconds: seconds))
        }
        await drain()
    }

    /// Requests under way may finish until the drain deadline; then they are cut.
    private func drain() async {
        let deadline = ContinuousClock.now + .nanoseconds(runtime.deployment.limits.drain.nanoseconds)
        while runtime.openConnections > 0, ContinuousClock.now < deadline {
            // Only a cancelled task cannot sleep; then there is nothing to wait for.
            guard (try? await Task.sleep(for: .milliseconds(20))) != nil else { break }
        }
        let left = runtime.openConnections
        if left > 0 {
            runtime.log.event("drain_deadline_passed", [("connections", .number(left))])
            await loops.onEach { $0.cutAll() }
        }
        await loops.onEach { $0.flushLog() }
    }

    private func bind(_ quiescing: ServerQuiescingHelper) async throws -> [any Channel] {
        var channels: [any Channel] = []
        var port = place.port
        for (index, host) in place.hosts.enumerated() {
            do {
                let channel = try await bootstrap(index == 0 ? quiescing : nil).bind(host: host, port: port).get()
                port = channel.localAddress?.port ?? port
                // Behind the handler that sets connections up, which is added last.
                try await channel.eventLoop.submit { [runtime] in
                    try channel.pipeline.syncOperations.addHandler(FailedAccepts(log: runtime.log))
                }.get()
                channels.append(channel)
            } catch {
                // The second address of a loopback listener is a convenience: not every system has IPv6.
                if index == 0 { throw ListenError(host: host, port: port, error: error) }
            }
        }
        return channels
    }

    private func bootstrap(_ quiescing: ServerQuiescingHelper?) -> ServerBootstrap {
        let runtime = runtime
        let control = control
        let loops = loops
        return ServerBootstrap(group: loops.group)
            .serverChannelOption(.backlog, value: 4096)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .serverChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let pipeline = channel.pipeline.syncOperations
                    if let quiescing {
                        try pipeline.addHandler(quiescing.makeServerChannelHandler(channel: channel))
                    }
                    try pipeline.addHandler(AcceptPause())
                }
            }
            .childChannelOption(.autoRead, value: false)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let pipeline = channel.pipeline.syncOperations
                    guard let own = loops.context(of: channel.eventLoop), runtime.admitConnection() else {
                        return try pipeline.addHandler(Overloaded(id: runtime.ids.next()))
                    }
                    channel.closeFuture.whenComplete { _ in runtime.leaveConnection() }
                    try Self.fill(pipeline, runtime: runtime, control: control, own: own)
                }
            }
    }

    /// NIO's own HTTP/1 parser and pipelining, between our gauge and our front door.
    static func fill(
        _ pipeline: ChannelPipeline.SynchronousOperations, runtime: Runtime, control: ControlPlane, own: LoopContext
    ) throws {
        let limits = runtime.deployment.limits
        var decoding = NIOHTTPDecoderLimitConfiguration()
        decoding.maxHeaderFieldSize = limits.maximumHeadBytes
        decoding.maxHeaderListSize = limits.maximumHeadBytes
        decoding.maxHeaderFieldCount = limits.maximumFields
        let gauge = ByteGauge(limit: limits.maximumHeadBytes + 1024)
        try pipeline.addHandler(gauge)
        let decoder = HTTPRequestDecoder(leftOverBytesStrategy: .dropBytes, limitConfiguration: decoding)
        try pipeline.addHandler(ByteToMessageHandler(decoder))
        try pipeline.addHandler(DecoderWatch(gauge))
        let encoder = RawAnswerEncoder()
        try pipeline.addHandler(encoder)
        try pipeline.addHandler(HTTPServerPipelineHandler())
        try pipeline.addHandler(FrontDoor(runtime: runtime, control: control, own: own, gauge: gauge, encoder: encoder))
    }
}

/// A gateway that was told to stop, and lets open requests finish.
package struct Drain: Sendable {
    package var openConnections: Int
    package var startedAt: Date
    /// What is open by then is cut.
    package var seconds: Int
    package var deadline: Date { startedAt.addingTimeInterval(Double(seconds)) }
}

/// Where to listen.
package struct ListeningPlace: Sendable {
    /// The first must be had; the others are taken when they can be.
    package var hosts: [String]
    package var port: Int
    /// The one that requests name.
    package var host: String { hosts.first ?? "127.0.0.1" }

    package init(hosts: [String], port: Int) {
        self.hosts = hosts
        self.port = port
    }
}

/// The port is taken, or the address is not ours.
package struct ListenError: Error {
    package var host: String
    package var port: Int
    package var error: any Error
    package var isAddressInUse: Bool { (error as? IOError)?.errnoCode == EADDRINUSE }
}
