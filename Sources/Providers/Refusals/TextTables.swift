// SPDX-License-Identifier: Apache-2.0
import Rotation

/// Words by which providers describe a failure, as data: consulted only on the error's message, and only where the
/// status table of ``Refusals`` says so.
///
/// Lower-case substrings; the first class that matches wins, in the order of `classes`.
enum TextTables {
    struct TextClass: Sendable {
        var reason: FailureReason
        var phrases: [String]
    }

    /// Longer messages quote too much to be about money.
    static let billingLimit = 512

    static let classes: [TextClass] = [
        TextClass(reason: .sessionExpired, phrases: sessionExpired),
        TextClass(reason: .modelNotFound, phrases: modelNotFound),
        TextClass(reason: .billing, phrases: strongBilling + billing),
        TextClass(reason: .rateLimit, phrases: rateLimit),
        TextClass(reason: .overloaded, phrases: overloaded),
        TextClass(reason: .serverError, phrases: serverError),
        TextClass(reason: .authPermanent, phrases: authPermanent),
        TextClass(reason: .auth, phrases: auth),
        TextClass(reason: .timeout, phrases: timeout),
        TextClass(reason: .format, phrases: format),
    ]

    /// Where one provider's words mean something else than everybody's.
    static let perProvider: [String: [TextClass]] = [
        "openrouter": [
            TextClass(reason: .billing, phrases: ["key limit exceeded", "api key budget limit exceeded"]),
            TextClass(reason: .timeout, phrases: ["provider returned error"]),
        ],
        "xai": [TextClass(reason: .billing, phrases: [ambiguousBalance])],
        "moonshot": [TextClass(reason: .billing, phrases: [ambiguousBalance])],
        "kimi-code": [TextClass(reason: .billing, phrases: [ambiguousBalance])],
    ]

    /// With most providers a limit on calls, with some of them money.
    static let ambiguousBalance = "insufficient account balance"

    /// The restriction of setup tokens, which no other credential of that kind gets round.
    static let vendorRestriction = "only authorized for use with claude code"

    // MARK: Money

    /// Nothing but money is meant, whatever else the text says.
    static let strongBilling = [
        "insufficient credits", "used all available credits", "insufficient_quota", "credit balance",
        "plans & billing", "insufficient_balance", "insufficient balance", "requires more credits",
        "out of extra usage", "draw from your extra usage", "extra usage is required", "billing hard limit",
        "check your plan and billing", "not included in your plan", "plan does not include",
        "plan doesn't include", "not available on your plan", "not available in your plan", "余额不足", "欠费",
    ]

    static let billing = [
        "payment required", "spend limit", "spending limit", "status 402", "status code 402", "error 402",
        "error code: 402", "code: 402", "http 402",
    ]

    // MARK: Limits

    static let rateLimit = [
        "rate limit", "rate_limit", "too many requests", "too many concurrent requests", "throttl",
        "model_cooldown", "exceeded your current quota", "resource has been exhausted", "quota exceeded",
        "resource_exhausted", "usage limit", "tokens per minute", "tokens per day", "请求过于频繁", "调用频率",
        "频率限制", "配额不足", "配额已用尽", "额度不足", "额度已用尽",
    ]

    /// Only as whole words: "tpm" stands in "httpMethod" too.
    static let rateLimitWords: Set<Substring> = ["429", "tpm", "tpd"]

    static let periods = [
        "daily", "weekly", "monthly", "5-hour", "five-hour", "hourly", "usage limit", "spend limit",
        "spending limit", "quota window", "quota refresh", "quota will reset", "limit resets", "limit will reset",
    ]

    static let periodEnds = ["limit", "try again", "reset", "exhausted", "reached", "exceeded"]

    /// Limits on tokens per time are rate limits even when they read like an overlong prompt.
    static let tokenRates = ["tokens per minute", "tokens per day"]

    // MARK: The provider's troubles

    static let overloaded = ["overloaded", "at capacity", "high demand", "high load", "服务过载", "当前负载过高"]
    /// A plain "service unavailable" of some proxy is no overload.
    static let overloadedWithUnavailable = ["overload", "capacity", "high demand"]

    static let serverError = [
        "an error occurred while processing", "internal server error", "internal_error", "server_error",
        "service temporarily unavailable", "bad gateway", "gateway timeout", "upstream error",
        "upstream connect error", "connection reset", "http 500", "http 502", "http 503", "http 504",
        "内部错误", "服务器错误", "系统错误", "系统繁忙", "系统异常",
    ]

    static let timeout = [
        "timeout", "timed out", "deadline exceeded", "service unavailable", "connection error", "network error",
        "network request failed", "fetch failed", "socket hang up", "without sending chunks",
        "without sending any chunks", "operation was aborted", "stream closed", "stream aborted",
        "stream_read_error", "terminated", "request failed", "an unknown error occurred", "enotfound",
        "etimedout", "econnreset", "econnrefused", "网络错误", "请求超时", "连接超时",
    ]

    // MARK: The credential

    static let authPermanent = [
        "api key has been revoked", "key has been revoked", "api key revoked", "key has been disabled",
        "has been deactivated", "api key deactivated", "api key deleted", "api key has been deleted",
        "deactivated workspace", "deactivated_workspace", "not allowed for this organization",
        "refresh_token_reused", "invalid_grant", "invalid refresh token", "revoked refresh token", "sign in again",
        vendorRestriction,
    ]

