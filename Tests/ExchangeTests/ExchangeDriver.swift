// SPDX-License-Identifier: Apache-2.0
import Credentials
import NIOCore
import Providers
import Rotation

@testable import Exchange

/// Plays both sides and the clock for an exchange, and writes down what it asks for, one word or so per action.
struct ExchangeDriver {
    var exchange: Exchange
    var now = NIODeadline.uptimeNanoseconds(1_000_000_000_000)
    var log: [String] = []
    /// Credentials still to be handed out, in order.
    var candidates: [String]
    var targets = [Target(provider: .anthropic, model: "claude-a")]
    var unavailability = Unavailability.exhausted
    var opensIn: TimeAmount?
    /// What `classify` answers.
    var refusal = UpstreamRefusal.rateLimited
    /// Unset to leave questions unanswered.
    var answersQuestions = true
    private(set) var fault: Fault?
    private(set) var sent = ByteBuffer()
    private(set) var answered = ByteBuffer()

    init(
        _ endpoint: Endpoint = .messages, candidates: [String] = ["anthropic:a", "anthropic:b"],
        limits: ExchangeLimits = .init()
    ) {
        exchange = Exchange(endpoint: endpoint, declaredBytes: nil, limits: limits, at: now)
        self.candidates = candidates
    }

    mutating func receive(_ events: Exchange.Event...) {
        var waiting = events
        while !waiting.isEmpty {
            exchange.receive(waiting.removeFirst(), at: now)
            var answers: [Exchange.Event] = []
            while let action = exchange.nextAction() {
                log.append(action.word)
                note(action)
                if let answer = answer(to: action) { answers.append(answer) }
            }
            waiting = answers + waiting
        }
    }

    /// The log since the last call.
    mutating func take() -> [String] {
        defer { log = [] }
        return log
    }

    mutating func pass(_ amount: TimeAmount) {
        now = now + amount
        receive(.deadlinePassed)
    }

    private mutating func note(_ action: Exchange.Action) {
        switch action {
        case .answerError(let fault), .breakConnection(_, let fault): self.fault = fault
        case .sendHead: sent.clear()
        case .sendBody(let bytes): sent.writeImmutableBuffer(bytes)
        case .answerBytes(let bytes), .answerRefusal(_, let bytes): answered.writeImmutableBuffer(bytes)
        default: break
        }
    }

    private mutating func answer(to action: Exchange.Action) -> Exchange.Event? {
        guard answersQuestions else { return nil }
        switch action {
        case .route: return .routed(targets)
        case .choose: return candidates.isEmpty ? .noCandidate(unavailability, opensIn: opensIn) : nextCandidate()
        case .classify: return .classified(refusal)
        default: return nil
        }
    }

    private mutating func nextCandidate() -> Exchange.Event? {
        ProfileID(candidates.removeFirst()).map { .candidate($0) }
    }
}

extension Exchange.Action {
    var word: String {
        switch self {
        case .route(let model): "route \(model)"
        case .choose(let target, let tried): "choose \(target) \(tried.map { String($0.name) })"
        case .connect(let fresh): fresh ? "connect fresh" : "connect"
        case .sendHead(let length): "head \(length.map(String.init) ?? "chunked")"
        case .sendBody(let bytes):
            "body \(bytes.readableBytes > 200 ? "\(bytes.readableBytes)B" : String(buffer: bytes))"
        case .sendEnd: "sent"
        case .classify(let status, _, let inBand): "classify \(status)\(inBand == nil ? "" : " in band")"
        case .settle(.success): "success"
        case .settle(.failure(let refusal)): "failure \(refusal.reason.rawValue)"
        case .settle(.neutral): "neutral"
        case .dropUpstream(let reusable): reusable ? "keep" : "drop"
        case .answerHead(let length): "answer \(length.map(String.init) ?? "open")"
        case .answerBytes(let bytes): "bytes \(bytes.readableBytes)"
        case .answerEnd: "end"
        case .answerRefusal(let status, _): "refusal \(status)"
        case .answerError(let fault): "error \(fault.code.rawValue)"
        case .breakConnection(let frame, _): frame ? "break with frame" : "break"
        }
    }
}

extension UpstreamRefusal {
    static let rateLimited = UpstreamRefusal(
        reason: .rateLimit, verdict: .tryNext, scope: .model("claude-a"), until: nil,
        evidence: Evidence(origin: .header, text: "retry-after: 30"), providerMessage: "")
    static let serverError = UpstreamRefusal(
        reason: .serverError, verdict: .tryNext, scope: .profile, until: nil,
        evidence: Evidence(origin: .ladder, text: "500"), providerMessage: "")
    static let clientFault = UpstreamRefusal(
        reason: .format, verdict: .clientFault, scope: .profile, until: nil,
        evidence: Evidence(origin: .body, text: "invalid_request_error"), providerMessage: "")
}

/// Pieces of real streams.
enum Wire {
    static func bytes(_ text: String) -> ByteBuffer { ByteBuffer(string: text) }
    static let request = bytes(#"{"model":"claude-a","stream":true,"max_tokens":9,"messages":[]}"#)
    static let plainRequest = bytes(#"{"model":"claude-a","max_tokens":9,"messages":[]}"#)
    static let start = bytes(
        "event: message_start\ndata: {\"type\":\"message_start\","
            + "\"message\":{\"usage\":{\"input_tokens\":3,\"output_tokens\":1}}}\n\n"
    )
    static let ping = bytes("event: ping\ndata: {\"type\":\"ping\"}\n\n")
    static let text = bytes(
        "event: content_block_delta\ndata: {\"type\":\"content_block_delta\",\"index\":0,"
            + "\"delta\":{\"type\":\"text_delta\",\"text\":\"Hi\"}}\n\n"
    )
    static let stop = bytes("event: message_stop\ndata: {\"type\":\"message_stop\"}\n\n")
    static let overloaded = bytes(
        "event: error\ndata: {\"type\":\"error\","
            + "\"error\":{\"type\":\"overloaded_error\",\"message\":\"Overloaded\"}}\n\n"
    )
    static let stream = UpstreamAnswer(status: 200, isEventStream: true)
    static let plain = UpstreamAnswer(status: 200, isEventStream: false)
    static let answer = bytes(#"{"type":"message","content":[],"usage":{"input_tokens":1,"output_tokens":2}}"#)
}
