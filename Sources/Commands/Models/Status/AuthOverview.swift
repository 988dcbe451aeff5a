// SPDX-License-Identifier: Apache-2.0
import CredentialLifecycle
import Credentials
import FoundationEssentials
import Rotation
import Settings

/// Every credential that one agent could use, by provider.
struct AuthOverview {
    let reading: InstanceReading
    let agent: AgentReading
    let view: InstanceView
    let now: Date
    /// By provider and id: what is stored.
    let profiles: [CredentialRow]
    /// Keys of the configuration and the environment, in their order.
    let keys: [CredentialRow]
    /// Those that matter, each beside what the running gateway has.
    let variables: [VariableRow]
    /// As `provider/model`; nil when nobody offers what is configured.
    let defaultModel: String?
    /// The profile that it is configured with.
    let defaultPin: ProfileID?
    private let byProvider: [ProviderID: [CredentialRow]]

    init(_ reading: InstanceReading, agent: AgentReading, view: InstanceView, now: Date) {
        self.reading = reading
        self.agent = agent
        self.view = view
        self.now = now
        let rows = CredentialRows(reading, agent, view, now)
        profiles = rows.profiles
        keys = rows.keys
        let models = ConfiguredModels(reading, agent: agent.id)
        defaultModel = models.resolvedDefault
        defaultPin = models.defaultPin
        variables = VariableComparison(EnvironmentView(reading), view).rows
        byProvider = Dictionary(grouping: rows.profiles + rows.keys, by: \.provider)
    }

    var rows: [CredentialRow] { providers.flatMap { rows(of: $0) } }
    /// Those that have any credential.
    var providers: [ProviderID] { byProvider.keys.sorted() }

    func rows(of provider: ProviderID) -> [CredentialRow] { byProvider[provider] ?? [] }
}

/// Joins what the files hold with what is said of it now.
private struct CredentialRows {
    private(set) var profiles: [CredentialRow] = []
    private(set) var keys: [CredentialRow] = []
    private let reading: InstanceReading
    private let lines: [CredentialLine]
    private let theirs: GatewayVariables?
    private let now: Date

    init(_ reading: InstanceReading, _ agent: AgentReading, _ view: InstanceView, _ now: Date) {
        self.reading = reading
        self.now = now
        lines = view.lines.filter { $0.agent == agent.id }
        theirs = view.variables
        let known = reading.providers.knownIDs.union(agent.profiles.map(\.profile.provider))
        let resolved = known.sorted().flatMap { reading.candidates(for: $0, of: agent) }
        addProfiles(agent, resolved.filter { $0.candidate.source.isStore })
        let fromOutside = resolved.filter { !$0.candidate.source.isStore }
        if case .gateway = view.origin { addGatewayKeys(fromOutside) } else { addOwnKeys(fromOutside) }
    }

    private mutating func addProfiles(_ agent: AgentReading, _ resolved: [ResolvedCandidate]) {
        let stored = Dictionary(
            agent.profiles.map { ($0.profile.id, $0.profile) }, uniquingKeysWith: { first, _ in first })
        let said = Dictionary(lines.map { ($0.profile, $0) }, uniquingKeysWith: { first, _ in first })
        let known = reading.providers.knownIDs
        profiles = resolved.map { entry in
            let profile = stored[entry.candidate.id]
            return CredentialRow(
                entry, profile: profile, line: said[entry.candidate.id],
                isRelayed: profile.map { known.contains($0.provider) } ?? false, now: now)
        }
        for line in lines where stored[line.profile] == nil {
            // Anything else that the files do not have has just been taken out of them.
            guard let owner = line.owner, reading.isUnreadable(storeOf: owner) else { continue }
            profiles.append(CredentialRow(known: line, from: .profile(owner: owner), now: now))
        }
        profiles.sort { ($0.provider, $0.id) < ($1.provider, $1.id) }
    }

    private mutating func addOwnKeys(_ resolved: [ResolvedCandidate]) {
        keys = resolved.map { key in
            let line = lines.first { $0.profile == key.candidate.id }
            return CredentialRow(key: key, line: line, reading, now: now)
        }
    }

    /// The gateway has its own environment, which need not be that of this command.
    private mutating func addGatewayKeys(_ resolved: [ResolvedCandidate]) {
        for line in lines where line.owner == nil {
            let source = CandidateSource(label: line.source)
            let same = resolved.first { $0.candidate.id == line.profile && $0.candidate.source == source }
            keys.append(
                CredentialRow(
                    known: line, from: source, mask: mask(of: source, line.provider, ours: same?.secret?.masked),
                    now: now))
        }
        let listed = lines.filter { $0.owner == nil }.map { (source: $0.source, id: $0.profile) }
        keys += PendingCredentials(resolved, listed: listed, reading).all.map {
            CredentialRow($0, profile: nil, line: nil, isRelayed: true, now: now)
        }
    }

    /// As the gateway shows it; of a list only our own reading knows the single key.
    private func mask(of source: CandidateSource, _ provider: ProviderID, ours: String?) -> String? {
        guard let name = source.variable else {
            return reading.keyReference(of: provider).map(CredentialRow.label) ?? ours
        }
        if let theirs, !name.hasSuffix("_API_KEYS") { return theirs.entries[name]?.mask ?? ours }
        // What only this process has may be another key than the gateway's of the same name.
        return reading.environment.lookup(name)?.layer == .process ? nil : ours
    }
}

extension CredentialRow {
    /// A key that is not stored; one of the configuration may rest elsewhere.
    init(key: ResolvedCandidate, line: CredentialLine?, _ reading: InstanceReading, now: Date) {
        self.init(key, profile: nil, line: line, isRelayed: true, now: now)
        guard source == .config, let reference = reading.keyReference(of: provider) else { return }
        mask = Self.label(reference)
        hasCredential = true
    }
}

extension InstanceReading {
    /// Where the configuration says that the provider's key rests.
    fileprivate func keyReference(of provider: ProviderID) -> SecretReference? {
        guard case .reference(let reference) = settings.providers[provider]?.apiKey else { return nil }
        return reference
    }
}

extension CandidateSource {
    var isStore: Bool { if case .profile = self { true } else { false } }
    var variable: String? {
        switch self {
        case .environment(let name), .shellEnvironment(let name): name
        case .profile, .config: nil
        }
    }

    /// - Parameter label: of a key that is not stored: `config`, `env:NAME` or `shell env:NAME`.
    init(label: String) {
        if label.hasPrefix("env:") {
            self = .environment(String(label.dropFirst(4)))
        } else if label.hasPrefix("shell env:") {
            self = .shellEnvironment(String(label.dropFirst(10)))
        } else {
            self = .config
        }
    }
}
