// SPDX-License-Identifier: Apache-2.0
import Credentials
import FoundationEssentials
import ProfileStorage
import Rotation
import TestKit
import Testing

#if canImport(Glibc)
    import Glibc
#endif

@Suite struct HealthJournalTests {
    private let scratch = ScratchFolder(missing: "agents/main/agent")
    private var journal: HealthJournal { HealthJournal(folder: scratch.path) }

    @Test func `sessions are kept beside the health, the newest first, whatever is compacted`() throws {
        let provider = ProviderID.anthropic
        let profile = try #require(ProfileID("anthropic:work"))
        let start = Date(timeIntervalSince1970: 1_800_000_000)
        let key = HealthKey(owner: .main, id: profile)
        for round in 0..<40 {
            let sessions = (0..<100).map {
                StickySession(
                    session: "main/s\($0)", provider: provider, profile: profile,
                    since: start + Double(round * 100 + $0))
            }
            var health = Health()
            health.lastUsed = start + Double(round)
            try journal.append([(key, health)], sessions: sessions)
        }
        let sessions = try journal.loadSessions()
        #expect(sessions.count == 100)
        #expect(sessions.first?.session == "main/s99")
        #expect(sessions.first?.since == start + 3999)
        #expect(try journal.load()[key]?.lastUsed == start + 39)
        // 4 000 lines of some 110 bytes are more than a journal holds without being compacted.
        #expect((scratch.bytes(of: HealthJournal.name) ?? []).count < 256 << 10)
    }

    @Test func `whoever keeps it for long makes its folder once, and none without the state directory`() throws {
        let state = ScratchFolder(missing: "state")
        let folder = state.path("agents/main/agent")
        let journal = HealthJournal(folder: folder, within: state.path)
        var health = Health()
        health.lastUsed = Date(timeIntervalSince1970: 1_800_000_000)
        let line = (try key("anthropic:work"), health)
        #expect(throws: StoreError.self) { try journal.append([line]) }
        #expect(state.mode() == nil)
        state.makeFolder("")
        try journal.append([line])
        #expect(rename(state.path, "\(state.path).old") == 0)
        let told = #expect(throws: StoreError.self) { try journal.append([line]) }
        #expect(told?.advice.what == "\(folder) is gone.")
        #expect(state.mode() == nil)
        state.makeFolder("")
        #expect(throws: StoreError.self) { try journal.append([line]) }
        #expect(state.names == [])
        #expect(rmdir(state.path) == 0 && rename("\(state.path).old", state.path) == 0)
        try journal.append([line])
        #expect(try journal.load().count == 1)
        // One that was there at the start is not made anew either.
        let second = HealthJournal(folder: folder, within: state.path)
        _ = try second.load()
        #expect(rename(folder, "\(folder).old") == 0)
        #expect(throws: StoreError.self) { try second.append([line]) }
        #expect(state.mode(of: "agents/main/agent") == nil)
    }

