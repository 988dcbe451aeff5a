// SPDX-License-Identifier: Apache-2.0
import Credentials
import Settings
import TestKit
import Testing

#if canImport(Glibc)
    import Glibc
#endif

@Suite struct WorkingDirectoryFileTests {
    private let scratch = ScratchFolder()

    private func load() throws -> (variables: [String: Secret], problems: [String]) {
        let file = try #require(WorkingDirectoryFile(directory: scratch.path, state: "/nowhere/state"))
        let (found, problems) = file.load()
        return (found.variables, problems)
    }

    @Test func `it is read, and left as it is`() throws {
        chmod(scratch.path, 0o755)
        scratch.write("PLAIN=1\na-line\n", to: ".env", mode: 0o644)
        let found = try load()
        #expect(found.variables == ["PLAIN": Secret("1")])
        #expect(found.problems == ["\(scratch.path)/.env, line 2: A line must read NAME=VALUE."])
        #expect(scratch.mode(of: ".env") == 0o644)
        #expect(scratch.mode() == 0o755)
        #expect(scratch.names == [".env"])
    }

    @Test func `none is no problem`() throws {
        #expect(try load().variables == [:])
        #expect(try load().problems == [])
    }

    @Test func `what is no file of ours is a problem, and holds nobody up`() throws {
        let path = scratch.path(".env")
        #expect(mkfifo(path, 0o600) == 0)
        #expect(try load().problems == ["\(path) is not read. It is not a regular file."])
        unlink(path)
        scratch.makeFolder(".env")
        #expect(try load().problems == ["\(path) is not read. It is not a regular file."])
        rmdir(path)
        scratch.write("SECRET=x\n", to: "elsewhere")
        #expect(symlink("elsewhere", path) == 0)
        #expect(try load().problems == ["\(path) is not read. It is a symbolic link."])
        #expect(try load().variables == [:])
        unlink(path)
        scratch.write([UInt8](repeating: UInt8(ascii: "#"), count: 1 << 20 | 1), to: ".env")
        #expect(try load().problems == ["\(path) is not read. It is longer than 1048576 bytes."])
    }

    @Test func `another user's file is not read`() throws {
        scratch.write("PLAIN=1\n", to: ".env")
        // Only root can give a file away.
        guard geteuid() == 0 else { return }
        #expect(chown(scratch.path(".env"), 12345, 12345) == 0)
        #expect(
            try load().problems == ["\(scratch.path)/.env is not read. It belongs to user 12345, not to 0."])
        #expect(try load().variables == [:])
    }

    @Test func `the state directory's file is another layer, under whatever name it is reached`() throws {
        #expect(WorkingDirectoryFile(directory: scratch.path, state: scratch.path) == nil)
        scratch.makeFolder("state")
        #expect(symlink("state", scratch.path("link")) == 0)
        #expect(WorkingDirectoryFile(directory: scratch.path("link"), state: scratch.path("state")) == nil)
        #expect(WorkingDirectoryFile(directory: "/", state: scratch.path)?.path == "/.env")
    }
}

/// What a cloned repository must not be able to do, for the real rule and for one that takes every variable.
@Suite struct RepositoryRuleTests {
    typealias Rule = (_ repository: [String: Secret], _ credentials: Set<String>) -> EnvironmentLayers

    private static let attempts = [
        "OPENAI_API_KEY", "OPENAI_API_KEYS", "OPENAI_API_KEY_2", "ANTHROPIC_OAUTH_TOKEN", "LAB_KEY",
        "OPENAI_BASE_URL", "OPENAI_API_HOST", "LAB_ENDPOINT", "MATRIX_HOMESERVER", "AGENTICFLOW_GATEWAY_TOKEN",
        "AGENTICFLOW_LIVE_OPENAI_KEY", "AGENTICFLOW_LOAD_SHELL_ENV",
    ]

    /// The attempts that get through, by either way in which variables are looked up.
    private func leaks(_ rule: Rule) -> [String] {
        let layers = rule(
            Dictionary(uniqueKeysWithValues: Self.attempts.map { ($0, Secret("evil")) }),
            ["ANTHROPIC_OAUTH_TOKEN", "LAB_KEY"])
        return Self.attempts.filter { layers.lookup($0) != nil || layers.credential($0) != nil }
    }

    @Test func `it supplies and redirects nothing, and a rule that lets it is found out`() {
        #expect(
            leaks { EnvironmentLayers(process: [:]).adding(workingDirectory: $0, credentialVariables: $1) } == [])
        #expect(
            leaks { repository, _ in EnvironmentLayers(process: [:]).adding(repository, as: .workingDirectory) }
                == Self.attempts)
    }

    @Test func `nor does it fill a reference, whatever its name is`() throws {
        let layers = EnvironmentLayers(process: [:]).adding(
            workingDirectory: ["PLAIN": Secret("evil-value")], credentialVariables: [])
        #expect(layers.lookup("PLAIN")?.value == Secret("evil-value"))
        #expect(layers.credential("PLAIN") == nil)
    }
}
