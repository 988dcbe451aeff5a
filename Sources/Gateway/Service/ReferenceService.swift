// SPDX-License-Identifier: Apache-2.0
import CredentialLifecycle
import Credentials
import NIOPosix
import ServiceLifecycle
import Synchronization

/// Asks the programs that hold secrets (`exec` references), ahead of the requests that need them: at the start, when
/// references, settings or the program itself have changed, every five minutes, when a provider refuses a secret that
/// came from one, and again soon after a failure. What was known before stays in use until there is something better.
final class ReferenceService: Service {
    /// When a program is asked again.
    struct Schedule {
        private(set) var next: ContinuousClock.Instant
        private var asked: ContinuousClock.Instant
        private var failures = 0

        static let afterSuccess = Duration.seconds(300)
        static let afterFailure = Duration.seconds(10)
        static let afterRefusal = Duration.seconds(30)

        init(at now: ContinuousClock.Instant) {
            next = now
            asked = now
        }

        /// - Parameter isRefused: a provider has refused a secret of this program.
        func isDue(_ now: ContinuousClock.Instant, isRefused: Bool) -> Bool {
            now >= next || (isRefused && now >= asked + Self.afterRefusal)
        }

        mutating func note(isAnswered: Bool, at now: ContinuousClock.Instant) {
            asked = now
            failures = isAnswered ? 0 : failures + 1
            let wait = Self.afterFailure * (1 << min(max(failures - 1, 0), 5))
            next = now + (isAnswered ? Self.afterSuccess : min(wait, Self.afterSuccess))
        }
    }

    private static let period = Duration.milliseconds(400)
    private let reload: ReloadService
    private let isEnding = Atomic<Bool>(false)

    init(reload: ReloadService) { self.reload = reload }

    func run() async {
        var schedules: [SecretQuestion: Schedule] = [:]
        await withGracefulShutdownHandler {
            await askDue(&schedules)
            for await _ in AsyncTicks(period: Self.period).cancelOnGracefulShutdown() { await askDue(&schedules) }
        } onGracefulShutdown: {
            // A program that takes its time holds up nobody's end.
            self.isEnding.store(true, ordering: .relaxed)
        }
    }

    /// - Parameter schedules: a question that is another one, because something about it has changed, has none yet.
    private func askDue(_ schedules: inout [SecretQuestion: Schedule]) async {
        let questions = reload.questions
        schedules = schedules.filter { questions.contains($0.key) }
        guard !questions.isEmpty else { return }
        let refused = reload.refusedPrograms()
        let now = ContinuousClock.now
        let due = questions.filter { question in
            schedules[question]?.isDue(now, isRefused: refused.contains(question.provider)) ?? true
        }
        guard !due.isEmpty else { return }
        let answers = await ask(due)
        for (question, answer) in zip(due, answers) {
            schedules[question, default: Schedule(at: now)].note(isAnswered: answer.problems.isEmpty, at: .now)
        }
        guard !isEnding.load(ordering: .relaxed) else { return }
        reload.adopt(answers)
    }

    /// All at once, on threads that may wait; none of them serves requests.
    private func ask(_ questions: [SecretQuestion]) async -> [SecretAnswers] {
        await withTaskGroup(of: (Int, SecretAnswers).self) { group in
            for (index, question) in questions.enumerated() {
                group.addTask {
                    // The pool refuses work only when the process ends.
                    let answer = try? await NIOThreadPool.singleton.runIfActive {
                        question.ask { self.isEnding.load(ordering: .relaxed) }
                    }
                    return (index, answer ?? SecretAnswers())
                }
            }
            var answers = questions.map { _ in SecretAnswers() }
            for await (index, answer) in group { answers[index] = answer }
            return answers
        }
    }
}
