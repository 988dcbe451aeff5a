// SPDX-License-Identifier: Apache-2.0
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL

/// A provider to rehearse with, in process or behind the command `provider-simulator`.
package final class Simulator: Sendable {
    package struct Options: Sendable {
        package var host = "127.0.0.1"
        /// 0 for any that is free.
        package var port = 0
        package var tls: TLSFiles?
        package var rules: [Rule] = []
        /// Clients' tokens that must not arrive.
        package var forbidden: [String] = []
        /// Lets the official SDKs in, for use without a gateway.
        package var allowsSDKAgents = false
        package var threads = 2

        package init() {}
    }

    /// PEM files.
    package struct TLSFiles: Hashable, Sendable {
        package var certificate: String
        package var key: String

        package init(certificate: String, key: String) {
            self.certificate = certificate
            self.key = key
        }
    }

    package let port: Int
    package let url: String
    private let provider: SimulatedProvider
    private let channel: any Channel
    private let group: MultiThreadedEventLoopGroup

    package static func start(_ options: Options = Options()) async throws -> Simulator {
        let prohibitions = Prohibitions(tokens: Set(options.forbidden), allowsSDKAgents: options.allowsSDKAgents)
        let provider = SimulatedProvider(rules: options.rules, prohibitions: prohibitions)
        let tls = try options.tls.map(Self.context)
        let group = MultiThreadedEventLoopGroup(numberOfThreads: max(1, options.threads))
        do {
            let channel = try await bootstrap(group, provider, tls)
                .bind(host: options.host, port: options.port).get()
            return Simulator(options, provider, channel, group)
        } catch {
            try await group.shutdownGracefully()
            throw error
        }
    }

    private init(
        _ options: Options, _ provider: SimulatedProvider, _ channel: any Channel, _ group: MultiThreadedEventLoopGroup
    ) {
        self.provider = provider
        self.channel = channel
        self.group = group
        port = channel.localAddress?.port ?? options.port
        let host = options.host.contains(":") ? "[\(options.host)]" : options.host
        url = "\(options.tls == nil ? "http" : "https")://\(host):\(port)"
    }

    /// Ends the listener and every connection; requests under way end as `stopped`.
    package func stop() async throws {
        provider.recorder.stopping()
        try await channel.close()
        try await group.shutdownGracefully()
    }

    // MARK: What the control pages do

    package var record: Record { provider.recorder.record() }
    package func resetRecord() { provider.recorder.reset() }
    package func replaceRules(_ rules: [Rule]) { provider.book.replace(rules) }
    package func forbid(_ tokens: [String]) { provider.forbid(tokens) }

    // MARK: Listening

    private static func context(_ files: TLSFiles) throws -> NIOSSLContext {
        let chain = try NIOSSLCertificate.fromPEMFile(files.certificate).map { NIOSSLCertificateSource.certificate($0) }
        let key = try NIOSSLPrivateKey(file: files.key, format: .pem)
        var configuration = TLSConfiguration.makeServerConfiguration(
            certificateChain: chain, privateKey: .privateKey(key))
        configuration.applicationProtocols = ["http/1.1"]
        return try NIOSSLContext(configuration: configuration)
    }

    private static func bootstrap(
        _ group: MultiThreadedEventLoopGroup, _ provider: SimulatedProvider, _ tls: NIOSSLContext?
    ) -> ServerBootstrap {
        ServerBootstrap(group: group)
            .serverChannelOption(.backlog, value: 4096)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let pipeline = channel.pipeline.syncOperations
                    if let tls { try pipeline.addHandler(NIOSSLServerHandler(context: tls)) }
                    let decoder = HTTPRequestDecoder(leftOverBytesStrategy: .dropBytes)
                    try pipeline.addHandler(ByteToMessageHandler(decoder))
                    try pipeline.addHandler(Connection(provider: provider))
                }
            }
    }
}
