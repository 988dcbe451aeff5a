// SPDX-License-Identifier: Apache-2.0

/// Why an attempt failed. The raw values are stable: journals, logs and scripts hold them.
package enum FailureReason: String, Sendable, CaseIterable {
    case auth
    case authPermanent = "auth_permanent"
    case rateLimit = "rate_limit"
    case billing
    case overloaded
    case serverError = "server_error"
    case timeout
    case tlsCertificate = "tls_certificate"
    case contextOverflow = "context_overflow"
    case modelNotFound = "model_not_found"
    case sessionExpired = "session_expired"
    case format
    case emptyResponse = "empty_response"
    case noErrorDetails = "no_error_details"
    case unclassified
    case unknown

    /// Which ladder a failure climbs; nil for those that say nothing about the credential.
    package var lane: Lane? {
        switch self {
        case .overloaded, .serverError, .timeout, .tlsCertificate, .emptyResponse, .unclassified, .unknown: .transient
        case .rateLimit: .rateLimit
        case .billing: .billing
        case .auth, .authPermanent, .sessionExpired: .auth
        case .modelNotFound: .model
        case .contextOverflow, .format, .noErrorDetails: nil
        }
    }

    package var isTransient: Bool { lane == .transient }
}

/// Failures that share one ladder of waiting times.
package enum Lane: String, Sendable, CaseIterable {
    case transient
    case rateLimit = "rate_limit"
    case billing
    case auth
    case model
}
