// SPDX-License-Identifier: Apache-2.0

/// Why a request body is refused: always the client's mistake.
package enum RequestFault: Error, Hashable, Sendable {
    /// - Parameters:
    ///   - offset: bytes before the offending one; the body's length when it ends too early.
    ///   - problem: a phrase without any of the body's text.
    case invalidJSON(offset: Int, problem: String)
    /// The same top-level field twice. `name` is the field's, unescaped, at most 128 bytes of it.
    case duplicateField(name: String)
    /// Containers inside each other beyond the limit.
    case tooDeep
    /// More top-level fields than the limit.
    case tooManyFields
    case modelNotString
}

/// A string of the request body, and where it stands.
package struct ScannedString: Hashable, Sendable {
    /// Unescaped. What is not Unicode becomes U+FFFD.
    package let value: String
    /// Bytes from the start of the body, both quotes included.
    package let range: Range<Int>

    package init(value: String, range: Range<Int>) {
        self.value = value
        self.range = range
    }
}
