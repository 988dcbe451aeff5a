// SPDX-License-Identifier: Apache-2.0

/// One event of a stream, not yet numbered.
enum StreamEvent: Sendable {
    /// `event:` and `data:`; the payload's `type` is the event's name.
    case named(JSONValue)
    /// `data:` alone.
    case unnamed(JSONValue)
    /// Text as it stands, such as a comment or `[DONE]`.
    case raw(String)
}

/// A streamed answer, cut where faults cut it.
struct StreamEvents: Sendable {
    /// Before anything that a reader would show.
    var opening: [StreamEvent]
    /// Starts the first block of content.
    var start: [StreamEvent]
    /// The content of that block.
    var deltas: [StreamEvent]
    /// Everything else, up to the terminal event.
    var closing: [StreamEvent]
    /// What keeps a silent stream alive.
    var keepAlive: StreamEvent
    /// A failure before any text, and one after some.
    var earlyFailure: StreamEvent
    var lateFailure: StreamEvent
    /// Responses count their events.
    var isNumbered = false
}

/// Makes the text of events, in their order.
struct EventWriter: Sendable {
    var isNumbered: Bool
    var next = 0

    mutating func text(_ event: StreamEvent) -> String {
        switch event {
        case .raw(let text): return text
        case .unnamed(let payload): return "data: \(payload)\n\n"
        case .named(let payload):
            let name = payload["type"]?.string ?? "message"
            return "event: \(name)\ndata: \(numbered(payload))\n\n"
        }
    }

    private mutating func numbered(_ payload: JSONValue) -> JSONValue {
        guard isNumbered, case .object(var members) = payload else { return payload }
        members.insert(JSONValue.Member("sequence_number", .integer(next)), at: min(1, members.count))
        next += 1
        return .object(members)
    }
}

/// The frames of one block of content: a text, or a call of a tool.
struct BlockEvents: Sendable {
    var start: [StreamEvent]
    var deltas: [StreamEvent]
    var stop: [StreamEvent]
}

extension StreamEvents {
    /// Puts the blocks between the opening and the terminal events; the first block is the one that faults cut.
    mutating func place(_ blocks: [BlockEvents], terminal: [StreamEvent]) {
        start = blocks.first?.start ?? []
        deltas = blocks.first?.deltas ?? []
        closing = blocks.first?.stop ?? []
        for block in blocks.dropFirst() { closing += block.start + block.deltas + block.stop }
        closing += terminal
    }
}
