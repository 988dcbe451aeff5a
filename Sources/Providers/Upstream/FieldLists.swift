// SPDX-License-Identifier: Apache-2.0

/// Which fields pass between clients and upstreams. Everything that is not named here stays on its side.
package enum FieldLists {
    /// From the client to the upstream, lower-case. `anthropic-beta` and the version go to Anthropic's format alone.
    package static let toAnthropic: Set<String> = [
        "anthropic-version", "anthropic-beta", "idempotency-key", "x-stainless-retry-count",
    ]
    package static let toOpenAI: Set<String> = ["openai-beta", "idempotency-key", "x-stainless-retry-count"]

    /// Sent when the client names none: the only version there is.
    package static let anthropicVersion = "2023-06-01"

    /// From the upstream to the client, lower-case.
    package static let toClient: Set<String> = [
        "content-type", "retry-after", "request-id", "x-request-id", "openai-processing-ms",
    ]

    /// The providers' limits, by the beginning of their names.
    package static let limitPrefixes = ["anthropic-ratelimit-", "x-ratelimit-"]
}
