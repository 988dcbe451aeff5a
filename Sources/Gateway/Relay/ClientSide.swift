// SPDX-License-Identifier: Apache-2.0
import Credentials
import Exchange
import NIOCore
import NIOHTTP1
import Providers
import Rotation

/// Drives one `Exchange`: brings it what the client and the upstream do, and does what it says. Lives on one event
/// loop, between one `FrontDoor` and at most one `UpstreamSide` at a time.
final class ClientSide {
    private let door: FrontDoor
    private let deployment: Deployment
    private let runtime: Runtime
    private let fields: HeadFields
    private let endpoint: Endpoint
    private let id: ByteBuffer
    private let session: SessionKey?
    private let agent: AgentID?
    private let startedAt = NIODeadline.now()

    private var exchange: Exchange
    private var waitingEvents: [Exchange.Event] = []
    private var isDriving = false
    private var upstream: UpstreamSide?
    private var upstreamHead: HTTPResponseHead?
    private var chosen: ChosenCredential?
    private var isProbe = false
    private var requestedModel: String?
    private var isChunkedUpload = false

    private var status = 0
    private var code: String?
    private var failure: FailureReport?
    /// What was probably meant by a model that the provider does not have.
    private var guess: String?
    private var firstByteAt: NIODeadline?
    private var isRecorded = false
    private var countsAsOpen = false

    init(fields: HeadFields, endpoint: Endpoint, deployment: Deployment, door: FrontDoor) {
        self.fields = fields
        self.endpoint = endpoint
        self.deployment = deployment
        self.door = door
        runtime = door.runtime
        id = door.runtime.ids.next()
        let agent = fields.agent.flatMap { AgentID($0) }
        self.agent = agent
        session = fields.session.flatMap { $0.isEmpty ? nil : SessionKey($0, agent: agent) }
        let declared = fields.contentLength.flatMap { Int($0) }
        exchange = Exchange(
            endpoint: endpoint, declaredBytes: declared, limits: deployment.limits.exchange, at: startedAt)
    }

    // MARK: From the front door

    func start() { carryOut() }
    func body(_ bytes: ByteBuffer) { drive(.body(bytes)) }
    func bodyEnd() { drive(.bodyEnd) }
    func clientGone() { drive(.clientGone) }
    func clientWritable() { readUpstream() }
    var wantsBytes: Bool { exchange.wantsClientBytes || exchange.isFinished }

    func framingFailed(_ fault: Fault) {
        if exchange.isCommitted { return drive(.clientGone) }
        drive(.notRouted(fault))
    }

    func cutForShutdown() { drive(.clientGone) }

    func tick(at now: NIODeadline) {
        if let deadline = exchange.deadline, deadline <= now { drive(.deadlinePassed) }
    }

    // MARK: From the upstream

    func upstreamConnected() {
        drive(.connected(reused: false))
        upstream?.flush()
    }

    func upstreamFailed(_ failure: UpstreamFailure) {
        upstream = nil
        drive(exchange.isConnecting ? .connectFailed(failure) : .upstreamClosed(failure))
    }

    func upstreamHead(_ head: HTTPResponseHead) {
        upstreamHead = head
        drive(.upstreamHead(UpstreamAnswer(head)))
    }

    func upstreamBytes(_ bytes: ByteBuffer) { drive(.upstreamBytes(bytes)) }
    func upstreamEnd(reusable: Bool) { drive(.upstreamEnd(reusable: reusable)) }

    func upstreamReadComplete() {
        door.flush()
        readUpstream()
    }

    func upstreamWritable() { drive(.upstreamWritable) }

    private func readUpstream() {
        if exchange.isCommitted, !door.isWritable { return }
        upstream?.read()
    }

    // MARK: The loop

    private func drive(_ event: Exchange.Event) {
        guard !isDriving else { return waitingEvents.append(event) }
        exchange.receive(event, at: .now())
        carryOut()
    }

    private func carryOut() {
        isDriving = true
        while true {
            while let action = exchange.nextAction() { perform(action) }
            guard !waitingEvents.isEmpty else { break }
            exchange.receive(waitingEvents.removeFirst(), at: .now())
        }
        isDriving = false
        if exchange.isFinished { return record() }
        if exchange.hasUnsentBytes, upstream?.isWritable == true {
            upstream?.flush()
            if upstream?.isWritable == true { return drive(.upstreamWritable) }
        }
        upstream?.flush()
        door.readOn()
    }

