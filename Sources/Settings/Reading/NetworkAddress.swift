// SPDX-License-Identifier: Apache-2.0
#if canImport(Glibc)
    import Glibc
#endif

/// A numeric IP address, and what may be done with it.
package struct NetworkAddress: Hashable, Sendable {
    /// 4 or 16 bytes, in network order. An IPv6 form of an IPv4 address is that IPv4 address.
    private let bytes: [UInt8]

    /// - Parameter literal: `127.0.0.1` or `::1`, without brackets, port or zone. Names, and short or octal forms of
    ///   IPv4 addresses give nil.
    package init?(_ literal: some StringProtocol) {
        let text = String(literal)
        var four = [UInt8](repeating: 0, count: 4)
        if inet_pton(AF_INET, text, &four) == 1 {
            self.init(bytes: four)
            return
        }
        var sixteen = [UInt8](repeating: 0, count: 16)
        guard inet_pton(AF_INET6, text, &sixteen) == 1 else { return nil }
        self.init(bytes: sixteen)
    }

    /// - Parameter bytes: as the system gives them, 4 or 16 of them.
    package init(bytes: [UInt8]) {
        self.bytes = Self.embedded(in: bytes) ?? bytes
    }

    /// The IPv4 address inside a mapped (`::ffff:a.b.c.d`), compatible (`::a.b.c.d`) or translated (`64:ff9b::a.b.c.d`)
    /// one: those reach the same machine.
    private static func embedded(in bytes: [UInt8]) -> [UInt8]? {
        guard bytes.count == 16 else { return nil }
        let head = Array(bytes[..<12])
        let zeros = [UInt8](repeating: 0, count: 10)
        let isTranslated = head == [0, 0x64, 0xFF, 0x9B] + zeros.prefix(8)
        let isMapped = head == zeros + [0xFF, 0xFF]
        let isCompatible = head == zeros + [0, 0] && bytes[12] != 0
        return isTranslated || isMapped || isCompatible ? Array(bytes[12...]) : nil
    }

    package var isLoopback: Bool {
        bytes.count == 4 ? bytes[0] == 127 : bytes == [UInt8](repeating: 0, count: 15) + [1]
    }

    /// Of a private network (RFC 1918, RFC 4193).
    package var isPrivate: Bool {
        guard bytes.count == 4 else { return bytes[0] & 0xFE == 0xFC }
        return bytes[0] == 10 || (bytes[0] == 172 && (16...31).contains(bytes[1]))
            || (bytes[0] == 192 && bytes[1] == 168)
    }

    /// `0.0.0.0` or `::`: every address of this machine, for a listener.
    package var isUnspecified: Bool { bytes.allSatisfy { $0 == 0 } }

    /// No upstream may have it: link-local, where clouds keep their metadata services, the other places of such
    /// services, unspecified and multicast addresses. Check it again for every resolved address, before connecting.
    package var isForbiddenUpstream: Bool {
        if Self.metadataServices.contains(bytes) { return true }
        if bytes.count == 4 {
            return bytes[0] == 0 || bytes[0] >= 224 || (bytes[0] == 169 && bytes[1] == 254)
        }
        let isLinkLocal = bytes[0] == 0xFE && bytes[1] & 0xC0 == 0x80
        return isUnspecified || bytes[0] == 0xFF || isLinkLocal
    }

    /// Besides 169.254.169.254: Alibaba, Azure, Oracle, AWS over IPv6.
    private static let metadataServices: [[UInt8]] = [
        [100, 100, 100, 200], [168, 63, 129, 16], [192, 0, 0, 192],
        [0xFD, 0x00, 0x0E, 0xC2] + [UInt8](repeating: 0, count: 10) + [0x02, 0x54],
    ]
}
