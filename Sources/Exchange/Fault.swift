// SPDX-License-Identifier: Apache-2.0
import Credentials
package import NIOCore
package import Providers
package import Rotation

/// A refusal made by us, before it is put into the client's dialect.
package struct Fault: Error, Sendable {
    package var code: ErrorCode
    /// What happened, why, and what to do, in that order.
    package var message: String
    package var retryAfter: TimeAmount?
    /// For the log: what the upstream said, or what is held against the credentials. Nil when it is not about them.
    package var failure: FailureReport?

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

    /// Nobody could be asked at all. In the words of `models explain`, which has these errors too.
    package init(_ unavailability: Unavailability?, target: Target?, _ asker: Asker, opensIn: TimeAmount? = nil) {
        guard let target else {
            self.init(.noCredential, "No usable credential is stored for the provider.")
            return
        }
        switch unavailability {
        case .pinnedUnavailable(let profile, .unknownProfile, _):
            self.init(.pinnedProfileUnavailable, Self.unknown(profile, target, asker))
        case .pinnedUnavailable(let profile, let code, _):
            let report = unavailability.flatMap { unavailability in
                FailureReason(code).map { FailureReport(waiting: $0, unavailability, target: target, asker) }
            }
            let why =
                report.map { "\($0.sentence.what) \($0.sentence.remedy)." }
                ?? "The profile \(profile) cannot be used now (\(code.rawValue)). "
                + "See: agenticflow-enterprise models status\(asker.words)."
            self.init(.pinnedProfileUnavailable, "\(why) \(Self.unpin(profile))", retryAfter: opensIn)
            failure = report
        case .allCooling(_, let reason):
            let report = unavailability.map { FailureReport(waiting: reason, $0, target: target, asker) }
            let name = Provider[id: target.provider]?.displayName ?? target.provider.text
            self.init(
                .allCredentialsCooling,
                "Every \(name) credential waits after a refusal (\(reason.rawValue)). Of the soonest: "
                    + "\(report?.sentence.what ?? "") \(report?.sentence.remedy ?? ""). "
                    + "All of them: agenticflow-enterprise models explain --model "
                    + "\("\(target.provider)/\(target.model)".shellWord.escapedForDisplay)\(asker.words)",
                retryAfter: opensIn)
            failure = report
        default:
            let name = Provider[id: target.provider]?.displayName ?? target.provider.text
            self.init(
                .noCredential,
                "No usable credential is stored for \(name). Run: agenticflow-enterprise models auth paste-api-key "
                    + "--provider \(target.provider)\(asker.words)")
        }
    }

    /// Everybody who could be asked has refused.
    init(_ report: FailureReport, _ last: Exchange.LastRefusal, attempts: Int, opensIn: TimeAmount?) {
        let sentence = report.sentence
        let isUpstreams = last.code != .upstreamFailed || sentence.reason.isTransient
        let tried = attempts == 1 ? "one attempt" : "\(attempts) attempts"
        let words = "\(sentence.what) That was \(tried). \(sentence.remedy)"
        if report.target.pinned != nil, !isUpstreams {
            self.init(.pinnedProfileUnavailable, "\(words). \(Self.unpin(last.profile))", retryAfter: opensIn)
        } else {
            self.init(isUpstreams ? last.code : .allCredentialsCooling, words, retryAfter: opensIn)
        }
        failure = report
    }

    private static func unpin(_ profile: ProfileID) -> String {
        "The request insists on that profile; leaving out @\(profile) lets another one serve it."
    }

    private static func unknown(_ profile: ProfileID, _ target: Target, _ asker: Asker) -> String {
        "No credentials found for profile \"\(profile)\". Usually it is another agent's, stored on another host, or "
            + "named by an order and gone. See: agenticflow-enterprise models auth list\(asker.words); "
            + "agenticflow-enterprise models auth order get --provider \(target.provider)\(asker.words). "
            + unpin(profile)
    }
}
