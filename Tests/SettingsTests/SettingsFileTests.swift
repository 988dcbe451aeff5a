// SPDX-License-Identifier: Apache-2.0
import Credentials
import Documents
import SafeFiles
import Settings
import TestKit
import Testing

#if canImport(Glibc)
    import Glibc
#endif

@Suite struct SettingsFileTests {
    private let scratch = ScratchFolder(missing: "state")
    private static let name = "agenticflow-enterprise.json"

    private func file() throws -> SettingsFile {
        SettingsFile(try StateLayout(environment: ["AGENTICFLOW_STATE_DIR": scratch.path]))
    }

    private func write(_ text: String, mode: UInt32 = 0o600) {
        if scratch.mode() == nil { scratch.makeFolder("") }
        scratch.write(text, to: Self.name, mode: mode)
    }

    private static let sample = """
        // my gateway
        {
          gateway: { port: 18789, /* why */ auth: { token: "${TOKEN}" } },
          'models': { providers: { own: { apiKey: '$${X}', baseUrl: "https://x.example", future: [ 1, ] } } },
          unknown: {a: +1, b: 0xFF, c: .5, d: Infinity,},  // kept

          auth: { order: { anthropic: ["anthropic:work"] } },
        } // end
        """

    @Test func `no file is no configuration, and reading makes none`() throws {
        #expect(try file().load() == nil)
        #expect(scratch.mode() == nil)
    }

    @Test func `one key is changed, every other byte stays`() throws {
        write(Self.sample)
        try file().edit { document throws(DocumentError) in try document.set(.integer(9), at: ["gateway", "port"]) }
        let expected = Self.sample.replacing("18789", with: "9")
        #expect(scratch.text(of: Self.name) == expected)
        try file().edit { document throws(DocumentError) in
            try document.set(.array([.string("anthropic:a")]), at: ["auth", "order", "anthropic"])
            try document.remove(at: ["unknown", "b"])
        }
        let again = expected.replacing("[\"anthropic:work\"]", with: "[\n    \"anthropic:a\"\n  ]").replacing(
            " b: 0xFF,", with: "")
        #expect(scratch.text(of: Self.name) == again)
        #expect(scratch.text(of: "\(Self.name).bak") == expected)
        #expect(scratch.text(of: "\(Self.name).bak.1") == Self.sample)
        #expect(scratch.names.map { scratch.mode(of: $0) } == .init(repeating: 0o600, count: 4))
    }

