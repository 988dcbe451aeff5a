// SPDX-License-Identifier: Apache-2.0

/// What is known of one model request. Never holds a secret.
package struct RecordedRequest: Hashable, Sendable {
    /// Also the `request-id` (or `x-request-id`) of the answer.
    package var id: String
    /// Arrival of the head, seconds since 1970.
    package var time: Double
    package var endpoint: String
    package var model: String?
    /// The credential's label.
    package var credential: String
    package var fault: Fault?
    package var outcome = Outcome.open
    /// The status sent; nil when no head was sent, or one that is none.
    package var status: Int?
    /// Bytes of the request's body that were read.
    package var bytesReceived = 0
    /// Answer bytes accepted by the connection; the kernel may have dropped the last of them when the client left.
    package var bytesSent = 0
    package var userAgent: String
    package var stream = false

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

    /// The client closed the connection before we had finished.
    package var clientCancelled: Bool { outcome == .cancelled }

    package var json: JSONValue {
        [
            "id": .string(id), "time": .string(Timestamp(seconds: time).rfc3339), "endpoint": .string(endpoint),
            "model": JSONValue(model), "credential": .string(credential), "fault": JSONValue(fault?.rawValue),
            "outcome": .string(outcome.rawValue), "status": JSONValue(status), "bytesReceived": .integer(bytesReceived),
            "bytesSent": .integer(bytesSent), "clientCancelled": .boolean(clientCancelled),
            "userAgent": .string(userAgent), "stream": .boolean(stream),
        ]
    }
}