    private func key(_ text: String, _ owner: String = "main") throws -> HealthKey {
        try HealthKey(owner: #require(AgentID(owner)), id: #require(ProfileID(text)))
    }

    private static func moment(_ seconds: Double) -> Date { Date(timeIntervalSince1970: seconds) }

    /// With everything that a health can hold.
    private static func health(_ number: Double) -> Health {
        var health = Health()
        health.lastUsed = moment(1_770_000_000 + number / 4)
        health.lastFailure = moment(1_770_000_001)
        health.streaks = [.transient: 3, .billing: 1]
        health.windows = [
            Window(
                reason: .rateLimit, scope: .model("claude \"x\"\u{1B}"), since: moment(1), until: moment(2.5),
                evidence: Evidence(origin: .header, text: "retry-after: 120")),
            Window(
                reason: .authPermanent, scope: .profile, since: moment(1), until: moment(3),
                evidence: Evidence(origin: .command, text: "")),
        ]
        return health
    }

    @Test func `no journal is nothing known, and reading makes none`() throws {
        #expect(try journal.load() == [:])
        #expect(scratch.mode() == nil)
    }

    @Test func `what is written is read again, the last line of each credential counts`() throws {
        let (first, second, theirs) = try (key("openai:a"), key("openai:b"), key("openai:a", "helper"))
        try journal.append([(first, Self.health(1)), (second, Self.health(2))])
        try journal.append([(theirs, Self.health(3)), (first, Self.health(4))])
        try journal.append([])
        try journal.append([(second, Health())])
        #expect(try journal.load() == [first: Self.health(4), second: Health(), theirs: Self.health(3)])
        #expect(scratch.mode(of: HealthJournal.name) == 0o600)
        #expect(scratch.mode() == 0o700)
        #expect(scratch.names == ["auth-health.jsonl", "auth-health.lock"])
    }

    @Test func `cut at any byte it loses the cut line alone, and goes on in a new one`() throws {
        let (first, second) = try (key("openai:a"), key("openai:b"))
        try journal.append([(first, Self.health(1))])
        let whole = try #require(scratch.bytes(of: HealthJournal.name))
        try journal.append([(first, Self.health(2))])
        let both = try #require(scratch.bytes(of: HealthJournal.name))
        // Without its line break the line is whole all the same.
        for length in whole.count..<both.count {
            scratch.write(Array(both[..<length]), to: HealthJournal.name)
            let expected = Self.health(length == both.count - 1 ? 2 : 1)
            #expect(try journal.load() == [first: expected])
            try journal.append([(second, Self.health(3))])
            #expect(try journal.load() == [first: expected, second: Self.health(3)])
        }
    }

    @Test(arguments: [
        "", "{", "[]", "null", "not json", #"{"v":2,"id":"openai:a","agent":"main"}"#,
        #"{"id":"openai:a","agent":"main"}"#,
        #"{"v":1,"id":"no","agent":"main"}"#, #"{"v":1,"id":"openai:a","agent":"../x"}"#, #"{"v":1,"id":"openai:a"}"#,
        "\u{0}\u{0}\u{0}", "{\"v\":1,\"id\":\"openai:a\",\"agent\":\"main\",\"x\":[[[[[[[[[1]]]]]]]]]}",
    ])
    func `a line that means nothing is passed over`(line: String) throws {
        let key = try key("openai:z")
        try journal.append([(key, Self.health(1))])
        try #require(scratch.bytes(of: HealthJournal.name) != nil)
        scratch.write("\(line)\r\n\(scratch.text(of: HealthJournal.name) ?? "")\(line)\n", to: HealthJournal.name)
        #expect(try journal.load() == [key: Self.health(1)])
    }

    @Test func `parts of a line that mean nothing are passed over, and numbers stay countable`() throws {
        _ = try journal.append([(key("openai:z"), Health())])
        scratch.write(
            """
            {"v":1,"id":"openai:a","agent":"main","lastUsed":1e300,"lastFailure":"x","streaks":{"billing":9223372036854775807,
            """.trimmed + #""auth":-1,"transient":0,"future":3},"windows":[7,{"reason":"future","since":1,"until":2},"#
                + #"{"reason":"timeout","since":1},{"reason":"timeout","since":1,"until":2,"origin":"future"}],"later":1}"#
                + "\n",
            to: HealthJournal.name)
        var expected = Health()
        expected.streaks = [.billing: 1000]
        expected.windows = [
            Window(
                reason: .timeout, scope: .profile, since: Self.moment(1), until: Self.moment(2),
                evidence: Evidence(origin: .ladder, text: ""))
        ]
        #expect(try journal.load() == [key("openai:a"): expected])
    }

    @Test func `the order of use is kept to the microsecond`() throws {
        let key = try key("openai:a")
        var health = Health()
        health.lastUsed = Self.moment(1_770_000_000.000_001)
        try journal.append([(key, health)])
        let earlier = try #require(journal.load()[key]?.lastUsed)
        health.lastUsed = Self.moment(1_770_000_000.000_002)
        try journal.append([(key, health)])
        #expect(try #require(journal.load()[key]?.lastUsed) > earlier)
    }

    @Test func `a journal that has grown is compacted and loses nothing`() throws {
        let keys = try (0..<20).map { try key("openai:p\($0)") }
        let journal = journal
        var last: [HealthKey: Health] = [:]
        var largest = 0
        for round in 0..<100 {
            for key in keys { last[key] = Self.health(Double(round)) }
            try journal.append(keys.map { ($0, Self.health(Double(round))) })
            largest = max(largest, scratch.bytes(of: HealthJournal.name)?.count ?? 0)
        }
        #expect(try journal.load() == last)
        // 2 000 lines of 300 bytes: more than the limit of 256 KB, which was passed by one append at most.
        #expect(largest < 300 << 10)
        #expect(scratch.names == ["auth-health.jsonl", "auth-health.lock"])
        #expect(scratch.mode(of: HealthJournal.name) == 0o600)
    }

    @Test func `compacting keeps what another version has written, to the byte and in its place`() throws {
        let (old, own) = try (key("openai:old"), key("openai:own"))
        let newer = (0..<1400).map { #"{"v":2,"id":"openai:a","agent":"main","number":\#($0), "new":{"a":1}}"# }
        let unknown = #"{"v":1,"kind":"later","deep":[[[[[[[[[[1]]]]]]]]]]}"#
        try journal.append([(old, Self.health(1))])
        let first = try #require(scratch.text(of: HealthJournal.name))
        let rest = String(repeating: "{\"v\":1,\"cut", count: 1) + "\n"
        scratch.write(
            first + newer.prefix(700).joined(separator: "\n") + "\n" + rest + unknown + "\n"
                + String(repeating: first, count: 1000) + newer.dropFirst(700).joined(separator: "\n") + "\n",
            to: HealthJournal.name)
        try journal.append([(own, Self.health(2))])
        let lines = try #require(scratch.text(of: HealthJournal.name)).split(separator: "\n").map(String.init)
        #expect(lines.count == 1400 + 1 + 2)
        #expect(lines[0..<700] == newer[0..<700])
        #expect(lines[700] == unknown)
        #expect(lines[701] == first.split(separator: "\n")[0])
        #expect(lines[702..<1402] == newer[700..<1400])
        #expect(try journal.load() == [old: Self.health(1), own: Self.health(2)])
        #expect(try journal.loadAll().flaws == JournalFlaws(unknown: 1401, unreadable: 0))
    }

    @Test func `lines of a newer version and lines that are none are counted apart`() throws {
        try journal.append([(key("openai:a"), Self.health(1))])
        let own = try #require(scratch.text(of: HealthJournal.name))
        scratch.write(own + "{\"v\":2}\n\n \r\ngarbage\n[]\n{\"v\":1,\n" + own, to: HealthJournal.name)
        #expect(try journal.loadAll().flaws == JournalFlaws(unknown: 1, unreadable: 3))
    }

    @Test func `a journal of many credentials is long by right`() throws {
        let journal = journal
        let keys = try (0..<2000).map { try key("openai:p\($0)") }
        try journal.append(keys.map { ($0, Self.health(0)) })
        let compacted = try #require(scratch.bytes(of: HealthJournal.name)?.count)
        #expect(compacted > 256 << 10)
        try journal.append([(keys[0], Self.health(1))])
        #expect(try #require(scratch.bytes(of: HealthJournal.name)?.count) > compacted, "added to, not written again")
    }

    @Test func `two writers at a time lose nothing, compaction included`() async throws {
        let keys = try (0..<4).map { try key("openai:p\($0)") }
        let folder = scratch.path
        try await withThrowingTaskGroup(of: Void.self) { group in
            for key in keys {
                group.addTask {
                    let journal = HealthJournal(folder: folder)
                    for round in 1...40 { try journal.append((0..<20).map { _ in (key, Self.health(Double(round))) }) }
                }
            }
            try await group.waitForAll()
        }
        #expect(try journal.load() == Dictionary(uniqueKeysWithValues: keys.map { ($0, Self.health(40)) }))
    }
}
