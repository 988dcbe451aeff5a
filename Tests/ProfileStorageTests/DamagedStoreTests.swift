// SPDX-License-Identifier: Apache-2.0
import Credentials
import ProfileStorage
import TestKit
import Testing

#if canImport(Glibc)
    import Glibc
#endif

/// A store that cannot be read is reported and left alone: never emptied, never written anew.
@Suite struct DamagedStoreTests {
    private let scratch = ScratchFolder()
    private var store: AuthProfilesFile { AuthProfilesFile(folder: scratch.path) }

    /// Reading and changing both fail, and the file is what it was.
    private func expectLeftAlone(_ bytes: [UInt8], _ status: Credentials.ExitStatus = .badInput) {
        scratch.write(bytes, to: AuthProfilesFile.name)
        let reading = #expect(throws: StoreError.self) { try store.load() }
        let writing = #expect(throws: StoreError.self) { try store.update { $0.add("openai:new", "sk-new") } }
        let emptying = #expect(throws: StoreError.self) { try store.update { $0 = ProfileBook() } }
        #expect([reading, writing, emptying].map { $0?.exitCode } == [status, status, status])
        #expect(scratch.bytes(of: AuthProfilesFile.name) == bytes)
        #expect(scratch.names == ["auth-profiles.json", "auth-profiles.lock"])
    }

    @Test func `cut at any byte it is left alone`() {
        // The file ends with a line break, which nobody misses.
        let whole = Array(SampleStore.text.utf8)
        for length in 0..<(whole.count - 1) { expectLeftAlone(Array(whole[..<length])) }
    }

    @Test func `without its last line break it is whole`() throws {
        let text = String(SampleStore.text.dropLast())
        scratch.write(text, to: AuthProfilesFile.name)
        try store.update { $0.add("openai:new", "sk-new") }
        #expect(try store.load().profiles.count == 3)
        #expect(scratch.text(of: AuthProfilesFile.name)?.hasSuffix("}") == true)
    }

    @Test(arguments: [
        "", " \n", "null", "[]", "7", "\"{}\"", "{} {}", "{\"profiles\": []}", "{\"profiles\": \"x\"}",
        "{\"version\": \"1\"}",
        "{\"version\": 1.5}", "{\"version\": null}", "{\"version\": {}}", "{version: 1}", "{\"version\": 1,}",
        "// c\n{}",
        "\u{0}\u{0}\u{0}\u{0}", "{\"a\": \"\n\"}", "{\"version\": 1}\u{0}",
    ])
    func `what is no store is left alone`(text: String) { expectLeftAlone(Array(text.utf8)) }

    @Test(arguments: ["2", "2.0", "1e9", "99999999999999999999", "1e400", "1.0000001e1"])
    func `a newer version's store is left alone, and named so`(version: String) {
        let bytes = Array("{\"profiles\": {}, \"version\": \(version)}".utf8)
        scratch.write(bytes, to: AuthProfilesFile.name)
        let refusal = #expect(throws: StoreError.self) { try store.load() }
        if version != "1.0000001e1" {
            guard case .newerVersion = refusal else {
                Issue.record("\(String(describing: refusal))")
                return
            }
            #expect(refusal?.advice.fix.contains("Update agenticflow-enterprise") == true)
        }
        expectLeftAlone(bytes)
    }

    @Test func `bytes that are no text are left alone`() {
        expectLeftAlone(Array("{\"a\": \"".utf8) + [0xFF, 0xFE] + Array("\"}".utf8))
        expectLeftAlone([0xFF, 0xFE] + Array("{}".utf8).flatMap { [$0, 0] })
    }

    @Test(arguments: [65, 10_000, 1_000_000])
    func `what is nested too deep is left alone`(depth: Int) {
        expectLeftAlone(Array("{\"a\":".utf8) + [UInt8](repeating: UInt8(ascii: "["), count: depth))
        let closed =
            [UInt8](repeating: UInt8(ascii: "["), count: depth) + [UInt8](repeating: UInt8(ascii: "]"), count: depth)
        expectLeftAlone(Array("{\"a\":".utf8) + closed + [UInt8(ascii: "}")])
    }

    @Test func `what is nested as deep as is allowed is kept`() throws {
        let nested = String(repeating: "[", count: 63) + String(repeating: "]", count: 63)
        scratch.write("{\"a\":\(nested)}", to: AuthProfilesFile.name)
        try store.update { $0.add("openai:new", "sk-new") }
        #expect(scratch.text(of: AuthProfilesFile.name)?.contains(nested) == true)
    }

    @Test func `a file of 100 MB is refused without reading it`() {
        scratch.write([], to: AuthProfilesFile.name)
        #expect(truncate(scratch.path(AuthProfilesFile.name), 100 << 20) == 0)
        let refusal = #expect(throws: StoreError.self) { try store.load() }
        #expect(refusal?.advice.why == "It is longer than \(64 << 20) bytes.")
        #expect(throws: StoreError.self) { try store.update { $0.add("openai:new", "sk-new") } }
        var status = stat()
        #expect(stat(scratch.path(AuthProfilesFile.name), &status) == 0 && status.st_size == 100 << 20)
    }

    @Test(arguments: ["link", "dangling", "pipe", "folder", "twin"])
    func `what was planted in its place is refused and stays`(kind: String) throws {
        let path = scratch.path(AuthProfilesFile.name)
        scratch.write(SampleStore.text, to: "real")
        switch kind {
        case "link": #expect(symlink(scratch.path("real"), path) == 0)
        case "dangling": #expect(symlink(scratch.path("none"), path) == 0)
        case "pipe": #expect(mkfifo(path, 0o600) == 0)
        case "twin": #expect(link(scratch.path("real"), path) == 0)
        default: scratch.makeFolder(AuthProfilesFile.name)
        }
        let before = scratch.mode(of: AuthProfilesFile.name)
        let refusal = #expect(throws: StoreError.self) { try store.load() }
        #expect(refusal?.exitCode == .noPermission)
        #expect(throws: StoreError.self) { try store.update { $0.add("openai:new", "sk-new") } }
        #expect(scratch.mode(of: AuthProfilesFile.name) == before)
        #expect(scratch.text(of: "real") == SampleStore.text)
    }

    @Test func `a lock that is a link is refused`() {
        scratch.write("victim", to: "real")
        #expect(symlink(scratch.path("real"), scratch.path("auth-profiles.lock")) == 0)
        #expect(throws: StoreError.self) { try store.update { $0.add("openai:new", "sk-new") } }
        #expect(scratch.text(of: "real") == "victim")
        #expect(scratch.bytes(of: AuthProfilesFile.name) == nil)
    }
}
