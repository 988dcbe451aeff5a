// SPDX-License-Identifier: Apache-2.0

/// An error as a provider tells it.
struct Refusal: Hashable, Sendable {
    var status: Int
    var type: String
    var message: String
    /// OpenAI's alone.
    var param: String?
    /// OpenAI's alone.
    var code: String?

    init(_ status: Int, _ type: String, _ message: String, param: String? = nil, code: String? = nil) {
        self.status = status
        self.type = type
        self.message = message
        self.param = param
        self.code = code
    }

    func body(_ dialect: Dialect, requestID: String) -> JSONValue {
        switch dialect {
        case .anthropic:
            let error: JSONValue = ["type": .string(type), "message": .string(message)]
            return ["type": "error", "error": error, "request_id": .string(requestID)]
        case .openai: return ["error": openai]
        }
    }

    /// All four members are always there.
    var openai: JSONValue {
        [
            "message": .string(message), "type": .string(type), "param": JSONValue(param), "code": JSONValue(code),
        ]
    }
}

/// Who asked, as far as an error message tells.
struct RefusedCaller: Sendable {
    var secret: String?
    var usesBearer: Bool
    var model: String
}

extension Refusal {
    /// The provider's words for a fault; nil for a fault that is no error answer.
    static func of(_ fault: Fault, _ dialect: Dialect, _ parameters: FaultParameters, _ caller: RefusedCaller)
        -> Refusal?
    {
        var refusal =
            switch dialect {
            case .anthropic: anthropic(fault, caller)
            case .openai: openai(fault, parameters, caller)
            }
        if let message = parameters.message { refusal?.message = message }
        return refusal
    }

    /// A body with the credential in it and with what a terminal would act on.
    static func echo(_ secret: String?) -> String {
        "Rate limit reached for key \(secret ?? "(none)")."
            + "\u{1B}[2J\u{1B}[31m Look here \u{1B}]0;owned\u{7}\r\n\u{9B}1A\u{202E}"
    }

    // MARK: Anthropic

    private static func anthropic(_ fault: Fault, _ caller: RefusedCaller) -> Refusal? {
        switch fault {
        case .badRequest:
            Refusal(400, "invalid_request_error", "messages: roles must alternate between \"user\" and \"assistant\"")
        case .contextOverflow:
            Refusal(400, "invalid_request_error", "prompt is too long: 215032 tokens > 200000 maximum")
        case .unauthorized, .expiring:
            Refusal(401, "authentication_error", caller.usesBearer ? "Invalid bearer token" : "invalid x-api-key")
        case .revoked: Refusal(401, "authentication_error", "This API key has been revoked.")
        case .paymentRequired: Refusal(402, "billing_error", creditTooLow)
        case .forbidden:
            Refusal(403, "permission_error", "Your API key does not have permission to use the specified resource.")
        case .notFound: Refusal(404, "not_found_error", "model: \(caller.model)")
        case .tooLarge: Refusal(413, "request_too_large", "Request exceeds the maximum size")
        case .rateLimit, .rateLimitAfter, .rateLimitDate, .rateLimitReset:
            Refusal(
                429, "rate_limit_error",
                rateLimited)
        case .insufficientQuota: Refusal(429, "rate_limit_error", creditTooLow)
        case .rateLimitEcho: Refusal(429, "rate_limit_error", echo(caller.secret))
        case .serverError: Refusal(500, "api_error", "Internal server error")
        case .unavailable: Refusal(503, "api_error", "Service Unavailable")
        case .overloaded, .inBandOverloaded, .inBandLate: Refusal(529, "overloaded_error", "Overloaded")
        default: nil
        }
    }

    private static let rateLimited =
        "This request would exceed your organization's rate limit of 4,000 requests per minute."
    private static let creditTooLow =
        "Your credit balance is too low to access the Anthropic API. "
        + "Please go to Plans & Billing to upgrade or purchase credits."
}
