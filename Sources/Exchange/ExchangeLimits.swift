// SPDX-License-Identifier: Apache-2.0
package import NIOCore

/// What one relayed request may cost, in bytes, attempts and time.
package struct ExchangeLimits: Sendable {
    /// Largest request body, in bytes.
    package var maximumBodyBytes = 32 << 20
    /// Attempts per request over all profiles and fallback models.
    package var maximumAttempts = 8
    /// Nesting of the request's JSON.
    package var maximumDepth = 200
    /// A body longer than this goes upstream while it still arrives.
    package var streamedUploadBytes = 1 << 20
    /// How far the client's upload may run ahead of what the upstream has taken.
    package var uploadReadAheadBytes = 1 << 20
    /// A stream is held back for at most this much before it is committed.
    package var heldEvents = 64
    package var heldStreamBytes = 64 << 10
    /// A plain answer up to this size is held until it is complete.
    package var heldAnswerBytes = 1 << 20
    /// An error body is read up to this size.
    package var refusalBytes = 64 << 10
    /// Least upload rate, counted from `uploadGrace` on.
    package var minimumBodyBytesPerSecond = 1024
    package var uploadGrace = TimeAmount.seconds(10)

    package var connect = TimeAmount.seconds(10)
    package var firstToken = TimeAmount.seconds(120)
    package var idle = TimeAmount.seconds(300)
    /// Plain answers only; a stream may go on for as long as it is not idle.
    package var total = TimeAmount.seconds(600)
    /// Longest wait for the soonest cooldown to end, when nothing was sent yet.
    package var maximumWait = TimeAmount.seconds(10)
    /// Pause before the one repetition with the same profile.
    package var retryPause = TimeAmount.milliseconds(250)

    package init() {}
}
