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

    /// Everybody who could be asked has refused.
    init(
        _ report: FailureReport, _ last: Exchange.Refusal, _ others: OtherReasons, attempts: Int, opensIn: TimeAmount?
    ) {
        let sentence = report.sentence
        let isUpstreams = last.code != .upstreamFailed || sentence.reason.isTransient
        let tried = attempts == 1 ? "one attempt" : "\(attempts) attempts"
        let words = "\(sentence.what) That was \(tried).\(others.words) \(sentence.remedy)"
        if report.target.pinned != nil, !isUpstreams {
            self.init(.pinnedProfileUnavailable, "\(words). \(Self.unpin(last.profile))", retryAfter: opensIn)
        } else {
            self.init(isUpstreams ? last.code : .allCredentialsCooling, words, retryAfter: opensIn)
        }
        failure = report
    }
}
