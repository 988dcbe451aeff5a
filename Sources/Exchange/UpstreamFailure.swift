// SPDX-License-Identifier: Apache-2.0
package import Providers
import Rotation

/// Why an upstream connection gave no (further) answer.
package enum UpstreamFailure: Error, Hashable, Sendable {
    /// - `place`: such as `host:443`; for the log and for commands, never for clients.
    case noConnection(NoAnswer, place: String)
    case connectTimeout
    /// Closed or reset; `beforeAnyByte` on a reused connection means that it had died while idle.
    case closed(beforeAnyByte: Bool, reused: Bool)
    /// The peer does not speak HTTP as it should.
    case protocolError(String)
    /// The address may not be connected to (link-local, metadata services).
    case forbiddenAddress(String)
    /// A complete answer that said nothing.
    case endedEarly
    /// An answer whose framing ended before its text did.
    case cutShort
    /// Nothing meaningful within the deadline.
    case noAnswer
    case redirected
}

extension NoAnswer {
    /// The same as a probe has it.
    package init(_ failure: UpstreamFailure) {
        switch failure {
        case .noConnection(let reason, _): self = reason
        case .protocolError: self = .garbled
        case .forbiddenAddress: self = .forbiddenAddress
        case .connectTimeout: self = .deadline(isConnected: false)
        case .noAnswer: self = .deadline(isConnected: true)
        case .closed, .cutShort, .endedEarly, .redirected: self = .closed
        }
    }
}

extension UpstreamFailure {
    /// For the client: what went wrong on the way, without names of hosts or addresses.
    package var sentence: String {
        switch self {
        case .noConnection, .connectTimeout: "The upstream could not be reached: \(cause)."
        case .closed, .cutShort: "The upstream closed the connection before its answer was complete."
        case .protocolError(let problem): "The upstream does not speak HTTP as it should: \(problem)"
        case .forbiddenAddress: "The upstream's address is one that credentials are never sent to."
        case .endedEarly: "The upstream's answer ended before it said anything."
        case .noAnswer: "The upstream gave no answer within the deadline."
        case .redirected: "The upstream answered with a redirect, which is never followed."
        }
    }

    /// The same as a part of a sentence about the provider.
    private var cause: String { cause(at: nil) }

    private func cause(at known: String?) -> String {
        switch self {
        case .noConnection(let reason, _): reason.words(at: known)
        case .connectTimeout: NoAnswer.deadline(isConnected: false).words(at: known)
        case .closed, .cutShort: "it closed the connection before its answer was complete"
        case .protocolError(let problem): "it does not speak HTTP as it should: \(problem)"
        case .forbiddenAddress: "its address is one that credentials are never sent to"
        case .endedEarly: "its answer ended before it said anything"
        case .noAnswer: "no answer within the deadline"
        case .redirected: "a redirect, which is never followed"
        }
    }

    private var place: String? { if case .noConnection(_, let place) = self { place } else { nil } }

    /// What is to be looked at is the way to it, or the address that leads there.
    private var isOnTheWay: Bool { self == .redirected || NoAnswer(self).isOnTheWay }

    /// A connection that was dead before it could be used.
    var isDeadOnArrival: Bool {
        if case .closed(beforeAnyByte: true, reused: true) = self { true } else { false }
    }

    /// The same request may do better a moment later. Not after a deadline: the client has waited long enough.
    var mayRepeat: Bool {
        switch self {
        case .noConnection(.tls, _): false
        case .noConnection, .connectTimeout, .closed, .endedEarly, .cutShort: true
        case .protocolError, .forbiddenAddress, .noAnswer, .redirected: false
        }
    }

    var code: ErrorCode {
        switch self {
        case .protocolError: .upstreamProtocol
        case .redirected: .upstreamRedirect
        case .connectTimeout, .noAnswer: .deadlineExceeded
        default: .upstreamFailed
        }
    }

    /// As it is recorded. Silence is the model's; everything else concerns the whole address.
    func refusal(model: String) -> UpstreamRefusal {
        let reason: FailureReason =
            switch self {
            case .noConnection(.tls, _), .forbiddenAddress: .tlsCertificate
            case .endedEarly: .emptyResponse
            case .protocolError, .redirected: .serverError
            default: .timeout
            }
        var refusal = UpstreamRefusal(
            reason: reason, verdict: .tryNext, scope: self == .noAnswer ? .model(model) : .profile, until: nil,
            evidence: Evidence(origin: isOnTheWay ? .connection : .ladder, text: cause(at: place)), providerMessage: "")
        refusal.cause = cause
        return refusal
    }
}
