// SPDX-License-Identifier: Apache-2.0

/// The names an object has used so far: one flat buffer of bytes, and a table of where they lie.
///
/// The hash is seeded once per process: a client cannot choose names that collide.
struct FieldNameSet: Sendable {
    private static let seed = UInt64.random(in: .min ... .max)
    private let seed = Self.seed
    private var names = [UInt8](repeating: 0, count: 512)
    private var bytesUsed = 0
    /// Three words a slot: the hash (0 for a free slot), where the name begins in `names`, and its length.
    private var slots = [Int](repeating: 0, count: 32 * slotWords)
    private var slotMask = 31
    private(set) var count = 0

    private static var slotWords: Int { 3 }

    /// - Returns: false if the name is in the set already.
    mutating func insert(_ name: UnsafeBufferPointer<UInt8>) -> Bool {
        let hash = hashed(name)
        var slot = (hash & slotMask) * Self.slotWords
        while slots[slot] != 0 {
            if slots[slot] == hash, slots[slot + 2] == name.count, holds(name, at: slots[slot + 1]) { return false }
            slot = ((slot / Self.slotWords + 1) & slotMask) * Self.slotWords
        }
        (slots[slot], slots[slot + 1], slots[slot + 2]) = (hash, bytesUsed, name.count)
        keep(name)
        count += 1
        if count * 4 > slotMask * 3 { grow() }
        return true
    }

    private func holds(_ name: UnsafeBufferPointer<UInt8>, at start: Int) -> Bool {
        for index in 0..<name.count where names[start + index] != name[index] { return false }
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
        let mask = slotMask * 2 + 1
        var wider = [Int](repeating: 0, count: (mask + 1) * Self.slotWords)
        for old in stride(from: 0, to: slots.count, by: Self.slotWords) where slots[old] != 0 {
            var index = slots[old] & mask
            while wider[index * Self.slotWords] != 0 { index = (index + 1) & mask }
            for word in 0..<Self.slotWords { wider[index * Self.slotWords + word] = slots[old + word] }
        }
        slots = wider
        slotMask = mask
    }

    /// Never 0.
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
        return Int(truncatingIfNeeded: hash) | Int.min
    }

    @inline(__always)
    private func mix(_ a: UInt64, _ b: UInt64) -> UInt64 {
        let product = a.multipliedFullWidth(by: b)
        return product.high ^ product.low
    }
}
