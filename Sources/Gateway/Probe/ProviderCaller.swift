// SPDX-License-Identifier: Apache-2.0
package import Credentials
import Exchange
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL
import NIOTLS
package import Providers
import Settings

/// Asks providers for the command line, by the gateway's own rules: verified certificates, no redirect followed, no
/// address that credentials are never sent to, no proxy of the environment, and a deadline for the whole.
package struct ProviderCaller: Sendable {
    private let addresses = UpstreamAddresses()
    /// One thread, started with the first question and ended with the process.
    private static let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)

    package init() {}

    /// - Parameters:
    ///   - secret: nil for a page that is open to everybody.
    ///   - caFile: authorities trusted besides the system's.
    ///   - patience: for everything, from the look-up of the name to the last byte.
    ///   - done: called once, on a thread of this caller's.
    package func ask(
        _ question: ProviderQuestion, of provider: Provider, with secret: Secret?, caFile: String?, patience: Duration,
        done: @escaping @Sendable (ProviderReply) -> Void
    ) {
        // Reading the trust roots counts as well.
        let deadline = NIODeadline.now() + TimeAmount(patience)
        let loop = Self.group.next()
        let promise = loop.makePromise(of: ProviderReply.self)
        // It never fails: what goes wrong is an answer too.
        promise.futureResult.whenSuccess(done)
        let prepared: (head: ByteBuffer, address: UpstreamAddress)
        do throws(NoAnswer) { prepared = try prepare(question, provider, secret, caFile) } catch {
            return promise.succeed(.none(error))
        }
        loop.execute {
            let call = ProviderCall(question, head: prepared.head, at: prepared.address, promise: promise)
            call.begin(on: loop, until: deadline)
        }
    }

    private func prepare(
        _ question: ProviderQuestion, _ provider: Provider, _ secret: Secret?, _ caFile: String?
    ) throws(NoAnswer) -> (ByteBuffer, UpstreamAddress) {
        let fixed =
            secret.map { CredentialFields.bytes(for: provider, secret: $0) }
            ?? CredentialFields.bytesWithoutCredential(for: provider)
        guard let place = provider.place, let fixed else { throw .notSent }
        // One that is written out needs no connection to be known.
        if NetworkAddress(place.host)?.isForbiddenUpstream == true { throw .forbiddenAddress }
        do {
            let address = try addresses.address(
                of: .init(host: place.host, port: place.port, isTLS: place.isTLS, caFile: caFile))
            return (ByteBuffer(bytes: question.head(with: fixed)), address)
        } catch { throw .authority("\(error)") }
    }
}

/// One question on a connection of its own. Lives on its loop.
private final class ProviderCall: ChannelInboundHandler {
    typealias InboundIn = HTTPClientResponsePart
    typealias OutboundOut = HTTPClientRequestPart

    private let question: ProviderQuestion
    private let head: ByteBuffer
    private let address: UpstreamAddress
    /// Nil once it has been answered.
    private var promise: EventLoopPromise<ProviderReply>?
    private var channel: (any Channel)?
    private var isReady = false
    private var answer: ProviderAnswer?

    init(
        _ question: ProviderQuestion, head: ByteBuffer, at address: UpstreamAddress,
        promise: EventLoopPromise<ProviderReply>
    ) {
        self.question = question
        self.head = head
        self.address = address
        self.promise = promise
    }

    func begin(on loop: any EventLoop, until end: NIODeadline) {
        let bound = NIOLoopBound(self, eventLoop: loop)
        let deadline = loop.scheduleTask(deadline: end) {
            bound.value.finish(.none(.deadline(isConnected: bound.value.isReady)))
        }
        promise?.futureResult.whenComplete { _ in deadline.cancel() }
        let address = address
        ClientBootstrap(group: loop)
            .channelOption(.autoRead, value: false)
            .connectTimeout(max(.milliseconds(1), end - .now()))
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture { try Self.fill(channel.pipeline.syncOperations, address) }
            }
            .connect(host: address.host, port: address.port)
            .whenComplete { result in bound.value.connected(result) }
    }

    /// Nothing is read before this call has its place behind the decoder: a host with several addresses has several
    /// channels opened, and only the one that won gets it.
    private static func fill(_ pipeline: ChannelPipeline.SynchronousOperations, _ address: UpstreamAddress) throws {
        if let tls = address.tls {
            try pipeline.addHandler(NIOSSLClientHandler(context: tls, serverHostname: address.serverName))
        }
        try pipeline.addHandler(RawRequestEncoder())
        var limits = NIOHTTPDecoderLimitConfiguration()
        limits.maxHeaderFieldSize = 16 << 10
        limits.maxHeaderListSize = 64 << 10
        limits.maxHeaderFieldCount = 200
        let decoder = HTTPResponseDecoder(leftOverBytesStrategy: .dropBytes, limitConfiguration: limits)
        try pipeline.addHandler(ByteToMessageHandler(decoder))
    }

    private func connected(_ result: Result<any Channel, any Error>) {
        switch result {
        case .failure(let error): finish(.none(NoAnswer(connecting: error)))
        case .success(let channel):
            guard promise != nil else { return channel.close(promise: nil) }
            self.channel = channel
            guard channel.remoteAddress?.isForbiddenForCredentials == false else {
                return finish(.none(.forbiddenAddress))
            }
            do { try channel.pipeline.syncOperations.addHandler(self) } catch { finish(.none(.closed)) }
        }
    }

    private func finish(_ reply: ProviderReply) {
        let last = promise
        promise = nil
        channel?.close(promise: nil)
        last?.succeed(reply)
    }

    // MARK: From the channel

    func handlerAdded(context: ChannelHandlerContext) {
        context.read()
        if address.tls == nil { send(context) }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case .handshakeCompleted? = event as? TLSUserEvent {
            guard address.isExpectedServer(context) else {
                return finish(.none(.wrongName))
            }
            send(context)
        }
        context.fireUserInboundEventTriggered(event)
    }

    private func send(_ context: ChannelHandlerContext) {
        guard promise != nil else { return }
        isReady = true
        // What the decoder pairs the answer with; the bytes are ours as a whole.
        context.write(wrapOutboundOut(RawRequestEncoder.placeholder), promise: nil)
        context.write(wrapOutboundOut(.body(.byteBuffer(head))), promise: nil)
        let body = question.body.map { ByteBuffer(string: $0) } ?? ByteBuffer()
        context.writeAndFlush(wrapOutboundOut(.body(.byteBuffer(body))), promise: nil)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head):
            guard UpstreamAnswer(head).foreignEncoding == nil else { return finish(.none(.encoded)) }
            let fields = Dictionary(
                head.headers.map { ($0.name.lowercased(), $0.value) }, uniquingKeysWith: { first, _ in first })
            answer = ProviderAnswer(status: Int(head.status.code), fields: fields)
        case .body(let bytes): take(bytes)
        case .end: answer.map { finish(.answer($0)) }
        }
    }

    private func take(_ bytes: ByteBuffer) {
        guard var answer else { return }
        let room = question.maximumBytes - answer.body.count
        answer.body += bytes.readableBytesView.prefix(room)
        answer.isCut = bytes.readableBytes > room
        self.answer = answer
        if answer.isCut { finish(.answer(answer)) }
    }

    func channelReadComplete(context: ChannelHandlerContext) { if promise != nil { context.read() } }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        let failure = UpstreamFailure(
            error, isReady: isReady, sawBytes: answer != nil, isReused: false, place: address.place)
        finish(.none(NoAnswer(failure)))
    }

    func channelInactive(context: ChannelHandlerContext) { finish(.none(.closed)) }
}
