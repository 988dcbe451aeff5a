// SPDX-License-Identifier: Apache-2.0
#if canImport(Glibc)
    import Glibc
#endif

/// Finds out whether a listener could have a port, by taking its place for a moment without listening.
struct PortTrial {
    enum Outcome: Equatable { case free, taken, notAllowed, noSuchAddress }

    let outcome: Outcome

    /// - Parameter host: numeric.
    init(host: String, port: Int) { outcome = Self.bind(host, port) }

    private static func bind(_ host: String, _ port: Int) -> Outcome {
        var hints = addrinfo()
        hints.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV | AI_PASSIVE
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        var found: UnsafeMutablePointer<addrinfo>?
        guard getaddrinfo(host, String(port), &hints, &found) == 0, let address = found else { return .noSuchAddress }
        defer { freeaddrinfo(found) }
        let kind = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue)
        let descriptor = socket(address.pointee.ai_family, kind, 0)
        guard descriptor >= 0 else { return .noSuchAddress }
        defer { close(descriptor) }
        var yes: Int32 = 1
        let size = socklen_t(MemoryLayout<Int32>.size)
        // As the gateway does it: connections of the one before that are still ending keep nobody out.
        setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &yes, size)
        if address.pointee.ai_family == AF_INET6 {
            setsockopt(descriptor, Int32(IPPROTO_IPV6), IPV6_V6ONLY, &yes, size)
        }
        if Glibc.bind(descriptor, address.pointee.ai_addr, address.pointee.ai_addrlen) == 0 { return .free }
        return outcome(of: errno)
    }

    static func outcome(of code: Int32) -> Outcome {
        switch code {
        case EADDRINUSE: .taken
        case EACCES, EPERM: .notAllowed
        default: .noSuchAddress
        }
    }
}
