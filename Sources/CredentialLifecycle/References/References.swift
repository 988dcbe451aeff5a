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
/// look at it fails, and no longer when what it refers to is gone or its provider has become another one.
struct References: Sendable {
    /// Whether programs are asked at all: the gateway does, in its own time; no command does.
    var asksPrograms = false
    private var known: [Key: Secret] = [:]
    private var answers: [Key: Answer] = [:]
    private var used: Set<Key> = []
    /// Of this reading: sentences.
    private(set) var problems: [SecretReference: String] = [:]

    /// The same reference under a provider that has been defined anew leads elsewhere.
    private struct Key: Hashable {
        var reference: SecretReference
        var provider: SecretProvider?
    }

    private enum Answer {
        case secret(Secret)
        case problem(String)
    }

    mutating func adopt(_ answers: SecretAnswers) {
        let provider = answers.program.map { SecretProvider.exec($0) }
        for (reference, secret) in answers.secrets {
            self.answers[Key(reference: reference, provider: provider)] = .secret(secret)
        }
        for (reference, problem) in answers.problems {
            self.answers[Key(reference: reference, provider: provider)] = .problem(problem)
        }
    }

    /// Begins a reading.
    mutating func begin() {
        used = []
        problems = [:]
    }

    /// Ends a reading: a secret that nobody refers to any more is forgotten.
    mutating func end() {
        known = known.filter { used.contains($0.key) }
        answers = answers.filter { used.contains($0.key) }
    }

    mutating func resolve(_ reference: SecretReference, with source: ReferenceSource) -> ReferencedSecret {
        // Several profiles may refer to the same; it is looked at once for each reading.
        let key = Key(reference: reference, provider: source.provider(of: reference))
        if !used.insert(key).inserted { return known[key].map { .found($0) } ?? standIn(reference) }
        switch look(at: key, with: source) {
        case .found(let secret): known[key] = secret
        case .failed(let problem): problems[reference] = problem
        case .gone(let problem):
            known[key] = nil
            answers[key] = nil
            problems[reference] = problem
        case .leftToGateway: break
        }
        return known[key].map { .found($0) } ?? standIn(reference)
    }

    private func standIn(_ reference: SecretReference) -> ReferencedSecret {
        reference.source == .exec && !asksPrograms && problems[reference] == nil ? .leftToGateway : .unresolved
    }

    private func look(at key: Key, with source: ReferenceSource) -> ReferenceSource.Finding {
        let finding = source.find(key.reference)
        guard case .leftToGateway = finding, asksPrograms else { return finding }
        switch answers[key] {
        case .secret(let secret): return .found(secret)
        case .problem(let problem): return .failed(problem)
        case nil: return .leftToGateway
        }
    }

    /// What the programs are to be asked for what is used now.
    func questions(_ settings: InstanceSettings, process: [String: String]) -> [SecretQuestion] {
        guard asksPrograms else { return [] }
        let ids = Dictionary(grouping: used.map(\.reference).filter { $0.source == .exec }, by: \.provider)
        return ids.sorted { $0.key < $1.key }.compactMap { provider, references in
            guard case .exec(let program) = settings.secrets[provider] else { return nil }
            return SecretQuestion(
                provider: provider, ids: Set(references.map(\.id)), program: program,
                fingerprint: Fingerprint(of: program.command), process: process)
        }
    }
}
