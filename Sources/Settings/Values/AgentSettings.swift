// SPDX-License-Identifier: Apache-2.0
package import Credentials

/// A model and what takes its place: references such as `anthropic/claude-sonnet-4-5`, model ids, or aliases.
package struct ModelPreference: Hashable, Sendable {
    package var primary: String?
    /// Nil: nothing is said about them. An empty list says that there are none.
    package var fallbacks: [String]?

    package init(primary: String? = nil, fallbacks: [String]? = nil) {
        self.primary = primary
        self.fallbacks = fallbacks
    }
}

/// `agents.defaults`: models for every agent.
package struct DefaultModelSettings: Hashable, Sendable {
    package var primary: String?
    package var fallbacks: [String] = []
    /// `imageModel`: for requests with images.
    package var image = ModelPreference()
    /// Alias → the reference it stands for.
    package var aliases: [String: String] = [:]
    /// The references of `agents.defaults.models`, in the order of the file.
    package var configured: [String] = []

    package init() {}
}

/// One entry of `agents.list`.
package struct AgentSettings: Hashable, Sendable {
    package var id: AgentID
    package var isDefault = false
    /// As configured: absolute or `~/…`. ``StateLayout/adopt(_:)`` makes a path of it.
    package var directory: String?
    /// Where `directory` stands in the configuration.
    package var directoryPath: String
    /// As people call it; nil when that is its id.
    package var name: String?
    /// Where it works; kept for its own programs.
    package var workspace: String?
    /// Nil: that of `agents.defaults`.
    package var model: ModelPreference?
    /// Whether profiles of `main` serve this agent too.
    package var inheritsProfiles = true

    package init(id: AgentID, directoryPath: String = "agents.list[].agentDir") {
        self.id = id
        self.directoryPath = directoryPath
    }
}
