// SPDX-License-Identifier: Apache-2.0

/// What an event's name (its `event:` line, or the `type` in its JSON) tells by itself.
enum EventKind: UInt8, Sendable {
    /// No name yet.
    case unnamed
    /// Known, and of no interest once output has begun.
    case quiet
    /// The answer is complete.
    case completion
    /// The answer ended as a failure.
    case failure
    case error
    case other

    @inline(__always)
    init(_ name: ShortText, in dialect: ClientDialect) {
        if name == ShortText("error") {
            self = .error
        } else if dialect == .anthropic {
            self = Self.anthropic(name)
        } else if dialect == .openaiResponses {
            self = Self.responses(name)
        } else {
            self = .other
        }
    }

    private static func anthropic(_ name: ShortText) -> Self {
        if name == ShortText("content_block_delta") { return .quiet }
        if name == ShortText("message_stop") { return .completion }
        if name == ShortText("content_block_start") || name == ShortText("content_block_stop") { return .quiet }
        return name == ShortText("ping") ? .quiet : .other
    }

    private static func responses(_ name: ShortText) -> Self {
        // All of this API's event names begin alike.
        guard name.head == ShortText("response").head else { return .other }
        if name == ShortText("response.completed") || name == ShortText("response.incomplete") { return .completion }
        return name == ShortText("response.failed") ? .failure : .quiet
    }
}
