// SPDX-License-Identifier: Apache-2.0
import Credentials
import FoundationEssentials
import ProfileStorage
import SafeFiles
import TestKit
import Testing

/// What is written, byte by byte.
@Suite struct AuthProfilesFileTests {
    private let scratch = ScratchFolder(missing: "agents/main/agent")
    private var store: AuthProfilesFile { AuthProfilesFile(folder: scratch.path) }

    private func write(_ text: String, mode: UInt32 = 0o600) throws {
        _ = try SafeDirectory(creating: scratch.path)
        scratch.write(text, to: AuthProfilesFile.name, mode: mode)
    }

    private var text: String? { scratch.text(of: AuthProfilesFile.name) }

    @Test func `no file is an empty store, and reading makes none`() throws {
        #expect(try store.load() == ProfileBook())
        #expect(scratch.mode() == nil)
    }

    @Test func `the first update makes a private file in private folders`() throws {
        try store.update { $0.add("anthropic:default", "sk-ant-1") }
        #expect(
            text == """
                {
                  "version": 1,
                  "profiles": {
                    "anthropic:default": {
                      "type": "api_key",
                      "provider": "anthropic",
                      "key": "sk-ant-1"
                    }
                  },
                  "order": {
                    "anthropic": [
                      "anthropic:default"
                    ]
                  }
                }

                """)
        #expect(scratch.mode() == 0o700)
        #expect(scratch.names.map { scratch.mode(of: $0) } == [0o600, 0o600])
        #expect(scratch.names == ["auth-profiles.json", "auth-profiles.lock"])
    }

    @Test func `everything unknown keeps its bytes, at every level`() throws {
        try write(SampleStore.text)
        try store.update { book in
            book.add("openai:new", "sk-new")
            book.profiles[.init("anthropic:default")!]?.secret = Secret("sk-ant-NEW")
            book.order[.anthropic] = nil
        }
        var expected = SampleStore.text
        for (old, new) in [
            ("sk-ant-api03-EXAMPLE", "sk-ant-NEW"),
            (
                #""order": { "anthropic": ["anthropic:work", "anthropic:default"], "Z.AI": [7] }"#,
                #""order": { "Z.AI": [7], "openai": [\#n    "openai:new"\#n  ] }"#
            ),
            (
                "  \"No Profile Id\": \"kept\"\n",
                "  \"No Profile Id\": \"kept\",\n    \"openai:new\": {\n"
                    + "      \"type\": \"api_key\",\n      \"provider\": \"openai\",\n      \"key\": \"sk-new\"\n    }\n"
            ),
        ] { expected = expected.replacing(old, with: new) }
        #expect(text == expected)
    }

    @Test(arguments: ["\u{FEFF}", ""], ["\r\n", "\n"])
    func `a byte-order mark and the line ends of the file stay`(mark: String, lineBreak: String) throws {
        let before = mark + "{|\t\"version\": 1,|\t\"profiles\": {|\t\t\"a:b\": {\"type\":\"x\"}|\t} }"
        try write(before.replacing("|", with: lineBreak))
        try store.update {
            $0.profiles[.init("c:d")!] = .init(id: .init("c:d")!, provider: .openai, kind: .token, secret: Secret("s"))
        }
        let after =
            mark
            + "{|\t\"version\": 1,|\t\"profiles\": {|\t\t\"a:b\": {\"type\":\"x\"},|\t\t\"c:d\": {|\t\t\t\"type\": \"token\","
            + "|\t\t\t\"provider\": \"openai\",|\t\t\t\"token\": \"s\"|\t\t}|\t} }"
        #expect(text == after.replacing("|", with: lineBreak))
    }

    @Test func `an update that changes nothing writes nothing`() throws {
        try write(SampleStore.text)
        let before = Fingerprint(of: scratch.path(AuthProfilesFile.name))
        let count = try store.update { book in
            book.order[.openai] = []
            let ids = book.order[.anthropic] ?? []
            book.order[.anthropic] = ids + ids
            return book.profiles.count
        }
        #expect(count == 2)
        #expect(Fingerprint(of: scratch.path(AuthProfilesFile.name)) == before)
    }

    @Test func `an entry of a type that is not known is not overwritten`() throws {
        try write(SampleStore.text)
        let refusal = #expect(throws: StoreError.self) { try store.update { $0.add("elsewhere:1", "sk") } }
        guard case .refused(let advice) = refusal else {
            Issue.record("\(String(describing: refusal))")
            return
        }
        #expect(advice.fix.contains("--profile-id elsewhere:second"))
        #expect(text == SampleStore.text)
    }

    @Test func `an open store is closed and reported once`() throws {
        try write(SampleStore.text, mode: 0o644)
        let path = scratch.path(AuthProfilesFile.name)
        let text = "Other users had access; it is now private (mode 600)."
        #expect(try store.loadStored().notices == [StorageNotice(path: path, text: text)])
        #expect(try store.loadStored().notices == [])
        #expect(scratch.mode(of: AuthProfilesFile.name) == 0o600)
    }

    @Test func `leftovers of a writer that died are removed by the next one`() throws {
        try write(SampleStore.text)
        scratch.write("{", to: ".auth-profiles.json.new-1.tmp")
        try store.update { $0.add("openai:new", "sk-new") }
        #expect(scratch.names == ["auth-profiles.json", "auth-profiles.lock"])
    }

    @Test func `a store in use is busy, and says by whom`() throws {
        try write(SampleStore.text)
        let lock = try SafeDirectory(creating: scratch.path).holdLock("auth-profiles.lock")
        let hasty = AuthProfilesFile(folder: scratch.path, lockWait: .milliseconds(5))
        let refusal = #expect(throws: StoreError.self) { try hasty.update { $0 = ProfileBook() } }
        #expect(refusal?.exitCode == .unavailable)
        #expect(refusal?.advice.why.contains("Process \(ProcessInfo.processInfo.processIdentifier)") == true)
        #expect(try hasty.load().profiles.count == 2)
        #expect(text == SampleStore.text)
        withExtendedLifetime(lock) {}
    }
}
