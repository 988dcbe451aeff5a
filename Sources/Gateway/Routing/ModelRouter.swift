// SPDX-License-Identifier: Apache-2.0
import Credentials
import Exchange
import Providers
import Settings

/// From the name a client writes to the places the request may go. Pure; made anew with each configuration.
///
/// In this order: an alias; `provider/model`; an id that exactly one provider offers; for a plain id, the provider
/// native to the endpoint's dialect. Each may end in `@profile`.
struct ModelRouter: Sendable {
    /// Alias → the reference it stands for.
    var aliases: [String: String] = [:]
    var providers: [ProviderID: Provider] = [:]
    /// Model id → the providers that offer it: listed in the configuration, or built in, and with a credential.
    var offers: [String: [ProviderID]] = [:]
    /// Providers for which a credential is stored or set.
    var withCredential: Set<ProviderID> = []
    /// The configured default model, and what takes its place when its provider cannot serve.
    var defaults = AgentModels()
    /// Agents with a default model or fallbacks of their own.
    var own: [AgentID: AgentModels] = [:]
    var agents: Set<AgentID> = [.main]
    /// Whose the requests are that name no agent.
    var defaultAgent = AgentID.main

    /// Names by which a client may ask for the configured default model.
    static let defaultNames: Set<String> = ["default", "agenticflow-enterprise"]

    /// - Parameter agent: the `x-agenticflow-agent` field, when there was one.
    /// - Returns: where to go, first choice first; at least one.
    func targets(for text: String, endpoint: Endpoint, agent: String?) throws(Fault) -> [Target] {
        if let agent { try check(agent: agent) }
        let models = models(of: agent)
        let (name, pin) = split(text)
        let requested = try resolve(name, endpoint: endpoint, models.primary)
        try check(requested, serves: endpoint)
        var first = requested
        first.pinned = pin
        guard pin == nil, isPrimary(requested, endpoint: endpoint, models.primary) else { return [first] }
        var targets = [first]
        for fallback in models.fallbacks {
            // A fallback that cannot serve this endpoint is no fallback for it.
            guard let target = try? resolve(fallback, endpoint: endpoint, models.primary),
                (try? check(target, serves: endpoint)) != nil,
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

    private func isPrimary(_ target: Target, endpoint: Endpoint, _ primary: String?) -> Bool {
        // A primary that does not resolve here is nobody's.
        guard let primary, let resolved = try? resolve(primary, endpoint: endpoint, primary) else { return false }
        return resolved == target
    }

    /// At the first `@`, unless what follows is no profile's name: some model ids contain `@` themselves.
    private func split(_ text: String) -> (name: String, pin: ProfileID?) {
        guard let at = text.firstIndex(of: "@"), let pin = ProfileID(text[text.index(after: at)...]) else {
            return (text, nil)
        }
        return (String(text[..<at]), pin)
    }

    /// - Parameter primary: what the names for the default model stand for.
    private func resolve(_ name: String, endpoint: Endpoint, _ primary: String?) throws(Fault) -> Target {
        if Self.defaultNames.contains(name), let primary, !Self.defaultNames.contains(primary) {
            return try resolve(primary, endpoint: endpoint, primary)
        }
        if let reference = aliases[name], reference != name, let target = qualified(reference) { return target }
        if let target = qualified(name) { return target }
        switch offers[name] ?? [] {
        case let found where found.count == 1: return Target(provider: found[0], model: name)
        case let found where found.count > 1: return try choose(among: found, name: name, endpoint: endpoint)
        default: break
        }
        let native = endpoint.nativeProvider
        if !name.contains("/"), withCredential.contains(native) { return Target(provider: native, model: name) }
        throw notFound(name, endpoint: endpoint)
    }

    /// `provider/model`, when the part before the first slash is a provider we know.
    private func qualified(_ name: String) -> Target? {
        guard let slash = name.firstIndex(of: "/"), let provider = ProviderID(name[..<slash]),
            providers[provider] != nil || OtherProvider[id: provider] != nil
        else { return nil }
        let model = name[name.index(after: slash)...]
        return model.isEmpty ? nil : Target(provider: provider, model: String(model))
    }

    private func choose(among found: [ProviderID], name: String, endpoint: Endpoint) throws(Fault) -> Target {
        throw Fault(
            .ambiguousModel,
            "Several providers offer \"\(name.escapedForDisplay)\". Name one of: "
                + found.sorted().map { "\($0)/\(name.escapedForDisplay)" }.joined(separator: ", "))
    }

    private func check(_ target: Target, serves endpoint: Endpoint) throws(Fault) {
        guard let provider = providers[target.provider] else {
            throw Fault(
                .unsupportedProvider,
                "The provider \(target.provider) speaks a wire format that is not relayed here. "
                    + "Configure models.providers.\(target.provider) with a baseUrl and an api, or name another provider."
            )
        }
        guard provider.upstreamPath(for: endpoint) != nil else {
            throw Fault(
                .unsupportedDialect,
                "\(target.provider) does not serve \(endpoint.path). Use the endpoint of its own dialect, or another provider."
            )
        }
    }

    private func check(agent: String) throws(Fault) {
        guard let id = AgentID(agent), agents.contains(id) else {
            throw Fault(
                .modelNotFound,
                "\(Fault.unknownAgent(agent)) Known: "
                    + agents.sorted().map(\.text).joined(separator: ", "))
        }
    }

    private func notFound(_ name: String, endpoint: Endpoint) -> Fault {
        if let slash = name.firstIndex(of: "/"),
            let near = Spelling.nearest(to: String(name[..<slash]), among: providers.keys.map(\.text).sorted())
        {
            return Fault(
                .modelNotFound,
                "There is no provider \"\(name[..<slash].prefix(64).escapedForDisplay)\". Did you mean "
                    + "\(near)\(name[slash...].prefix(100).escapedForDisplay)?")
        }
        let near = offers.keys.filter { $0.contains(name) || name.contains($0) }.sorted().prefix(3)
        let candidates = near.isEmpty ? "" : " Did you mean: \(near.joined(separator: ", "))?"
        let native = endpoint.nativeProvider
        if withCredential.isEmpty {
            return Fault(
                .modelNotFound,
                "No credential is stored, so no provider offers \"\(name.prefix(100).escapedForDisplay)\". "
                    + "Run: agenticflow-enterprise models auth paste-api-key --provider \(native)")
        }
        return Fault(
            .modelNotFound,
            "No provider with a credential offers \"\(name.prefix(100).escapedForDisplay)\".\(candidates) "
                + "Write it as provider/model, or see what there is: GET /v1/models")
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
