// SPDX-License-Identifier: Apache-2.0
import Credentials
import Documents
import NIOCore

/// A provider has answered that it does not have a model, and the gateway knows one of nearly that name: said behind
/// the provider's own message, for that is what people see.
struct UnknownModel {
    private let sentence: String

    init(_ guess: String) {
        sentence = " (No list of the gateway has that name. Did you mean \(guess.prefix(100).escapedForDisplay)?)"
    }

    /// - Returns: the same bytes when they hold no message, or none that can be found.
    func added(to body: ByteBuffer) -> ByteBuffer {
        // An answer in another shape is passed on as it is.
        guard var document = try? Document(Array(body.readableBytesView), as: .json) else { return body }
        for place in Self.places {
            guard let message = document.element(at: place)?.string else { continue }
            // What was read a moment ago can be written.
            guard (try? document.set(.string(message + sentence), at: place)) != nil else { return body }
            return ByteBuffer(bytes: document.bytes)
        }
        return body
    }

    private static let places = [["error", "message"], ["message"], ["error"]]
}
