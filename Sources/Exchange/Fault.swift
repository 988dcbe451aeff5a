// SPDX-License-Identifier: Apache-2.0
import Credentials
package import NIOCore
package import Providers
import Rotation

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
                .invalidJSON,
                "The request body is not valid JSON: \(problem) at byte \(offset). Correct the body and repeat.")
        case .duplicateField(let name):
            self.init(
                .duplicateField,
                "The request body has more than one top-level field \"\(name.escapedForDisplay)\". "
                    + "Send each field once."
            )
        case .tooDeep:
            self.init(.tooDeep, "The request body nests too deeply. Send a flatter document.")
        case .tooManyFields:
            self.init(.invalidJSON, "The request body has too many top-level fields. Send fewer.")
        case .modelNotString:
            self.init(.modelMissing, "The field \"model\" is not a string. Send the model's name as text.")
        }
    }

    /// Nobody could be asked at all.
    init(_ unavailability: Unavailability?, target: Target?, opensIn: TimeAmount?) {
        let provider = target?.provider.text ?? "the provider"
        switch unavailability {
        case .pinnedUnavailable(let profile, let code, _):
            self.init(.pinnedProfileUnavailable, Self.pinned(profile, code.rawValue), retryAfter: opensIn)
        case .allCooling(_, let reason):
            self.init(
                .allCredentialsCooling,
                "Every \(provider) credential is waiting after a refusal (\(reason.rawValue)). "
                    + "See: \(Self.explain(target))", retryAfter: opensIn)
        default:
            self.init(
                .noCredential,
                "No usable credential is stored for \(provider). "
                    + "Run: agenticflow-enterprise models auth paste-api-key --provider \(provider)")
        }
    }

    /// Everybody who could be asked has refused.
    init(_ last: Exchange.LastRefusal, target: Target, attempts: Int, opensIn: TimeAmount?) {
        let reason = last.refusal.reason
        let isUpstreams = last.code != .upstreamFailed || reason.isTransient
        if target.pinned != nil, !isUpstreams {
            self.init(.pinnedProfileUnavailable, Self.pinned(last.profile, reason.rawValue), retryAfter: opensIn)
            return
        }
        let tried = attempts == 1 ? "one attempt" : "\(attempts) attempts"
        self.init(
            isUpstreams ? last.code : .allCredentialsCooling,
            "\(last.sentence(target)) That was \(tried). \(last.remedy(target))", retryAfter: opensIn)
    }

    private static func pinned(_ profile: ProfileID, _ why: String) -> String {
        "The pinned profile \(profile) cannot be used now (\(why)). See: agenticflow-enterprise models status. "
            + "Unpin it by leaving out @\(profile), or by clearing the session's pin."
    }

    fileprivate static func explain(_ target: Target?) -> String {
        let model = target.map { " --model \($0.provider)/\($0.model.escapedForDisplay)" } ?? ""
        return "agenticflow-enterprise models explain\(model)"
    }
}

extension Exchange.LastRefusal {
    /// What happened, one sentence for each class of failure.
    fileprivate func sentence(_ target: Target) -> String {
        let provider = target.provider.text
        let model = target.model.escapedForDisplay
        return switch refusal.reason {
        case .auth, .sessionExpired: "\(provider) rejected the credential \(profile)."
        case .authPermanent where refusal.isVendorRestriction:
            "\(provider) takes the token of \(profile) from its own program only."
        case .authPermanent: "\(provider) says that the credential \(profile) is revoked or not allowed here."
        case .billing: "\(provider) reports no credit for \(profile)."
        case .rateLimit: "\(provider) limits \(model) for now."
        case .overloaded: "\(provider) is overloaded."
        case .tlsCertificate: "\(provider) could not prove who it is."
        case .emptyResponse: "\(provider) gave an empty answer."
        default: "\(provider) did not answer (\(refusal.reason.rawValue))."
        }
    }

    fileprivate func remedy(_ target: Target) -> String {
        let paste = "agenticflow-enterprise models auth paste-api-key --provider \(target.provider)"
        return switch refusal.reason {
        // What was refused keeps its place: a key does not go there.
        case .authPermanent where refusal.isVendorRestriction:
            "Use an API key instead: \(paste) --profile-id \(target.provider):api-key"
        case .auth, .authPermanent, .sessionExpired:
            "Check it with: agenticflow-enterprise models status. Replace it with: \(paste)"
        case .billing: "Top up there. When it is tried again: \(Fault.explain(target))"
        default: "See: \(Fault.explain(target))"
        }
    }
}
