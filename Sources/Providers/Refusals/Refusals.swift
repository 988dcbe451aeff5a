// SPDX-License-Identifier: Apache-2.0
import Credentials
package import FoundationEssentials
import Rotation

/// What an upstream's refusal means: status and structured fields first, words only where they leave it open.
package enum Refusals {
    package static func classify(_ raw: RawRefusal, now: Date) -> UpstreamRefusal {
        let body = ErrorBody(raw.body)
        return refusal(StatusTable(raw, body).reason, raw, body, "status \(raw.status)", now: now)
    }

    /// An error inside an answer whose status said 200.
    package static func classify(_ inBand: InBandError, raw: RawRefusal, now: Date) -> UpstreamRefusal {
        let body = ErrorBody(inBand)
        var implied = raw
        implied.status = StatusTable.impliedStatus(of: body)
        let table = StatusTable(implied, body)
        let reason = implied.status == 0 ? table.reasonOfWords : table.reason
        return refusal(reason, implied, body, "status \(raw.status) with an error", now: now)
    }

    private static func refusal(
        _ reason: FailureReason, _ raw: RawRefusal, _ body: ErrorBody, _ source: String, now: Date
    ) -> UpstreamRefusal {
        let hint = ResetHint.find(headers: raw.headers, body: body, lane: reason.lane, now: now)
        let type = body.type.map { ", \($0.escapedForDisplay.prefix(60))" } ?? ""
        return UpstreamRefusal(
            reason: reason, verdict: verdict(reason, status: raw.status), scope: scope(reason, raw, body, hint),
            until: hint?.until, evidence: hint?.evidence ?? Evidence(origin: .ladder, text: source + type),
            providerMessage: String((body.message ?? "").escapedForDisplay.prefix(ErrorBody.textLimit)))
    }

    private static func verdict(_ reason: FailureReason, status: Int) -> UpstreamRefusal.Verdict {
        switch reason {
        case .format, .contextOverflow, .noErrorDetails, .modelNotFound: .clientFault
        case .unclassified: (400..<500).contains(status) ? .clientFault : .tryNext
        default: .tryNext
        }
    }

    /// Limits and overload are the model's unless the provider says otherwise; so is a permission that is lacking.
    private static func scope(
        _ reason: FailureReason, _ raw: RawRefusal, _ body: ErrorBody, _ hint: ResetHint?
    ) -> WindowScope {
        switch reason {
        case .rateLimit: hint?.isAccountWide == true ? .profile : .model(raw.model)
        case .overloaded, .modelNotFound: .model(raw.model)
        case .timeout: body.isHTML ? .profile : .model(raw.model)
        case .auth: raw.status == 403 ? .model(raw.model) : .profile
        default: .profile
        }
    }
}
