// SPDX-License-Identifier: Apache-2.0

/// The language a client speaks to us, and in which the upstream therefore answers.
package enum ClientDialect: Hashable, Sendable, CaseIterable {
    /// Messages and token counts.
    case anthropic
    /// Chat completions.
    case openaiChat
    /// Responses.
    case openaiResponses
    /// Every other OpenAI endpoint that takes a model, such as embeddings. It has no streams.
    case openaiOther
}
