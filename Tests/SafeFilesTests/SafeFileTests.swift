// SPDX-License-Identifier: Apache-2.0
import Credentials
import FoundationEssentials
import SafeFiles
import TestKit
import Testing

#if canImport(Glibc)
    import Glibc
#endif

@Suite struct SafeFileTests {
    private let scratch = ScratchFolder()
    private let directory: SafeDirectory

    init() throws { directory = try SafeDirectory(creating: scratch.path) }

    @Test(arguments: [0, 1, 4095, 4096, 4097, 100_000])
    func `a file is read whole`(count: Int) throws {
        let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 * 7) }
        scratch.write(bytes, to: "a")
        #expect(try directory.read("a") == bytes)
        #expect(try directory.read("a", limitInBytes: count) == bytes)
    }

    @Test func `no file is nothing`() throws { #expect(try directory.read("a") == nil) }

    @Test func `a file beyond the limit is refused`() {
        scratch.write([1, 2, 3], to: "a")
        let refusal = #expect(throws: StoreError.self) { try directory.read("a", limitInBytes: 2) }
        #expect(refusal == .tooLong(path: scratch.path("a"), limitInBytes: 2))
    }

    @Test(arguments: [100 << 20, 1 << 40])
    func `a huge file is refused before it is read`(size: Int) {
        scratch.write([], to: "a")
        #expect(truncate(scratch.path("a"), off_t(size)) == 0)
        let start = ContinuousClock.now
        #expect(throws: StoreError.self) { try directory.read("a") }
        #expect(ContinuousClock.now - start < .seconds(1))
    }

    @Test func `an open file is closed and reported once`() throws {
        scratch.write([1], to: "a", mode: 0o644)
        #expect(try directory.read("a") == [1])
        let text = "Other users had access; it is now private (mode 600)."
        #expect(directory.takeNotices() == [StorageNotice(path: scratch.path("a"), text: text)])
        #expect(scratch.mode(of: "a") == 0o600)
        #expect(try directory.read("a") == [1])
        #expect(directory.takeNotices() == [])
    }

    // MARK: What is planted under a name

    @Test(arguments: ["link", "dangling", "twin", "pipe", "folder", "socket"])
    func `what is no file of its own is refused at once, and left`(name: String) throws {
        try plant()
        let before = scratch.mode(of: name)
        let refusal = #expect(throws: StoreError.self) { try directory.read(name) }
        #expect(refusal?.exitCode == .noPermission)
        #expect(refusal?.advice.what == "\(scratch.path(name)) is not safe to use.")
        #expect(throws: StoreError.self) { try directory.append([1], to: name) }
        #expect(throws: StoreError.self) { try directory.withLock(name, wait: .zero) {} }
        #expect(scratch.mode(of: name) == before)
        #expect(scratch.bytes(of: "real") == [7])
    }

    private func plant() throws {
        scratch.write([7], to: "real")
        scratch.write([8], to: "one")
        scratch.makeFolder("folder")
        #expect(symlink(scratch.path("real"), scratch.path("link")) == 0)
        #expect(symlink(scratch.path("none"), scratch.path("dangling")) == 0)
        #expect(link(scratch.path("one"), scratch.path("twin")) == 0)
        #expect(mkfifo(scratch.path("pipe"), 0o600) == 0)
        #expect(mknod(scratch.path("socket"), S_IFSOCK | 0o600, 0) == 0)
    }

    @Test func `a link in the way of a new file is replaced, not followed`() throws {
        try plant()
        try directory.atomicReplace("link", with: [5])
        #expect(scratch.bytes(of: "link") == [5])
        #expect(scratch.bytes(of: "real") == [7])
        #expect(scratch.mode(of: "link") == 0o600)
    }

    @Test(arguments: ["", ".", "..", "a/b", "/etc/passwd", "../a", "a\u{0}"])
    func `a name stays inside the folder`(name: String) {
        #expect(throws: StoreError.self) { try directory.read(name) }
        #expect(throws: StoreError.self) { try directory.atomicReplace(name, with: []) }
        #expect(throws: StoreError.self) { try directory.append([], to: name) }
        #expect(throws: StoreError.self) { try directory.rename("a", to: name) }
        #expect(throws: StoreError.self) { try directory.rename(name, to: "a") }
    }

    @Test(.enabled(if: geteuid() == 0, "only root can give files away"))
    func `a file of somebody else is refused`() {
        scratch.write([1], to: "a")
        #expect(chown(scratch.path("a"), 12_345, 12_345) == 0)
        let refusal = #expect(throws: StoreError.self) { try directory.read("a") }
        let path = scratch.path("a")
        #expect(
            refusal
                == .unsafe(
                    path: path, problem: "It belongs to user 12345, not to 0.", fix: ShellCommand.ownershipFix(path)))
    }

    // MARK: Writing

    @Test(arguments: [0o644, 0o600, 0o666] as [UInt32])
    func `a replaced file is private, whatever it and the umask were`(mode: UInt32) throws {
        let old = umask(0)
        defer { umask(old) }
        scratch.write("old", to: "a", mode: mode)
        try directory.atomicReplace("a", with: Array("new".utf8))
        #expect(scratch.text(of: "a") == "new")
        #expect(scratch.mode(of: "a") == 0o600)
        try directory.atomicReplace("b", with: [], durability: .relaxed)
        #expect(scratch.mode(of: "b") == 0o600)
        #expect(scratch.names == ["a", "b"])
    }

    @Test func `a file that Foundation wrote is found to be open`() throws {
        let old = umask(0o022)
        defer { umask(old) }
        scratch.write("old", to: "a")
        try Data("new".utf8).write(to: URL(filePath: scratch.path("a")), options: .atomic)
        #expect(scratch.text(of: "a") == "new")
        withKnownIssue("this is why it is not used") { #expect(scratch.mode(of: "a") == 0o600) }
    }

    @Test func `what cannot be put in place leaves nothing behind`() {
        scratch.makeFolder("a")
        let failure = #expect(throws: StoreError.self) { try directory.atomicReplace("a", with: [1]) }
        #expect(
            failure == .io(path: scratch.path("a"), operation: "renaming the new file into place", code: EISDIR))
        #expect(scratch.names == ["a"])
    }

    @Test func `leftovers of one file are removed, and nothing else`() throws {
        let kept = [".a.new-x.tmp2", ".ab.new-x.tmp", "a", "a.new-x.tmp", "b"]
        for name in kept + [".a.new-x.tmp", ".a.new-.tmp"] { scratch.write([], to: name) }
        directory.removeLeftovers(beside: "a")
        #expect(scratch.names == kept.sorted())
    }

    @Test func `a file is renamed over another; none is no failure`() throws {
        scratch.write([1], to: "a")
        scratch.write([2], to: "b")
        try directory.rename("a", to: "b")
        try directory.rename("a", to: "b")
        #expect(scratch.names == ["b"])
        #expect(scratch.bytes(of: "b") == [1])
    }

    @Test(arguments: [("", "x\n"), ("a\n", "a\nx\n"), ("cut", "cut\nx\n")])
    func `a line is added behind what a crash may have cut`(before: String, after: String) throws {
        scratch.write(before, to: "a")
        #expect(try directory.append(Array("x\n".utf8), to: "a", startingLine: true) == after.utf8.count)
        #expect(scratch.text(of: "a") == after)
    }

    @Test func `a file that is added to is made, private`() throws {
        let old = umask(0)
        defer { umask(old) }
        #expect(try directory.append([1, 2], to: "a") == 2)
        #expect(scratch.mode(of: "a") == 0o600)
    }
}

@Suite struct OwnerTests {
    @Test(arguments: [
        (1000 as UInt32, SafeDirectory.Kind.own, true, true), (1000, .own, false, true), (1000, .shared, false, true),
        (0, .shared, true, true), (0, .shared, false, false), (0, .own, true, false), (0, .own, false, false),
        (1001, .shared, true, false), (1001, .own, true, false),
    ])
    func `ours is trusted, root's only to be read from a shared folder`(
        owner: UInt32, kind: SafeDirectory.Kind, isRead: Bool, isTrusted: Bool
    ) {
        #expect(SafeDirectory.trusts(owner: owner, to: 1000, in: kind, isRead: isRead) == isTrusted)
    }
}
