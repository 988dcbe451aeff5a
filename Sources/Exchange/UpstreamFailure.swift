// SPDX-License-Identifier: Apache-2.0
import Providers
import Rotation

/// Why an upstream connection gave no (further) answer.
package enum UpstreamFailure: Error, Hashable, Sendable {
    case refusedConnection(String)
    case connectTimeout
    case tls(String)
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

extension UpstreamFailure {
    /// For logs and for the client: what went wrong on the way, without names of hosts or addresses.
    package var sentence: String {
        switch self {
        case .refusedConnection(let problem): "The upstream could not be reached (\(problem))."
        case .connectTimeout: "The upstream did not accept the connection in time."
        case .tls(let problem): "The upstream's TLS certificate or handshake was refused (\(problem))."
        case .closed, .cutShort: "The upstream closed the connection before its answer was complete."
        case .protocolError(let problem): "The upstream does not speak HTTP as it should: \(problem)"
        case .forbiddenAddress: "The upstream's address is one that credentials are never sent to."
        case .endedEarly: "The upstream's answer ended before it said anything."
        case .noAnswer: "The upstream gave no answer within the deadline."
        case .redirected: "The upstream answered with a redirect, which is never followed."
        }
    }

    /// A connection that was dead before it could be used.
    var isDeadOnArrival: Bool {
        if case .closed(beforeAnyByte: true, reused: true) = self { true } else { false }
    }

    /// The same request may do better a moment later. Not after a deadline: the client has waited long enough.
    var mayRepeat: Bool {
        switch self {
        case .refusedConnection, .connectTimeout, .closed, .endedEarly, .cutShort: true
        case .tls, .protocolError, .forbiddenAddress, .noAnswer, .redirected: false
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
            case .tls, .forbiddenAddress: .tlsCertificate
            case .endedEarly: .emptyResponse
            case .protocolError, .redirected: .serverError
            default: .timeout
            }
        return UpstreamRefusal(
            reason: reason, verdict: .tryNext, scope: self == .noAnswer ? .model(model) : .profile, until: nil,
            evidence: Evidence(origin: .ladder, text: sentence), providerMessage: "")
    }
}
