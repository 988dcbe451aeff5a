// SPDX-License-Identifier: Apache-2.0
import Credentials
import SafeFiles
import Settings
import Synchronization
import TestKit
import Testing

#if canImport(Glibc)
    import Glibc
#endif

@Suite struct EnvironmentFileEditTests {
    private let scratch = ScratchFolder(missing: "state")

    private func file() throws -> EnvironmentFile {
        EnvironmentFile(try StateLayout(environment: ["AGENTICFLOW_STATE_DIR": scratch.path]))
    }

    private func set(_ name: String, _ value: String) throws {
        _ = try file().edit { file throws(StoreError) in
            do throws(DotEnvError) { try file.upsert(name, Secret(value)) } catch { throw .refused(error.advice) }
        }
    }

    private func write(_ text: String, mode: UInt32 = 0o600) {
        if scratch.mode() == nil { scratch.makeFolder("") }
        scratch.write(text, to: ".env", mode: mode)
    }

    @Test func `the first variable makes the folder and the file, for us alone`() throws {
        try set("OPENAI_API_KEY", "sk-1")
        #expect(scratch.text(of: ".env") == "OPENAI_API_KEY=sk-1\n")
        #expect(scratch.mode() == 0o700)
        #expect(scratch.mode(of: ".env") == 0o600)
        // No copy of what was there before: it would be a second place with secrets.
        try set("OPENAI_API_KEY", "sk-2")
        #expect(scratch.names == [".env", ".env.lock"])
    }

    @Test func `every other byte stays, damaged lines included`() throws {
        let before =
            "\u{FEFF}# mine\r\n  export OPENAI_API_KEY = 'old' # why\r\nrub bish \" '\r\n=x\r\nGROQ_API_KEY=\"open\r\nLAST=1"
        write(before)
        try set("OPENAI_API_KEY", "new")
        let edited = before.replacing("'old'", with: "new")
        #expect(scratch.text(of: ".env") == edited)
        try set("ADDED", "a b")
        #expect(scratch.text(of: ".env") == edited + "\r\nADDED='a b'\r\n")
        // The line that could not be read gets a value that can.
        try set("GROQ_API_KEY", "gsk")
        #expect(scratch.text(of: ".env")?.contains("GROQ_API_KEY=gsk\r\nLAST=1\r\n") == true)
    }

    @Test func `bytes that are no text stay too`() throws {
        write("A=1\n")
        let garbage = Array("A=1\n".utf8) + [0xFF, 0x00, 0xFE, 0x0A] + Array("B=\u{7}2".utf8)
        scratch.write(garbage, to: ".env")
        try set("A", "9")
        #expect(scratch.bytes(of: ".env") == Array("A=9".utf8) + garbage.dropFirst(3))
    }

    @Test func `nothing is written when nothing changes, or when the change refuses`() throws {
        write("A=1\n")
        var before = stat(), after = stat()
        stat(scratch.path(".env"), &before)
        try set("A", "1")
        #expect(throws: StoreError.self) { try set("A", "x\0y") }
        #expect(throws: StoreError.self) { try set("B=1\nC", "x") }
        stat(scratch.path(".env"), &after)
        #expect(before.st_ino == after.st_ino)
        #expect(scratch.text(of: ".env") == "A=1\n")
    }

    @Test func `a file that is too long is refused, and stays`() throws {
        write(String(repeating: "#", count: 1 << 20 | 1))
        let error = try #require(throws: StoreError.self) { try set("A", "1") }
        #expect(error.advice.what == "\(scratch.path)/.env is too long for a file of variables.")
        #expect(error.exitCode == .badInput)
        #expect(throws: StoreError.self) { try file().load() }
        write(String(repeating: "#", count: (1 << 20) - 4))
        #expect(throws: StoreError.self) { try set("ABCDEF", "1") }
        #expect(scratch.text(of: ".env")?.utf8.count == (1 << 20) - 4)
    }

    @Test func `what is not a file of ours is refused, and stays`() throws {
        scratch.makeFolder("")
        #expect(mkfifo(scratch.path(".env"), 0o600) == 0)
        #expect(throws: StoreError.self) { try set("A", "1") }
        unlink(scratch.path(".env"))
        scratch.write("X=1\n", to: "other")
        #expect(symlink("other", scratch.path(".env")) == 0)
        #expect(throws: StoreError.self) { try set("A", "1") }
        #expect(scratch.text(of: "other") == "X=1\n")
    }

    @Test func `an open mode is closed and told`() throws {
        write("A=1\n", mode: 0o644)
        let notices = try file().edit { file throws(StoreError) in file.remove("A") }.notices
        #expect(notices.map(\.path) == ["\(scratch.path)/.env"])
        #expect(scratch.mode(of: ".env") == 0o600)
    }

    @Test func `twenty writers at once lose nothing`() async throws {
        let names = (1...20).map { "VARIABLE_\($0)" }
        write("FIRST=1\n")
        let file = try file()
        try await withThrowingTaskGroup { group in
            for name in names {
                group.addTask {
                    _ = try file.edit { file throws(StoreError) in
                        do throws(DotEnvError) { try file.upsert(name, Secret("v")) } catch {
                            throw StoreError.refused(error.advice)
                        }
                    }
                }
            }
            try await group.waitForAll()
        }
        let found = try file.load().file.variables
        #expect(Set(found.keys) == Set(names + ["FIRST"]))
        #expect(scratch.names == [".env", ".env.lock"])
    }
}
