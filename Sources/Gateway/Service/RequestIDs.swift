// SPDX-License-Identifier: Apache-2.0
import NIOCore
import Synchronization

/// Ids of requests: `req_`, ten characters drawn when the gateway starts, seven that count.
struct RequestIDs: ~Copyable, Sendable {
    private let prefix: ByteBuffer
    private let counter = Atomic<UInt64>(0)
    private static let alphabet = Array("0123456789abcdefghjkmnpqrstvwxyz".utf8)

    init() {
        var generator = SystemRandomNumberGenerator()
        var prefix = ByteBuffer(string: "req_")
        for _ in 0..<10 { prefix.writeInteger(Self.alphabet[Int(generator.next() & 31)]) }
        self.prefix = prefix
    }

    func next() -> ByteBuffer {
        var count = counter.wrappingAdd(1, ordering: .relaxed).newValue
        var id = ByteBuffer()
        id.reserveCapacity(24)
        id.writeImmutableBuffer(prefix)
        for _ in 0..<7 {
            id.writeInteger(Self.alphabet[Int(count & 31)])
            count >>= 5
        }
        return id
    }
}
