// SPDX-License-Identifier: Apache-2.0
package import Credentials
import SafeFiles
import Settings

/// What stands in the place of a reference, at the moment of a reading.
package enum ReferencedSecret: Hashable, Sendable {
    case unresolved
    case found(Secret)
    /// Nobody here asks the program; whoever does may have it.
    case leftToGateway
}

/// The secrets behind an instance's references, from one reading to the next: what was found last stays in use when a
/// look at it fails.
struct References: Sendable {
    /// Whether programs are asked at all: the gateway does, in its own time; no command does.
    var asksPrograms = false
    private var known: [SecretReference: Secret] = [:]
    private var answers = SecretAnswers()
    private(set) var used: Set<SecretReference> = []
    /// Of this reading: sentences.
    private(set) var problems: [SecretReference: String] = [:]

    mutating func adopt(_ answers: SecretAnswers) {
        for (reference, secret) in answers.secrets {
            self.answers.secrets[reference] = secret
            self.answers.problems[reference] = nil
        }
        for (reference, problem) in answers.problems { self.answers.problems[reference] = problem }
    }

    /// Begins a reading.
    mutating func begin() {
        used = []
        problems = [:]
    }

    /// Ends a reading: a secret that nobody refers to any more is forgotten.
    mutating func end() {
        known = known.filter { used.contains($0.key) }
        answers.secrets = answers.secrets.filter { used.contains($0.key) }
        answers.problems = answers.problems.filter { used.contains($0.key) }
    }

    mutating func resolve(_ reference: SecretReference, with source: ReferenceSource) -> ReferencedSecret {
        // Several profiles may refer to the same; it is looked at once for each reading.
        if !used.insert(reference).inserted { return known[reference].map { .found($0) } ?? standIn(reference) }
        switch look(at: reference, with: source) {
        case .found(let secret): known[reference] = secret
        case .failed(let problem): problems[reference] = problem
        case .leftToGateway: break
        }
        return known[reference].map { .found($0) } ?? standIn(reference)
    }

    private func standIn(_ reference: SecretReference) -> ReferencedSecret {
        reference.source == .exec && !asksPrograms && problems[reference] == nil ? .leftToGateway : .unresolved
    }

    private func look(at reference: SecretReference, with source: ReferenceSource) -> ReferenceSource.Finding {
        let finding = source.find(reference)
        guard case .leftToGateway = finding, asksPrograms else { return finding }
        if let problem = answers.problems[reference] { return .failed(problem) }
        return answers.secrets[reference].map { .found($0) } ?? .leftToGateway
    }

    /// What the programs are to be asked for what is used now.
    func questions(_ settings: InstanceSettings, process: [String: String]) -> [SecretQuestion] {
        guard asksPrograms else { return [] }
        let ids = Dictionary(grouping: used.filter { $0.source == .exec }, by: \.provider)
        return ids.sorted { $0.key < $1.key }.compactMap { provider, references in
            guard case .exec(let program) = settings.secrets[provider] else { return nil }
            return SecretQuestion(
                provider: provider, ids: Set(references.map(\.id)), program: program,
                fingerprint: Fingerprint(of: program.command), process: process)
        }
    }
}
