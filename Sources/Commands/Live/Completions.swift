// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import CredentialLifecycle
import Credentials
import FoundationEssentials
import Providers
import Rotation
import Settings

/// The names kept in an instance's files, for the shells: `completion: .profiles` and so on. Whatever cannot be read is
/// left out; nobody wants an error in the middle of a line.
struct Completions {
    /// Of the command line that is being completed; nil for the real world.
    @TaskLocal static var context: CommandContext?

    private let context: CommandContext
    private let words: [String]

    init(_ words: [String] = [], in context: CommandContext? = nil) {
        self.context = (context ?? Self.context ?? .live()).leavingNoTrace
        self.words = words
    }

    // A reading that fails leaves nothing to offer.
    private var reading: InstanceReading? { try? context.reading() }

    /// The value of an option that was typed already.
    private func typed(_ option: String) -> String? {
        if let place = words.firstIndex(of: option), place + 1 < words.count - 1 { return words[place + 1] }
        return words.last { $0.hasPrefix(option + "=") }.map { String($0.dropFirst(option.count + 1)) }
    }

    private func agent(_ reading: InstanceReading) -> AgentReading? {
        let named = typed("--agent").flatMap { AgentID($0.trimmed) }
        return reading[named ?? reading.settings.defaultAgent]
    }

    var providers: [String] { reading?.knownProviders.map(\.text) ?? [] }
    /// Those that can be deleted.
    var otherAgents: [String] { agents.filter { $0 != AgentID.main.text } }
    /// Names of variables that hold a credential, and what `.env` sets already.
    var variables: [String] {
        let own = reading?.providers.all.values.flatMap(\.environmentVariables) ?? []
        return Set(own + [InstanceSettings.tokenVariable] + setVariables).sorted()
    }
    /// What `.env` of the state directory sets.
    var setVariables: [String] {
        guard let reading else { return [] }
        return reading.environment.variables(of: .stateDotEnv).keys.sorted()
    }
    var agents: [String] { reading?.agents.map(\.id.text).sorted() ?? [] }

    /// Those of the agent that was typed, and of the provider.
    var profiles: [String] {
        guard let reading, let agent = agent(reading) else { return [] }
        let provider = typed("--provider").flatMap { ProviderID($0) }
        if let provider { return reading.candidates(for: provider, of: agent).map(\.candidate.id.text) }
        return agent.profiles.map(\.profile.id.text).sorted()
    }

    /// Ids that something may be stored under: keys of the environment and the configuration have others.
    var storable: [String] { profiles.filter { ProfileID($0)?.isReserved == false } }

    /// Whatever requests may be sent with, keys of the environment included.
    var credentials: [String] {
        guard let reading, let agent = agent(reading) else { return [] }
        let known = Set(reading.providers.all.keys).union(agent.profiles.map(\.profile.provider))
        return Set(known.flatMap { reading.candidates(for: $0, of: agent).map(\.candidate.id.text) }).sorted()
    }

    /// The profiles of a model, behind the at sign that names one.
    func pins(_ prefix: String) -> [String]? {
        guard let sign = prefix.lastIndex(of: "@") else { return nil }
        return reading.map { pinned(prefix[..<sign], $0) } ?? []
    }

    private func pinned(_ model: Substring, _ reading: InstanceReading) -> [String] {
        guard let agent = agent(reading) else { return [] }
        let reference = ConfiguredModels(reading).reference(String(model)) ?? String(model)
        guard let provider = ProviderID(reference.prefix { $0 != "/" }) else { return [] }
        return reading.candidates(for: provider, of: agent).map { "\(model)@\($0.candidate.id)" }
    }

    /// Other instances, by the names of their state directories.
    var instances: [String] {
        guard let home = context.home else { return [] }
        let stem = ".agenticflow-enterprise-"
        // A home directory that cannot be listed holds nothing to offer.
        let names = (try? FileManager.default.contentsOfDirectory(atPath: home)) ?? []
        return names.filter { $0.hasPrefix(stem) }.map { String($0.dropFirst(stem.count)) }.sorted()
    }
}

extension CompletionKind {
    static var providers: CompletionKind { .custom { words, _, _ in Completions(words).providers } }
    static var agents: CompletionKind { .custom { words, _, _ in Completions(words).agents } }
    static var otherAgents: CompletionKind { .custom { words, _, _ in Completions(words).otherAgents } }
    static var variables: CompletionKind { .custom { words, _, _ in Completions(words).variables } }
    static var setVariables: CompletionKind { .custom { words, _, _ in Completions(words).setVariables } }
    static var storable: CompletionKind { .custom { words, _, _ in Completions(words).storable } }
    static var credentials: CompletionKind { .custom { words, _, _ in Completions(words).credentials } }
    static var profiles: CompletionKind { .custom { words, _, _ in Completions(words).profiles } }
    /// Models and aliases, and behind an at sign their profiles.
    static var models: CompletionKind {
        .custom { words, index, prefix in
            Completions(words).pins(prefix) ?? ModelCompletion.models(words, index, prefix)
        }
    }
}
