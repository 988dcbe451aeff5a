// SPDX-License-Identifier: Apache-2.0
import Credentials
import SafeFiles
import TestKit
import Testing

#if canImport(Glibc)
    import Glibc
#endif

@Suite struct SafeDirectoryTests {
    @Test func `folders are made private, whatever the umask lets through`() throws {
        let old = umask(0)
        defer { umask(old) }
        let scratch = ScratchFolder()
        _ = try SafeDirectory(creating: scratch.path("a/b/c/"))
        #expect(["a", "a/b", "a/b/c"].map { scratch.mode(of: $0) } == [0o700, 0o700, 0o700])
    }

    @Test func `a folder that is not there is nothing, and is not made`() throws {
        let scratch = ScratchFolder()
        #expect(try SafeDirectory(existing: scratch.path("none")) == nil)
        #expect(scratch.names == [])
    }

    @Test(arguments: [0o755, 0o770, 0o701] as [UInt32])
    func `an open folder is closed and reported once`(mode: UInt32) throws {
        let scratch = ScratchFolder()
        scratch.makeFolder("open", mode: mode)
        let first = try #require(try SafeDirectory(existing: scratch.path("open")))
        let text = "Other users had access; it is now private (mode 700)."
        #expect(first.takeNotices() == [StorageNotice(path: scratch.path("open"), text: text)])
        #expect(first.takeNotices() == [])
        #expect(scratch.mode(of: "open") == 0o700)
        #expect(try SafeDirectory(existing: scratch.path("open"))?.takeNotices() == [])
    }

    @Test func `a folder that others may write to by design is refused, not closed`() {
        let scratch = ScratchFolder()
        scratch.makeFolder("shared", mode: 0o1777)
        #expect(throws: StoreError.self) { try SafeDirectory(existing: scratch.path("shared")) }
        #expect(throws: StoreError.self) { try SafeDirectory(creating: scratch.path("shared")) }
        #expect(scratch.mode(of: "shared") == 0o1777)
    }

    @Test func `a folder that the user keeps other things in keeps its mode`() throws {
        let scratch = ScratchFolder()
        scratch.makeFolder("documents", mode: 0o755)
        let directory = try #require(try SafeDirectory(existing: scratch.path("documents"), kind: .shared))
        #expect(directory.takeNotices() == [])
        #expect(scratch.mode(of: "documents") == 0o755)
    }

    @Test(arguments: ["link", "link/", "link//", "file", "file/x"])
    func `a link or a file is no folder`(name: String) throws {
        let scratch = ScratchFolder()
        scratch.makeFolder("real")
        scratch.write("", to: "file")
        #expect(symlink(scratch.path("real"), scratch.path("link")) == 0)
        let refusal = #expect(throws: StoreError.self) { try SafeDirectory(existing: scratch.path(name)) }
        #expect(refusal?.exitCode == .noPermission)
        #expect(refusal?.advice.fix.contains(name.hasPrefix("file") ? "Move it away: mv " : "readlink -f") == true)
        #expect(throws: StoreError.self) { try SafeDirectory(creating: scratch.path(name)) }
    }

    @Test func `a planted link is not followed when folders are made`() {
        let scratch = ScratchFolder()
        scratch.makeFolder("elsewhere")
        #expect(symlink(scratch.path("elsewhere/new"), scratch.path("state")) == 0)
        #expect(throws: StoreError.self) { try SafeDirectory(creating: scratch.path("state")) }
        #expect(scratch.names == ["elsewhere", "state"])
    }

    @Test(.enabled(if: geteuid() == 0, "only root can give files away"))
    func `a folder of somebody else is refused`() {
        let scratch = ScratchFolder()
        scratch.makeFolder("theirs")
        #expect(chown(scratch.path("theirs"), 12_345, 12_345) == 0)
        let refusal = #expect(throws: StoreError.self) { try SafeDirectory(existing: scratch.path("theirs")) }
        let path = scratch.path("theirs")
        #expect(
            refusal
                == .unsafe(
                    path: path, problem: "It belongs to user 12345, not to 0.",
                    fix: ShellCommand.ownershipFix(path, isFolder: true)))
    }

    @Test func `what is inside is reached from the folder that was opened`() throws {
        let scratch = ScratchFolder()
        let directory = try SafeDirectory(creating: scratch.path("state"))
        try directory.atomicReplace("a", with: [1])
        // Somebody swaps the path.
        #expect(rename(scratch.path("state"), scratch.path("moved")) == 0)
        scratch.makeFolder("state")
        scratch.write([9], to: "state/a")
        #expect(try directory.read("a") == [1])
        try directory.atomicReplace("a", with: [2])
        #expect(scratch.bytes(of: "moved/a") == [2])
        #expect(scratch.bytes(of: "state/a") == [9])
    }

    // MARK: Moving folders

    @Test func `a folder moves with everything in it, into an empty place`() throws {
        let scratch = ScratchFolder()
        for name in ["from", "from/one", "to"] { scratch.makeFolder(name) }
        scratch.write("kept", to: "from/one/file")
        let from = try #require(try SafeDirectory(existing: scratch.path("from")))
        let to = try #require(try SafeDirectory(existing: scratch.path("to")))
        #expect(try to.makeFolder("place"))
        #expect(try !to.makeFolder("place"))
        #expect(try from.moveFolder("one", to: to, as: "place"))
        #expect(scratch.text(of: "to/place/file") == "kept")
        #expect(scratch.mode(of: "from/one") == nil)
        #expect(try !from.moveFolder("one", to: to, as: "other"))
    }

    @Test func `a folder never takes the place of one that holds something, nor is a link or file moved`() throws {
        let scratch = ScratchFolder()
        for name in ["from", "from/one", "to", "to/full"] { scratch.makeFolder(name) }
        scratch.write("kept", to: "to/full/file")
        scratch.write("plain", to: "from/file")
        symlink(scratch.path("to/full"), scratch.path("from/link"))
        let from = try #require(try SafeDirectory(existing: scratch.path("from")))
        let to = try #require(try SafeDirectory(existing: scratch.path("to")))
        for name in ["one", "link", "file", "..", "a/b", ""] {
            #expect(throws: StoreError.self) { _ = try from.moveFolder(name, to: to, as: "full") }
        }
        #expect(scratch.text(of: "to/full/file") == "kept")
        #expect(scratch.text(of: "from/file") == "plain")
        to.removeEmptyFolder("full")
        #expect(scratch.mode(of: "to/full") == 0o700)
    }
}