    @Test func `the first key makes the folder and the file`() throws {
        try file().edit { document throws(DocumentError) in
            try document.set(.string("t"), at: ["gateway", "auth", "token"])
        }
        #expect(
            scratch.text(of: Self.name)
                == "{\n  \"gateway\": {\n    \"auth\": {\n      \"token\": \"t\"\n    }\n  }\n}\n")
        #expect(scratch.mode() == 0o700)
        #expect(scratch.mode(of: Self.name) == 0o600)
    }

    @Test func `five older files are kept`() throws {
        write("{n: 0}")
        for number in 1...8 {
            try file().edit { document throws(DocumentError) in try document.set(.integer(Int64(number)), at: ["n"]) }
        }
        let names = ["", ".bak", ".bak.1", ".bak.2", ".bak.3", ".bak.4"].map { Self.name + $0 }
        #expect(names.map { scratch.text(of: $0) } == [8, 7, 6, 5, 4, 3].map { "{n: \($0)}" })
        #expect(scratch.names == (names + ["\(Self.name).lock"]).sorted())
    }

    @Test func `no older copy is moved before the newest one is written`() throws {
        write("{n: 0}")
        for number in 1...6 {
            try file().edit { document throws(DocumentError) in try document.set(.integer(Int64(number)), at: ["n"]) }
        }
        let names = ["", ".bak", ".bak.1", ".bak.2", ".bak.3", ".bak.4"].map { Self.name + $0 }
        let before = names.map { scratch.text(of: $0) }
        // Nothing can take the place of a folder, as nothing can be written to a full disk.
        scratch.makeFolder("\(Self.name).bak.new")
        for number in 7...14 {
            #expect(throws: SettingsFileError.self) {
                try file().edit { document throws(DocumentError) in
                    try document.set(.integer(Int64(number)), at: ["n"])
                }
            }
        }
        #expect(names.map { scratch.text(of: $0) } == before)
    }

    @Test func `a copy that is there already is not kept twice`() throws {
        write("{n: 2}")
        scratch.write("{n: 2}", to: "\(Self.name).bak")
        scratch.write("{n: 1}", to: "\(Self.name).bak.1")
        try file().edit { document throws(DocumentError) in try document.set(.integer(3), at: ["n"]) }
        #expect(["", ".bak", ".bak.1"].map { scratch.text(of: Self.name + $0) } == ["{n: 3}", "{n: 2}", "{n: 1}"])
        #expect(scratch.text(of: "\(Self.name).bak.2") == nil)
    }

    @Test func `what changes nothing, or refuses, writes nothing`() throws {
        write(Self.sample)
        let before = Fingerprint(of: scratch.path(Self.name))
        #expect(try file().edit { document in document.bytes.count } == Self.sample.utf8.count)
        #expect(throws: SettingsFileError.self) {
            try file().edit { document throws(DocumentError) in
                try document.set(.integer(1), at: ["gateway", "port"])
                try document.set(.integer(1), at: ["gateway", "port", "deeper"])
            }
        }
        #expect(Fingerprint(of: scratch.path(Self.name)) == before)
        #expect(scratch.names == [Self.name, "\(Self.name).lock"])
    }

    @Test(arguments: ["{}", "{token: ''}", "{token: null, mode: 'token'}"])
    func `the clients' token is not taken away by the way`(auth: String) throws {
        let before = "{gateway: {auth: {token: 'agw_0123456789'}}}"
        write(before)
        let refusal = #expect(throws: SettingsFileError.self) {
            try file().revise(mayShrink: false) { document throws(DocumentError) in
                document = try Document(Array("{gateway: {auth: \(auth)}}".utf8), as: .json5)
            } review: { _, _ in
            }
        }
        #expect(refusal?.advice.why.contains("gateway.auth.token") == true)
        #expect(scratch.text(of: Self.name) == before)
    }

    @Test func `a change that would empty the file or open the gateway is refused`() throws {
        write(Self.sample)
        for path in [["gateway"], ["gateway", "auth"]] {
            let refusal = #expect(throws: SettingsFileError.self) {
                try file().edit { document throws(DocumentError) in try document.remove(at: path) }
            }
            #expect(refusal?.advice.why.contains("gateway.auth") == true)
        }
        let long = "{a: '\(String(repeating: "x", count: 600))', b: 1}"
        write(long)
        let refusal = #expect(throws: SettingsFileError.self) {
            try file().revise(mayShrink: false) { document throws(DocumentError) in
                try document.remove(at: ["a"])
            } review: { _, _ in
            }
        }
        #expect(refusal?.advice.why.contains("more than half") == true)
        #expect(scratch.text(of: Self.name) == long)
    }

    @Test(arguments: ["", "{", "{a: 1", "{a: 1}}", "{a: 'x\n'}", "\u{0}", "<xml/>", "{a: 1 b: 2}"])
    func `what is no configuration is named with its line, and left alone`(text: String) throws {
        write(text)
        let reading = #expect(throws: SettingsFileError.self) { try file().load() }
        #expect(reading?.exitCode == .configuration)
        #expect(reading?.advice.why.contains("Line ") == true)
        #expect(throws: SettingsFileError.self) {
            try file().edit { document throws(DocumentError) in try document.set(.null, at: ["a"]) }
        }
        #expect(scratch.text(of: Self.name) == text)
        #expect(scratch.names == [Self.name, "\(Self.name).lock"])
    }

    @Test func `no message quotes what stands in the file`() throws {
        write("{gateway: {auth: {token: 'CANARY-123'}} 'CANARY-456'}")
        let refusal = #expect(throws: SettingsFileError.self) { try file().load() }
        let advice = try #require(refusal?.advice)
        #expect(!"\(advice)\(String(describing: refusal))".contains("CANARY"))
    }

    @Test(arguments: ["link", "pipe", "folder", "twin", "huge"])
    func `what was planted in its place is refused and stays`(kind: String) throws {
        scratch.makeFolder("")
        scratch.write("{}", to: "real")
        let path = scratch.path(Self.name)
        switch kind {
        case "link": #expect(symlink(scratch.path("real"), path) == 0)
        case "pipe": #expect(mkfifo(path, 0o600) == 0)
        case "twin": #expect(link(scratch.path("real"), path) == 0)
        case "huge":
            scratch.write("", to: Self.name)
            #expect(truncate(path, 100 << 20) == 0)
        default: scratch.makeFolder(Self.name)
        }
        #expect(throws: SettingsFileError.self) { try file().load() }
        #expect(throws: SettingsFileError.self) {
            try file().edit { document throws(DocumentError) in try document.set(.null, at: ["a"]) }
        }
        #expect(scratch.text(of: "real") == "{}")
        #expect(scratch.names == [Self.name, "\(Self.name).lock", "real"].sorted())
    }

    @Test func `an open file is closed and reported once`() throws {
        write(Self.sample, mode: 0o644)
        let text = "Other users had access; it is now private (mode 600)."
        #expect(try file().read().notices == [StorageNotice(path: scratch.path(Self.name), text: text)])
        #expect(try file().read().notices == [])
    }

    @Test func `a file elsewhere is taken from a folder that keeps its mode`() throws {
        let elsewhere = ScratchFolder()
        #expect(chmod(elsewhere.path, 0o755) == 0)
        elsewhere.write("{gateway: {port: 1}}", to: "af.json")
        let environment = ["AGENTICFLOW_STATE_DIR": scratch.path, "AGENTICFLOW_CONFIG_PATH": elsewhere.path("af.json")]
        let file = SettingsFile(try StateLayout(environment: environment))
        try file.edit { document throws(DocumentError) in try document.set(.integer(2), at: ["gateway", "port"]) }
        #expect(elsewhere.text(of: "af.json") == "{gateway: {port: 2}}")
        #expect(elsewhere.mode() == 0o755)
        #expect(scratch.mode() == nil)
    }
}
