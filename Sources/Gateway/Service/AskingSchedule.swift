// SPDX-License-Identifier: Apache-2.0

/// When a program is asked again that may take its time, and may fail today and answer tomorrow.
struct AskingSchedule {
    /// How long it is left alone.
    struct Pauses {
        /// Nil: what it has said once holds.
        var afterSuccess: Duration?
        /// Doubling with every further one.
        var afterFailure: Duration
        var longest: Duration
        var afterRefusal: Duration?
    }

    private let pauses: Pauses
    /// Nil: never.
    private(set) var next: ContinuousClock.Instant?
    private var asked: ContinuousClock.Instant
    private var failures = 0

    init(_ pauses: Pauses, at now: ContinuousClock.Instant) {
        self.pauses = pauses
        next = now
        asked = now
    }

    /// - Parameter isRefused: a provider has refused a secret of this program.
    func isDue(_ now: ContinuousClock.Instant, isRefused: Bool = false) -> Bool {
        if let next, now >= next { return true }
        guard isRefused, let pause = pauses.afterRefusal else { return false }
        return now >= asked + pause
    }

    mutating func note(isAnswered: Bool, at now: ContinuousClock.Instant) {
        asked = now
        failures = isAnswered ? 0 : failures + 1
        if isAnswered {
            next = pauses.afterSuccess.map { now + $0 }
        } else {
            next = now + min(pauses.afterFailure * (1 << min(failures - 1, 8)), pauses.longest)
        }
    }
}
