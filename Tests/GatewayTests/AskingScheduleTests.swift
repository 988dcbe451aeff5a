// SPDX-License-Identifier: Apache-2.0
import Testing

@testable import Gateway

@Suite struct AskingScheduleTests {
    private let start = ContinuousClock.now

    @Test func `an answer is good for five minutes`() {
        var schedule = AskingSchedule(ReferenceService.pauses, at: start)
        #expect(schedule.isDue(start, isRefused: false))
        schedule.note(isAnswered: true, at: start)
        #expect(!schedule.isDue(start + .seconds(299), isRefused: false))
        #expect(schedule.isDue(start + .seconds(300), isRefused: false))
    }

    @Test func `a refused secret is asked for again, twice a minute at most`() {
        var schedule = AskingSchedule(ReferenceService.pauses, at: start)
        schedule.note(isAnswered: true, at: start)
        #expect(!schedule.isDue(start + .seconds(29), isRefused: true))
        #expect(schedule.isDue(start + .seconds(30), isRefused: true))
    }

    @Test(arguments: [(1, 10), (2, 20), (3, 40), (5, 160), (6, 300), (60, 300)])
    func `failures wait longer each time`(failures: Int, seconds: Int) {
        var schedule = AskingSchedule(ReferenceService.pauses, at: start)
        for _ in 0..<failures { schedule.note(isAnswered: false, at: start) }
        #expect(schedule.next == start + .seconds(seconds))
        schedule.note(isAnswered: true, at: start)
        schedule.note(isAnswered: false, at: start)
        #expect(schedule.next == start + .seconds(10))
    }

    @Test(arguments: [(1, 60), (2, 120), (4, 480), (5, 900), (60, 900)])
    func `a login shell is asked more seldom, and not again once it has answered`(failures: Int, seconds: Int) {
        var schedule = AskingSchedule(ShellTurns.pauses, at: start)
        for _ in 0..<failures { schedule.note(isAnswered: false, at: start) }
        #expect(schedule.next == start + .seconds(seconds))
        schedule.note(isAnswered: true, at: start)
        #expect(!schedule.isDue(start + .seconds(1_000_000), isRefused: true))
    }
}
