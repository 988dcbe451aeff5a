// SPDX-License-Identifier: Apache-2.0
import Rotation

/// Words by which providers describe a failure: consulted only on the error's message, and only where the status
/// table of `Refusals` says so. Lower-case; the first class that matches wins, in the order of `classes`.
enum TextTables {
    struct TextClass: Sendable {
        var reason: FailureReason
        var phrases: [String]
    }

    static func reason(of message: String, provider: String, among reasons: Set<FailureReason>) -> FailureReason? {
        let lowered = message.lowercased()
        if let own = perProvider[provider] {
            for entry in own where reasons.contains(entry.reason) && entry.phrases.contains(where: lowered.contains) { return entry.reason }
        }
        for entry in classes where reasons.contains(entry.reason) && entry.phrases.contains(where: lowered.contains) {
            if entry.reason == .billing, lowered.utf8.count > 512 { continue }
            return entry.reason
        }
        return nil
    }

    /// Images that are too large or of the wrong kind: about the request, never about the credential.
    static func isAboutAnImage(_ message: String) -> Bool {
        let lowered = message.lowercased()
        return lowered.contains("image") && ["exceeds", "dimension", "too large", "could not process", "unsupported"].contains(where: lowered.contains)
    }

    /// Something that will be refilled by itself, although the status says that money is missing.
    static func isPeriodicLimit(_ message: String) -> Bool {
        let lowered = message.lowercased()
        let periods = ["daily", "weekly", "monthly", "5-hour", "five-hour", "usage limit", "spend limit", "spending limit", "quota window"]
        return periods.contains(where: lowered.contains)
            && ["limit", "try again", "reset", "exhausted", "reached"].contains(where: lowered.contains)
    }

    /// Limits on tokens per time are rate limits even when they read like an overlong prompt.
    private static func isTokenRate(_ lowered: String) -> Bool {
        ["tpm", "tokens per minute", "tokens per day", "tpd"].contains(where: lowered.contains)
    }

    static func isContextOverflow(_ message: String) -> Bool {
        let lowered = message.lowercased()
        return !isTokenRate(lowered) && overflow.contains(where: lowered.contains)
    }

    private static let overflow = [
        "prompt is too long", "input is too long for requested model", "exceeds the context window", "input token count",
        "maximum prompt length is", "reduce the length of the messages", "maximum context length is", "exceeds the limit of",
        "exceeds the available context size", "greater than the context length", "context window exceeds limit",
        "exceeded model token limit", "maximum context length", "model_context_window_exceeded", "context_length_exceeded",
        "too many tokens", "token limit exceeded", "request_too_large", "extra usage is required for long context",
    ]

    /// The restriction of setup tokens, which no other credential of that kind gets round.
    static let vendorRestriction = "only authorized for use with claude code"

    static let classes: [TextClass] = [
        TextClass(
            reason: .modelNotFound,
            phrases: [
                "unknown model", "model_not_found", "model_not_supported", "is not a valid model id", "no endpoints found for", "model: ",
                "does not exist or you do not have access",
            ]),
        TextClass(
            reason: .authPermanent,
            phrases: [
                "api key has been revoked", "key has been revoked", "api key revoked", "key has been disabled", "has been deactivated",
                "api key deactivated", "api key deleted", "deactivated workspace", "not allowed for this organization",
                "refresh_token_reused", "invalid_grant", "sign in again", vendorRestriction,
            ]),
        TextClass(
            reason: .billing,
            phrases: [
                "payment required", "insufficient credits", "used all available credits", "insufficient_quota", "credit balance",
                "plans & billing", "insufficient_balance", "insufficient balance", "requires more credits", "out of extra usage", "draw from your extra usage",
                "extra usage is required", "billing hard limit", "check your plan and billing", "余额不足", "欠费",
            ]),
        TextClass(
            reason: .rateLimit,
            phrases: [
                "rate limit", "rate_limit", "too many requests", "too many concurrent requests", "throttl", "model_cooldown",
                "exceeded your current quota", "resource has been exhausted", "quota exceeded", "resource_exhausted", "usage limit",
                "tokens per minute", "tokens per day", "tpm", "tpd", "请求过于频繁", "调用频率", "频率限制", "配额不足", "配额已用尽", "额度不足", "额度已用尽",
            ]),
        TextClass(
            reason: .overloaded,
            phrases: ["overloaded", "at capacity", "high demand", "high load", "服务过载", "当前负载过高"]),
        TextClass(
            reason: .serverError,
            phrases: [
                "an error occurred while processing", "internal server error", "internal_error", "server_error", "bad gateway",
                "gateway timeout", "upstream error", "upstream connect error", "connection reset", "内部错误", "服务器错误", "系统错误", "系统繁忙", "系统异常",
            ]),
        TextClass(
            reason: .auth,
            phrases: [
                "invalid api key", "incorrect api key", "invalid token", "could not authenticate", "could not validate credentials",
                "authentication", "unauthorized", "认证失败", "鉴权失败", "密钥无效",
            ]),
        TextClass(reason: .sessionExpired, phrases: ["session expired", "session not found", "no such session"]),
    ]

    /// Where one provider's words mean something else.
    static let perProvider: [String: [TextClass]] = [
        "openrouter": [TextClass(reason: .billing, phrases: ["key limit exceeded", "api key budget limit exceeded"])],
        "xai": [TextClass(reason: .billing, phrases: ["insufficient account balance"])],
        "moonshot": [TextClass(reason: .billing, phrases: ["insufficient account balance"])],
        "kimi-code": [TextClass(reason: .billing, phrases: ["insufficient account balance"])],
    ]

    /// Codes in the provider's own words, upper-case.
    static let codes: [String: FailureReason] = [
        "RESOURCE_EXHAUSTED": .rateLimit, "RATE_LIMIT": .rateLimit, "RATE_LIMITED": .rateLimit, "RATE_LIMIT_EXCEEDED": .rateLimit,
        "TOO_MANY_REQUESTS": .rateLimit, "THROTTLED": .rateLimit, "THROTTLING": .rateLimit, "THROTTLINGEXCEPTION": .rateLimit,
        "RATE_LIMIT_ERROR": .rateLimit, "USAGE_LIMIT_REACHED": .rateLimit, "DEACTIVATED_WORKSPACE": .authPermanent, "ACCOUNT_DEACTIVATED": .authPermanent,
        "OVERLOADED": .overloaded, "OVERLOADED_ERROR": .overloaded, "SERVER_IS_OVERLOADED": .overloaded, "SERVER_ERROR": .serverError,
        "UPSTREAM_ERROR": .serverError, "API_ERROR": .serverError, "INSUFFICIENT_QUOTA": .billing, "BILLING_ERROR": .billing,
        "BILLING_HARD_LIMIT_REACHED": .billing, "INVALID_API_KEY": .auth, "AUTHENTICATION_ERROR": .auth, "TIMEOUT_ERROR": .timeout,
        "CONTEXT_LENGTH_EXCEEDED": .contextOverflow, "MODEL_NOT_FOUND": .modelNotFound, "NOT_FOUND_ERROR": .modelNotFound, "INVALID_REQUEST_ERROR": .format,
        "REQUEST_TOO_LARGE": .contextOverflow, "CONTENT_FILTER": .format, "CONTENT_POLICY_VIOLATION": .format,
    ]
}
