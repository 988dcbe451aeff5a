// SPDX-License-Identifier: Apache-2.0

/// Watches a plain answer (status 200, JSON, no stream) go by and keeps what it says about itself.
package struct AnswerScanner: Sendable {
    private var reader: PayloadReader
    private var firstByte: UInt8?

    package init(dialect: ClientDialect) { reader = PayloadReader(dialect) }

    /// Reads the body's next bytes. Nothing of it is kept but an error's texts.
    package mutating func feed(_ bytes: UnsafeRawBufferPointer) {
        guard let start = bytes.baseAddress?.assumingMemoryBound(to: UInt8.self) else { return }
        if firstByte == nil { firstByte = bytes.first { !" \t\r\n".utf8.contains($0) } }
        reader.read(start, start + bytes.count)
    }

    /// The bytes so far begin a JSON object and do not end it: if no more come, the answer was cut off.
    package var isUnfinished: Bool { reader.hasBegun && !reader.isComplete && !reader.isMalformed }

    /// A web page: from something in between, not from the provider.
    package var isPage: Bool { firstByte == UInt8(ascii: "<") }

    /// Whether the answer is one whole JSON object (RFC 8259) with nothing but blanks after it.
    package var isWellFormed: Bool { reader.isComplete }

    /// Nil if the answer names no count, and for unfinished or malformed answers.
    package var usage: TokenUsage? {
        guard reader.isComplete, !reader.counts.isEmpty else { return nil }
        return reader.counts.usage(in: reader.dialect)
    }

    /// A top-level `error` that is not null, false, 0 or empty, or `"type": "error"`.
    package var inBandError: InBandError? {
        let isError = reader.kind == .error || reader.signs.contains(.error)
        return reader.isComplete && isError ? reader.error : nil
    }
}
