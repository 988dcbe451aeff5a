// SPDX-License-Identifier: Apache-2.0
import NIOCore
import NIOHTTP1

/// One connection: reads requests one after another, has each decided, and plays its script.
final class Connection: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = ByteBuffer

    /// Parts of pipelined requests that may wait; a peer that sends more is no client.
    private static let longestBacklog = 4096

    let provider: SimulatedProvider
    private let number: Int
    /// The request being read or answered.
    var request: IncomingRequest?
    /// The script being played.
    var playing: Playing?
    private var backlog = CircularBuffer<HTTPServerRequestPart>()
    /// What still arrives is thrown away: the connection is about to end.
    var isDeaf = false
    private var isReadingBacklog = false

    init(provider: SimulatedProvider) {
        self.provider = provider
        number = provider.recorder.connected()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        if isDeaf { return }
        backlog.append(unwrapInboundIn(data))
        guard playing != nil else { return readBacklog(context) }
        if backlog.count > Self.longestBacklog { context.close(promise: nil) }
    }

    /// Reads on until a request is complete, so that answers keep the order of the requests.
    func readBacklog(_ context: ChannelHandlerContext) {
        // An answer that is complete at once comes back here; the loop below goes on then.
        if isReadingBacklog { return }
        isReadingBacklog = true
        defer { isReadingBacklog = false }
        while playing == nil, !isDeaf, let part = backlog.popFirst() {
            switch part {
            case .head(let head): begin(head, context)
            case .body(let bytes): request?.read(bytes)
            case .end: answer(context)
            }
        }
    }

    private func begin(_ head: HTTPRequestHead, _ context: ChannelHandlerContext) {
        let request = provider.receive(head, connection: number)
        self.request = request
        if request.unread != nil {
            stopReading(context)
            return answer(context)
        }
        if head.headers[canonicalForm: "expect"].contains(where: { $0.lowercased() == "100-continue" }) {
            context.writeAndFlush(
                wrapOutboundOut(ByteBuffer(staticString: "HTTP/1.1 100 Continue\r\n\r\n")), promise: nil)
        }
    }

    /// Leaves what arrives to the kernel, and the kernel little room: the peer must feel it.
    private func stopReading(_ context: ChannelHandlerContext) {
        isDeaf = true
        backlog.removeAll()
        let options = context.channel.syncOptions
        // Neither can fail on an open connection; on a closing one they no longer matter.
        try? options?.setOption(.autoRead, value: false)
        try? options?.setOption(.socketOption(.so_rcvbuf), value: 4096)
    }

    private func answer(_ context: ChannelHandlerContext) {
        guard var request else { return }
        let script = provider.script(for: &request)
        self.request = request
        play(script, context)
    }

    // MARK: Ends

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        if context.channel.isWritable { advance(context) }
        context.fireChannelWritabilityChanged()
    }

    func channelInactive(context: ChannelHandlerContext) {
        provider.recorder.disconnected()
        leave()
        context.fireChannelInactive()
    }

    /// The peer went, or the simulator stops: a request under way ends here.
    private func leave() {
        playing?.timer?.cancel()
        playing = nil
        guard var entry = request?.entry else { return }
        entry.bytesIn = request?.bodyBytes ?? 0
        entry.outcome = .cancelled
        entry.clientLeftAfterMilliseconds = request?.elapsedMilliseconds()
        request = nil
        provider.recorder.settle(entry)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        guard error is HTTPParserError || error is NIOHTTPDecoderError, playing == nil else {
            return context.close(promise: nil)
        }
        isDeaf = true
        var script = Script.json(400, ["error": "this is no HTTP/1.1 request"], closes: true)
        script.outcome = .refused
        play(script, context)
    }
}
