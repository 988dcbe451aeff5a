// SPDX-License-Identifier: Apache-2.0
import Credentials

#if canImport(Glibc)
    import Glibc
#endif

/// One small blocking request to our own gateway: 50 ms to connect, two seconds for the answer.
struct LoopbackRequest {
    enum Failure: Error {
        case connect(Int32)
        case silent
        case noHTTP
        /// The answer ends before its own length.
        case cut

        var sentence: String {
            switch self {
            case .connect(let code): "does not accept the connection (\(String(cString: strerror(code))))"
            case .silent: "does not answer"
            case .noHTTP: "does not speak HTTP"
            case .cut: "breaks off in the middle of its answer"
            }
        }
    }

    var host: String
    var port: Int
    var path: String
    var token: Secret?
    /// JSON, sent with POST; nil asks with GET.
    var body: String?
    var answerMilliseconds = 2000
    private static let connectMilliseconds: Int32 = 50
    private static let limitInBytes = 64 << 20

    init(host: String, port: Int, path: String) {
        self.host = host
        self.port = port
        self.path = path
    }

    func send() throws(Failure) -> (status: Int, body: String) { try Self.parse(exchange()) }

    /// - Returns: the whole answer, with its head.
    func exchange() throws(Failure) -> [UInt8] {
        let descriptor = try connect()
        defer { close(descriptor) }
        // For the whole answer, however slowly it drips.
        let end = ContinuousClock.now + .milliseconds(answerMilliseconds)
        try write(head, to: descriptor, until: end)
        return try readAll(descriptor, until: end)
    }

    private var head: [UInt8] {
        let name = host.contains(":") ? "[\(host)]" : host
        var text = "\(body == nil ? "GET" : "POST") \(path) HTTP/1.1\r\nHost: \(name):\(port)\r\nConnection: close\r\n"
        if let token { text += "Authorization: Bearer \(token.reveal())\r\n" }
        if let body { text += "Content-Type: application/json\r\nContent-Length: \(body.utf8.count)\r\n" }
        return Array((text + "\r\n" + (body ?? "")).utf8)
    }

    private func connect() throws(Failure) -> Int32 {
        var hints = addrinfo()
        hints.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        var found: UnsafeMutablePointer<addrinfo>?
        guard getaddrinfo(host, String(port), &hints, &found) == 0, let address = found else { throw .connect(EINVAL) }
        defer { freeaddrinfo(found) }
        let kind = Int32(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue)
        let descriptor = socket(address.pointee.ai_family, kind, 0)
        guard descriptor >= 0 else { throw .connect(errno) }
        if Glibc.connect(descriptor, address.pointee.ai_addr, address.pointee.ai_addrlen) == 0 { return descriptor }
        var problem = errno
        if problem == EINPROGRESS {
            problem = ETIMEDOUT
            if Self.wait(descriptor, for: Int16(POLLOUT), Self.connectMilliseconds) {
                var length = socklen_t(MemoryLayout<Int32>.size)
                getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &problem, &length)
                if problem == 0 { return descriptor }
            }
        }
        close(descriptor)
        throw .connect(problem)
    }

    private func write(_ bytes: [UInt8], to descriptor: Int32, until end: ContinuousClock.Instant) throws(Failure) {
        var done = 0
        while done < bytes.count {
            guard Self.wait(descriptor, for: Int16(POLLOUT), until: end) else { throw .silent }
            let count = bytes[done...].withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count > 0 { done += count } else if errno != EINTR, errno != EAGAIN { throw .silent }
        }
    }

    private func readAll(_ descriptor: Int32, until end: ContinuousClock.Instant) throws(Failure) -> [UInt8] {
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 64 << 10)
        while bytes.count < Self.limitInBytes {
            guard Self.wait(descriptor, for: Int16(POLLIN), until: end) else { throw .silent }
            let count = read(descriptor, &chunk, chunk.count)
            if count == 0 { return bytes }
            if count > 0 { bytes += chunk[..<count] } else if errno != EINTR, errno != EAGAIN { throw .silent }
        }
        throw .noHTTP
    }

    private static func wait(_ descriptor: Int32, for events: Int16, until end: ContinuousClock.Instant) -> Bool {
        let left = (end - .now) / .milliseconds(1)
        return left > 0 && wait(descriptor, for: events, Int32(left.rounded(.up)))
    }

    private static func wait(_ descriptor: Int32, for events: Int16, _ milliseconds: Int32) -> Bool {
        var polled = pollfd(fd: descriptor, events: events, revents: 0)
        while true {
            let count = poll(&polled, 1, milliseconds)
            if count >= 0 || errno != EINTR { return count > 0 }
        }
    }

    /// Our gateway answers with a length and closes: what follows the head is the body.
    static func parse(_ bytes: [UInt8]) throws(Failure) -> (status: Int, body: String) {
        guard let end = bytes.firstRange(of: Array("\r\n\r\n".utf8)) else { throw bytes.isEmpty ? .silent : .noHTTP }
        let line = String(decoding: bytes.prefix { $0 != UInt8(ascii: "\r") }, as: UTF8.self).split(separator: " ")
        guard line.count >= 2, line[0].hasPrefix("HTTP/1."), let status = Int(line[1]) else { throw .noHTTP }
        let head = String(decoding: bytes[..<end.lowerBound], as: UTF8.self)
        if let length = length(in: head), bytes.count - end.upperBound < length { throw .cut }
        return (status, String(decoding: bytes[end.upperBound...], as: UTF8.self))
    }

    private static func length(in head: String) -> Int? {
        for line in head.split(whereSeparator: \.isNewline) {
            let parts = line.split(separator: ":", maxSplits: 1)
            if parts.count == 2, parts[0].lowercased() == "content-length" { return Int(String(parts[1]).trimmed) }
        }
        return nil
    }
}
