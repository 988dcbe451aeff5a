// SPDX-License-Identifier: Apache-2.0
import Credentials
import Settings

#if canImport(Glibc)
    import Glibc
#endif

/// Who listens on a port, as far as `/proc` shows it to this account.
struct PortHolder: Equatable {
    enum Kind: Equatable {
        /// A gateway of this program; the state directory, where it shows.
        case gateway(state: String?)
        case tunnel
        case unknown
    }

    /// Nil for a process that this account may not look at.
    var pid: Int?
    var user: String
    /// As it was started, without what looks like a secret; the program's name alone where no more shows.
    var command: String
    /// Where it listens, such as `127.0.0.1` or `::`.
    var address: String
    var kind = Kind.unknown

    /// As in `- pid 4711 ann: python3 -m http.server 18789 (0.0.0.0)`.
    var line: String { "- pid \(pid.map(String.init) ?? "?") \(user): \(command) (\(address))" }

    /// Every listener on a port.
    static func all(on port: Int) -> [PortHolder] {
        let sockets = ["/proc/net/tcp", "/proc/net/tcp6"].flatMap { ListeningSocket.all(on: port, in: $0) }
        guard !sockets.isEmpty else { return [] }
        var owners: [String: Int] = [:]
        for pid in Survey.names(in: "/proc").compactMap({ Int($0) }).sorted() {
            for inode in ProcessFiles.sockets(of: pid) where owners[inode] == nil { owners[inode] = pid }
        }
        var found: [PortHolder] = []
        for socket in sockets {
            let holder = PortHolder(socket, pid: owners[socket.inode], port: port)
            if !found.contains(holder) { found.append(holder) }
        }
        return found
    }

    private init(_ socket: ListeningSocket, pid: Int?, port: Int) {
        self.pid = pid
        user = Account.name(of: socket.user) ?? "user \(socket.user)"
        address = socket.address
        command = "unknown"
        guard let pid else { return }
        let words = ProcessFiles.words(of: pid)
        let name = ProcessFiles.name(of: pid)
        command = Self.shown(words, or: name, on: port)
        kind = Self.kind(name, words, pid)
    }

    private static func kind(_ name: String, _ words: [String], _ pid: Int) -> Kind {
        if name == "ssh" || name == "sshd" || name.hasPrefix("sshd-") || name == "autossh" { return .tunnel }
        let called = words.first?.split(separator: "/").last.map(String.init) ?? ""
        guard called == program, words.contains("gateway") else { return .unknown }
        return .gateway(state: ProcessFiles.state(of: pid))
    }

    /// Arguments may be secrets: what follows a word that says so, and whatever looks like one, is not repeated.
    /// Where it listens is none: the port is known already.
    static func shown(_ words: [String], or name: String, on port: Int) -> String {
        guard !words.isEmpty else { return name }
        var shown: [String] = []
        for (word, previous) in zip(words.prefix(20), [nil] + words.map(Optional.some)) {
            if SecretWords.looksSecret(word) {
                shown.append("(not shown)")
            } else if SecretOption.isOne(previous), !SecretOption.isFlag(word) {
                shown.append(Masking.mask)
            } else if let sign = word.firstIndex(of: "="), SecretOption.isOne(String(word[..<sign])) {
                shown.append(word[...sign] + Masking.mask)
            } else if ListeningPlace.isOne(word, after: previous, port: port) {
                shown.append(word)
            } else if let sign = word.firstIndex(of: "="), SecretName.isOne(word[..<sign]) {
                shown.append(word[...sign] + Masking.mask)
            } else {
                shown.append(previous == nil ? Masking.text(word) : Masking.argument(word, after: previous))
            }
        }
        let text = shown.joined(separator: " ").escapedForDisplay
        return text.count > 120 ? "\(text.prefix(117))..." : text
    }
}

/// A word that says where a program listens: `18789`, `127.0.0.1:18789`, `-L18789:localhost:80`, `--bind=:18789`.
private enum ListeningPlace {
    static func isOne(_ word: String, after previous: String?, port: Int) -> Bool {
        if let previous, SecretName.isOne(previous) || ["-k", "-s", "-t", "-u"].contains(previous) { return false }
        var place = word[...]
        if place.hasPrefix("-") {
            // A name of a secret is followed by one, whatever that looks like.
            if let sign = place.firstIndex(of: "=") {
                if SecretName.isOne(place[..<sign]) { return false }
                place = place[place.index(after: sign)...]
            } else if !place.hasPrefix("--"), !"pukts".contains(place.dropFirst().prefix(1)) {
                place = place.dropFirst(2)
            }
        }
        let parts = place.split(separator: ":", omittingEmptySubsequences: false)
        return parts.count <= 4 && parts.contains { $0 == "\(port)" } && parts.allSatisfy(isHostOrPort)
    }

