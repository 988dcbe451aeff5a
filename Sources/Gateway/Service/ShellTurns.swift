// SPDX-License-Identifier: Apache-2.0
import CredentialLifecycle

/// When the login shell is asked, and whose answer counts. One that fails is asked again after a minute, doubling to
/// a quarter of an hour; something else that it is to be asked, and a changed configuration, wait for nothing.
struct ShellTurns {
    static let pauses = AskingSchedule.Pauses(afterFailure: .seconds(60), longest: .seconds(900))
    private var underWay: ShellQuestion?
    private var failed: (question: ShellQuestion, schedule: AskingSchedule)?

    /// - Parameter failed: what it was asked already, before anybody was served, and did not answer.
    init(failed question: ShellQuestion? = nil, at now: ContinuousClock.Instant = .now) {
        if let question { noteFailure(of: question, at: now) }
    }

    /// - Parameter wanted: what has not been answered.
    /// - Returns: what is to be asked now.
    mutating func take(_ wanted: ShellQuestion?, at now: ContinuousClock.Instant) -> ShellQuestion? {
        guard let wanted, wanted != underWay else { return nil }
        if let failed, failed.question == wanted, !failed.schedule.isDue(now) { return nil }
        underWay = wanted
        return wanted
    }

    /// - Returns: false when something else is being asked by now.
    mutating func finish(_ question: ShellQuestion, isAnswered: Bool, at now: ContinuousClock.Instant) -> Bool {
        guard question == underWay else { return false }
        underWay = nil
        if isAnswered { failed = nil } else { noteFailure(of: question, at: now) }
        return true
    }

    /// Somebody is at work on the configuration, and wants to see what comes of it.
    mutating func endPause() { failed = nil }

    private mutating func noteFailure(of question: ShellQuestion, at now: ContinuousClock.Instant) {
        var schedule = AskingSchedule(Self.pauses, at: now)
        if let failed, failed.question == question { schedule = failed.schedule }
        schedule.note(isAnswered: false, at: now)
        failed = (question, schedule)
    }
}
