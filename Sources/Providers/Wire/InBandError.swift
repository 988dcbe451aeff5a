// SPDX-License-Identifier: Apache-2.0

/// A failure that a provider reports inside an answer whose status says 200.
///
/// Its texts are the provider's own: at most ``textLimitBytes`` each, and not yet redacted.
package struct InBandError: Hashable, Sendable {
    /// The provider's class of error, such as `overloaded_error`.
    package var type: String?
    /// The provider's code, such as `rate_limit_exceeded`; a numeric code is kept as its digits.
    package var code: String?
    package var message: String?

    package static let textLimitBytes = 2048

    package init(type: String? = nil, code: String? = nil, message: String? = nil) {
        self.type = type
        self.code = code
        self.message = message
    }
}
