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

/// The process that listens on a port, as far as `/proc` shows it to this account.
enum PortOwner {
    static func of(_ port: Int) -> (pid: Int, name: String)? {
        let sockets = Set(["/proc/net/tcp", "/proc/net/tcp6"].flatMap { inodes(listeningOn: port, in: $0) })
        guard !sockets.isEmpty else { return nil }
        for pid in Survey.names(in: "/proc").compactMap({ Int($0) }).sorted() where holds(pid, sockets) {
            return (pid, name(of: pid))
        }
        return nil
    }

    /// A line is: number, local address:port, remote one, state (0A: listening), …, and tenth the inode.
    private static func inodes(listeningOn port: Int, in table: String) -> [String] {
        let wanted = String(port, radix: 16, uppercase: true)
        let place = ":" + String(repeating: "0", count: max(0, 4 - wanted.count)) + wanted
        return text(of: table).split(separator: "\n").dropFirst().compactMap { line in
            let fields = line.split(separator: " ")
            guard fields.count > 9, fields[1].hasSuffix(place), fields[3] == "0A" else { return nil }
            return String(fields[9])
        }
    }

    private static func holds(_ pid: Int, _ sockets: Set<String>) -> Bool {
        for descriptor in Survey.names(in: "/proc/\(pid)/fd") {
            var target = [UInt8](repeating: 0, count: 64)
            let count = target.withUnsafeMutableBytes { buffer in
                guard let start = buffer.baseAddress else { return -1 }
                return readlink("/proc/\(pid)/fd/\(descriptor)", start.assumingMemoryBound(to: CChar.self), 64)
            }
            guard count > 9 else { continue }
            let words = String(decoding: target[..<count], as: UTF8.self)
            if words.hasPrefix("socket:["), sockets.contains(String(words.dropFirst(8).dropLast())) { return true }
        }
        return false
    }

    /// Its command alone: arguments can hold secrets.
    private static func name(of pid: Int) -> String {
        let name = text(of: "/proc/\(pid)/comm").prefix { $0 != "\n" }
        return name.isEmpty ? "unknown" : String(name)
    }

    /// Files of `/proc` have no size: they are read until they end.
    private static func text(of path: String) -> String {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return "" }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 64 << 10)
        while bytes.count < 16 << 20 {
            let count = read(descriptor, &chunk, chunk.count)
            guard count > 0 else { break }
            bytes += chunk[..<count]
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
