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
    /// By provider: stored ones by id, then keys of the configuration and the environment in their order.
    let rows: [CredentialRow]
    /// Variables that this command sees in its own environment, and the running gateway has not got.
    let unseenVariables: [String]

    init(_ reading: InstanceReading, agent: AgentReading, view: InstanceView, now: Date) {
        self.reading = reading
        self.agent = agent
        self.view = view
        self.now = now
        let lines = view.lines.filter { $0.agent == agent.id }
        let resolved = Self.resolve(reading, agent)
        var rows = resolved.filter { $0.candidate.source.isStore }.map { Self.stored($0, reading, agent, lines, now) }
        let known = Set(rows.map(\.id))
        for line in lines where !known.contains(line.profile) {
            // Anything else that the files do not have has just been taken out of them.
            guard let owner = line.owner, reading.isUnreadable(storeOf: owner) else { continue }
            rows.append(CredentialRow(known: line, from: .profile(owner: owner), now: now))
        }
        rows.sort { ($0.provider, $0.id) < ($1.provider, $1.id) }
        let keys = resolved.filter { !$0.candidate.source.isStore }
        guard case .gateway = view.origin else {
            self.rows =
                rows
                + keys.map { key in
                    CredentialRow(
                        key, profile: nil, line: lines.first { $0.profile == key.candidate.id }, isRelayed: true,
                        now: now)
                }
            unseenVariables = []
            return
        }
        // The gateway has its own environment, which need not be that of this command.
        self.rows = rows + lines.compactMap { Self.key($0, among: keys, reading, now) }
        let seen = Set(lines.map(\.source))
        unseenVariables = Self.ownVariables(reading).filter { !seen.contains(CandidateSource.environment($0).label) }
    }

    var profiles: [CredentialRow] { rows.filter(\.isStored) }
    /// Those that have any credential.
    var providers: [ProviderID] { Set(rows.map(\.provider)).sorted() }

    func rows(of provider: ProviderID) -> [CredentialRow] { rows.filter { $0.provider == provider } }

    private static func resolve(_ reading: InstanceReading, _ agent: AgentReading) -> [ResolvedCandidate] {
        Set(reading.providers.all.keys).union(agent.profiles.map(\.profile.provider)).sorted().flatMap { provider in
            reading.candidates(for: provider, of: agent)
        }
    }

    private static func stored(
        _ resolved: ResolvedCandidate, _ reading: InstanceReading, _ agent: AgentReading, _ lines: [CredentialLine],
        _ now: Date
    ) -> CredentialRow {
        let profile = agent.profiles.first { $0.profile.id == resolved.candidate.id }?.profile
        return CredentialRow(
            resolved, profile: profile, line: lines.first { $0.profile == resolved.candidate.id },
            isRelayed: profile.map { reading.providers[$0.provider] != nil } ?? false, now: now)
    }

    private static func key(
        _ line: CredentialLine, among keys: [ResolvedCandidate], _ reading: InstanceReading, _ now: Date
    ) -> CredentialRow? {
        guard line.owner == nil else { return nil }
        let source: CandidateSource =
            line.source.hasPrefix("env:") ? .environment(String(line.source.dropFirst(4))) : .config
        var mask: String?
        if let same = keys.first(where: { $0.candidate.id == line.profile && $0.candidate.source == source }),
            source.variable.map({ reading.environment.lookup($0)?.layer != .process }) ?? true
        {
            mask = same.secret?.masked
        }
        return CredentialRow(known: line, from: source, mask: mask, now: now)
    }

    private static func ownVariables(_ reading: InstanceReading) -> [String] {
        let keys = reading.providers.all.values.flatMap {
            reading.providers.environmentKeys(for: $0, in: reading.environment)
        }
        return Set(keys.filter { $0.layer == .process }.map(\.variable)).sorted()
    }
}

extension InstanceReading {
    func isUnreadable(storeOf agent: AgentID) -> Bool {
        problems.contains { $0.place == .store(agent) && $0.advice != nil }
    }
}

extension CandidateSource {
    var isStore: Bool { if case .profile = self { true } else { false } }
    var variable: String? { if case .environment(let name) = self { name } else { nil } }
}
