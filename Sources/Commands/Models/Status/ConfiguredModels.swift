// SPDX-License-Identifier: Apache-2.0
import CredentialLifecycle
import Credentials
import Providers
import Settings

/// The models that the configuration names for one agent, and whose they are.
struct ConfiguredModels {
    /// As configured: a reference, a model id or an alias; nil when nobody has chosen one.
    let raw: String?
    let fallbacks: [String]
    let defaultSource: AgentModels.Source
    let fallbacksSource: AgentModels.Source
    let imageModel: String?
    let imageFallbacks: [String]
    let aliases: [String: String]
    /// Keys of `agents.defaults.models`.
    let configured: [String]
    /// Nobody knows what is configured: there is a configuration, and it cannot be read.
    let isUnknown: Bool
    private let providers: ProviderSet
    private let agents: [AgentReading]

    /// - Parameter agent: nil for the default agent.
    init(_ reading: InstanceReading, agent: AgentID? = nil) {
        let settings = reading.settings.models
        let own = reading.settings.models(of: agent ?? reading.settings.defaultAgent)
        raw = own.primary
        fallbacks = own.fallbacks
        defaultSource = own.primarySource
        fallbacksSource = own.fallbacksSource
        aliases = settings.aliases
        configured = settings.configured
        isUnknown = reading.problems.contains { $0.place == .configuration && $0.advice != nil }
        providers = reading.providers
        agents = reading.agents
        imageModel = settings.image.primary
        imageFallbacks = settings.image.fallbacks ?? []
    }

    /// `provider/model`: what is configured, else the built-in one; nil for one that nobody offers, or when that is unknown.
    var resolvedDefault: String? { isUnknown ? nil : reference(raw ?? KnownModel.defaultReference) }
    /// The profile behind its `@`, which requests for the default model insist on.
    var defaultPin: ProfileID? { isUnknown ? nil : raw.flatMap { pin(of: aliases[$0] ?? $0)?.profile } }
    var defaultProvider: ProviderID? { resolvedDefault.flatMap(Self.provider) }

    /// Those that requests go to: of the default and the image model, and of what takes their place. Nobody has chosen
    /// the built-in default, so that one puts no provider into use.
    var providersInUse: Set<ProviderID> {
        func serving(_ fallbacks: [String], _ slot: any ModelSlot.Type) -> [String] {
            fallbacks.filter { IdleFallback($0, in: slot, self) == nil }
        }
        let texts =
            [raw, imageModel].compactMap { $0 } + serving(fallbacks, DefaultModel.self)
            + serving(imageFallbacks, ImageModel.self)
        return Set(texts.compactMap { reference($0).flatMap(Self.provider) })
    }

    /// Whose the model is; nil for one that nobody offers, or of nobody who is known here.
    func provider(of text: String) -> Provider? { reference(text).flatMap(Self.provider).flatMap { providers[$0] } }

    /// What requests for the default model ask for: what is configured; else the built-in one, where its provider has
    /// credentials that requests are sent with. A setup token that is only kept is none.
    func asked(_ overview: AuthOverview) -> String? {
        guard raw == nil, let provider = defaultProvider else { return raw }
        let isServed = overview.rows(of: provider).contains { $0.hasCredential && $0.state != .ineligible }
        return isServed ? KnownModel.defaultReference : nil
    }

    /// The alias' target, the reference itself, or the id with the one provider that offers it; without a profile.
    func reference(_ text: String) -> String? {
        let name = aliases[text] ?? text
        return pin(of: name)?.model ?? plainReference(name)
    }

    /// The model and the profile that a name with `@` stands for; nil for one that names no profile. As the router
    /// reads it: some model ids contain `@` themselves.
    func pin(of name: String) -> (model: String, profile: ProfileID)? {
        guard let suffix = ProfileSuffix(name),
            let model = plainReference(aliases[suffix.name] ?? suffix.name), let provider = Self.provider(model),
            let profile = suffix.profile(of: provider)
        else { return nil }
        let isStored = agents.contains { $0.profiles.contains { $0.profile.id == profile } }
        return isStored || (suffix.isFullID && !isListed(name)) ? (model, profile) : nil
    }

    private func isListed(_ name: String) -> Bool {
        guard let slash = name.firstIndex(of: "/"), let id = ProviderID(name[..<slash]) else {
            return !offering(name).isEmpty
        }
        return providers[id]?.models.contains(String(name[name.index(after: slash)...])) == true
            || !offering(name).isEmpty
    }

    private func plainReference(_ name: String) -> String? {
        if let slash = name.firstIndex(of: "/"), let id = ProviderID(name[..<slash]), slash != name.indices.last {
            if providers[id] != nil || offering(name).isEmpty { return "\(id)/\(name[name.index(after: slash)...])" }
        }
        let found = offering(name)
        return found.count == 1 ? "\(found[0])/\(name)" : nil
    }

    /// What an entry of a list, or a key of `agents.defaults.models`, stands for; the text itself when that is nothing.
    func entryReference(_ text: String) -> String { reference(text.trimmed) ?? text.trimmed }

    private func offering(_ model: String) -> [ProviderID] {
        providers.all.values.filter { $0.models.contains(model) }.map(\.id)
    }

    private static func provider(_ reference: String) -> ProviderID? { ProviderID(reference.prefix { $0 != "/" }) }
}
