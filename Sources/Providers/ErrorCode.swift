// SPDX-License-Identifier: Apache-2.0

/// Stable codes of the gateway's own refusals.
package enum ErrorCode: String, Sendable, CaseIterable {
    case invalidJSON = "invalid_json"
    case duplicateField = "duplicate_field"
    case tooDeep = "too_deep"
    case badFraming = "bad_framing"
    case hostNotAllowed = "host_not_allowed"
    case originNotAllowed = "origin_not_allowed"
    case modelMissing = "model_missing"
    case ambiguousModel = "ambiguous_model"
    case unsupportedDialect = "unsupported_dialect"
    case unsupportedProvider = "unsupported_provider"
    case missingClientToken = "missing_client_token"
    case wrongClientToken = "wrong_client_token"
    case modelNotFound = "model_not_found"
    case methodNotAllowed = "method_not_allowed"
    case tooSlow = "too_slow"
    case bodyTooLarge = "body_too_large"
    case headTooLarge = "head_too_large"
    case upstreamProtocol = "upstream_protocol"
    case upstreamRedirect = "upstream_redirect"
    case upstreamFailed = "upstream_failed"
    case noCredential = "no_credential"
    case providerLeftOut = "provider_left_out"
    case allCredentialsCooling = "all_credentials_cooling"
    case pinnedProfileUnavailable = "pinned_profile_unavailable"
    case draining
    case overloaded
    case deadlineExceeded = "deadline_exceeded"

    package var status: Int {
        switch self {
        case .invalidJSON, .duplicateField, .tooDeep, .badFraming, .hostNotAllowed, .originNotAllowed, .modelMissing,
            .ambiguousModel, .unsupportedDialect, .unsupportedProvider:
            400
        case .missingClientToken, .wrongClientToken: 401
        case .modelNotFound: 404
        case .methodNotAllowed: 405
        case .tooSlow: 408
        case .bodyTooLarge: 413
        case .headTooLarge: 431
        case .upstreamProtocol, .upstreamRedirect, .upstreamFailed: 502
        case .noCredential, .providerLeftOut, .allCredentialsCooling, .pinnedProfileUnavailable, .draining, .overloaded:
            503
        case .deadlineExceeded: 504
        }
    }

    /// `error.type` in Anthropic's dialect.
    var anthropicType: String {
        switch self {
        case .missingClientToken, .wrongClientToken: "authentication_error"
        case .modelNotFound: "not_found_error"
        case .bodyTooLarge: "request_too_large"
        case .allCredentialsCooling, .overloaded, .draining: "overloaded_error"
        case .deadlineExceeded: "timeout_error"
        default: status < 500 ? "invalid_request_error" : "api_error"
        }
    }

    /// `error.type` in OpenAI's dialect.
    var openaiType: String {
        switch self {
        case .missingClientToken, .wrongClientToken: "authentication_error"
        default: status < 500 ? "invalid_request_error" : "server_error"
        }
    }
}

/// One of our refusals in a client's dialect.
package struct DialectError: Sendable {
    package var code: ErrorCode
    package var message: String
    package var requestID: String

    package init(code: ErrorCode, message: String, requestID: String) {
        self.code = code
        self.message = message
        self.requestID = requestID
    }

    /// The body of an answer with `code.status`.
    package func body(in dialect: ClientDialect) -> [UInt8] { Array((json(in: dialect) + "\n").utf8) }

    /// The frame that ends a stream which has begun. No `[DONE]`, no `message_stop` follows it.
    package func streamFrame(in dialect: ClientDialect) -> [UInt8] {
        switch dialect {
        case .anthropic: Array("event: error\ndata: \(json(in: .anthropic))\n\n".utf8)
        case .openaiChat, .openaiOther: Array("data: \(json(in: .openaiChat))\n\n".utf8)
        case .openaiResponses: Array("event: error\ndata: \(flatJSON)\n\n".utf8)
        }
    }

    private func json(in dialect: ClientDialect) -> String {
        let text = "\"message\":\(message.jsonQuoted)"
        switch dialect {
        case .anthropic:
            return "{\"type\":\"error\",\"error\":{\"type\":\"\(code.anthropicType)\",\(text),"
                + "\"code\":\"\(code.rawValue)\"},\"request_id\":\(requestID.jsonQuoted)}"
        case .openaiChat, .openaiResponses, .openaiOther:
            return "{\"error\":{\(text),\"type\":\"\(code.openaiType)\",\"param\":null,"
                + "\"code\":\"\(code.rawValue)\"}}"
        }
    }

    /// An event of the responses API has no object around its error.
    private var flatJSON: String {
        "{\"type\":\"error\",\"code\":\"\(code.rawValue)\",\"message\":\(message.jsonQuoted),"
            + "\"param\":null,\"sequence_number\":0}"
    }
}

extension String {
    /// As a JSON string with its quotes.
    package var jsonQuoted: String {
        // Nearly everything that is written is plain.
        if utf8.allSatisfy({ (0x20...0x7E).contains($0) && $0 != 0x22 && $0 != 0x5C }) { return "\"\(self)\"" }
        var out = "\""
        for scalar in unicodeScalars {
            switch scalar {
            case "\"": out += "\\\""
            case "\\": out += "\\\\"
            case "\n": out += "\\n"
            case _
            where scalar.value < 0x20 || scalar.value == 0x7F || scalar.value == 0x2028 || scalar.value == 0x2029:
                let digits = String(scalar.value, radix: 16)
                out += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: out.unicodeScalars.append(scalar)
            }
        }
        return out + "\""
    }
}
