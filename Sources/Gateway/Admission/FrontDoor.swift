// SPDX-License-Identifier: Apache-2.0
import Exchange
import NIOCore
import NIOHTTP1
import Providers

/// The one door of the gateway: every connection has one. It checks each request's head, then hands the request to a
/// `ClientSide` (model requests) or to the control plane, and keeps the connection's deadlines.
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
    private let control: ControlPlane
    let own: LoopContext
    private let gauge: ByteGauge
    private let encoder: RawAnswerEncoder
    private(set) var context: ChannelHandlerContext?
    private var stage = Stage.idle(since: .now())
    /// What the current request's answer needs to know.
    private(set) var keepsAlive = true
    private(set) var isHTTP10 = false
    private(set) var isHeadRequest = false
    private var framing = AnswerFraming.length(0)
    private var requestEnded = true
    /// A request's head came in and its answer is not whole yet. Without one, nothing may pass the pipelining handler.
    private var hasRequest = false
    /// Bytes of answers' bodies written for the current request.
    private(set) var bytesOut = 0

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

    // MARK: Requests

    private func receive(_ head: HTTPRequestHead) {
        requestEnded = false
        hasRequest = true
        bytesOut = 0
        isHTTP10 = head.version.isHTTP10
        isHeadRequest = head.method == .HEAD
        let deployment = runtime.deployment
        let route = Route(head)
        let fields = HeadFields(head)
        // NIO's decoder stops for good behind a request that offers an upgrade; ours is never taken up.
        keepsAlive = head.isKeepAlive && !fields.offersUpgrade && !runtime.isDraining
        do throws(Fault) {
            try deployment.heads.admit(head, fields)
            if !route.isOpen, !isCommand(fields, to: route) { try deployment.token.admit(fields) }
            try admit(head, fields, to: route, under: deployment)
        } catch {
            refuse(error, dialect: route.dialect)
        }
    }

    private func admit(
        _ head: HTTPRequestHead, _ fields: HeadFields, to route: Route, under deployment: Deployment
    ) throws(Fault) {
        switch route {
        case .model(let endpoint):
            if head.method != .POST { throw Fault(.methodNotAllowed, "Use POST for \(endpoint.path).") }
            try checkContentType(fields)
            if runtime.isDraining {
                throw Fault(.draining, "The gateway is shutting down. Repeat the request in a moment.")
            }
            let client = ClientSide(fields: fields, endpoint: endpoint, deployment: deployment, door: self)
            stage = .relaying(client)
            client.start()
            // Not when the head alone was reason enough to refuse it.
            if case .relaying = stage { continueIfExpected(head, fields) }
        case .control(let path, _):
            // What changes something is asked for by a program: a form on a web page cannot send JSON.
            if ControlRoutes.changing.contains(path), head.method != .GET, head.method != .HEAD {
                try checkContentType(fields)
            }
            stage = .control(ControlRequest(head: head, path: path, deployment: deployment))
            continueIfExpected(head, fields)
        }
    }

    private func checkContentType(_ fields: HeadFields) throws(Fault) {
        if fields.contentType?.isJSONContentType != true {
            throw Fault(
                .invalidJSON, "The request's content-type is not application/json. Send JSON, and say so in that field."
            )
        }
    }

    private func continueIfExpected(_ head: HTTPRequestHead, _ fields: HeadFields) {
        guard !head.version.isHTTP10, let expect = fields.expect, expect.isEqualIgnoringCase("100-continue") else {
            return
        }
        encoder.writeDirectly(ByteBuffer(string: "HTTP/1.1 100 Continue\r\n\r\n"))
    }

    private func collect(_ bytes: ByteBuffer, for request: ControlRequest) {
        guard request.body.readableBytes + bytes.readableBytes <= ControlRequest.maximumBodyBytes else {
            return refuse(
                Fault(.bodyTooLarge, "The request body is larger than \(ControlRequest.maximumBodyBytes) bytes."),
                dialect: .openaiChat)
        }
        request.body.writeImmutableBuffer(bytes)
    }

    /// An error of ours before anything else was answered; the connection ends with it.
    func refuse(_ fault: Fault, dialect: ClientDialect) {
        keepsAlive = false
        if !hasRequest { (isHeadRequest, isHTTP10, bytesOut) = (false, false, 0) }
        let id = runtime.ids.next()
        var answer = ErrorAnswer(fault, dialect: dialect, requestID: id)
        answer.allow = fault.code == .methodNotAllowed ? "POST" : nil
        write(answer, id: id)
        own.metrics.countRequest(route: "refused", status: answer.status, duration: .zero, firstToken: nil)
        own.append(.refused(id: id, code: fault.code.rawValue, status: answer.status, bytesOut: bytesOut))
    }

    // MARK: Answers

    func write(_ answer: ErrorAnswer, id: ByteBuffer, extra: (inout AnswerHead) -> Void = { _ in }) {
        var head = AnswerHead(status: answer.status, allocator: allocator)
        head.add("content-type", "application/json")
        head.add("x-agenticflow-request-id", id)
        if let seconds = answer.retryAfterSeconds { head.add("retry-after", seconds) }
        if let shouldRetry = answer.shouldRetry { head.add("x-should-retry", shouldRetry ? "true" : "false") }
        if let allow = answer.allow { head.add("allow", allow) }
        extra(&head)
        begin(head, framing: .length(answer.body.readableBytes))
        write(answer.body)
        end()
    }

    /// The head's bytes plus framing; from here on an answer is under way.
    func begin(_ head: AnswerHead, framing: AnswerFraming) {
        guard let context else { return }
        var framing = framing
        if case .chunked = framing, isHTTP10 { framing = .untilClose }
        if case .untilClose = framing { keepsAlive = false }
        if !requestEnded || runtime.isDraining { keepsAlive = false }
        self.framing = framing
        var head = head
        if hasRequest { context.write(wrapOutboundOut(RawAnswerEncoder.placeholder), promise: nil) }
        writeRaw(head.end(framing: framing, close: !keepsAlive))
    }

    func write(_ bytes: ByteBuffer) {
        guard bytes.readableBytes > 0, !isHeadRequest else { return }
        bytesOut += bytes.readableBytes
        guard case .chunked = framing else { return writeRaw(bytes) }
        var prefix = ByteBuffer.chunkPrefix(of: bytes.readableBytes, allocator: allocator)
        if bytes.readableBytes <= 1024 {
            prefix.writeImmutableBuffer(bytes)
            prefix.writeStaticString("\r\n")
            return writeRaw(prefix)
        }
        writeRaw(prefix)
        writeRaw(bytes)
        writeRaw(.chunkEnd)
    }

    /// The answer is whole. Then the next request, or the end of the connection.
    func end() {
        guard let context else { return }
        if case .chunked = framing { writeRaw(.lastChunk) }
        let waitsForRequest = !requestEnded
        let close = !keepsAlive
        // One whose request is whole closes once its answer has left, which a slow reader may take a while for.
        let patience = waitsForRequest ? Self.lingering : Self.keepAliveIdle
        stage = close ? .closing(until: .now() + patience) : .idle(since: .now())
        let promise = close && !waitsForRequest ? closing(context) : nil
        if hasRequest {
            hasRequest = false
            context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: promise)
        } else {
            encoder.writeDirectly(ByteBuffer(), promise: promise)
        }
        readOn()
    }

    /// The answer cannot be finished: the connection ends without the closing chunk, which tells the client so.
    func breakOff() {
        keepsAlive = false
        context?.flush()
        closeAfterFlush()
    }

    func flush() { context?.flush() }
    var isWritable: Bool { context?.channel.isWritable ?? false }
    var allocator: ByteBufferAllocator { context?.channel.allocator ?? ByteBufferAllocator() }

    private func writeRaw(_ bytes: ByteBuffer) {
        guard hasRequest else { return encoder.writeDirectly(bytes) }
        context?.write(wrapOutboundOut(.body(.byteBuffer(bytes))), promise: nil)
    }

    private func closeAfterFlush() {
        // A client that reads no more must not keep the connection open for ever.
        if case .relaying = stage { stage = .closing(until: .now() + Self.keepAliveIdle) }
        // An empty write behind everything else: when it is done, all of it has reached the system. Past the pipelining
        // handler, which may not have seen this request's head answered.
        encoder.writeDirectly(ByteBuffer(), promise: context.map(closing))
    }

    /// Closes the connection when the write that it is given to is done.
    private func closing(_ context: ChannelHandlerContext) -> EventLoopPromise<Void> {
        let promise = context.eventLoop.makePromise(of: Void.self)
        let bound = NIOLoopBound(context, eventLoop: context.eventLoop)
        promise.futureResult.whenComplete { _ in bound.value.close(promise: nil) }
        return promise
    }

    private func closeNow() { context?.close(promise: nil) }

    /// Asks for more of the request, or for the next one, unless whoever has it is not ready.
    func readOn() {
        guard let context else { return }
        switch stage {
        case .relaying(let client): if client.wantsBytes { context.read() }
        case .answering: break
        case .idle, .control, .closing: context.read()
        }
    }

    // MARK: Time and shutdown

    func tick(at now: NIODeadline) {
        switch stage {
        case .idle(let since):
            let limits = runtime.deployment.limits
            if let silent = gauge.silentSince {
                if silent + limits.head < now {
                    refuse(
                        Fault(.tooSlow, "The request's head did not arrive in time. Send it at once."),
                        dialect: .openaiChat)
                }
            } else if since + Self.keepAliveIdle < now || runtime.isDraining {
                closeNow()
            }
        case .relaying(let client): client.tick(at: now)
        case .control(let request): if request.startedAt + request.deployment.limits.head < now { closeNow() }
        case .answering: break
        case .closing(let until): if until < now { closeNow() }
        }
    }

    func drain() {
        keepsAlive = false
        if case .idle = stage, gauge.silentSince == nil { closeNow() }
    }

    func cutForShutdown() {
        if case .relaying(let client) = stage { client.cutForShutdown() }
        closeNow()
    }
}

extension String {
    fileprivate var isJSONContentType: Bool {
        if isEqualIgnoringCase("application/json") { return true }
        let type = prefix { $0 != ";" }
        return String(type).trimmingBlanks.isEqualIgnoringCase("application/json")
    }

    private var trimmingBlanks: String {
        guard utf8.first == UInt8(ascii: " ") || utf8.last == UInt8(ascii: " ") else { return self }
        return String(drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
    }
}
