// SPDX-License-Identifier: Apache-2.0
package import Credentials
package import Documents

/// Everything the configuration of one instance says, with defaults where it says nothing.
///
/// A value that cannot be used never stops the program: the default holds and a problem says so.
package struct InstanceSettings: Hashable, Sendable {
    package var gateway = GatewaySettings()
    package var providers: [ProviderID: ProviderSettings] = [:]
    package var models = DefaultModelSettings()
    package var agents: [AgentSettings] = []
    package var auth = AuthSettings()
    /// `secrets.providers`: where references lead.
    package var secrets: [String: SecretProvider] = [:]
    package var env = EnvironmentSettings()
    package var problems: [SettingsProblem] = []

    package init() {}

    /// - Parameters:
    ///   - document: nil when there is no configuration file.
    ///   - environment: what `${NAME}` is taken from; `env.vars` of the document is added to it.
    ///   - origins: which files the document was put together from, for the problems.
    package init(_ document: Document?, environment: EnvironmentLayers, origins: SettingsOrigins = SettingsOrigins()) {
        guard let document else { return }
        var reader = SettingsReader(environment: environment)
        guard reader.isObject(document.root, at: "") else {
            problems = reader.problems
            return
        }
        let top = document.root
        env = reader.env(top["env"])
        reader.environment = environment.adding(env.variables, as: .config)
        reader.checkKeys(of: top, at: "", known: KnownKeys.names(under: ""))
        gateway = reader.gateway(top["gateway"])
        providers = reader.providers(top["models"])
        agents = reader.agents(top["agents"])
        models = reader.defaultModels(top["agents"]?["defaults"])
        auth = reader.auth(top["auth"], origins)
        secrets = reader.secrets(top["secrets"])
        problems = reader.problems.map { origins.placed($0) }
    }

    /// The variables as this instance sees them: `env.vars` fills the gaps.
    package func environment(_ layers: EnvironmentLayers) -> EnvironmentLayers {
        layers.adding(env.variables, as: .config)
    }

    /// What clients must present: `gateway.auth.token`, else `AGENTICFLOW_GATEWAY_TOKEN`.
    package func clientToken(in layers: EnvironmentLayers) -> Secret? {
        if let secret = gateway.token.secret, !secret.isBlank { return secret }
        return environment(layers).credential(Self.tokenVariable)?.value
    }

    package static let tokenVariable = "AGENTICFLOW_GATEWAY_TOKEN"

    /// Variables that the credential fields refer to with `${NAME}`, set or not.
    package var references: Set<String> {
        Set(([gateway.token] + providers.values.map(\.apiKey)).flatMap(\.references))
    }

    /// The default agent: the first that says so, else the first of the list, else `main`.
    package var defaultAgent: AgentID { (agents.first(where: \.isDefault) ?? agents.first)?.id ?? .main }

    /// Every agent, the default one first; `main` is always there, because others inherit from it.
    package var everyAgent: [AgentSettings] {
        var all = agents
        if !all.contains(where: { $0.id == .main }) { all.append(AgentSettings(id: .main)) }
        let first = defaultAgent
        return all.filter { $0.id == first } + all.filter { $0.id != first }
    }
}
