// SPDX-License-Identifier: Apache-2.0
import Credentials
import FoundationEssentials
import NIOCore
import Providers
import Rotation
import TestKit

@testable import Exchange

/// A client, an upstream and a clock that do whatever they like, at whatever moment.
struct RandomExchange {
    private(set) var trace: [TraceEntry] = []
    private(set) var exchange: Exchange
    private var random: SeededGenerator
    private var now = NIODeadline.uptimeNanoseconds(1_000_000_000_000)
    private var questions: [Exchange.Action] = []
    private var upload: [ByteBuffer]
    private var plainRest: ArraySlice<UInt8> = []
    private let targets: [Target]

    /// What an upstream must get: the model under the provider's name for it.
    static let request = #"{"stream":true,"x":"0123456789012345678901234567890123456789","model":"real","y":[1,2]}"#

    static var limits: ExchangeLimits {
        var limits = ExchangeLimits()
        (limits.streamedUploadBytes, limits.uploadReadAheadBytes) = (70, 20)
        (limits.heldEvents, limits.heldStreamBytes) = (6, 500)
        (limits.heldAnswerBytes, limits.refusalBytes) = (40, 30)
        return limits
    }

    init(seed: UInt64) {
        random = SeededGenerator(seed: seed)
        let asksForStream = random.chance(70)
        let text = Self.request.replacing("\"real\"", with: "\"alias\"")
        let request = asksForStream ? text : text.replacing("true", with: "false")
        upload = []
        var rest = Array(request.utf8)[...]
        while !rest.isEmpty {
            let count = min(rest.count, Int.random(in: 1...50, using: &random))
            upload.append(ByteBuffer(bytes: rest.prefix(count)))
            rest = rest.dropFirst(count)
        }
        targets = (0..<Int.random(in: 1...3, using: &random)).map { _ in Target(provider: .anthropic, model: "real") }
        exchange = Exchange(
            endpoint: .messages, declaredBytes: random.chance(50) ? request.utf8.count : nil, limits: Self.limits,
            at: now)
        isStreamRequest = asksForStream
    }

    let isStreamRequest: Bool

    /// What the trace is checked against.
    var expectedRequest: String {
        isStreamRequest ? Self.request : Self.request.replacing("true", with: "false")
    }

    /// Until the exchange is over; a time limit of a day shows one that never ends.
    mutating func live() {
        for _ in 0..<400 where !exchange.isFinished { step() }
        for _ in 0..<200 where !exchange.isFinished {
            reply()
            pass(.seconds(700))
        }
        // Stragglers.
        for _ in 0..<4 { feed(anyEvent()) }
        while !questions.isEmpty { reply() }
    }

    private mutating func step() {
        switch Int.random(in: 0..<100, using: &random) {
        case 0..<35: reply()
        case 35..<55: sendOn()
        case 55..<90: actUpstream()
        case 90..<95: pass(.milliseconds(Int64.random(in: 0...20_000, using: &random)))
        case 95..<96: feed(.clientGone)
        case 96..<97: pass(.seconds(130))
        default: feed(anyEvent())
        }
    }

    // MARK: Who does what

    private mutating func sendOn() {
        guard exchange.wantsClientBytes || exchange.isFinished else { return }
        feed(upload.isEmpty ? .bodyEnd : .body(upload.removeFirst()))
    }

    private mutating func reply() {
        guard !questions.isEmpty else { return }
        switch questions.removeFirst() {
        case .route: feed(.routed(targets))
        case .choose(_, let tried): feed(candidate(after: tried))
        case .classify: feed(.classified(random.pick([.rateLimited, .serverError, .serverError, .clientFault])))
        default: break
        }
    }

    private mutating func candidate(after tried: [ProfileID]) -> Exchange.Event {
        let names = (0..<5).compactMap { ProfileID("anthropic:p\($0)") }.filter { !tried.contains($0) }
        if let next = names.first, random.chance(80) { return .candidate(next) }
        return .noCandidate(
            random.pick([.exhausted, .noCredential, .allCooling(until: .distantFuture, reason: .rateLimit)]),
            opensIn: random.chance(60) ? .milliseconds(Int64.random(in: 0...15_000, using: &random)) : nil)
    }

    private mutating func actUpstream() {
        if exchange.isConnecting {
            return feed(random.chance(80) ? .connected(reused: random.chance(40)) : .connectFailed(failure()))
        }
        guard exchange.isConnected else { return }
        if exchange.hasUnsentBytes, random.chance(60) { return feed(.upstreamWritable) }
        guard let answer = exchange.attempt?.answer else {
            return feed(random.chance(85) ? .upstreamHead(head()) : .upstreamClosed(failure()))
        }
        switch Int.random(in: 0..<100, using: &random) {
        case 0..<75: feed(.upstreamBytes(piece(of: answer)))
        case 75..<92: feed(.upstreamEnd(reusable: random.chance(70)))
        default: feed(.upstreamClosed(failure()))
        }
    }

    private mutating func head() -> UpstreamAnswer {
        let plain = [
            #"{"a":[1,{"b":"}"}],"usage":{"input_tokens":3,"output_tokens":4}}"#, #"{"error":{"message":"no"}}"#,
            "pong", "{}",
        ]
        plainRest = Array(random.pick(plain).utf8)[...]
        let status = random.pick([200, 200, 200, 200, 200, 201, 400, 401, 429, 500, 529, 302, 101])
        return UpstreamAnswer(
            status: status, isEventStream: status < 300 && random.chance(isStreamRequest ? 80 : 20),
            foreignEncoding: random.chance(4) ? "gzip" : nil)
    }

    private mutating func piece(of answer: UpstreamAnswer) -> ByteBuffer {
        if answer.isEventStream {
            return random.pick([Wire.start, Wire.ping, Wire.text, Wire.text, Wire.stop, Wire.stop, Wire.overloaded])
        }
        // A part of a plain answer, which may end at any byte.
        let count = min(plainRest.count, Int.random(in: 1...30, using: &random))
        defer { plainRest = plainRest.dropFirst(count) }
        return ByteBuffer(bytes: plainRest.prefix(count))
    }

    private mutating func failure() -> UpstreamFailure {
        random.pick([
            .closed(beforeAnyByte: true, reused: true), .closed(beforeAnyByte: false, reused: false), .connectTimeout,
            .noConnection(.connection(nil), place: "x"), .noConnection(.tls("x"), place: "x"), .protocolError("x"),
        ])
    }

    private mutating func anyEvent() -> Exchange.Event {
        let isStream = exchange.attempt?.answer?.isEventStream ?? true
        let events: [Exchange.Event] = [
            .routed(targets), .noCandidate(.exhausted, opensIn: .seconds(1)), .classified(.rateLimited),
            .upstreamWritable,
            .connected(reused: true), .upstreamHead(Wire.stream),
            .upstreamBytes(isStream ? Wire.stop : Wire.bytes(" ")),
            .upstreamEnd(reusable: true), .upstreamClosed(failure()), .deadlinePassed, .connectFailed(failure()),
        ]
        return random.pick(events)
    }

    // MARK: Feeding

    private mutating func pass(_ amount: TimeAmount) {
        now = now + amount
        feed(.deadlinePassed)
    }

    private mutating func feed(_ event: Exchange.Event) {
        let wasFinished = exchange.isFinished
        trace.append(.event(event, isHeard: exchange.isConnected))
        exchange.receive(event, at: now)
        while let action = exchange.nextAction() {
            trace.append(.action(action))
            switch action {
            case .route, .choose, .classify: questions.append(action)
            default: break
            }
        }
        if !wasFinished, exchange.isFinished { trace.append(.finished) }
    }
}
