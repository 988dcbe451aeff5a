// SPDX-License-Identifier: Apache-2.0
import Exchange
import NIOCore
import NIOHTTP1
import Providers

/// The one door of the gateway: every connection has one. It checks each request's head, then hands the request to a
/// `ClientSide` (model requests) or to the control plane, and keeps the connection's deadlines. Its state is for the files
/// of this type alone; others read it.
final class FrontDoor: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart

    enum Stage {
        /// Between requests, or before the first.
        case idle(since: NIODeadline)
        case relaying(ClientSide)
        case control(ControlRequest)
        /// The control plane is writing its answer.
        case answering
        /// An error was answered; what still comes in is thrown away, so that the client can read it.
        case closing(until: NIODeadline)
    }

    let runtime: Runtime
    let control: ControlPlane
    let own: LoopContext
    let gauge: ByteGauge
    let encoder: RawAnswerEncoder
    private(set) var context: ChannelHandlerContext?
    var stage = Stage.idle(since: .now())
    /// What the current request's answer needs to know.
    var keepsAlive = true
    var isHTTP10 = false
    var isHeadRequest = false
    var framing = AnswerFraming.length(0)
    var requestEnded = true
    /// A request's head came in and its answer is not whole yet. Without one, nothing may pass the pipelining handler.
    var hasRequest = false
    /// Bytes of answers' bodies written for the current request.
    var bytesOut = 0

    static let keepAliveIdle = TimeAmount.seconds(120)
    static let lingering = TimeAmount.seconds(2)

    init(runtime: Runtime, control: ControlPlane, own: LoopContext, gauge: ByteGauge, encoder: RawAnswerEncoder) {
        self.runtime = runtime
        self.control = control
        self.own = own
        self.gauge = gauge
        self.encoder = encoder
    }

    // MARK: The channel

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        own.add(self)
    }

    func channelActive(context: ChannelHandlerContext) { context.read() }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head):
            // After an answer that ends the connection, nothing more is begun.
            if case .closing = stage { return }
            receive(head)
        case .body(let bytes):
            switch stage {
            case .relaying(let client): client.body(bytes)
            case .control(let request): collect(bytes, for: request)
            default: break
            }
        case .end:
            requestEnded = true
            switch stage {
            case .relaying(let client): client.bodyEnd()
            case .control(let request):
                stage = .answering
                control.answer(request, at: self)
            // Behind the answers to this request and to those before it, which may not have left yet.
            case .closing: closeAfterFlush()
            default: break
            }
        }
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        context.flush()
        readOn()
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        if context.channel.isWritable, case .relaying(let client) = stage { client.clientWritable() }
    }

    func channelInactive(context: ChannelHandlerContext) {
        if case .relaying(let client) = stage { client.clientGone() }
        stage = .closing(until: .now())
        own.remove(self)
        self.context = nil
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        let fault: Fault
        switch error {
        case is SilentBytesExceeded, HTTPParserError.headerOverflow:
            fault = Fault(
                .headTooLarge,
                "The request's head is too large. Send fewer fields, or raise gateway.limits.maxHeadBytes.")
        // The client has gone in the middle of its request.
        case HTTPParserError.invalidEOFState: return context.close(promise: nil)
        case is HTTPParserError, is NIOHTTPDecoderError:
            fault = Fault(.badFraming, "The request is not well-formed HTTP/1.1: \(error).")
        default: return context.close(promise: nil)
        }
        switch stage {
        case .relaying(let client): client.framingFailed(fault)
        case .idle, .control: refuse(fault, dialect: .openaiChat)
        // The answer to the request before it is on its way, and ends the connection.
        case .answering: return keepsAlive = false
        case .closing: break
        }
        closeAfterFlush()
    }

    /// Asks for more of the request, or for the next one, unless whoever has it is not ready.
    func readOn() {
        guard let context else { return }
        switch stage {
        case .relaying(let client): if client.wantsBytes { context.read() }
        case .answering: break
        case .idle, .control, .closing: context.read()
        }
    }
}