    static let auth = [
        "invalid api key", "incorrect api key", "api key not valid", "invalid token", "could not authenticate",
        "could not validate", "authentication failed", "authentication required", "oauth token refresh failed",
        "unauthorized", "access denied", "no credentials found", "no api key found", "认证失败", "鉴权失败", "密钥无效",
    ]

    /// What else means it, when there is nothing but a sentence.
    static let looseAuth = [
        "permission_error", "authentication", "re-authenticate", "forbidden", "insufficient permission",
        "missing scope", "expired",
    ]

    static let looseAuthWords: Set<Substring> = ["401", "403"]

    static let sessionExpired = [
        "session not found", "session does not exist", "session expired", "session has expired", "invalid session",
        "no such session", "conversation not found", "conversation does not exist", "conversation expired",
    ]

    // MARK: The request

    static let modelNotFound = [
        "unknown model", "model_not_found", "model_not_supported", "not_found_error", "model does not exist",
        "is not a valid model id", "no endpoints found for", "model has been retired", "model is deprecated",
    ]

    static let format = [
        "string should match pattern", "tool_use.id", "tool_use_id", "invalid request format",
        "does not support assistant message prefill", "conversation must end with a user message",
    ]

    static let overflow = [
        "prompt is too long", "input is too long for requested model", "exceeds the context window",
        "maximum prompt length is", "reduce the length of the messages", "maximum context length",
        "exceeds the limit of", "exceeds the available context size", "greater than the context length",
        "context window exceeds limit", "exceeded model token limit", "model_context_window_exceeded",
        "context_length_exceeded", "too many tokens", "token limit exceeded", "request_too_large",
    ]

    static let imageFaults = ["exceed", "dimension", "too large", "could not process", "unsupported", "invalid"]

    // MARK: Structured fields

    /// Codes and types in the provider's own words, upper-case.
    static let codes: [String: FailureReason] = [
        "RESOURCE_EXHAUSTED": .rateLimit, "RATE_LIMIT": .rateLimit, "RATE_LIMITED": .rateLimit,
        "RATE_LIMIT_EXCEEDED": .rateLimit, "TOO_MANY_REQUESTS": .rateLimit, "THROTTLED": .rateLimit,
        "THROTTLING": .rateLimit, "THROTTLINGEXCEPTION": .rateLimit, "RATE_LIMIT_ERROR": .rateLimit,
        "USAGE_LIMIT_REACHED": .rateLimit, "DEACTIVATED_WORKSPACE": .authPermanent,
        "ACCOUNT_DEACTIVATED": .authPermanent, "OVERLOADED": .overloaded, "OVERLOADED_ERROR": .overloaded,
        "SERVER_IS_OVERLOADED": .overloaded, "SERVER_ERROR": .serverError, "UPSTREAM_ERROR": .serverError,
        "INTERNAL_SERVER_ERROR": .serverError, "INSUFFICIENT_QUOTA": .billing, "BILLING_ERROR": .billing,
        "BILLING_HARD_LIMIT_REACHED": .billing, "INVALID_API_KEY": .auth, "AUTHENTICATION_ERROR": .auth,
        "TIMEOUT_ERROR": .timeout, "CONTEXT_LENGTH_EXCEEDED": .contextOverflow,
        "REQUEST_TOO_LARGE": .contextOverflow, "MODEL_NOT_FOUND": .modelNotFound,
        "NOT_FOUND_ERROR": .modelNotFound, "CONTENT_FILTER": .format, "CONTENT_POLICY_VIOLATION": .format,
        "ETIMEDOUT": .timeout, "ESOCKETTIMEDOUT": .timeout, "ECONNRESET": .timeout, "ECONNABORTED": .timeout,
        "ECONNREFUSED": .timeout, "ENETUNREACH": .timeout, "EHOSTUNREACH": .timeout, "EHOSTDOWN": .timeout,
        "ENETRESET": .timeout, "EPIPE": .timeout, "EAI_AGAIN": .timeout,
    ]

    /// Codes that mean something with one provider only.
    static let codesPerProvider: [String: [String: FailureReason]] = ["zai": ["1113": .auth, "1311": .billing]]

    /// The status that a type or code of an error inside a good answer stands for.
    static let impliedStatus: [String: Int] = [
        "INVALID_REQUEST_ERROR": 400, "INVALID_PROMPT": 400, "CONTEXT_LENGTH_EXCEEDED": 400, "CONTENT_FILTER": 400,
        "CONTENT_POLICY_VIOLATION": 400, "AUTHENTICATION_ERROR": 401, "INVALID_API_KEY": 401, "BILLING_ERROR": 402,
        "PERMISSION_ERROR": 403, "NOT_FOUND_ERROR": 404, "MODEL_NOT_FOUND": 404, "REQUEST_TOO_LARGE": 413,
        "RATE_LIMIT_ERROR": 429, "RATE_LIMIT_EXCEEDED": 429, "INSUFFICIENT_QUOTA": 429, "TIMEOUT_ERROR": 504,
        "API_ERROR": 500, "SERVER_ERROR": 500, "OVERLOADED_ERROR": 529,
    ]
}
