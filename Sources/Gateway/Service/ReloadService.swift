// SPDX-License-Identifier: Apache-2.0
import CredentialLifecycle
import Credentials
import NIOPosix
import ProfileStorage
import Providers
import Rotation
import SafeFiles
import ServiceLifecycle
import Settings
import Synchronization

/// Takes over changes of the configuration, the environment file and the stores, within a second, without a restart.
///
/// Requests under way keep what they began with. A file that cannot be read leaves in force what was last known, and
/// is reported in `/healthz` and the log.
final class ReloadService: Service, SecretUser {
    private static let period = Duration.milliseconds(400)

    private struct State {
        var reader: InstanceReader
        var reading: InstanceReading
        var watch: FileWatch
        var port: Int
        /// What the login shell has not said yet.
        var wanted: ShellQuestion?
        var shell: ShellTurns
    }

    private let state: Mutex<State>
    private let host: String
    private let addresses: UpstreamAddresses
    private let runtime: Runtime
    private let standing: GatewayStanding
    private let onLook: @Sendable () -> String?

    init(
        reader: InstanceReader, first: InstanceReading, firstProblems: [String], place: ListeningPlace,
        addresses: UpstreamAddresses, runtime: Runtime, standing: GatewayStanding,
        onLook: @escaping @Sendable () -> String?
    ) {
        let wanted = reader.shellQuestion(after: first)
        state = Mutex(
            State(
                reader: reader, reading: first, watch: Self.watch(first), port: place.port, wanted: wanted,
                shell: ShellTurns(failed: first.shell.problem == nil ? nil : wanted)))
        host = place.host
        self.addresses = addresses
        self.runtime = runtime
        self.standing = standing
        self.onLook = onLook
        reportNotices(first)
        reportShell(first.shell)
        report(first, firstProblems)
    }

    func run() async {
        await withDiscardingTaskGroup { group in
            for await _ in AsyncTicks(period: Self.period).cancelOnGracefulShutdown() {
                check()
                // Somebody's profile may take its time; other changes do not wait for it.
                if let question = shellQuestion() { group.addTask { await self.ask(question) } }
            }
            group.cancelAll()
        }
    }

    private func shellQuestion() -> ShellQuestion? {
        state.withLock { $0.shell.take($0.wanted, at: .now) }
    }

    private func ask(_ question: ShellQuestion) async {
        let cancelled = Flag()
        let answer = await withTaskCancellationHandler {
            // The pool's threads may wait. It refuses work only when the process ends.
            try? await NIOThreadPool.singleton.runIfActive { question.ask { cancelled.isUp } }
        } onCancel: {
            cancelled.raise()
        }
        guard let answer, !cancelled.isUp else { return }
        state.withLock { state in
            guard state.shell.finish(question, isAnswered: answer.problem == nil, at: .now) else { return }
            state.reader.adopt(answer)
            reread(&state)
        }
        reportShell(answer)
    }

    private func reread(_ state: inout State) {
        state.reading = state.reader.read()
        state.watch = Self.watch(state.reading)
        state.wanted = state.reader.shellQuestion(after: state.reading)
        reportNotices(state.reading)
        apply(&state)
    }

    /// The listener's port is known: requests may name it in their `Host`.
    func setPort(_ port: Int) {
        state.withLock { state in
            guard port != state.port else { return }
            state.port = port
            apply(&state)
        }
    }

    /// What programs are to be asked for, by the references now in use.
    var questions: [SecretQuestion] { state.withLock { $0.reading.questions } }

    /// Takes up what a program has said, unless something else is to be asked by now.
    func adopt(_ answers: SecretAnswers, to question: SecretQuestion) {
        state.withLock { state in
            guard state.reading.questions.contains(question) else { return }
            state.reader.adopt(answers)
            reread(&state)
        }
    }

    /// The programs of whose secrets a provider has refused one.
    func refusedPrograms() -> Set<String> {
        let agents = state.withLock { $0.reading.agents }
        let refused = Set(
            runtime.board.overview(now: WallTime.now.date).filter { $0.code == .disabledAuth }
                .map { HealthKey(owner: $0.owner, id: $0.profile) })
        guard !refused.isEmpty else { return [] }
        var programs: Set<String> = []
        for agent in agents {
            for profile in agent.stored.book.profiles.values
            where refused.contains(.init(owner: agent.id, id: profile.id)) {
                if let reference = profile.reference, reference.source == .exec { programs.insert(reference.provider) }
            }
        }
        return programs
    }

    /// Takes over what has changed since the last look.
    func check() {
        standing.setOutside(onLook())
        state.withLock { state in
            let changed = state.watch.changes()
            guard !changed.isEmpty else { return }
            let settings = state.reading.settings
            reread(&state)
            if state.reading.settings != settings { state.shell.endPause() }
            runtime.log.event("reloaded", [("files", .text(changed.map(Self.lastPart).joined(separator: ", ")))])
        }
    }

    /// From how the files were before they were read: a change in between is seen at the next look.
    private static func watch(_ reading: InstanceReading) -> FileWatch {
        FileWatch(paths: reading.files.keys.sorted(), seen: reading.files)
    }

    private func apply(_ state: inout State) {
        var builder = DeploymentBuilder(state.reading, addresses: addresses)
        let withCredential = builder.seat(at: runtime.board)
        runtime.deploy(builder.deployment(host: host, port: state.port, withCredential: withCredential))
        report(state.reading, builder.problems)
    }

    /// Once for each reading.
    private func reportNotices(_ reading: InstanceReading) {
        for notice in reading.notices {
            runtime.log.event("permissions_tightened", [("path", .text(notice.path)), ("problem", .text(notice.text))])
        }
    }

    /// Names only.
    private func reportShell(_ answer: ShellImport) {
        guard answer.asked != nil else { return }
        runtime.log.event(
            "shell_environment",
            [
                ("shell", .text(answer.shell)),
                ("found", .text(answer.variables.keys.sorted().joined(separator: ", "))),
                ("problem", .text(answer.problem ?? "none")),
            ])
    }

    private func report(_ reading: InstanceReading, _ more: [String]) {
        standing.setEnvironment(EnvironmentView(reading).json)
        let closed = reading.clientTokenFlaw.map { [$0.sentences] } ?? []
        let problems = closed + reading.problems.filter { $0.severity == .error }.map(\.text) + more
        for problem in standing.replace(problems) { runtime.log.event("problem", [("problem", .text(problem))]) }
    }

    private static func lastPart(_ path: String) -> String { String(path.split(separator: "/").last ?? "") }
}

/// Goes up once.
private final class Flag: Sendable {
    private let state = Atomic<Bool>(false)
    var isUp: Bool { state.load(ordering: .relaxed) }
    func raise() { state.store(true, ordering: .relaxed) }
}
