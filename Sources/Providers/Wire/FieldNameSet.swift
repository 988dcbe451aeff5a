// SPDX-License-Identifier: Apache-2.0

/// The names an object has used so far: one flat buffer of bytes, and a table of where they lie.
///
/// The hash is seeded once per process: a client cannot choose names that collide.
struct FieldNameSet: Sendable {
    private struct Slot {
        var hash: UInt64 = 0  // 0 for a free slot
        var start = 0
        var count = 0
    }

    private static let seed = UInt64.random(in: .min ... .max)
    private let seed = Self.seed
    private var names = [UInt8](repeating: 0, count: 512)
    private var bytesUsed = 0
    private var slots = [Slot](repeating: Slot(), count: 32)
    private(set) var count = 0

    /// - Returns: false if the name is in the set already.
    mutating func insert(_ name: UnsafeBufferPointer<UInt8>) -> Bool {
        let hash = hashed(name)
        var index = Int(truncatingIfNeeded: hash) & (slots.count - 1)
        while slots[index].hash != 0 {
            let slot = slots[index]
            if slot.hash == hash, slot.count == name.count,
                names[slot.start..<(slot.start + slot.count)].elementsEqual(name)
            {
                return false
            }
            index = (index + 1) & (slots.count - 1)
        }
        slots[index] = Slot(hash: hash, start: bytesUsed, count: name.count)
        keep(name)
        count += 1
        if count * 4 > slots.count * 3 { grow() }
        return true
    }

    private mutating func keep(_ name: UnsafeBufferPointer<UInt8>) {
        let needed = bytesUsed + name.count
        if needed > names.count {
            names.append(contentsOf: repeatElement(0, count: max(names.count, needed - names.count)))
        }
        let start = bytesUsed
        names.withUnsafeMutableBytes { target in
            UnsafeMutableRawBufferPointer(rebasing: target[start...]).copyMemory(from: UnsafeRawBufferPointer(name))
        }
        bytesUsed = needed
    }

    private mutating func grow() {
        var wider = [Slot](repeating: Slot(), count: slots.count * 2)
        for slot in slots where slot.hash != 0 {
            var index = Int(truncatingIfNeeded: slot.hash) & (wider.count - 1)
            while wider[index].hash != 0 { index = (index + 1) & (wider.count - 1) }
            wider[index] = slot
        }
        slots = wider
    }

    private func hashed(_ name: UnsafeBufferPointer<UInt8>) -> UInt64 {
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
        return hash | 1
    }

    @inline(__always)
    private func mix(_ a: UInt64, _ b: UInt64) -> UInt64 {
        let product = a.multipliedFullWidth(by: b)
        return product.high ^ product.low
    }
}
