// SPDX-License-Identifier: Apache-2.0
import Credentials
import FoundationEssentials
import ProfileStorage
import Rotation
import TestKit
import Testing

/// What is read of a file.
@Suite struct StoredProfilesTests {
    private let scratch = ScratchFolder()

    private func stored(_ text: String) throws -> StoredProfiles {
        scratch.write(text, to: AuthProfilesFile.name)
        return try AuthProfilesFile(folder: scratch.path).loadStored()
    }

    /// The only profile, of a store with one entry.
    private func profile(_ entry: String, id: String = "anthropic:a") throws -> Profile? {
        try stored("{\"version\":1,\"profiles\":{\"\(id)\":\(entry)}}").book.profiles.values.first
    }

    @Test func `the sample is read as it is meant`() throws {
        let found = try stored(SampleStore.text)
        let (first, work) = try (#require(ProfileID("anthropic:default")), #require(ProfileID("anthropic:work")))
        #expect(
            found.book.profiles == [
                first: Profile(
                    id: first, provider: .anthropic, kind: .apiKey, secret: Secret("sk-ant-api03-EXAMPLE")),
                work: Profile(
                    id: work, provider: .anthropic, kind: .token, secret: Secret("sk-ant-oat01-EXAMPLE"),
                    expires: .at(Date(timeIntervalSince1970: 1_800_000_000))),
            ])
        #expect(found.book.order == [.anthropic: [work, first]])
        #expect(
            found.problems == [
                "profiles.elsewhere:1 has a type that this version does not know.",
                "profiles.homeless:1 has no provider.", "profiles.No Profile Id is no profile id.",
            ])
        let health = try #require(found.usage[work])
        #expect(health.lastUsed == Date(timeIntervalSince1970: 1_770_000_000))
        #expect(health.lastFailure == Date(timeIntervalSince1970: 1_770_000_100))
        #expect(health.streaks == [.rateLimit: 1])
        #expect(health.windows.map(\.until) == [Date(timeIntervalSince1970: 1_770_000_130)])
        #expect(health.windows.map(\.scope) == [.model("claude-sample")])
        #expect(found.usage.count == 1)
    }

    @Test(
        arguments: [
            (nil, Expiry.never), ("null", .never), ("1800000000000", .at(Date(timeIntervalSince1970: 1_800_000_000))),
            ("1.8e12", .at(Date(timeIntervalSince1970: 1_800_000_000))),
            ("1.5", .at(Date(timeIntervalSince1970: 0.0015))),
            ("8640000000000000", .at(Date(timeIntervalSince1970: 8_640_000_000_000))), ("8640000000000001", .invalid),
            ("0", .invalid), ("-1", .invalid), ("\"123\"", .invalid), ("\"\"", .invalid), ("true", .invalid),
            ("[]", .invalid),
            ("1e400", .invalid), ("99999999999999999999", .invalid),
        ] as [(String?, Expiry)])
    func `an expiry is a moment, none, or invalid`(text: String?, expiry: Expiry) throws {
        let field = text.map { ",\"expires\":\($0)" } ?? ""
        let entry = "{\"type\":\"token\",\"provider\":\"anthropic\",\"token\":\"t\"\(field)}"
        #expect(try #require(try profile(entry)).expires == expiry)
    }

    @Test(
        arguments: [
            (#"{"type":"api_key","provider":"anthropic","key":"k"}"#, "k"),
            (#"{"type":"api_key","provider":"anthropic","apiKey":"k"}"#, "k"),
            (#"{"type":"api_key","provider":"anthropic","apiKey":"old","key":"k"}"#, "k"),
            (#"{"type":"api_key","provider":"anthropic","key":"old","key":"k"}"#, "k"),
            (#"{"type":"api_key","provider":"anthropic","\u006bey":"\u006b"}"#, "k"),
            (#"{"type":"api_key","provider":"anthropic","token":"k"}"#, nil),
            (#"{"type":"api_key","provider":"anthropic","key":7}"#, nil),
            (#"{"type":"token","provider":"anthropic","token":"k","apiKey":"x"}"#, "k"),
            (#"{"type":"token","provider":"anthropic","apiKey":"x"}"#, nil),
            (#"{"type":"oauth","provider":"anthropic","access":"k","refresh":"r","expires":1}"#, "k"),
            (#"{"type":"oauth","provider":"anthropic","accessToken":"k"}"#, nil),
        ] as [(String, String?)])
    func `each type has its own field for the secret`(entry: String, secret: String?) throws {
        #expect(try #require(try profile(entry)).secret?.reveal() == secret)
    }

    @Test(arguments: [
        (
            #"{"type":"oauth","provider":"anthropic","accessToken":"k"}"#,
            "profiles.anthropic:a has an accessToken; an OAuth login needs access, refresh and expires."
        ),
        (#"{"type":"api_key","key":"k"}"#, "profiles.anthropic:a has no provider."),
        (#"{"type":"api_key","provider":"no way","key":"k"}"#, "profiles.anthropic:a has no provider."),
        (
            #"{"type":"aws-sdk","provider":"anthropic"}"#,
            "profiles.anthropic:a has a type that this version does not know."
        ),
        (#"{"provider":"anthropic"}"#, "profiles.anthropic:a has a type that this version does not know."),
        ("7", "profiles.anthropic:a has no provider."),
    ])
    func `what is not used, or not as it should be, is named`(entry: String, problem: String) throws {
        #expect(try stored("{\"profiles\":{\"anthropic:a\":\(entry)}}").problems == [problem])
    }

    @Test func `what is used under an older name, and what stands beside profiles, is named apart`() throws {
        let found = try stored(
            #"""
            {"profiles":{"anthropic:a":{"type":"api_key","provider":"anthropic","apiKey":"k"}},"lastGood":{"key":"x"},
             "OpenAI":{"apiKey":"k"},"xai":{"access":"a","refresh":"r"},"groq":{"token":"t"},"zai":{"note":"n"},"a":[]}
            """#)
        #expect(found.problems == [])
        #expect(found.oldSpellings == ["profiles.anthropic:a has its key under apiKey; the field's name is key."])
        #expect(found.flat.map(\.text) == ["openai", "xai", "groq"])
        #expect(found.book.profiles.count == 1)
    }

    @Test func `a name from elsewhere cannot command a terminal`() throws {
        let problems = try stored(#"{"profiles":{"\u001b[2J":{}},"order":{"\u001b[2J":[]}}"#).problems
        #expect(problems == ["profiles.\\u{1b}[2J is no profile id.", "order.\\u{1b}[2J is no provider."])
    }

    @Test(arguments: [
        (#"{"keyRef":{"source":"env","id":"X"}}"#, true), (#"{"tokenRef":{"source":"file","id":"X"}}"#, true),
        (#"{"keyRef":"X"}"#, false), (#"{"copyToAgents":true}"#, false),
    ])
    func `a reference is told from a secret`(more: String, isReference: Bool) throws {
        let entry = #"{"type":"api_key","provider":"anthropic",\#(more.dropFirst())"#
        #expect(try #require(try profile(entry)).isReference == isReference)
    }

    @Test func `an order's provider is folded and its ids are trimmed, once each`() throws {
        let text =
            #"{"order":{"Z.AI":[" zai:a ","zai:b","zai:a",7,"","x"],"zai":["zai:c","zai:b"],"openai":[],"groq":"groq:a"}}"#
        let order = try stored(text).book.order
        #expect(order == [ProviderID("zai")!: ["zai:a", "zai:b", "zai:c"].compactMap { ProfileID($0) }])
    }

    @Test(arguments: [
        ("{}", ProfileBook()), ("{\"version\":1}", ProfileBook()), ("{\"version\":1.0}", ProfileBook()),
        ("{\"version\":0}", ProfileBook()), ("{\"profiles\":null,\"order\":null,\"usageStats\":null}", ProfileBook()),
    ])
    func `what is missing is empty`(text: String, book: ProfileBook) throws {
        #expect(try stored(text).book == book)
    }
}

@Suite struct UsageStatsTests {
    private func health(_ stats: String) throws -> Health {
        let scratch = ScratchFolder()
        scratch.write("{\"usageStats\":{\"openai:a\":\(stats)}}", to: AuthProfilesFile.name)
        let usage = try AuthProfilesFile(folder: scratch.path).loadStored().usage
        let id = try #require(ProfileID("openai:a"))
        return try #require(usage[id])
    }

    @Test func `every kind of window is a start value`() throws {
        let found = try health(
            """
            {"cooldownUntil": 2000, "cooldownReason": "timeout", "blockedUntil": 3000, "blockedReason": "subscription_limit",
             "blockedModel": "m", "disabledUntil": 4000, "disabledReason": "auth_permanent", "errorCount": 4, "lastFailureAt": 1000}
            """)
        #expect(found.windows.map(\.reason) == [.timeout, .rateLimit, .authPermanent])
        #expect(found.windows.map(\.scope) == [.profile, .model("m"), .profile])
        #expect(found.windows.map { $0.until.timeIntervalSince1970 } == [2, 3, 4])
        #expect(found.windows.map { $0.since.timeIntervalSince1970 } == [1, 1, 1])
        #expect(found.streaks == [.auth: 4])
    }

    @Test(arguments: [
        #"{"lastUsed": 1e300, "cooldownUntil": 1e300, "errorCount": 0}"#, #"{"lastUsed": "x", "disabledUntil": -5}"#,
        #"{"cooldownUntil": null, "errorCount": -3, "failureCounts": 7}"#, "{}",
    ])
    func `numbers that mean nothing are passed over`(stats: String) throws {
        #expect(try health(stats) == Health())
    }

    @Test func `a count cannot outgrow what is counted with`() throws {
        #expect(try health(#"{"errorCount": 9223372036854775807}"#).streaks == [.rateLimit: 1000])
    }
}
