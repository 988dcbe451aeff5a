// SPDX-License-Identifier: Apache-2.0
package import FoundationEssentials
import Rotation
import Credentials

/// What an upstream's refusal means: status and structured fields first, words only where they leave it open.
package enum Refusals {
    package static func classify(_ raw: RawRefusal, now: Date) -> UpstreamRefusal {
        let body = ErrorBody(raw.body)
        let reason = reason(raw, body)
        return refusal(reason, raw, body, now: now)
    }

    /// An error inside an answer whose status said 200.
    package static func classify(_ inBand: InBandError, raw: RawRefusal, now: Date) -> UpstreamRefusal {
        var body = ErrorBody([])
        body.type = inBand.type
        body.code = inBand.code
        body.message = inBand.message
        let reason = structured(body) ?? words(body, raw, among: Set(FailureReason.allCases)) ?? .serverError
        return refusal(reason, raw, body, now: now)
    }

    private static func refusal(_ reason: FailureReason, _ raw: RawRefusal, _ body: ErrorBody, now: Date) -> UpstreamRefusal {
        let hint = mayHaveHint(reason) ? ResetHint.find(headers: raw.headers, body: body, now: now) : nil
        let message = String((body.message ?? "").escapedForDisplay.prefix(ErrorBody.textLimit))
        let fallback = Evidence(origin: .ladder, text: "status \(raw.status)\(body.type.map { ", \($0.escapedForDisplay.prefix(60))" } ?? "")")
        return UpstreamRefusal(
            reason: reason, verdict: verdict(reason, status: raw.status), scope: scope(reason, raw, hint), until: hint?.until,
            evidence: hint?.evidence ?? fallback, providerMessage: message)
    }

    // MARK: The reason

    private static func reason(_ raw: RawRefusal, _ body: ErrorBody) -> FailureReason {
        if body.isHTML {
            // A page of a CDN in between: not the provider's word on anything.
            return raw.status == 403 || raw.status == 401 ? .serverError : .timeout
        }
        if let message = body.message {
            if message.lowercased().contains(TextTables.vendorRestriction) { return .authPermanent }
            if TextTables.isAboutAnImage(message), raw.status < 500 { return .format }
        }
        switch raw.status {
        case 400, 409, 413, 422: return badRequest(raw, body)
        case 401, 403: return words(body, raw, among: [.authPermanent, .billing]) ?? structured(body, among: [.authPermanent, .billing]) ?? forbidden(raw, body)
        case 402: return body.message.map(TextTables.isPeriodicLimit) == true ? .rateLimit : .billing
        case 404:
            if body.message.map(TextTables.isContextOverflow) == true { return .contextOverflow }
            return words(body, raw, among: [.authPermanent, .auth, .billing, .sessionExpired]) ?? .modelNotFound
        case 408: return .timeout
        case 410: return words(body, raw, among: [.sessionExpired, .billing, .authPermanent, .auth]) ?? .timeout
        case 429: return tooMany(raw, body)
        case 529: return .overloaded
        case 499, 503: return structured(body, among: [.overloaded]) ?? words(body, raw, among: [.overloaded]) ?? .timeout
        case 500...: return structured(body, among: [.overloaded, .serverError]) ?? words(body, raw, among: [.serverError, .overloaded]) ?? (raw.status == 500 ? .serverError : .timeout)
        default: return .unclassified
        }
    }

    private static func badRequest(_ raw: RawRefusal, _ body: ErrorBody) -> FailureReason {
        if body.isEmpty { return raw.provider == "cerebras" ? .contextOverflow : raw.status == 413 ? .format : .unclassified }
        if let message = body.message {
            if TextTables.isContextOverflow(message) { return .contextOverflow }
            let among: Set<FailureReason> = raw.status == 413 ? [.rateLimit] : [.billing, .authPermanent, .modelNotFound]
            if let found = TextTables.reason(of: message, provider: raw.provider, among: among) { return found }
        }
        return structured(body, among: [.billing, .authPermanent, .auth, .rateLimit, .overloaded, .contextOverflow, .modelNotFound]) ?? .format
    }

    private static func forbidden(_ raw: RawRefusal, _ body: ErrorBody) -> FailureReason {
        guard raw.status == 403 else { return .auth }
        // A region or a feature this account lacks: about the model, not the credential.
        return body.code?.lowercased() == "model_not_found" ? .modelNotFound : .auth
    }

    private static func tooMany(_ raw: RawRefusal, _ body: ErrorBody) -> FailureReason {
        if let message = body.message, message.lowercased().contains("extra usage is required for long context") { return .contextOverflow }
        if structured(body, among: [.billing]) != nil { return .billing }
        if let message = body.message, message.lowercased().contains("insufficient account balance") {
            return TextTables.reason(of: message, provider: raw.provider, among: [.billing]) == .billing && TextTables.perProvider[raw.provider] != nil
                ? .billing : .rateLimit
        }
        if body.message.map(TextTables.isPeriodicLimit) == true { return .rateLimit }
        return words(body, raw, among: [.billing]) ?? .rateLimit
    }

    private static func structured(_ body: ErrorBody, among reasons: Set<FailureReason>? = nil) -> FailureReason? {
        for text in [body.code, body.type] {
            guard let text, let found = TextTables.codes[text.uppercased()] else { continue }
            if reasons?.contains(found) ?? true { return found }
        }
        return nil
    }

    private static func words(_ body: ErrorBody, _ raw: RawRefusal, among reasons: Set<FailureReason>) -> FailureReason? {
        body.message.flatMap { TextTables.reason(of: $0, provider: raw.provider, among: reasons) }
    }

    // MARK: What follows from it

    private static func verdict(_ reason: FailureReason, status: Int) -> UpstreamRefusal.Verdict {
        switch reason {
        case .format, .contextOverflow, .noErrorDetails, .modelNotFound: .clientFault
        case .unclassified: status == 400 || status == 409 || status == 422 ? .clientFault : .tryNext
        default: .tryNext
        }
    }

    private static func mayHaveHint(_ reason: FailureReason) -> Bool {
        switch reason.lane {
        case .rateLimit, .transient: true
        case .billing, .auth, .model, nil: false
        }
    }

    private static func scope(_ reason: FailureReason, _ raw: RawRefusal, _ hint: ResetHint?) -> WindowScope {
        switch reason.lane {
        case .rateLimit: hint?.isAccountWide == true ? .profile : .model(raw.model)
        case .model: .model(raw.model)
        default: .profile
        }
    }
}
