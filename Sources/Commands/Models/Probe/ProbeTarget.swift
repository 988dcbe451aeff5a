// SPDX-License-Identifier: Apache-2.0
import CredentialLifecycle
import Credentials
import FoundationEssentials
import Providers
import Rotation
import Settings

/// One credential that is to prove itself, or the reason why it is not asked to.
struct ProbeTarget: Sendable {
    let provider: ProviderID
    let candidate: Candidate
    let secret: Secret?
    /// Where the secret of a stored profile rests, when that is not the store.
    let reference: SecretReference?
    let plan: Result<ProviderProbe, ProbeVerdict>
    /// Whom to ask; nil when nobody is asked.
    let recipient: ProviderAsk.Recipient?
    /// The key is the gateway's too, so what it proves holds there.
    let isShared: Bool
    /// As `models status` shows it.
    let label: String

    var isAsked: Bool { recipient != nil }

    /// As the page words it.
    var sourceWord: String {
        switch candidate.source {
        case .profile: "profile"
        case .environment, .shellEnvironment: "env"
        case .config: "models.json"
        }
    }

}

/// Makes the targets: the candidates that requests of the agent would have, in their order.
struct ProbeTargets {
    let reading: InstanceReading
    let agent: AgentReading
    let settings: ProbeSettings
    let now: Date
    /// Without regard to orders: somebody asks about this one.
    var ignoresOrder = false

    /// Of all providers, or of one.
    func all(of wanted: ProviderID?) -> [ProbeTarget] {
        let known = reading.providers.knownIDs.union(agent.profiles.map(\.profile.provider))
        let models = ConfiguredModels(reading)
        let stored = Dictionary(
            agent.profiles.map { ($0.profile.id, $0.profile) }, uniquingKeysWith: { first, _ in first })
        return known.sorted().filter { wanted == nil || $0 == wanted }.flatMap { provider in
            reading.candidates(for: provider, of: agent).map { entry in
                let profile = entry.candidate.source.isStore ? stored[entry.candidate.id] : nil
                return target(provider, entry, models, label: label(entry, profile))
            }
        }
    }

    private func label(_ resolved: ResolvedCandidate, _ profile: Profile?) -> String {
        guard let profile else { return CredentialRow(key: resolved, line: nil, reading, now: now).label }
        return CredentialRow(resolved, profile: profile, line: nil, isRelayed: true, now: now).label
    }

    private func target(
        _ id: ProviderID, _ resolved: ResolvedCandidate, _ models: ConfiguredModels, label: String
    ) -> ProbeTarget {
        let plan: Result<ProviderProbe, ProbeVerdict>
        do throws(ProbeVerdict) { plan = .success(try probe(id, resolved, models)) } catch { plan = .failure(error) }
        var recipient: ProviderAsk.Recipient?
        if case .success = plan, let provider = reading.providers[id], let secret = resolved.secret {
            recipient = .init(provider: provider, secret: secret, caFile: reading.providers.caFiles[id])
        }
        let layer = resolved.candidate.source.variable.flatMap { reading.environment.lookup($0)?.layer }
        return ProbeTarget(
            provider: id, candidate: resolved.candidate, secret: resolved.secret,
            reference: resolved.reference, plan: plan, recipient: recipient,
            isShared: layer != .process, label: label)
    }

    private func probe(
        _ id: ProviderID, _ resolved: ResolvedCandidate, _ models: ConfiguredModels
    ) throws(ProbeVerdict) -> ProviderProbe {
        if let fault = reading.providers.faults[id] { throw .leftOut(fault) }
        guard let provider = reading.providers[id] else { throw .unsupported(id) }
        let standing = resolved.candidate.eligibility(at: now)
        if standing != .ok { throw ProbeVerdict(notAsked: standing) }
        if resolved.secret == nil { throw .leftToGateway }
        guard let secret = resolved.secret, !secret.isBlank else { throw ProbeVerdict(notAsked: .missingCredential) }
        if secret.isSetupToken { throw ProbeVerdict(notAsked: .needsVendorCLI) }
        let order = reading.order(of: id, for: agent)
        if !ignoresOrder, let order, !order.ids.contains(resolved.candidate.id) {
            throw ProbeVerdict(notAsked: .excludedByAuthOrder)
        }
        if !ignoresOrder, order == nil, resolved.candidate.isLeftOut {
            throw ProbeVerdict(notAsked: .notInAuthProfiles)
        }
        return try ProviderProbe(
            provider, mode: settings.mode, model: models.probeModel(of: provider),
            maximumTokens: settings.maximumTokens, modeFlag: settings.modeFlag)
    }
}

extension ConfiguredModels {
    /// The first that the configuration names of that provider, else the first that the provider is known for; its
    /// own id of it.
    func probeModel(of provider: Provider) -> String? {
        let named = [raw].compactMap { $0 } + fallbacks + [imageModel].compactMap { $0 } + imageFallbacks + configured
        let prefix = "\(provider.id)/"
        let first = named.lazy.compactMap { reference($0) }.first { $0.hasPrefix(prefix) }
        return first.map { String($0.dropFirst(prefix.count)) } ?? provider.models.first
    }
}
