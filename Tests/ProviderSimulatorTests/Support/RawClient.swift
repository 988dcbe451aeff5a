// SPDX-License-Identifier: Apache-2.0
import NIOCore
import NIOPosix
import NIOSSL

/// Speaks to a simulator byte by byte, so that nothing hides what it sends.
struct RawClient {
    let port: Int
    var tls: NIOSSLContext?

    enum Ending: Hashable {
        /// The peer sent a FIN.
        case closed
        /// The peer sent an RST.
        case reset
        /// The connection was still open when we had what we wanted, and we left.
        case weLeft
    }

    /// Sends bytes and reads until the peer ends the connection, or `isEnough`; then `leaving` runs before we leave.
    func exchange(
        _ request: String, until isEnough: @escaping (String) -> Bool = { _ in false },
        leaving: () async throws -> Void = {}
    ) async throws -> (text: String, ending: Ending) {
        let channel = try await connect()
        var bytes = ByteBuffer()
        var ending = Ending.closed
        do {
            try await channel.executeThenClose { inbound, outbound in
                try await outbound.write(ByteBuffer(string: request))
                var parts = inbound.makeAsyncIterator()
                while true {
                    if isEnough(String(buffer: bytes)) {
                        ending = .weLeft
                        return try await leaving()
                    }
                    guard let part = try await parts.next() else { return }
                    bytes.writeImmutableBuffer(part)
                }
            }
        } catch let error as IOError where error.errnoCode == 104 {
            ending = .reset
        }
        return (String(buffer: bytes), ending)
    }

    private func connect() async throws -> NIOAsyncChannel<ByteBuffer, ByteBuffer> {
        let tls = tls
        return try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .connect(host: "127.0.0.1", port: port) { channel in
                channel.eventLoop.makeCompletedFuture {
                    if let tls {
                        let handler = try NIOSSLClientHandler(context: tls, serverHostname: "localhost")
                        try channel.pipeline.syncOperations.addHandler(handler)
                    }
                    return try NIOAsyncChannel(wrappingChannelSynchronously: channel)
                }
            }
    }
}
