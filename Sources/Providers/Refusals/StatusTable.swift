// SPDX-License-Identifier: Apache-2.0
import Rotation

/// Which reason a refusal has: one row for each status (behaviour, 4.2).
///
/// What the provider says in a field of its own is never overridden by what its sentence seems to say.
struct StatusTable {
    private let status: Int
    private let provider: String
    private let body: ErrorBody
    private let text: FailureText?

    init(_ raw: RawRefusal, _ body: ErrorBody) {
        status = raw.status
        provider = raw.provider
        self.body = body
        text = body.message.map { FailureText($0, provider: raw.provider) }
    }

    var reason: FailureReason {
        if body.isHTML, let reason = page { return reason }
        if let known = providerCode { return known }
        switch status {
        case 400, 409, 413, 422: return badRequest
        case 401, 403: return forbidden
        case 402: return paymentRequired
        case 404: return notFound
        case 408: return .timeout
        case 410: return words([.sessionExpired, .billing, .authPermanent, .auth]) ?? .timeout
        case 429: return tooMany
        case 529: return .overloaded
        case 499, 503: return structured([.overloaded]) ?? words([.overloaded]) ?? .timeout
        case 500...: return structured([.overloaded, .serverError]) ?? words([.overloaded, .serverError]) ?? .timeout
        default: return structured(nil) ?? .unclassified
        }
    }

    /// For an error that comes with nothing but a sentence.
    var reasonOfWords: FailureReason {
        if let reason = structured(nil) { return reason }
        guard let text else { return .serverError }
        if text.isContextOverflow { return .contextOverflow }
        return text.reason(among: Set(FailureReason.allCases)) ?? (text.isLooselyAuth ? .auth : .serverError)
    }

    /// A page of somebody in between, not the provider's word on anything but its status.
    private var page: FailureReason? {
        switch status {
        case 403: .serverError
        case 408, 499: .timeout
        case 529: .overloaded
        case 500...: .timeout
        default: nil
        }
    }

    private var badRequest: FailureReason {
        if body.isEmpty {
            if provider == "cerebras", status == 400 || status == 413 { return .contextOverflow }
            return status == 413 ? .format : .unclassified
        }
        if body.isHTML { return .format }
        let known: Set<FailureReason> = [
            .billing, .authPermanent, .auth, .rateLimit, .overloaded, .contextOverflow, .modelNotFound,
        ]
        if let reason = structured(known) { return reason }
        guard let text = text?.withoutQuotations else { return .format }
        if text.isVendorRestriction { return .authPermanent }
        if text.isAboutAnImage { return .format }
        if text.isContextOverflow { return .contextOverflow }
        if status == 413 { return text.reason(among: [.rateLimit]) ?? .format }
        if text.isClearlyBilling { return .billing }
        return text.reason(among: [.authPermanent, .auth, .rateLimit, .modelNotFound]) ?? .format
    }

    private var forbidden: FailureReason {
        if text?.isVendorRestriction == true { return .authPermanent }
        if let reason = structured([.authPermanent, .billing, .rateLimit]) { return reason }
        if status == 403, structured([.modelNotFound]) != nil { return .modelNotFound }
        return words([.authPermanent]) ?? words([.billing]) ?? .auth
    }

    private var paymentRequired: FailureReason {
        if structured([.rateLimit]) != nil { return .rateLimit }
        guard let text, !text.isClearlyBilling else { return .billing }
        return text.isPeriodicLimit ? .rateLimit : .billing
    }

    private var notFound: FailureReason {
        if structured([.modelNotFound]) != nil { return .modelNotFound }
        guard let text = text?.withoutQuotations else { return .modelNotFound }
        if text.isContextOverflow { return .contextOverflow }
        return text.reason(among: [.sessionExpired, .billing, .authPermanent, .auth]) ?? .modelNotFound
    }

    private var tooMany: FailureReason {
        if text?.isLongContextPlan == true { return .contextOverflow }
        if structured([.billing]) != nil { return .billing }
        guard let text, !text.isAmbiguousBalance else { return .rateLimit }
        // A type such as rate_limit_error repeats the status; clear words about money say more.
        if text.isClearlyBilling { return .billing }
        if structured([.rateLimit]) != nil { return .rateLimit }
        if text.isPeriodicLimit { return .rateLimit }
        return text.reason(among: [.billing]) ?? .rateLimit
    }

    // MARK: Fields and words

    private var providerCode: FailureReason? {
        body.code.flatMap { TextTables.codesPerProvider[provider]?[$0] }
    }

    /// - Parameter reasons: those that count here; nil for all.
    private func structured(_ reasons: Set<FailureReason>?) -> FailureReason? {
        for field in [body.code, body.type] {
            guard let field, let found = TextTables.codes[field.uppercased()] else { continue }
            if reasons?.contains(found) ?? true { return found }
        }
        return nil
    }

    private func words(_ reasons: Set<FailureReason>) -> FailureReason? { text?.reason(among: reasons) }

    /// The status that an error inside a good answer stands for; 0 for none.
    static func impliedStatus(of body: ErrorBody) -> Int {
        for field in [body.code, body.type] {
            guard let field else { continue }
            if let number = Int(field), (400..<600).contains(number) { return number }
            if let status = TextTables.impliedStatus[field.uppercased()] { return status }
        }
        return 0
    }
}
