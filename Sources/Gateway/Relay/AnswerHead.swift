// SPDX-License-Identifier: Apache-2.0
import NIOCore
import NIOHTTP1

/// How an answer's end is told.
enum AnswerFraming: Sendable {
    case length(Int)
    case chunked
    /// For HTTP/1.0: the connection's end is the answer's.
    case untilClose
}

/// Builds the bytes of an answer's head.
struct AnswerHead {
    private(set) var bytes: ByteBuffer

    init(status: Int, allocator: ByteBufferAllocator) {
        bytes = allocator.buffer(capacity: 512)
        bytes.writeStaticString("HTTP/1.1 ")
        bytes.writeDecimal(status, minimumDigits: 3)
        bytes.writeStaticString(" ")
        bytes.writeString(HTTPResponseStatus(statusCode: status).reasonPhrase)
        bytes.writeStaticString("\r\n")
    }

    /// A field whose text is ours.
    mutating func add(_ name: StaticString, _ value: StaticString) {
        bytes.writeStaticString(name)
        bytes.writeStaticString(": ")
        bytes.writeStaticString(value)
        bytes.writeStaticString("\r\n")
    }

    /// A field with text from elsewhere: what a field may not hold is percent-encoded, so that no answer can be split.
    mutating func add(_ name: StaticString, _ value: String) {
        bytes.writeStaticString(name)
        bytes.writeStaticString(": ")
        addValue(value)
    }

    /// A field taken over from the upstream; its name is one of our list.
    mutating func copy(_ name: String, _ value: String) {
        bytes.writeString(name)
        bytes.writeStaticString(": ")
        addValue(value)
    }

    mutating func add(_ name: StaticString, _ value: Int) {
        bytes.writeStaticString(name)
        bytes.writeStaticString(": ")
        bytes.writeDecimal(value)
        bytes.writeStaticString("\r\n")
    }

    mutating func add(_ name: StaticString, _ value: ByteBuffer) {
        bytes.writeStaticString(name)
        bytes.writeStaticString(": ")
        bytes.writeImmutableBuffer(value)
        bytes.writeStaticString("\r\n")
    }

    mutating func end(framing: AnswerFraming, close: Bool) -> ByteBuffer {
        switch framing {
        case .length(let length): add("content-length", length)
        case .chunked: add("transfer-encoding", "chunked")
        case .untilClose: break
        }
        if close { add("connection", "close") }
        bytes.writeStaticString("\r\n")
        return bytes
    }

    private mutating func addValue(_ value: String) {
        if value.utf8.allSatisfy({ (0x20..<0x7F).contains($0) }) {
            bytes.writeString(value)
        } else {
            let digits = Array("0123456789ABCDEF".utf8)
            for byte in value.utf8 {
                if (0x20..<0x7F).contains(byte) {
                    bytes.writeInteger(byte)
                } else {
                    bytes.writeInteger(UInt8(ascii: "%"))
                    bytes.writeInteger(digits[Int(byte >> 4)])
                    bytes.writeInteger(digits[Int(byte & 15)])
                }
            }
        }
        bytes.writeStaticString("\r\n")
    }
}

extension ByteBuffer {
    /// One chunk of a chunked body: small ones in one piece, so that one system call carries them.
    static func chunkPrefix(of count: Int, allocator: ByteBufferAllocator) -> ByteBuffer {
        var prefix = allocator.buffer(capacity: 24)
        prefix.writeHexadecimal(count)
        prefix.writeStaticString("\r\n")
        return prefix
    }

    mutating func writeHexadecimal(_ number: Int) {
        var shift = max(0, (Int.bitWidth - number.leadingZeroBitCount - 1) / 4 * 4)
        while shift >= 0 {
            let digit = UInt8(truncatingIfNeeded: number >> shift) & 15
            writeInteger(digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") + digit - 10)
            shift -= 4
        }
    }

    static let chunkEnd = ByteBuffer(string: "\r\n")
    static let lastChunk = ByteBuffer(string: "0\r\n\r\n")
}
