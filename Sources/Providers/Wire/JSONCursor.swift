// SPDX-License-Identifier: Apache-2.0

/// One chunk under the lexer, and where reading stands in it. It must not outlive the chunk.
struct JSONCursor {
    var at: UnsafePointer<UInt8>
    let end: UnsafePointer<UInt8>
    /// The string read last, if it lies whole and unescaped in this chunk.
    var text: UnsafeBufferPointer<UInt8>
    private let start: UnsafePointer<UInt8>
    private let origin: Int

    /// - Parameter origin: bytes that came before this chunk.
    init(_ start: UnsafePointer<UInt8>, _ end: UnsafePointer<UInt8>, origin: Int = 0) {
        self.at = start
        self.start = start
        self.end = end
        self.origin = origin
        text = UnsafeBufferPointer(start: start, count: 0)
    }

    /// The position in bytes from the start of the input.
    var offset: Int { origin &+ (at - start) }
}

/// Which of the open containers are objects: one bit each, the innermost lowest.
struct Nesting: Sendable {
    static let capacity = 256
    private var near: UInt128 = 0
    private var far: UInt128 = 0

    var isObject: Bool { near & 1 == 1 }

    mutating func push(isObject: Bool) {
        far = far << 1 | near >> 127
        near = near << 1 | (isObject ? 1 : 0)
    }

    mutating func pop() {
        near = near >> 1 | far << 127
        far >>= 1
    }
}