    private func perform(_ action: Exchange.Action) {
        switch action {
        case .route(let model): route(model)
        case .choose(let index, let tried): choose(target: index, tried: tried)
        case .connect(let fresh): connect(fresh: fresh)
        case .sendHead(let length): sendHead(contentLength: length)
        case .sendBody(let bytes): sendBody(bytes)
        case .sendEnd: if isChunkedUpload { upstream?.write(.lastChunk) }
        case .classify(let status, let body, let inBand): classify(status: status, body: body, inBand: inBand)
        case .settle(let outcome): settle(outcome)
        case .dropUpstream(let reusable): dropUpstream(reusable: reusable)
        case .answerHead(let length): answerHead(length: length)
        case .answerBytes(let bytes): door.write(bytes)
        case .answerEnd: endAnswer()
        case .answerRefusal(let status, let body): answerRefusal(status: status, body: body)
        case .answerError(let fault): answerError(fault)
        case .breakConnection(let frame, let fault): breakConnection(frame: frame, fault)
        }
    }
}

// MARK: - The request's way

extension ClientSide {
    private func route(_ model: String) {
        requestedModel = model
        do throws(Fault) {
            let targets = try door.own.routes.targets(
                for: model, endpoint: endpoint, agent: fields.agent, under: deployment)
            waitingEvents.append(.routed(targets))
        } catch {
            waitingEvents.append(.notRouted(error))
        }
    }

    private func choose(target index: Int, tried: [ProfileID]) {
        guard let target = exchange.target else { return }
        let ask = BoardAsk(agent: agent ?? deployment.defaultAgent, target: target, session: session, tried: tried)
        switch runtime.board.choose(ask, now: WallTime.now.date) {
        case .credential(let credential, let isProbe):
            chosen = credential
            self.isProbe = isProbe
            waitingEvents.append(.candidate(credential.id))
        case .none(let unavailability, let opensIn, let causes):
            setAsker()
            waitingEvents.append(.noCandidate(unavailability, opensIn: opensIn, causes: causes))
        }
    }

    private func connect(fresh: Bool) {
        guard let chosen else { return }
        upstreamHead = nil
        if !fresh, let side = door.own.pool.take(chosen.address) {
            side.begin(for: self)
            upstream = side
            waitingEvents.append(.connected(reused: true))
            return
        }
        upstream = door.own.pool.connect(chosen.address, for: self, timeout: deployment.limits.exchange.connect)
    }

    private func sendHead(contentLength: Int?) {
        guard let chosen, let upstream else { return }
        isChunkedUpload = contentLength == nil
        var bytes = door.allocator.buffer(capacity: 768)
        chosen.writeHead(to: &bytes, endpoint: endpoint, fields: fields)
        if let contentLength {
            bytes.writeStaticString("content-length: ")
            bytes.writeDecimal(contentLength)
        } else {
            bytes.writeStaticString("transfer-encoding: chunked")
        }
        bytes.writeStaticString("\r\n\r\n")
        upstream.writeHead(bytes)
    }

    private func sendBody(_ bytes: ByteBuffer) {
        guard isChunkedUpload else {
            upstream?.write(bytes)
            return
        }
        upstream?.write(.chunkPrefix(of: bytes.readableBytes, allocator: door.allocator))
        upstream?.write(bytes)
        upstream?.write(.chunkEnd)
    }

    private func dropUpstream(reusable: Bool) {
        guard let side = upstream else { return }
        upstream = nil
        side.release(reusable: reusable)
    }
}

// MARK: - What an attempt meant

extension ClientSide {
    private func classify(status: Int, body: ByteBuffer, inBand: InBandError?) {
        guard let target = exchange.target else { return }
        let raw = RawRefusal(
            status: status, headers: UpstreamHeaders(upstreamHead?.headers ?? [:]), body: Array(body.readableBytesView),
            provider: target.provider.text, model: target.model)
        let now = WallTime.now.date
        var refusal = inBand.map { Refusals.classify($0, raw: raw, now: now) } ?? Refusals.classify(raw, now: now)
        if let chosen { refusal.providerMessage = chosen.redacted(refusal.providerMessage) }
        // What a fallback does not have is not what was asked for.
        if refusal.reason == .modelNotFound, let requestedModel, !exchange.isAtFallback {
            guess = deployment.router.guess(for: requestedModel, at: target)
        }
        let source = chosen.map { RefusalSource(credential: $0.named, requestID: requestID(of: raw.headers)) }
        setAsker()
        waitingEvents.append(.classified(refusal, from: source))
    }

    private func requestID(of headers: any HeaderLookup) -> String? {
        headers.first("request-id") ?? headers.first("x-request-id")
    }

