// SPDX-License-Identifier: Apache-2.0
package import CredentialLifecycle
package import Credentials
package import Settings

/// Everything a deployment is made of, as it was read.
package struct GatewayInputs: Sendable {
    package var gateway: GatewaySettings
    /// The token clients must present: the configuration's, or the environment's.
    package var token: Secret?
    package var providers: [ProviderID: ProviderSettings]
    package var models: DefaultModelSettings
    package var auth: AuthSettings
    package var environment: EnvironmentLayers
    /// The default agent first.
    package var agents: [AgentInputs]

    package init(
        gateway: GatewaySettings, token: Secret?, providers: [ProviderID: ProviderSettings], models: DefaultModelSettings,
        auth: AuthSettings, environment: EnvironmentLayers, agents: [AgentInputs]
    ) {
        self.gateway = gateway
        self.token = token
        self.providers = providers
        self.models = models
        self.auth = auth
        self.environment = environment
        self.agents = agents
    }
}

/// One agent with everything it may use, inherited profiles included.
package struct AgentInputs: Sendable {
    package var id: AgentID
    package var profiles: [OwnedProfile]
    /// The explicit orders of its own store.
    package var order: [ProviderID: [ProfileID]]

    package init(id: AgentID, profiles: [OwnedProfile], order: [ProviderID: [ProfileID]]) {
        self.id = id
        self.profiles = profiles
        self.order = order
    }
}
