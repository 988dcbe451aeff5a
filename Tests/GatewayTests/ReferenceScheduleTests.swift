// SPDX-License-Identifier: Apache-2.0
import Testing

@testable import Gateway

@Suite struct ReferenceScheduleTests {
    private let start = ContinuousClock.now

    @Test func `an answer is good for five minutes`() {
        var schedule = ReferenceService.Schedule(at: start)
        #expect(schedule.isDue(start, isRefused: false))
        schedule.note(isAnswered: true, at: start)
        #expect(!schedule.isDue(start + .seconds(299), isRefused: false))
        #expect(schedule.isDue(start + .seconds(300), isRefused: false))
    }

    @Test func `a refused secret is asked for again, twice a minute at most`() {
        var schedule = ReferenceService.Schedule(at: start)
        schedule.note(isAnswered: true, at: start)
        #expect(!schedule.isDue(start + .seconds(29), isRefused: true))
        #expect(schedule.isDue(start + .seconds(30), isRefused: true))
    }

    @Test(arguments: [(1, 10), (2, 20), (3, 40), (5, 160), (6, 300), (60, 300)])
    func `failures wait longer each time`(failures: Int, seconds: Int) {
        var schedule = ReferenceService.Schedule(at: start)
        for _ in 0..<failures { schedule.note(isAnswered: false, at: start) }
        #expect(schedule.next == start + .seconds(seconds))
        schedule.note(isAnswered: true, at: start)
        schedule.note(isAnswered: false, at: start)
        #expect(schedule.next == start + .seconds(10))
    }
}