    /// Errors name the agent; nothing else does.
    private func setAsker() {
        exchange.asker = deployment.router.asker(agent ?? deployment.defaultAgent)
    }

    private func settle(_ outcome: AttemptOutcome) {
        guard let chosen, let target = exchange.target else { return }
        runtime.board.settle(
            Settlement(credential: chosen, isProbe: isProbe, outcome: outcome), now: WallTime.now.date)
        isProbe = false
        let name: String =
            switch outcome {
            case .success: "success"
            case .neutral: "neutral"
            case .failure(let refusal): refusal.reason.rawValue
            }
        door.own.metrics.countAttempt(provider: target.provider.text, outcome: name)
    }
}

// MARK: - The answer's way

extension ClientSide {
    private func answerHead(length: Int?) {
        guard let upstreamHead else { return }
        status = Int(upstreamHead.status.code)
        firstByteAt = .now()
        var answer = AnswerHead(status: status, allocator: door.allocator)
        answer.copyAllowed(from: upstreamHead.headers)
        addOwn(to: &answer)
        // A stream may have to end in our own error frame, for which the upstream's length has no room.
        let declared =
            UpstreamAnswer(upstreamHead).isEventStream
            ? nil : upstreamHead.headers.first(name: "content-length").flatMap { Int($0) }
        if let length = length ?? declared {
            door.begin(answer, framing: .length(length))
        } else {
            door.begin(answer, framing: .chunked)
        }
        if exchange.isStream {
            countsAsOpen = true
            door.own.metrics.openStreams += 1
        }
    }

    private func addOwn(to answer: inout AnswerHead) {
        answer.add("x-agenticflow-request-id", id)
        if let target = exchange.target {
            answer.add("x-agenticflow-provider", target.provider.text)
            answer.add("x-agenticflow-model", target.model)
        }
        if let chosen { answer.add("x-agenticflow-profile", chosen.id.text) }
        answer.add("x-agenticflow-attempts", exchange.attempts)
    }

    /// Recorded first: the next request of a pipelining client may begin within `door.end()`.
    private func endAnswer() {
        record()
        door.end()
    }

    private func answerRefusal(status: Int, body: ByteBuffer) {
        self.status = status
        var answer = AnswerHead(status: status, allocator: door.allocator)
        answer.copyAllowed(from: upstreamHead?.headers ?? [:])
        addOwn(to: &answer)
        var redacted = chosen?.redacted(body) ?? ByteBuffer()
        if let guess { redacted = UnknownModel(guess).added(to: redacted) }
        door.begin(answer, framing: .length(redacted.readableBytes))
        door.write(redacted)
        door.end()
    }

    private func answerError(_ fault: Fault) {
        code = fault.code.rawValue
        failure = fault.failure
        let answer = ErrorAnswer(fault, dialect: endpoint.dialect, requestID: id)
        status = answer.status
        door.write(answer, id: id) { head in
            if exchange.attempts > 0, let target = exchange.target {
                head.add("x-agenticflow-provider", target.provider.text)
                head.add("x-agenticflow-model", target.model)
                if let chosen { head.add("x-agenticflow-profile", chosen.id.text) }
            }
            head.add("x-agenticflow-attempts", exchange.attempts)
        }
    }

    private func breakConnection(frame: Bool, _ fault: Fault) {
        code = fault.code.rawValue
        if frame { door.write(ErrorAnswer(fault, dialect: endpoint.dialect, requestID: id).streamFrame) }
        door.breakOff()
    }

    private func record() {
        guard !isRecorded else { return }
        isRecorded = true
        let now = NIODeadline.now()
        let firstToken = firstByteAt.map { $0 - startedAt }
        if countsAsOpen { door.own.metrics.openStreams -= 1 }
        door.own.metrics.count(exchange.usage)
        let ending = exchange.ending ?? .failed
        let shown = status == 0 ? 499 : status
        door.own.metrics.countRequest(
            route: endpoint.path, status: shown, duration: now - startedAt, firstToken: firstToken)
        door.own.append(
            RequestRecord(
                id: id, client: "default", route: endpoint.path, model: requestedModel,
                provider: exchange.target?.provider.text, profile: chosen?.id.text, attempts: exchange.attempts,
                status: shown, code: code, bytesIn: exchange.requestBytes, bytesOut: door.bytesOut,
                firstToken: firstToken, duration: now - startedAt, end: ending.rawValue, failure: failure, guess: guess,
                hint: status == 404 ? chosen?.provider.addressDoubt : nil)
        )
    }
}
