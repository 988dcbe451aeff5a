// SPDX-License-Identifier: Apache-2.0
import CredentialLifecycle
import Credentials
import Documents
import SafeFiles
import Settings

/// What stands between the files and a full picture. It is told on standard error; the rest is shown all the same.
struct Trouble {
    private let overview: AuthOverview
    private let problems: [InstanceProblem]
    /// Told elsewhere.
    private let notes: [String]

    init(_ overview: AuthOverview) {
        self.overview = overview
        // What a reference leads to is for the gateway to say when it runs: it has its own environment.
        let isGatewayView = if case .gateway = overview.view.origin { true } else { false }
        let own = overview.reading.problems.filter { !(isGatewayView && $0.reference != nil) }
        problems = own.filter { $0.severity != .info }
        notes = own.filter { $0.severity == .info }.map(\.text)
    }

    /// Every problem once, those of the gateway included.
    var sentences: [String] { problems.map(\.text) + others.map(\.text) }

    /// What only the gateway has seen, or the journal holds.
    private var others: [(word: String, text: String)] {
        // The gateway says in addition that it goes on with what it last read.
        let own = problems.map(\.text) + notes
        let seen = overview.view.problems.filter { problem in !own.contains { problem.hasPrefix($0) } }
        return seen.map { ("error", $0) } + overview.view.warnings.map { ("warning", $0) }
    }

    /// ``sentences`` in full.
    private var told: [(word: String, advice: Advice)] {
        problems.map { ($0.word, $0.told) } + others.map { ($0.word, overview.view.advice(on: $0.text)) }
    }

    /// In every JSON beside what could be shown.
    var members: [Literal.Member] { [.init("problems", .strings(sentences)), told.map(\.advice).member] }

    func tell(_ context: CommandContext) {
        let terminal = context.terminal
        var said: [Advice] = []
        for (word, advice) in told where !said.contains(where: advice.isCovered) {
            said.append(advice)
            terminal.notice(word, advice)
        }
        if case .files(let absence) = overview.view.origin, !absence.isCovered(by: said) {
            terminal.tell(absence, overview.reading)
        }
        for warning in overview.variables.compactMap({ $0.warning(context, overview.reading.layout) }) {
            terminal.notice("warning", warning)
        }
    }

    /// Nil when what was shown is the whole picture.
    ///
    var exitCode: ExitStatus? {
        for problem in overview.reading.problems where problem.advice != nil {
            switch problem.place {
            case .store(let agent) where agent == overview.agent.id: return problem.exitCode
            case .configuration: return problem.exitCode
            case .store, .environmentFile: continue
            }
        }
        return nil
    }
}
