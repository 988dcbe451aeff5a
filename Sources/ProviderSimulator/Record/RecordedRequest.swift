// SPDX-License-Identifier: Apache-2.0

/// What is known of one request. Never holds a secret.
package struct RecordedRequest: Hashable, Sendable {
    /// Counts from 1, in order of arrival; reset does not start again.
    package var number: Int
    /// The connection it came in on, so that reuse shows.
    package var connection: Int
    /// Arrival of the head, seconds since 1970.
    package var time: Double
    package var method: String
    /// Without the query.
    package var path: String
    /// The credential's label.
    package var label: String
    package var headers: [ReceivedField]
    package var contraband: [Contraband] = []
    package var model: String?
    package var stream = false
    package var fault: Fault?
    package var outcome = Outcome.open
    /// The status sent; nil while no head has been sent, or when what was sent is none.
    package var status: Int?
    /// Bytes of the request's body that were read.
    package var bytesIn = 0
    /// Answer bytes handed to the connection; the last of them may not have left it when the client did.
    package var bytesOut = 0
    /// From the head's arrival until the client closed the connection, when that was before the answer's end.
    package var clientLeftAfterMilliseconds: Int?

    /// Also the `request-id` (or `x-request-id`) of the answer.
    package var id: String {
        let digits = String(number)
        return "req_sim" + String(repeating: "0", count: max(0, 12 - digits.count)) + digits
    }

    /// How a request ended, as seen from here.
    package enum Outcome: String, Hashable, Sendable {
        /// Still under way.
        case open
        /// A good answer, complete and handed to the network.
        case answered
        /// An error answer, complete and handed to the network.
        case refused
        /// We broke it off, as the fault says.
        case broken
        /// The client left before we had finished.
        case cancelled
        /// The simulator was stopped.
        case stopped
    }

    package var json: JSONValue {
        [
            "number": .integer(number), "id": .string(id), "connection": .integer(connection),
            "time": .integer(Int(time * 1000)), "method": .string(method), "path": .string(path),
            "model": JSONValue(model), "label": .string(label), "fault": JSONValue(fault?.rawValue),
            "outcome": .string(outcome.rawValue), "status": JSONValue(status), "bytesIn": .integer(bytesIn),
            "bytesOut": .integer(bytesOut), "stream": .boolean(stream),
            "clientLeftAfterMs": JSONValue(clientLeftAfterMilliseconds),
            "contraband": .array(contraband.map { .string($0.rawValue) }), "headers": ReceivedField.json(headers),
        ]
    }
}
