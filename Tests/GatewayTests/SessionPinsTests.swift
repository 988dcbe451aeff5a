// SPDX-License-Identifier: Apache-2.0
import Credentials
import FoundationEssentials
import ProfileStorage
import Rotation
import Testing

@testable import Gateway

@Suite struct SessionPinsTests {
    static let now = Date(timeIntervalSince1970: 1_800_000_000)

    static func id(_ name: String) throws -> ProfileID { try #require(ProfileID("anthropic:\(name)")) }

    @Test func `a session keeps its credential, and only a change of it is written`() throws {
        var pins = SessionPins()
        let session = SessionKey("chat", agent: .main)
        pins.stick(session, .anthropic, to: try Self.id("a"), at: Self.now)
        #expect(pins.profile(of: session, .anthropic) == (try Self.id("a")))
        #expect(pins.profile(of: session, .openai) == nil)
        #expect(pins.profile(of: SessionKey("chat", agent: nil), .anthropic) == nil)
        let first = pins.takeChanges(atMost: 10)
        #expect(first.map(\.profile) == [try Self.id("a")])
        pins.stick(session, .anthropic, to: try Self.id("a"), at: Self.now + 5)
        #expect(pins.takeChanges(atMost: 10).isEmpty)
        pins.stick(session, .anthropic, to: try Self.id("b"), at: Self.now + 6)
        #expect(pins.takeChanges(atMost: 10).map(\.since) == [Self.now + 6])
    }

    @Test func `what was written is taken over again`() throws {
        var before = SessionPins()
        for number in 1...5 {
            before.stick(
                SessionKey("s\(number)", agent: .main), .anthropic, to: try Self.id("p\(number)"), at: Self.now)
        }
        let part = before.takeChanges(atMost: 3)
        #expect(part.count == 3)
        var after = SessionPins()
        after.adopt(part + before.takeChanges(atMost: 3))
        for number in 1...5 {
            #expect(
                after.profile(of: SessionKey("s\(number)", agent: .main), .anthropic) == (try Self.id("p\(number)")))
        }
        #expect(after.takeChanges(atMost: 10).isEmpty)
    }

    @Test func `the oldest sessions are forgotten, the number of clients costs no memory`() throws {
        var pins = SessionPins()
        let profile = try Self.id("a")
        for number in 1...10_001 {
            pins.stick(SessionKey("s\(number)", agent: nil), .anthropic, to: profile, at: Self.now)
        }
        #expect(pins.profile(of: SessionKey("s1", agent: nil), .anthropic) == nil)
        #expect(pins.profile(of: SessionKey("s10001", agent: nil), .anthropic) == profile)
    }

    @Test func `sessions that were forgotten before a journal took them do not pile up`() throws {
        var pins = SessionPins()
        let count = HealthJournal.sessionsKept * 2
        for number in 1...count {
            pins.stick(SessionKey("s\(number)", agent: .main), .anthropic, to: try Self.id("a"), at: Self.now)
        }
        #expect(pins.waitingChanges <= HealthJournal.sessionsKept)
        #expect(pins.takeChanges(atMost: count).count <= HealthJournal.sessionsKept)
    }
}
