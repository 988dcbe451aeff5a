// SPDX-License-Identifier: Apache-2.0

/// What a plain answer (status 200, JSON, no stream) says about itself.
package enum AnswerInspection {
    package struct Findings: Hashable, Sendable {
        /// Nil if the answer names no count, and for malformed answers.
        package var usage: TokenUsage?
        /// A top-level `error` that is not null, false, 0 or empty, or `"type": "error"`.
        package var inBandError: InBandError?
        /// Whether the answer is one whole JSON object (RFC 8259) with nothing but blanks after it.
        package var isWellFormed: Bool

        package init(usage: TokenUsage? = nil, inBandError: InBandError? = nil, isWellFormed: Bool) {
            self.usage = usage
            self.inBandError = inBandError
            self.isWellFormed = isWellFormed
        }
    }

    /// - Parameter bytes: the whole body. It is read once and nothing of it is kept but an error's texts.
    package static func inspect(_ bytes: UnsafeRawBufferPointer, dialect: ClientDialect) -> Findings {
        var reader = PayloadReader(dialect)
        if let start = bytes.baseAddress?.assumingMemoryBound(to: UInt8.self) {
            reader.read(start, start + bytes.count)
        }
        guard reader.isComplete else { return Findings(isWellFormed: false) }
        let isError = reader.kind == .error || reader.signs.contains(.error)
        return Findings(
            usage: reader.counts.isEmpty ? nil : reader.counts.usage(in: dialect),
            inBandError: isError ? reader.error : nil, isWellFormed: true)
    }
}
