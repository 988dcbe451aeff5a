// SPDX-License-Identifier: Apache-2.0
import Synchronization

#if canImport(Glibc)
    import Glibc
#endif

/// Something that holds the gateway's lock and answers with what a test gives it: the commands' view from outside.
final class PretendGateway {
    /// What the serving thread shares with the test.
    private final class Desk: Sendable {
        let listener: Int32
        /// Path, without its query, to status and body.
        let answers: [String: (status: Int, body: String)]
        let heard = Mutex<[String]>([])

        init(listener: Int32, answers: [String: (status: Int, body: String)]) {
            self.listener = listener
            self.answers = answers
        }
    }

    private let desk: Desk
    private let lock: Int32
    private var thread = pthread_t()

    /// - Parameters:
    ///   - noting: more members of its note of where it listens, each with a comma before it.
    ///   - pid: that it notes; its own when nil.
    ///   - answers: nil for one that accepts nobody: it runs and is silent.
    init(
        _ instance: Instance, token: String = "agw_pretend", noting: String = "", pid: Int32? = nil,
        answers: [String: (status: Int, body: String)]?
    ) {
        let pid = pid ?? getpid()
        let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
                _ = bind(listener, generic, length)
                if answers != nil { _ = listen(listener, 8) }
                _ = getsockname(listener, generic, &length)
            }
        }
        desk = Desk(listener: listener, answers: answers ?? [:])
        instance.write(
            "gateway.json",
            "{\"pid\": \(pid), \"host\": \"127.0.0.1\", \"port\": \(UInt16(bigEndian: address.sin_port))\(noting)}\n")
        instance.write("gateway.lock", "\(pid)\n")
        lock = open("\(instance.state)/gateway.lock", O_RDWR)
        flock(lock, LOCK_EX)
        instance.environment["AGENTICFLOW_GATEWAY_TOKEN"] = token
        guard answers != nil else { return }
        pthread_create(
            &thread, nil,
            { argument in
                guard let argument else { return nil }
                PretendGateway.serve(Unmanaged<Desk>.fromOpaque(argument).takeRetainedValue())
                return nil
            }, Unmanaged.passRetained(desk).toOpaque())
    }

    deinit {
        shutdown(desk.listener, Int32(SHUT_RDWR))
        if !desk.answers.isEmpty { pthread_join(thread, nil) }
        close(desk.listener)
        close(lock)
    }

    /// The heads of the requests so far.
    var heard: [String] { desk.heard.withLock { $0 } }

    private static func serve(_ desk: Desk) {
        while true {
            let connection = accept(desk.listener, nil, nil)
            guard connection >= 0 else { return }
            var bytes = [UInt8](repeating: 0, count: 8192)
            let count = max(0, read(connection, &bytes, bytes.count))
            let head = String(decoding: bytes[..<count], as: UTF8.self)
            desk.heard.withLock { $0.append(head) }
            let words = head.split(separator: " ")
            let path = words.count > 1 ? String(words[1].prefix { $0 != "?" }) : ""
            let answer = desk.answers[path] ?? (status: 404, body: "{}")
            let text = "HTTP/1.1 \(answer.status) X\r\nContent-Length: \(answer.body.utf8.count)\r\n\r\n\(answer.body)"
            _ = Array(text.utf8).withUnsafeBytes { write(connection, $0.baseAddress, $0.count) }
            close(connection)
        }
    }
}
