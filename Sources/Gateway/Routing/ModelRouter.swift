// SPDX-License-Identifier: Apache-2.0
import Credentials
import Exchange
import Providers
import Settings

/// From the name a client writes to the places the request may go. Pure; made anew with each configuration.
///
/// In this order: an alias; `provider/model`; an id that exactly one provider with a credential lists; for a plain id
/// that nobody lists, the provider native to the endpoint's dialect. Each may end in `@profile`.
struct ModelRouter: Sendable {
    /// Alias → the reference it stands for.
    var aliases: [String: String] = [:]
    var providers: [ProviderID: Provider] = [:]
    /// Configured, and nothing can be sent to them: a name that leads there leads nowhere else.
    var leftOut: Set<ProviderID> = []
    /// Model id → the providers that list it, in the configuration or built in, with a credential or without.
    var listings: [String: [ProviderID]] = [:]
    /// Providers for which a credential is stored or set.
    var withCredential: Set<ProviderID> = []
    /// Providers of which anything is stored, whether it can be sent or not.
    var withProfile: Set<ProviderID> = []
    /// Of providers whose usual id is taken: where one more API key can be stored.
    var keyPlaces: [ProviderID: ProfileID] = [:]
    /// Of providers whose servers may ask for no key.
    var keyless: Set<ProviderID> = []
    /// Everybody's.
    var profiles: Set<ProfileID> = []
    /// The configured default model, and what takes its place when its provider cannot serve.
    var defaults = AgentModels()
    /// Agents with a default model or fallbacks of their own.
    var own: [AgentID: AgentModels] = [:]
    /// References that somebody has chosen.
    var configured: [String] = []
    var agents: Set<AgentID> = [.main]
    /// What is stored for them cannot be read.
    var agentsWithoutStore: Set<AgentID> = []
    /// Whose the requests are that name no agent.
    var defaultAgent = AgentID.main

    /// Names by which a client may ask for the configured default model.
    static let defaultNames: Set<String> = ["default", "agenticflow-enterprise"]

    /// Model id → the providers that list it, have a credential and can be asked.
    var offers: [String: [ProviderID]] {
        let offering = withCredential.subtracting(leftOut)
        return listings.mapValues { $0.filter(offering.contains) }.filter { !$0.value.isEmpty }
    }

    /// - Parameter agent: the `x-agenticflow-agent` field, when there was one.
    /// - Returns: where to go, first choice first; at least one.
    func targets(for text: String, endpoint: Endpoint, agent: String?) throws(Fault) -> [Target] {
        if let agent { try check(agent: agent) }
        let models = models(of: agent)
        let question = Question(endpoint: endpoint, primary: models.primary, asker: asker(agent))
        let first = try resolve(text, question)
        try check(first, serves: endpoint)
        guard first.pinned == nil, isPrimary(first, question) else { return [first] }
        var targets = [first]
        for fallback in models.fallbacks {
            // A fallback that cannot serve this endpoint is no fallback for it.
            guard let target = try? resolve(fallback, question), (try? check(target, serves: endpoint)) != nil,
                !targets.contains(target)
            else { continue }
            targets.append(target)
        }
        return targets
    }

    /// - Parameter agent: as a request names it; nil for the default agent.
    func models(of agent: String?) -> AgentModels {
        var found = own[agent.flatMap { AgentID($0) } ?? defaultAgent] ?? defaults
        found.primary = found.primary ?? KnownModel.defaultReference
        return found
    }

    /// What a name is looked up for.
    struct Question {
        var endpoint: Endpoint
        /// What the names for the default model stand for.
        var primary: String?
        var asker: Asker
    }

    private func asker(_ agent: String?) -> Asker { asker(agent.flatMap { AgentID($0) } ?? defaultAgent) }

    func asker(_ agent: AgentID) -> Asker {
        Asker(
            agent: agent, defaultAgent: defaultAgent, keyPlaces: keyPlaces, keyless: keyless,
            isStoreUnreadable: agentsWithoutStore.contains(agent))
    }

    private func isPrimary(_ target: Target, _ question: Question) -> Bool {
        // A primary that does not resolve here is nobody's.
        guard let primary = question.primary, let resolved = try? resolve(primary, question) else { return false }
        return resolved == target
    }

    // MARK: One name

    /// - Parameter isAliased: what an alias stands for is no alias again.
    func resolve(_ text: String, _ question: Question, isAliased: Bool = false) throws(Fault) -> Target {
        guard let suffix = ProfileSuffix(text) else {
            if text.first == "@", let profile = ProfileID(text.dropFirst()) { throw Self.noModel(profile) }
            return try place(text, question, isAliased)
        }
        // Some model ids contain `@` themselves.
        if isListed(text), !namesProfile(suffix, question, isAliased) { return try place(text, question, isAliased) }
        var target = try place(suffix.name, question, isAliased)
        let profile = suffix.profile(of: target.provider)
        let isOurs = aliases[suffix.name] != nil || Self.defaultNames.contains(suffix.name)
        if isOurs || suffix.isFullID || profile.map(profiles.contains) == true {
            guard let profile else { throw Self.noProfile(suffix) }
            target.pinned = profile
        } else {
            target.model += "@\(suffix.text)"
        }
        return target
    }

    private func namesProfile(_ suffix: ProfileSuffix, _ question: Question, _ isAliased: Bool) -> Bool {
        // A name that leads nowhere has no profiles.
        guard let target = try? place(suffix.name, question, isAliased) else { return false }
        return suffix.profile(of: target.provider).map(profiles.contains) == true
    }

    private func isListed(_ text: String) -> Bool {
        listings[text] != nil || qualified(text).map { listings[$0.model]?.contains($0.provider) == true } == true
    }

    /// Where a name without a profile leads.
    private func place(_ name: String, _ question: Question, _ isAliased: Bool) throws(Fault) -> Target {
        if Self.defaultNames.contains(name), let primary = question.primary, !Self.defaultNames.contains(primary) {
            var inner = question
            inner.primary = nil
            return try resolve(primary, inner)
        }
        if !isAliased, let reference = aliases[name], reference != name {
            return try resolve(reference, question, isAliased: true)
        }
        if let target = qualified(name) { return target }
        let listing = listings[name] ?? []
        let offering = listing.filter(withCredential.contains)
        if offering.count > 1 { throw Self.ambiguous(name, offering) }
        if let provider = offering.first { return Target(provider: provider, model: name) }
        // Where something is stored that cannot be sent, or nothing can be sent to, that is what has to be told.
        let holding = listing.filter { withProfile.contains($0) || leftOut.contains($0) }
        if holding.count == 1 { return Target(provider: holding[0], model: name) }
        if !listing.isEmpty { throw noCredential(for: name, listing.sorted(), question) }
        let native = question.endpoint.nativeProvider
        if !name.contains("/"), withCredential.contains(native) { return Target(provider: native, model: name) }
        throw notFound(name, question)
    }

    /// `provider/model`, when the part before the first slash is a provider we know.
    private func qualified(_ name: String) -> Target? {
        guard let slash = name.firstIndex(of: "/"), let provider = ProviderID(name[..<slash]),
            providers[provider] != nil || OtherProvider[id: provider] != nil || leftOut.contains(provider)
        else { return nil }
        let model = name[name.index(after: slash)...]
        return model.isEmpty ? nil : Target(provider: provider, model: String(model))
    }
}

extension Endpoint {
    /// The provider whose own dialect this endpoint speaks.
    var nativeProvider: ProviderID {
        switch dialect {
        case .anthropic: .anthropic
        case .openaiChat, .openaiResponses, .openaiOther: .openai
        }
    }
}
