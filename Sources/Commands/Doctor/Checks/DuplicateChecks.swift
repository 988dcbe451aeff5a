// SPDX-License-Identifier: Apache-2.0
import CredentialLifecycle
import Credentials
import ProfileStorage
import Settings

/// What is stored more than once, where one is enough.
struct DuplicateChecks {
    private let survey: Survey
    private(set) var findings: [Finding] = []
    /// By agent: what the commands take out of its store.
    private(set) var leaving: [AgentID: Set<ProfileID>] = [:]
    /// What requests go by, then what is only noted.
    private let named: [Set<ProfileID>]

    init(_ survey: Survey) {
        self.survey = survey
        let orders =
            Array(survey.settings.auth.order.values) + survey.reading.agents.flatMap { Array($0.order.values) }
        let pins = survey.reading.agents.flatMap { agent in
            let models = ConfiguredModels(survey.reading, agent: agent.id)
            return ([models.raw, models.imageModel].compactMap(\.self) + models.aliases.values)
                .compactMap { models.pin(of: $0)?.profile }
        }
        named = [survey.pinned.union(orders.joined()).union(pins), Set(survey.settings.auth.profiles.map(\.id))]
        checkLogins()
        for agent in survey.reading.agents { checkSecrets(of: agent) }
    }

    // MARK: One secret

    private mutating func checkSecrets(of agent: AgentReading) {
        let gone = leaving[agent.id, default: []]
        var holders: [Secret: [Profile]] = [:]
        for profile in agent.stored.book.profiles.values where !gone.contains(profile.id) {
            // A setup token goes in any case.
            guard let secret = profile.secret, !secret.isBlank, !secret.isSetupToken else { continue }
            holders[secret, default: []].append(profile)
        }
        let groups = holders.mapValues { $0.sorted { $0.id < $1.id } }.filter { $0.value.count > 1 }
        for (secret, group) in groups.sorted(by: { $0.value[0].id < $1.value[0].id }) { add(group, secret, of: agent) }
    }

    private mutating func add(_ group: [Profile], _ secret: Secret, of agent: AgentReading) {
        let looks = group.map { ForeignKey(secret, for: $0.provider, survey.reading)?.look }
        let right = zip(group, looks).filter { $0.1 == nil }.map(\.0)
        // Where no place is the right one, none is better than another.
        let wrong = right.isEmpty ? [] : zip(group, looks).filter { $0.1 != nil }.map(\.0)
        let others = Dictionary(grouping: right.isEmpty ? group : right, by: \.provider).flatMap { _, same in
            // One that is named somewhere stays.
            let kept = named.lazy.compactMap { ids in same.first { ids.contains($0.id) } }.first ?? same[0]
            return same.filter { $0.id != kept.id }
        }
        let going = (wrong + others).sorted { $0.id < $1.id }
        // Several providers may take one key, as a proxy's do.
        guard !going.isEmpty else { return }
        let ids = Set(going.map(\.id))
        // One key of its own is enough for a provider.
        let needed = Dictionary(grouping: wrong.filter { isNeeded($0, without: ids) }, by: \.provider)
        let replaced = Set(needed.values.map { $0[0].id })
        leaving[agent.id, default: []].formUnion(ids.subtracting(replaced))
        let commands = going.map { profile in
            replaced.contains(profile.id)
                ? "\(program) models auth \(PasteCommand.word(for: profile.kind)) --provider \(profile.provider) "
                    + "--profile-id \(profile.id) --agent \(agent.id)"
                : "\(program) models auth logout \(profile.id) --agent \(agent.id)"
        }
        let look = wrong.isEmpty ? nil : looks.compactMap(\.self).first
        findings.append(
            Finding(
                .credentialDuplicate, "\(CredentialChecks.list(group.map(\.id.text))) hold the same secret.",
                why: look.map { "It begins with \($0.prefix): that is \($0.words), and other providers refuse it." }
                    ?? "They share one account: what is refused to one is refused to the other.",
                fix: "Run: \(commands.joined(separator: " && "))", path: survey.layout.storePath(agent.id),
                profile: going[0].id, agent: agent.id))
    }

    /// A model that is in use would have nothing left: the place gets a key of its own.
    private func isNeeded(_ profile: Profile, without going: Set<ProfileID>) -> Bool {
        survey.overviews.contains { overview in
            let rows = overview.rows(of: profile.provider).filter(\.hasCredential)
            return rows.contains { $0.id == profile.id } && rows.allSatisfy { going.contains($0.id) }
                && ConfiguredModels(survey.reading, agent: overview.agent.id).providersInUse.contains(profile.provider)
        }
    }

    // MARK: One login

    /// A refresh token can be spent once: the second agent that uses it may sign both out.
    private mutating func checkLogins() {
        var holders: [Secret: [(agent: AgentID, id: ProfileID)]] = [:]
        for agent in survey.reading.agents {
            for profile in agent.stored.book.profiles.values {
                guard let refresh = profile.refresh, !refresh.isBlank else { continue }
                holders[refresh, default: []].append((agent.id, profile.id))
            }
        }
        for group in holders.values.map({ $0.sorted { $0 < $1 } }).sorted(by: { $0[0] < $1[0] })
        where Set(group.map(\.agent)).count > 1 {
            // What main has others may use.
            let kept = group.contains { $0.agent == .main } ? .main : group[0].agent
            let rest = group.filter { $0.agent != kept }
            for place in rest { leaving[place.agent, default: []].insert(place.id) }
            let names = group.map { "\($0.id) of agent \($0.agent)" }.joined(separator: " and ")
            let commands = rest.map { "\(program) models auth logout \($0.id) --agent \($0.agent)" }
            findings.append(
                Finding(
                    .credentialSharedLogin, "\(names) hold the same refresh token.",
                    why: "It can be spent once: the second to use it may sign both out.",
                    fix: "Run: \(commands.joined(separator: " && "))",
                    path: survey.layout.storePath(rest[0].agent), profile: rest[0].id))
        }
    }
}
