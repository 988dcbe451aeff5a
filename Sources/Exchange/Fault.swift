// SPDX-License-Identifier: Apache-2.0
package import NIOCore
package import Providers
import Rotation
import Credentials

/// A refusal made by us, before it is put into the client's dialect.
package struct Fault: Error, Sendable {
    package var code: ErrorCode
    /// What happened, why, and what to do, in that order.
    package var message: String
    package var retryAfter: TimeAmount?

    package init(_ code: ErrorCode, _ message: String, retryAfter: TimeAmount? = nil) {
        self.code = code
        self.message = message
        self.retryAfter = retryAfter
    }

    init(_ fault: RequestFault) {
        switch fault {
        case .invalidJSON(let offset, let problem):
            self.init(
                .invalidJSON, "The request body is not valid JSON: \(problem) at byte \(offset). Correct the body and repeat.")
        case .duplicateField(let name):
            self.init(
                .duplicateField,
                "The request body has more than one top-level field \"\(name.escapedForDisplay)\". Send each field once.")
        case .tooDeep:
            self.init(.tooDeep, "The request body nests too deeply. Send a flatter document.")
        case .tooManyFields:
            self.init(.invalidJSON, "The request body has too many top-level fields. Send fewer.")
        case .modelNotString:
            self.init(.modelMissing, "The field \"model\" is not a string. Send the model's name as text.")
        }
    }

    /// Nobody could be asked at all.
    init(_ unavailability: Unavailability?, provider: String, target: Target?, opensIn: TimeAmount?) {
        switch unavailability {
        case .pinnedUnavailable(let profile, let code, _):
            self.init(
                .pinnedProfileUnavailable,
                "The pinned profile \(profile) cannot be used now (\(code.rawValue)). See: agenticflow-enterprise models status. "
                    + "Unpin it by leaving out @\(profile), or by clearing the session's pin.",
                retryAfter: opensIn)
        case .allCooling(_, let reason):
            self.init(
                .allCredentialsCooling,
                "Every \(provider) credential is waiting after a refusal (\(reason.rawValue)). "
                    + "See: agenticflow-enterprise models explain --model \(target.map { "\($0.provider)/\($0.model)" } ?? provider)",
                retryAfter: opensIn)
        default:
            self.init(
                .noCredential,
                "No usable credential is stored for \(provider). "
                    + "Run: agenticflow-enterprise models auth paste-api-key --provider \(provider)")
        }
    }

    /// Everybody who could be asked has refused.
    init(_ last: Exchange.LastRefusal, provider: String, attempts: Int, opensIn: TimeAmount?) {
        let tried = attempts == 1 ? "one attempt" : "\(attempts) attempts"
        let sentence = "\(provider) gave no usable answer in \(tried); the last refusal was \(last.refusal.reason.rawValue)."
        let hint = " See: agenticflow-enterprise models status"
        if last.code == .upstreamFailed, !last.refusal.reason.isTransient {
            self.init(.allCredentialsCooling, sentence + hint, retryAfter: opensIn)
        } else {
            self.init(last.code, sentence + hint, retryAfter: opensIn)
        }
    }
}

extension UpstreamFailure {
    /// For logs and for the client: what went wrong on the way, without names of hosts or addresses.
    package var sentence: String {
        switch self {
        case .refusedConnection(let problem): "The upstream could not be reached (\(problem))."
        case .connectTimeout: "The upstream did not accept the connection in time."
        case .tls(let problem): "The upstream's TLS certificate or handshake was refused (\(problem))."
        case .closed: "The upstream closed the connection before its answer was complete."
        case .protocolError(let problem): "The upstream does not speak HTTP as it should: \(problem)"
        case .forbiddenAddress: "The upstream's address is one that credentials are never sent to."
        case .endedEarly: "The upstream's answer ended before it said anything."
        case .noAnswer: "The upstream gave no answer within the deadline."
        case .redirected: "The upstream answered with a redirect, which is never followed."
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

    var refusal: UpstreamRefusal {
        let reason: FailureReason =
            switch self {
            case .tls, .forbiddenAddress: .tlsCertificate
            case .endedEarly: .emptyResponse
            case .protocolError, .redirected: .serverError
            default: .timeout
            }
        return UpstreamRefusal(
            reason: reason, verdict: .tryNext, scope: .profile, until: nil,
            evidence: Evidence(origin: .ladder, text: sentence), providerMessage: "")
    }
}
