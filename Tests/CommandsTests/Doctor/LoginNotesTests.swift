// SPDX-License-Identifier: Apache-2.0
import Documents
import Testing

@testable import Commands

/// A login that is noted under another id than the store has: found by its e-mail, as the one that was last good, or as
/// the only one; never guessed.
@Suite struct LoginNotesTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var testDescription: String
        /// Of `auth.profiles`.
        var notes: String
        /// Ids of stored logins, each with an e-mail.
        var logins: [(String, String?)]
        var lastGood: String?
        /// Where the note of `openai:me` goes; nil when it stays for `--fix` to drop.
        var goesTo: String?
    }

    static let me = "\"openai:me\": {provider: \"openai\", mode: \"oauth\"}"
    static let mine = "\"openai:me\": {provider: \"openai\", mode: \"oauth\", email: \"me@x.org\", mine: 1}"
    static let cases = [
        Case(
            testDescription: "by its e-mail", notes: mine,
            logins: [("openai:default", "Me@X.org"), ("openai:b", "b@x.org")],
            goesTo: "openai:default"),
        Case(
            testDescription: "as the only one", notes: me, logins: [("openai:default", "me@x.org")],
            goesTo: "openai:default"),
        Case(
            testDescription: "as the one that was last good", notes: me,
            logins: [("openai:a", nil), ("openai:default", nil)],
            lastGood: "openai:default", goesTo: "openai:default"),
        Case(testDescription: "none of several", notes: me, logins: [("openai:a", nil), ("openai:b", nil)]),
        Case(testDescription: "not another account", notes: mine, logins: [("openai:default", "other@x.org")]),
        Case(
            testDescription: "not one with a note of its own",
            notes: "\(mine), \"openai:default\": {provider: \"openai\", mode: \"oauth\"}",
            logins: [("openai:default", "me@x.org")]),
        Case(
            testDescription: "not a key", notes: "\"openai:me\": {provider: \"openai\", mode: \"api_key\"}",
            logins: [("openai:default", nil)]),
        Case(testDescription: "not of another provider", notes: me, logins: [("openrouter:default", nil)]),
    ]

    static func instance(_ row: Case) -> Instance {
        let logins = row.logins.map { id, email in
            let provider = id.prefix { $0 != ":" }
            return
                "\"\(id)\": {\"type\": \"oauth\", \"provider\": \"\(provider)\", \"access\": \"a-\(id)-0123\", \"refresh\": \"r-\(id)-0123\", \"expires\": 9999999999999"
                + (email.map { ", \"email\": \"\($0)\"" } ?? "") + "}"
        }
        let good = row.lastGood.map { ", \"lastGood\": {\"openai\": \"\($0)\"}" } ?? ""
        let instance = Instance(
            config: """
                {
                  gateway: { port: 0, auth: { token: "agw_0123456789abcdefghijklmnopqrstuvwxyzABCD" } },
                  auth: { profiles: { \(row.notes) }, order: { openai: ["openai:me", "openai:x"] } },
                }

                """,
            store: "{\"version\": 1, \"profiles\": {\(logins.joined(separator: ","))}\(good)}")
        instance.settle()
        return instance
    }

    @Test(arguments: cases) func `the note goes where the login is`(_ row: Case) throws {
        let instance = Self.instance(row)
        let before = instance.store
        let run = instance.run("doctor --fix --yes")
        #expect(run.code == 0, "\(run.stderr)")
        #expect(instance.store == before)
        let document = try Document(Array((instance.config ?? "").utf8), as: .json5)
        #expect(document.element(at: ["auth", "profiles", "openai:me"]) == nil)
        let note = row.goesTo.flatMap { document.element(at: ["auth", "profiles", $0]) }
        #expect((note != nil) == (row.goesTo != nil))
        if row.notes == Self.mine { #expect((note?["mine"]?.integer == 1) == (row.goesTo != nil)) }
        let order = document.element(at: ["auth", "order", "openai"])?.elements.map(\.string)
        if let id = row.goesTo { #expect(order?.first == .some(id)) }
        #expect(run.stdout.contains("auth-profile-note-renamed") == (row.goesTo != nil))
        // Once is enough, and it can be taken back.
        #expect(try !instance.findings().contains("auth-profile-note-renamed"))
        #expect(instance.run("doctor --undo").code == 0)
        #expect(instance.config?.contains("\"openai:me\": {") == true)
    }
}
