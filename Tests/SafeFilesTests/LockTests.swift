// SPDX-License-Identifier: Apache-2.0
import Credentials
import FoundationEssentials
import SafeFiles
import Synchronization
import TestKit
import Testing

#if canImport(Glibc)
    import Glibc
#endif

private final class Counter: Sendable {
    let count = Mutex(0)
}

@Suite struct LockTests {
    private let scratch = ScratchFolder()

    private func directory() throws(StoreError) -> SafeDirectory { try SafeDirectory(creating: scratch.path) }

    @Test func `who waits in vain learns who has it, and since when`() throws {
        let held = try directory().holdLock("lock")
        let refusal = #expect(throws: StoreError.self) { try directory().withLock("lock", wait: .milliseconds(5)) {} }
        guard case .busy(let path, let holder, let since) = refusal else {
            Issue.record("\(String(describing: refusal))")
            return
        }
        #expect(path == scratch.path("lock"))
        #expect(holder == getpid())
        #expect(abs(try #require(since).timeIntervalSinceNow) < 60)
        withExtendedLifetime(held) {}
    }

    @Test func `a lock ends with what held it`() throws {
        do { _ = try directory().holdLock("lock") }
        #expect(try directory().withLock("lock", wait: .zero) { 7 } == 7)
        #expect(throws: StoreError.self) {
            try directory().withLock("lock", wait: .zero) { () throws(StoreError) in
                throw .newerVersion(path: "", version: 2)
            }
        }
        _ = try directory().holdLock("lock")
        #expect(scratch.names == ["lock"])
        #expect(scratch.mode(of: "lock") == 0o600)
    }

    @Test func `a lock whose file was removed is taken anew`() throws {
        let old = try directory().holdLock("lock")
        #expect(unlink(scratch.path("lock")) == 0)
        let new = try directory().holdLock("lock")
        #expect(throws: StoreError.self) { try directory().holdLock("lock") }
        withExtendedLifetime((old, new)) {}
    }

    @Test func `one at a time`() async throws {
        let inside = Counter()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<8 {
                group.addTask { [self] in
                    for _ in 0..<20 { try countUp(inside) }
                }
            }
            try await group.waitForAll()
        }
        #expect(scratch.text(of: "count") == "160")
    }

    private func countUp(_ inside: Counter) throws {
        let directory = try directory()
        try directory.withLock("lock", wait: .seconds(30)) { () throws(StoreError) in
            inside.count.withLock { $0 += 1 }
            let text = try directory.read("count").map { String(decoding: $0, as: UTF8.self) } ?? "0"
            #expect(inside.count.withLock { $0 } == 1)
            try directory.atomicReplace("count", with: Array("\((Int(text) ?? 0) + 1)".utf8), durability: .relaxed)
            inside.count.withLock { $0 -= 1 }
        }
    }
}

@Suite struct FileWatchTests {
    private let scratch = ScratchFolder()

    @Test func `made, edited, replaced and removed files are noticed once`() {
        var watch = FileWatch(paths: [scratch.path("a"), scratch.path("b")])
        #expect(watch.changes() == [])
        scratch.write("1", to: "b")
        scratch.write("1", to: "a")
        #expect(watch.changes() == [scratch.path("a"), scratch.path("b")])
        #expect(watch.changes() == [])
        scratch.write("12", to: "a")
        #expect(watch.changes() == [scratch.path("a")])
        scratch.write("12", to: "c")
        #expect(rename(scratch.path("c"), scratch.path("a")) == 0)
        #expect(watch.changes() == [scratch.path("a")])
        #expect(unlink(scratch.path("b")) == 0)
        #expect(watch.changes() == [scratch.path("b")])
        #expect(watch.changes() == [])
    }

    @Test func `an edit that sets the file's time back is noticed`() throws {
        scratch.write("1", to: "a")
        let times = [timespec(tv_sec: 1000, tv_nsec: 0), timespec(tv_sec: 1000, tv_nsec: 0)]
        #expect(utimensat(AT_FDCWD, scratch.path("a"), times, 0) == 0)
        var watch = FileWatch(paths: [scratch.path("a")])
        // The clock of a file system ticks in steps.
        while watch.changes() == [] {
            scratch.write("2", to: "a")
            #expect(utimensat(AT_FDCWD, scratch.path("a"), times, 0) == 0)
        }
        #expect(watch.changes() == [])
    }
}
