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
    static let pauses = AskingSchedule.Pauses(
        afterSuccess: .seconds(300), afterFailure: .seconds(10), longest: .seconds(300), afterRefusal: .seconds(30))
    private static let period = Duration.milliseconds(400)
    /// Programs that are asked at the same time; each holds a thread, which serves nothing else.
    private static let threads = 8
    private let user: any SecretUser
    private let isEnding = Atomic<Bool>(false)
    private let state = Mutex(State())

    private struct State {
        /// A question that is another one, because something about it has changed, has none yet.
        var schedules: [SecretQuestion: AskingSchedule] = [:]
        var underWay: Set<SecretQuestion> = []
    }

    init(user: any SecretUser) { self.user = user }

    func run() async {
        let pool = NIOThreadPool(numberOfThreads: Self.threads)
        pool.start()
        await withGracefulShutdownHandler {
            await withDiscardingTaskGroup { group in
                askDue(in: &group, on: pool)
                for await _ in AsyncTicks(period: Self.period).cancelOnGracefulShutdown() {
                    askDue(in: &group, on: pool)
                }
                isEnding.store(true, ordering: .relaxed)
            }
        } onGracefulShutdown: {
            // A program that takes its time holds up nobody's end.
            self.isEnding.store(true, ordering: .relaxed)
        }
        // It fails only for a pool that cannot be stopped.
        try? await pool.shutdownGracefully()
    }

    /// Each on its own: one that takes its time holds up no other.
    private func askDue(in group: inout DiscardingTaskGroup, on pool: NIOThreadPool) {
        for question in takeDue() { group.addTask { await self.ask(question, on: pool) } }
    }

    private func takeDue() -> [SecretQuestion] {
        let questions = user.questions
        let refused = questions.isEmpty ? [] : user.refusedPrograms()
        let now = ContinuousClock.now
        return state.withLock { state in
            state.schedules = state.schedules.filter { questions.contains($0.key) }
            let due = questions.filter { question in
                !state.underWay.contains(question)
                    && state.schedules[question]?.isDue(now, isRefused: refused.contains(question.provider)) ?? true
            }
            state.underWay.formUnion(due)
            return due
        }
    }

    private func ask(_ question: SecretQuestion, on pool: NIOThreadPool) async {
        // The pool refuses work only when the service ends.
        let answers = try? await pool.runIfActive { question.ask { self.isEnding.load(ordering: .relaxed) } }
        state.withLock { state in
            state.underWay.remove(question)
            state.schedules[question, default: AskingSchedule(Self.pauses, at: .now)]
                .note(isAnswered: answers?.problems.isEmpty ?? false, at: .now)
        }
        guard let answers, !isEnding.load(ordering: .relaxed) else { return }
        user.adopt(answers, to: question)
    }
}

/// Whoever needs what programs hold.
protocol SecretUser: Sendable {
    /// What they are to be asked for now.
    var questions: [SecretQuestion] { get }

    /// The programs of whose secrets a provider has refused one.
    func refusedPrograms() -> Set<String>

    /// Takes up what a program has said.
    func adopt(_ answers: SecretAnswers, to question: SecretQuestion)
}
