// SPDX-License-Identifier: Apache-2.0
import Credentials
import FoundationEssentials
import ProfileStorage
import TestKit
import Testing

/// One entry, what becomes of it, and what the file says then: nothing of the old secret stays, nothing else goes.
struct EntryEdit: Sendable, CustomTestStringConvertible {
    var before: String
    var change: @Sendable (inout Profile) -> Void
    var after: String

    init(_ before: String, _ after: String, _ change: @escaping @Sendable (inout Profile) -> Void) {
        self.before = before
        self.after = after
        self.change = change
    }

    var testDescription: String { "\(before) → \(after)" }
}

@Suite struct EntryEditTests {
    private let scratch = ScratchFolder()

    private static let newKey: @Sendable (inout Profile) -> Void = { $0.secret = Secret("NEW") }
    private static let toToken: @Sendable (inout Profile) -> Void = { profile in
        profile = Profile(id: profile.id, provider: profile.provider, kind: .token, secret: Secret("NEW"))
    }

    @Test(arguments: [
        EntryEdit(
            #"{"x":1,"type":"api_key","provider":"a","key":"OLD","y":[2]}"#,
            #"{"x":1,"type":"api_key","provider":"a","key":"NEW","y":[2]}"#, newKey),
        EntryEdit(
            #"{"type":"api_key","provider":"a","apiKey":"OLD"}"#, #"{"type":"api_key","provider":"a", "key": "NEW"}"#,
            newKey),
        EntryEdit(
            #"{"type":"api_key","provider":"a","apiKey":"OLD","key":"OLD"}"#,
            #"{"type":"api_key","provider":"a","key":"NEW"}"#, newKey),
        EntryEdit(
            #"{"type":"api_key","provider":"a","key":"OLD","key":"OLD"}"#,
            #"{"type":"token","provider":"a", "token": "NEW"}"#, toToken),
        EntryEdit(
            #"{"type":"api_key","provider":"a","apiKey":"OLD","z":0}"#,
            #"{"type":"token","provider":"a","z":0, "token": "NEW"}"#, toToken),
        EntryEdit(
            #"{"type":"oauth","provider":"a","access":"OLD","refresh":"OLD","expires":9,"accountId":"i"}"#,
            #"{"type":"token","provider":"a","accountId":"i", "token": "NEW"}"#, toToken),
        EntryEdit(
            #"{"type":"api_key","provider":"a","keyRef":{"source":"env","id":"OLD"},"w":true}"#,
            #"{"type":"token","provider":"a","w":true, "token": "NEW"}"#, toToken),
        EntryEdit(
            #"{"type":"token","provider":"a","token":"OLD","expires":"soon"}"#,
            #"{"type":"token","provider":"a","token":"NEW"}"#, toToken),
        EntryEdit(
            #"{"type":"token","provider":"a","token":"OLD","expires":"soon"}"#,
            #"{"type":"token","provider":"a","token":"NEW","expires":"soon"}"#, newKey),
        EntryEdit(
            #"{"type":"token","provider":"a","token":"OLD","expires":1}"#,
            #"{"type":"token","provider":"a","token":"OLD","expires":1500}"#,
            { $0.expires = .at(Date(timeIntervalSince1970: 1.4999)) }),
        EntryEdit(
            #"{"type":"oauth","provider":"a","access":"OLD","refresh":"OLD","expires":1,"scope":"s"}"#,
            #"{"type":"oauth","provider":"a","access":"NEW","refresh":"R2","expires":2000,"scope":"s"}"#,
            {
                $0.secret = Secret("NEW")
                $0.refresh = Secret("R2")
                $0.expires = .at(Date(timeIntervalSince1970: 2))
            }),
        EntryEdit(
            #"{"type":"api_key","provider":"a","key":7}"#, #"{"type":"api_key","provider":"a","key":"NEW"}"#, newKey),
        EntryEdit(
            #"{"type":"api_key","provider":"a","key":"OLD","email":"m"}"#, #"{"type":"api_key","provider":"a"}"#,
            {
                $0.secret = nil
                $0.email = nil
            }),
        EntryEdit(
            #"{"type":"api_key","provider":"A","key":"OLD"}"#, #"{"type":"api_key","provider":"A","key":"NEW"}"#, newKey
        ),
    ])
    func `an entry changes in what was meant`(edit: EntryEdit) throws {
        let id = try #require(ProfileID("a:b"))
        func whole(_ entry: String) -> String { "{\"version\":1,\"profiles\":{\"a:c\":0,\"a:b\":\(entry)}}\n" }
        scratch.write(whole(edit.before), to: AuthProfilesFile.name)
        let store = AuthProfilesFile(folder: scratch.path)
        try store.update { book in
            book.profiles[id].map { profile in
                var changed = profile
                edit.change(&changed)
                book.profiles[id] = changed
            }
        }
        #expect(scratch.text(of: AuthProfilesFile.name) == whole(edit.after))
    }

    @Test(arguments: [
        Date(timeIntervalSince1970: 1e300), Date(timeIntervalSince1970: -1), Date(timeIntervalSince1970: .infinity),
    ])
    func `a moment that the file cannot hold is refused`(date: Date) throws {
        scratch.write(SampleStore.text, to: AuthProfilesFile.name)
        let store = AuthProfilesFile(folder: scratch.path)
        #expect(throws: StoreError.self) {
            try store.update { book in
                for id in book.profiles.keys { book.profiles[id]?.expires = .at(date) }
            }
        }
        #expect(scratch.text(of: AuthProfilesFile.name) == SampleStore.text)
    }

    @Test func `of entries that stand there twice the last one is changed, and all of them are removed`() throws {
        scratch.write(
            #"{"profiles":{"a:b":{"type":"api_key","provider":"a","key":"1"},"a:\u0062":{"type":"api_key","provider":"a","key":"2"}}}"#,
            to: AuthProfilesFile.name)
        let store = AuthProfilesFile(folder: scratch.path)
        let id = try #require(ProfileID("a:b"))
        try store.update { $0.profiles[id]?.secret = Secret("3") }
        #expect(
            scratch.text(of: AuthProfilesFile.name)
                == #"{"profiles":{"a:b":{"type":"api_key","provider":"a","key":"1"},"a:\u0062":{"type":"api_key","provider":"a","key":"3"}}}"#
        )
        try store.update { $0.profiles[id] = nil }
        #expect(scratch.text(of: AuthProfilesFile.name) == #"{"profiles":{}}"#)
    }

    @Test func `an order is written under the provider's own name, in the place of every spelling`() throws {
        scratch.write(#"{"order":{"Z.AI":["zai:a"],"x":1,"z-ai":["zai:b"]}}"#, to: AuthProfilesFile.name)
        let store = AuthProfilesFile(folder: scratch.path)
        let (zai, ids) = try (#require(ProviderID("zai")), ["zai:b", "zai:a"].compactMap { ProfileID($0) })
        try store.update { $0.order[zai] = ids }
        #expect(
            scratch.text(of: AuthProfilesFile.name)
                == "{\"order\":{\"x\":1, \"zai\": [\n  \"zai:b\",\n  \"zai:a\"\n]}}")
        try store.update { $0.order[zai] = nil }
        #expect(scratch.text(of: AuthProfilesFile.name) == "{\"order\":{\"x\":1 }}")
    }
}

/// Any changes in any order, checked against a book in memory.
@Suite struct RandomUpdateTests {
    @Test(arguments: 0..<10 as Range<UInt64>)
    func `after any updates the book is right and the unknown is all there`(seed: UInt64) throws {
        let scratch = ScratchFolder()
        scratch.write(SampleStore.text, to: AuthProfilesFile.name)
        let store = AuthProfilesFile(folder: scratch.path)
        var random = SeededGenerator(seed: seed)
        var model = try store.load()
        for step in 0..<25 {
            change(&model, step, &random)
            try store.update { [model] in $0 = model }
            model.order = model.order.filter { !$0.value.isEmpty }
            #expect(try store.load() == model)
        }
        let text = try #require(scratch.text(of: AuthProfilesFile.name))
        for kept in [
            #""future": {"a": [1, 2.50, {"b": null}], "esc": "\u00e9\/"}"#,
            #""elsewhere:1": { "type": "hologram", "provider": "elsewhere", "rays": 7 }"#,
            #""homeless:1": { "type": "token", "token": "sk-homeless" }"#, #""No Profile Id": "kept""#, #""Z.AI": [7]"#,
            #""lastGood": { "anthropic": "anthropic:default" }"#, #""failureCounts": { "rate_limit": 1 }"#,
        ] { #expect(text.contains(kept)) }
    }

    private func change(_ book: inout ProfileBook, _ step: Int, _ random: inout SeededGenerator) {
        let provider = random.pick([ProviderID.anthropic, .openai])
        guard let id = ProfileID(provider: provider, name: random.pick(["default", "work", "a", "b@x.org", "c+1"]))
        else { return }
        switch random.next() % 4 {
        case 0: book.profiles[id] = nil
        case 1: book.order[provider] = Array(book.profiles.keys.sorted().prefix(Int.random(in: 0...4, using: &random)))
        default:
            let kind = random.pick(CredentialKind.allCases)
            book.profiles[id] = Profile(
                id: id, provider: provider, kind: kind, secret: Secret("s\(step)-\"\\\u{1B}ü"),
                refresh: kind == .oauth ? Secret("r\(step)") : nil,
                expires: random.pick([.never, .at(Date(timeIntervalSince1970: Double(step + 1)))]),
                email: random.pick([nil, "m\(step)@x.org"]))
        }
    }
}
