// SPDX-License-Identifier: Apache-2.0

/// The names an object has used so far: one flat buffer of bytes, where each begins, and a table to find them by.
///
/// The hash is seeded once per process: a client cannot choose names that collide. A name costs its bytes and about
/// twenty more, so that even a body full of names costs little more than itself.
struct FieldNameSet: Sendable {
    private static let seed = UInt64.random(in: .min ... .max)
    private let seed = Self.seed
    private var names: [UInt8] = []
    /// Where each name ends in `names`.
    private var ends: [Int] = []
    /// One more than a name's number; 0 for a free slot.
    private var slots = [UInt32](repeating: 0, count: 32)

    var count: Int { ends.count }

    init() {
        names.reserveCapacity(512)
        ends.reserveCapacity(24)
    }

    /// - Returns: false if the name is in the set already.
    mutating func insert(_ name: UnsafeBufferPointer<UInt8>) -> Bool {
        var slot = hashed(name) & (slots.count - 1)
        while slots[slot] != 0 {
            if holds(name, as: Int(slots[slot]) - 1) { return false }
            slot = (slot + 1) & (slots.count - 1)
        }
        names.append(contentsOf: name)
        ends.append(names.count)
        slots[slot] = UInt32(ends.count)
        if ends.count * 4 > slots.count * 3 { grow() }
        return true
    }

    private func start(of number: Int) -> Int { number == 0 ? 0 : ends[number - 1] }

    private func holds(_ name: UnsafeBufferPointer<UInt8>, as number: Int) -> Bool {
        let start = start(of: number)
        guard ends[number] - start == name.count else { return false }
        for index in 0..<name.count where names[start + index] != name[index] { return false }
        return true
    }

    private mutating func grow() {
        var wider = [UInt32](repeating: 0, count: slots.count * 2)
        names.withUnsafeBufferPointer { names in
            for number in ends.indices {
                let name = UnsafeBufferPointer(rebasing: names[start(of: number)..<ends[number]])
                var slot = hashed(name) & (wider.count - 1)
                while wider[slot] != 0 { slot = (slot + 1) & (wider.count - 1) }
                wider[slot] = UInt32(number + 1)
            }
        }
        slots = wider
    }

    private func hashed(_ name: UnsafeBufferPointer<UInt8>) -> Int {
        var hash = mix(seed ^ UInt64(truncatingIfNeeded: name.count), 0x9E37_79B9_7F4A_7C15)
        if var at = name.baseAddress {
            let end = at + name.count
            while end - at > 8 {
                hash = mix(hash ^ ByteRun.word(at), 0xE703_7ED1_A0B4_28DB)
                at += 8
            }
            var last: UInt64 = 0
            while at < end {
                last = last << 8 | UInt64(at.pointee)
                at += 1
            }
            hash = mix(hash ^ last, 0x8EBC_6AF0_9C88_C6E3)
        }
        return Int(truncatingIfNeeded: hash >> 1)
    }

    @inline(__always)
    private func mix(_ a: UInt64, _ b: UInt64) -> UInt64 {
        let product = a.multipliedFullWidth(by: b)
        return product.high ^ product.low
    }
}
