// SPDX-License-Identifier: Apache-2.0
import Credentials
import FoundationEssentials
import Testing

@Suite struct SecretTests {
    private static let text = "sk-ant-CANARY-0123456789"

    @Test(arguments: [
        ("", "****"), ("sk-123456789", "****"), ("sk-1234567890", "sk-1...90"),
        ("sk-123456789012345678901", "sk-1...01"), ("sk-1234567890123456789012", "sk-123...9012"),
        ("sk-ant-api03-abcdefghijklmnopqrst", "sk-ant...qrst"), ("\u{1B}]52;0123456789", "\\u{1b}]52...89"),
    ])
    func `a mask shows little, and nothing that moves a cursor`(text: String, masked: String) {
        #expect(Secret(text).masked == masked)
    }

    @Test func `no way of printing shows it`() throws {
        let id = try #require(ProfileID("anthropic:work"))
        let secret = Secret(Self.text)
        let profile = Profile(id: id, provider: .anthropic, kind: .oauth, secret: secret, refresh: secret)
        let book = ProfileBook(profiles: [id: profile])
        let things: [any Sendable] = [secret, Optional(secret) as any Sendable, [secret], profile, book, ["x": secret]]
        for thing in things {
            var dumped = ""
            dump(thing, to: &dumped)
            for text in ["\(thing)", String(describing: thing), String(reflecting: thing), dumped] {
                #expect(!text.contains("CANARY"))
            }
        }
        #expect("\(secret)" == "[secret]")
        #expect(secret.reveal() == Self.text)
    }

    @Test(arguments: [("", true), (" \n\t", true), ("a", false), (" a ", false)])
    func `blank is what holds nothing to use`(text: String, isBlank: Bool) {
        #expect(Secret(text).isBlank == isBlank)
    }

    @Test(arguments: [("sk-ant-oat01-x", true), (" sk-ant-oat01-x", true), ("sk-ant-api03-x", false), ("", false)])
    func `a setup token is known by its beginning`(text: String, isSetupToken: Bool) throws {
        let id = try #require(ProfileID("anthropic:work"))
        #expect(Secret(text).isSetupToken == isSetupToken)
        let profile = Profile(id: id, provider: .anthropic, kind: .token, secret: Secret(text))
        #expect(profile.needsVendorProgram == isSetupToken)
    }
}

@Suite struct DisplayTextTests {
    @Test(arguments: [
        ("plain ü 🔑 text", "plain ü 🔑 text"), ("a\u{1B}[31mb", "a\\u{1b}[31mb"),
        ("\u{1B}]52;c;x\u{7}", "\\u{1b}]52;c;x\\u{7}"),
        ("a\r\nb", "a\\u{d}\\u{a}b"), ("\u{7F}\u{80}\u{9B}", "\\u{7f}\\u{80}\\u{9b}"),
        ("\u{2028}\u{2029}", "\\u{2028}\\u{2029}"), ("\u{202E}gpj\u{2066}", "\\u{202e}gpj\\u{2066}"),
        ("\u{0}", "\\u{0}"), ("a\u{200B}b\u{AD}c\u{2060}", "a\\u{200b}b\\u{ad}c\\u{2060}"), ("\u{E0041}", "\\u{e0041}"),
    ])
    func `what could command a terminal is spelled out`(text: String, shown: String) {
        #expect(text.escapedForDisplay == shown)
        #expect(shown.escapedForDisplay == shown)
    }

    @Test func `our own line breaks stay`() {
        #expect("a\u{1B}\nb".escapedForTerminal == "a\\u{1b}\nb")
    }
}

@Suite struct StoreErrorTests {
    @Test(arguments: [
        (StoreError.malformed(path: "/s", problem: "It is empty."), Credentials.ExitStatus.badInput, "It is empty."),
        (.newerVersion(path: "/s", version: 2), .badInput, "version 2"),
        (.unsafe(path: "/s", problem: "It is shared."), .noPermission, "It is shared."),
        (.io(path: "/s", operation: "write", code: 28), .io, "No space left on device"),
        (.io(path: "/s", operation: "opening", code: 13), .noPermission, "Permission denied"),
        (.unsynced(path: "/s", code: 5), .io, "Input/output error"),
        (
            .busy(path: "/s", holder: 7, since: Date(timeIntervalSince1970: 0)), .unavailable,
            "Process 7 holds its lock since 1970-01-01T00:00:00Z."
        ),
        (.busy(path: "/s", holder: nil), .unavailable, "Another process holds its lock."),
    ])
    func `every failure says what, why and what to do`(error: StoreError, status: Credentials.ExitStatus, why: String) {
        #expect(error.exitCode == status)
        #expect(error.advice.what.contains("/s"))
        #expect(error.advice.why.contains(why))
        #expect(!error.advice.fix.isEmpty)
    }

    @Test func `what was done is not denied`() {
        #expect(StoreError.io(path: "/s", operation: "write", code: 5).advice.why.contains("unchanged"))
        #expect(!StoreError.unsynced(path: "/s", code: 5).advice.why.contains("unchanged"))
        let own = StoreError.unsafe(path: "/s", problem: "It is a link.", fix: "Remove it.")
        #expect(own.advice.fix == "Remove it.")
    }

    @Test(arguments: [
        ("{\"a\":\"ü🔑\\n\"}", "{\"a\":\"ü🔑\\n\"}"), ("\"\u{202E}\u{9B}\u{7F}\"", "\"\\u202e\\u009b\\u007f\""),
        ("\"\u{E0041}\"\n", "\"\\udb40\\udc41\"\n"),
    ])
    func `JSON means the same, and hides nothing`(text: String, shown: String) {
        #expect(text.escapedInJSON == shown)
    }
}
