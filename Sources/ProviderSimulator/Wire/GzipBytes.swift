// SPDX-License-Identifier: Apache-2.0
import NIOCore

/// Writes gzip (RFC 1952) of stored blocks: every reader takes it, and nothing needs compressing here.
struct GzipBytes {
    private var checksum: UInt32 = 0xFFFF_FFFF
    private var count: UInt32 = 0

    static var head: ByteBuffer { ByteBuffer(bytes: [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 0xFF]) }

    mutating func blocks(_ bytes: ByteBuffer) -> ByteBuffer {
        var rest = bytes
        var out = ByteBuffer()
        while let part = rest.readSlice(length: min(rest.readableBytes, 0xFFFF)), part.readableBytes > 0 {
            let length = UInt16(part.readableBytes)
            out.writeInteger(UInt8(0))
            out.writeInteger(length, endianness: .little)
            out.writeInteger(~length, endianness: .little)
            for byte in part.readableBytesView { add(byte) }
            out.writeImmutableBuffer(part)
        }
        return out
    }

    /// An empty last block, and the trailer.
    func end() -> ByteBuffer {
        var out = ByteBuffer(bytes: [1, 0, 0, 0xFF, 0xFF])
        out.writeInteger(~checksum, endianness: .little)
        out.writeInteger(count, endianness: .little)
        return out
    }

    private mutating func add(_ byte: UInt8) {
        checksum = Self.table[Int((checksum ^ UInt32(byte)) & 0xFF)] ^ (checksum >> 8)
        count &+= 1
    }

    private static let table: [UInt32] = (0..<256).map { index in
        (0..<8).reduce(UInt32(index)) { value, _ in value & 1 == 1 ? 0xEDB8_8320 ^ (value >> 1) : value >> 1 }
    }
}
