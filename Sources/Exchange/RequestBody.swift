// SPDX-License-Identifier: Apache-2.0
package import NIOCore
package import Providers

/// The client's request body as it came in: kept whole, so that a second attempt can send it again, and scanned while
/// it arrives, so that nothing invalid is ever relayed.
package struct RequestBody: Sendable {
    /// Where an attempt has got to.
    package struct Cursor: Sendable {
        fileprivate var chunk = 0
        fileprivate var offsetInChunk = 0
        /// Bytes of the original body that have been handed out or skipped.
        package fileprivate(set) var consumedBytes = 0
        fileprivate var replacementSent = false
    }

    /// The model's name as the provider knows it, in place of the one the client wrote.
    package struct Replacement: Sendable {
        package let range: Range<Int>
        package let bytes: ByteBuffer
    }

    private var chunks: [ByteBuffer] = []
    private var scanner: RequestScanner
    package private(set) var byteCount = 0
    package private(set) var isComplete = false

    package init(maximumDepth: Int) { scanner = RequestScanner(maximumDepth: maximumDepth) }

    package var model: ScannedString? { scanner.model }
    package var wantsStream: Bool { scanner.stream ?? false }

    /// - Throws: the first fault of the JSON text; nothing after it is of use.
    package mutating func append(_ buffer: ByteBuffer) throws(RequestFault) {
        try scan(buffer)
        byteCount += buffer.readableBytes
        // A slice keeps its whole receive buffer alive: a small one is copied, so that held bytes cost what they are.
        if buffer.readableBytes * 2 < buffer.storageCapacity, buffer.storageCapacity > 4096 {
            chunks.append(ByteBuffer(bytes: buffer.readableBytesView))
        } else {
            chunks.append(buffer)
        }
    }

    /// The client has sent its last byte.
    package mutating func complete() throws(RequestFault) {
        isComplete = true
        try scanner.finish()
    }

    /// Lets go of the bytes: no attempt will follow.
    package mutating func discard() { chunks.removeAll(keepingCapacity: false) }

    /// - Parameter name: the name the provider knows the model by.
    /// - Returns: nil when the client wrote exactly that name, so that the body goes out untouched.
    package func replacement(forModel name: String) -> Replacement? {
        guard let model = scanner.model, model.value != name else { return nil }
        var bytes = ByteBuffer()
        bytes.writeJSONString(name)
        return Replacement(range: model.range, bytes: bytes)
    }

    /// Bytes on the wire once `replacement` is applied to a body of `originalBytes`.
    package static func length(ofOriginal originalBytes: Int, with replacement: Replacement?) -> Int {
        guard let replacement else { return originalBytes }
        return originalBytes - replacement.range.count + replacement.bytes.readableBytes
    }

    /// The next piece to send, or nil when everything that has arrived has been handed out.
    package func nextPiece(_ cursor: inout Cursor, with replacement: Replacement?) -> ByteBuffer? {
        while cursor.chunk < chunks.count {
            let chunk = chunks[cursor.chunk]
            let left = chunk.readableBytes - cursor.offsetInChunk
            if left == 0 {
                cursor.chunk += 1
                cursor.offsetInChunk = 0
                continue
            }
            var length = left
            if let replacement, cursor.consumedBytes < replacement.range.upperBound {
                if cursor.consumedBytes >= replacement.range.lowerBound {
                    let skipped = min(left, replacement.range.upperBound - cursor.consumedBytes)
                    advance(&cursor, by: skipped)
                    if cursor.replacementSent { continue }
                    cursor.replacementSent = true
                    return replacement.bytes
                }
                length = min(left, replacement.range.lowerBound - cursor.consumedBytes)
            }
            let piece = chunk.getSlice(at: chunk.readerIndex + cursor.offsetInChunk, length: length)
            advance(&cursor, by: length)
            return piece
        }
        return nil
    }

    private func advance(_ cursor: inout Cursor, by count: Int) {
        cursor.offsetInChunk += count
        cursor.consumedBytes += count
    }

    private mutating func scan(_ buffer: ByteBuffer) throws(RequestFault) {
        let fault: RequestFault? = buffer.withUnsafeReadableBytes { bytes in
            do throws(RequestFault) {
                try scanner.feed(bytes)
                return nil
            } catch { return error }
        }
        if let fault { throw fault }
    }
}

extension ByteBuffer {
    /// Appends `text` as a JSON string with its quotes.
    package mutating func writeJSONString(_ text: String) {
        writeInteger(UInt8(ascii: "\""))
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"):
                writeInteger(UInt8(ascii: "\\"))
                writeInteger(byte)
            case 0..<0x20:
                let digits = Array("0123456789abcdef".utf8)
                writeStaticString("\\u00")
                writeInteger(digits[Int(byte >> 4)])
                writeInteger(digits[Int(byte & 15)])
            default: writeInteger(byte)
            }
        }
        writeInteger(UInt8(ascii: "\""))
    }
}
