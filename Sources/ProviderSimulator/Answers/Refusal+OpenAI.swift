// SPDX-License-Identifier: Apache-2.0

extension Refusal {
    static func openai(_ fault: Fault, _ parameters: FaultParameters, _ caller: RefusedCaller) -> Refusal? {
        switch fault {
        case .badRequest:
            request(
                400, "Invalid type for 'messages[0].content': expected one of a string or array of objects.",
                param: "messages[0].content", code: "invalid_type")
        case .contextOverflow:
            request(
                400,
                "This model's maximum context length is 128000 tokens. However, your messages resulted in "
                    + "215032 tokens. Please reduce the length of the messages.",
                param: "messages", code: "context_length_exceeded")
        case .unauthorized, .expiring: unauthorized(caller)
        case .revoked: request(401, "This API key has been revoked.", code: "invalid_api_key")
        case .paymentRequired: Refusal(402, "insufficient_quota", "Insufficient balance.", code: "insufficient_quota")
        case .forbidden:
            request(
                403,
                "You have insufficient permissions for this operation. Missing scopes: model.request. Check that "
                    + "you have the correct role in your organization.", code: "missing_scope")
        case .notFound: unknownModel(caller.model)
        case .tooLarge: request(413, "Request body is too large.", code: "request_too_large")
        case .rateLimit, .rateLimitAfter, .rateLimitDate, .rateLimitReset:
            Refusal(429, "requests", rateLimited(fault, parameters, caller), code: "rate_limit_exceeded")
        case .insufficientQuota: Refusal(429, "insufficient_quota", quota, code: "insufficient_quota")
        case .rateLimitEcho: Refusal(429, "requests", echo(caller.secret), code: "rate_limit_exceeded")
        case .serverError: Refusal(500, "server_error", serverError)
        case .unavailable:
            Refusal(503, "server_error", "The server is temporarily unavailable. Please try again later.")
        case .overloaded, .inBandOverloaded, .inBandLate:
            Refusal(529, "server_error", overload, code: "overloaded")
        default: nil
        }
    }

    private static func request(_ status: Int, _ message: String, param: String? = nil, code: String) -> Refusal {
        Refusal(status, "invalid_request_error", message, param: param, code: code)
    }

    static func unknownModel(_ model: String) -> Refusal {
        request(404, "The model `\(model)` does not exist or you do not have access to it.", code: "model_not_found")
    }

    /// OpenAI shows a wrong key's first eight and last four characters.
    private static func unauthorized(_ caller: RefusedCaller) -> Refusal {
        guard let secret = caller.secret else {
            return Refusal(
                401, "invalid_request_error",
                "You didn't provide an API key. You need to provide your API key in "
                    + "an Authorization header using Bearer auth (i.e. Authorization: Bearer YOUR_KEY).")
        }
        let shown = secret.count > 16 ? "\(secret.prefix(8))********\(secret.suffix(4))" : "********"
        return request(
            401,
            "Incorrect API key provided: \(shown). You can find your API key at "
                + "https://platform.openai.com/account/api-keys.", code: "invalid_api_key")
    }

    /// The sentence names a time only where the fault gives one in words that agree with its fields.
    private static func rateLimited(_ fault: Fault, _ parameters: FaultParameters, _ caller: RefusedCaller) -> String {
        let start =
            "Rate limit reached for \(caller.model) in organization org-sim on requests per min (RPM): "
            + "Limit 10000, Used 10000, Requested 1."
        guard fault == .rateLimitAfter, let seconds = parameters.seconds ?? fault.number?.fallback else { return start }
        return start + " Please try again in \(LimitFields.duration(seconds))."
    }

    private static let quota =
        "You exceeded your current quota, please check your plan and billing details. For more information on this "
        + "error, read the docs: https://platform.openai.com/docs/guides/error-codes/api-errors."

    static let overload = "The server is currently overloaded with other requests. Sorry about that!"
    static let serverError = "The server had an error while processing your request. Sorry about that!"
}
