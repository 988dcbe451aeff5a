// SPDX-License-Identifier: Apache-2.0
package import Credentials
import FoundationEssentials
#if canImport(Glibc)
    import Glibc
#endif

extension SafeDirectory {
    /// Does something while no other process and no other thread does it.
    ///
    /// The lock is the system's (`flock`), so a process that dies lets go of it. The file stays for ever and holds the
    /// process id of whoever had the lock last.
    ///
    /// - Parameter wait: how long to wait for others before giving up.
    /// - Throws: `.busy` with the holder's process id, and what `body` throws.
    package func withLock<R>(
        _ name: String, wait: Duration, _ body: () throws(StoreError) -> R
    ) throws(StoreError) -> R {
        let lock = try acquire(name, until: .now + wait)
        defer { flock(lock.descriptor, LOCK_UN) }
        return try body()
    }

    /// Takes a lock for as long as the returned value lives.
    ///
    /// - Parameter wait: longer than ``isLocked(_:)`` takes, so that a look at the lock is not taken for a holder.
    /// - Throws: `.busy` with the holder's process id when another process has it.
    package func holdLock(_ name: String, wait: Duration = .milliseconds(300)) throws(StoreError) -> HeldLock {
        HeldLock(file: try acquire(name, until: .now + wait))
    }

    /// Takes a lock anew whose file was replaced or removed, so that others would not meet it.
    ///
    /// - Returns: whether that was so.
    /// - Throws: `.busy` when another process was faster.
    package func retake(_ lock: inout HeldLock, _ name: String) throws(StoreError) -> Bool {
        if try isCurrent(lock.file, name: name) { return false }
        lock = HeldLock(file: try acquire(name, until: .now))
        return true
    }

    /// Whether another process has the lock now.
    package func isLocked(_ name: String) throws(StoreError) -> Bool {
        guard let file = try open(name, O_RDONLY) else { return false }
        return retrying { flock(file.descriptor, LOCK_SH | LOCK_NB) } != 0
    }

    private func acquire(_ name: String, until deadline: ContinuousClock.Instant) throws(StoreError) -> OpenFile {
        var pause: useconds_t = 500
        while true {
            guard let file = try open(name, O_RDWR | O_CREAT) else {
                throw .io(path: path(of: name), operation: "opening the lock", code: ENOENT)
            }
            if try file.tryLock() {
                // Somebody may have removed the file while we waited; then others lock another one.
                guard try isCurrent(file, name: name) else { continue }
                file.writeHolder()
                return file
            }
            guard ContinuousClock.now < deadline else { throw file.busy() }
            usleep(pause + useconds_t.random(in: 0...pause))
            pause = min(pause * 2, 8000)
        }
    }
}

/// A lock that ends with this value, or with the process.
package struct HeldLock: Sendable {
    let file: OpenFile
}

extension OpenFile {
    /// - Returns: false when another holds the lock.
    func tryLock() throws(StoreError) -> Bool {
        if retrying({ flock(descriptor, LOCK_EX | LOCK_NB) }) == 0 { return true }
        if errno == EWOULDBLOCK { return false }
        throw failure("flock")
    }

    /// Always of one length and in one call, so that a reader never sees half a number.
    fileprivate func writeHolder() {
        let digits = String(getpid())
        let line = Array((digits + String(repeating: " ", count: max(0, 10 - digits.count)) + "\n").utf8)
        // Only the text of a message depends on this: the lock itself does not need it.
        _ = pwrite(descriptor, line, line.count, 0)
    }

    /// Names the holder, and since when: it wrote both when it got the lock.
    fileprivate func busy() -> StoreError {
        var line = [UInt8](repeating: 0, count: 11)
        let got = pread(descriptor, &line, line.count, 0)
        let holder = got > 0 ? Int32(String(decoding: line.prefix(got), as: UTF8.self).trimmed) : nil
        // Without a time the message is still true.
        let written = (try? status()).map { Double($0.st_mtim.tv_sec) + Double($0.st_mtim.tv_nsec) / 1e9 }
        return .busy(
            path: path, holder: holder, since: holder == nil ? nil : written.map { Date(timeIntervalSince1970: $0) })
    }
}