    /// Names of other hosts may be anything, so they are none.
    private static func isHostOrPort(_ part: Substring) -> Bool {
        if ["", "*", "localhost"].contains(part) { return true }
        if part.utf8.count <= 5, let number = UInt16(part) { return "\(number)" == part }
        let numbers = part.split(separator: ".", omittingEmptySubsequences: false)
        return numbers.count == 4 && numbers.allSatisfy { number in UInt8(number).map { "\($0)" == number } ?? false }
    }
}

/// Options of other programs that are followed by a secret, whatever that looks like: `--requirepass`, `--masterauth`.
private enum SecretOption {
    private static let parts = ["pass", "pwd", "token", "key", "secret", "cred", "auth"]

    static func isOne(_ word: String?) -> Bool {
        guard let word = word?.lowercased(), word.hasPrefix("--"), !word.contains("=") else { return false }
        return parts.contains { word.contains($0) }
    }

    static func isFlag(_ word: String) -> Bool { word.hasPrefix("--") }
}

/// One line of `/proc/net/tcp`: number, local address:port, remote one, state (0A: listening), …, eighth the user, tenth
/// the inode.
private struct ListeningSocket {
    var address: String
    var user: UInt32
    var inode: String

    static func all(on port: Int, in table: String) -> [ListeningSocket] {
        ProcessFiles.text(of: table).split(separator: "\n").dropFirst().compactMap { line in
            let fields = line.split(separator: " ")
            guard fields.count > 9, fields[3] == "0A" else { return nil }
            let place = fields[1].split(separator: ":")
            guard place.count == 2, Int(place[1], radix: 16) == port else { return nil }
            return ListeningSocket(
                address: address(String(place[0])), user: UInt32(fields[7]) ?? 0, inode: String(fields[9]))
        }
    }

    /// Words of four bytes in the machine's own order.
    private static func address(_ text: String) -> String {
        var words: [UInt32] = []
        var rest = text[...]
        while rest.count >= 8 {
            words.append(UInt32(rest.prefix(8), radix: 16) ?? 0)
            rest = rest.dropFirst(8)
        }
        var space = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
        let family = words.count == 1 ? AF_INET : AF_INET6
        let isWritten = words.withUnsafeBytes {
            inet_ntop(family, $0.baseAddress, &space, socklen_t(space.count)) != nil
        }
        return isWritten
            ? String(decoding: space.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self) : text
    }
}

/// What `/proc` tells of one process.
enum ProcessFiles {
    static func sockets(of pid: Int) -> [String] {
        targets(of: pid).filter { $0.hasPrefix("socket:[") }.map { String($0.dropFirst(8).dropLast()) }
    }

    /// The state directory of a gateway: it holds the lock in there for as long as it runs.
    static func state(of pid: Int) -> String? {
        let lock = "/\(RunningGateway.lockName)"
        return targets(of: pid).first { $0.hasSuffix(lock) }.map { String($0.dropLast(lock.count)) }
    }

    private static func targets(of pid: Int) -> [String] {
        Survey.names(in: "/proc/\(pid)/fd").compactMap { descriptor in
            var target = [UInt8](repeating: 0, count: 4096)
            let count = target.withUnsafeMutableBytes { buffer in
                guard let start = buffer.baseAddress else { return -1 }
                return readlink("/proc/\(pid)/fd/\(descriptor)", start.assumingMemoryBound(to: CChar.self), 4096)
            }
            return count > 0 ? String(decoding: target[..<count], as: UTF8.self) : nil
        }
    }

    static func name(of pid: Int) -> String {
        let name = text(of: "/proc/\(pid)/comm").prefix { $0 != "\n" }
        return name.isEmpty ? "unknown" : String(name)
    }

    /// By a signal: it does nothing until it is told to go on. `4711 (name) T 1 …`; the name may hold anything.
    static func isPaused(_ pid: Int64) -> Bool {
        let state = text(of: "/proc/\(pid)/stat").split(separator: ")").last?.split(separator: " ").first
        return state == "T" || state == "t"
    }

    static func words(of pid: Int) -> [String] {
        text(of: "/proc/\(pid)/cmdline").split(separator: "\0").map(String.init)
    }

    /// Files of `/proc` have no size: they are read until they end.
    static func text(of path: String) -> String {
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
