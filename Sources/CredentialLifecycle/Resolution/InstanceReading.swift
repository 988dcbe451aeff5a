// SPDX-License-Identifier: Apache-2.0
package import Credentials
package import ProfileStorage
package import Rotation
package import SafeFiles
package import Settings

/// Everything one instance is made of, as it was read from its files and the environment at one moment.
package struct InstanceReading: Sendable {
    /// With the directories that the configuration gives its agents.
    package var layout: StateLayout
    package var settings: InstanceSettings
    /// Every layer.
    package var environment: EnvironmentLayers
    /// Names in the working directory's `.env` that have no say, because they supply or redirect credentials.
    package var ignoredVariables: [String]
    /// What the login shell said, if it was asked.
    package var shell: ShellImport
    package var providers: ProviderSet
    /// The default agent first.
    package var agents: [AgentReading]
    package var problems: [InstanceProblem]
    /// What was too open and has been closed, since the reading before.
    package var notices: [StorageNotice]
    /// The files whose change calls for another reading, each as it was just before it was read.
    package var files: [String: Fingerprint?]
    /// What the references of this instance lead to.
    package var referenced: [SecretReference: ReferencedSecret] = [:]
    /// What programs are to be asked for, which whoever serves requests does in its own time.
    package var questions: [SecretQuestion]

    /// What clients of the gateway must present.
    package var clientToken: Secret? { settings.clientToken(in: environment) }

    /// What the configuration itself gives a provider: a key that it writes out, or what its reference leads to.
    package func configKey(of provider: ProviderID) -> ReferencedSecret? {
        switch settings.providers[provider]?.apiKey {
        case .present(let secret, _): .found(secret)
        case .reference(let reference): referenced[reference] ?? .unresolved
        case .absent, .unavailable, nil: nil
        }
    }

    /// Why variables may be missing that are there: `.env` or the login shell could not be read. Nil when all was read.
    package var hidesVariables: String? {
        shell.problem ?? problems.first { $0.place == .environmentFile && $0.advice != nil }?.text
    }

    /// Present when the configuration cannot be read.
    package var configurationAdvice: Advice? {
        problems.lazy.filter { $0.place == .configuration }.compactMap(\.advice).first
    }

    package subscript(agent: AgentID) -> AgentReading? { agents.first { $0.id == agent } }

    /// What other programs have noted in `usageStats`: where a credential's health starts when the journal is silent.
    package var startingHealth: [HealthKey: Health] {
        var health: [HealthKey: Health] = [:]
        for agent in agents {
            for (id, value) in agent.stored.usage { health[HealthKey(owner: agent.id, id: id)] = value }
        }
        return health
    }
}

/// One agent with everything it may use, inherited profiles included.
package struct AgentReading: Sendable {
    package var id: AgentID
    /// Its own store.
    package var stored: StoredProfiles
    package var profiles: [OwnedProfile]

    /// The explicit orders of its own store.
    package var order: [ProviderID: [ProfileID]] { stored.book.order }
}

/// Something that could not be used. The rest goes on without it, or with what was last known of it.
package struct InstanceProblem: Sendable, Hashable {
    package enum Place: Sendable, Hashable {
        case configuration
        case environmentFile
        case store(AgentID)
    }

    package var place: Place
    package var severity: SettingsProblem.Severity
    /// One sentence; never a secret.
    package var text: String
    /// Present when a whole file could not be read.
    package var advice: Advice?
    package var exitCode: ExitStatus?
    /// Present when it is about what a reference leads to, which is another question for another process.
    package var reference: SecretReference?
    /// Present when it is about what a variable holds.
    package var variable: String?
    /// Why, and what to type, where that does not follow from the place.
    package var cause: String?
    package var repair: String?
}
