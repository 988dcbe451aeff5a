// SPDX-License-Identifier: Apache-2.0
import Credentials
import Documents
import ProfileStorage
import Providers
import SafeFiles
package import Settings

/// Reads an instance, again and again: a file that cannot be read does not take away what was last known of it.
package struct InstanceReader: Sendable {
    package let layout: StateLayout
    private let process: [String: String]
    let workingDirectory: WorkingDirectoryFile?
    private var shell = ShellImport()
    var document: Document?
    var origins = SettingsOrigins()
    var dotEnv = DotEnv()
    var stores: [AgentID: StoredProfiles] = [:]
    /// Where they were read.
    var folders: [AgentID: String] = [:]
    var problems: [InstanceProblem] = []
    var notices: [StorageNotice] = []
    var files: [String: Fingerprint?] = [:]
    var references = References()
    var presence: StatePresence

    /// - Parameters:
    ///   - process: the process environment.
    ///   - workingDirectory: whose `.env` is read; nil for none.
    package init(layout: StateLayout, process: [String: String], workingDirectory: String? = nil) {
        self.layout = layout
        self.process = process
        presence = StatePresence(of: layout.state)
        self.workingDirectory = workingDirectory.flatMap { WorkingDirectoryFile(directory: $0, state: layout.state) }
    }

    /// What the login shell is to be asked before the next reading: nothing when its import is off, or when it has said
    /// it already. One that failed is to be asked again; when, is for the caller to say.
    package func shellQuestion(after reading: InstanceReading) -> ShellQuestion? {
        guard reading.settings.env.shell.isEnabled else { return nil }
        let question = ShellQuestion(reading, process: process)
        return question.isAnswered(by: shell) ? nil : question
    }

    /// Takes up what it said; the next reading holds it.
    package mutating func adopt(_ answer: ShellImport) { shell.adopt(answer) }

    /// From now on programs are asked, by whoever puts the questions of a reading to them; no command does.
    package mutating func askPrograms() { references.asksPrograms = true }

    /// Takes up what programs have said; the next reading holds it.
    package mutating func adopt(_ answers: SecretAnswers) { references.adopt(answers) }

    package mutating func read() -> InstanceReading {
        problems = []
        notices = []
        files = [:]
        presence.look()
        if presence.isGone {
            note(
                .configuration,
                "The state directory \(layout.state) is gone. What was last read from it stays in use; move it back, or "
                    + "end the gateway.", .error)
        }
        readConfiguration()
        readEnvironmentFile()
        var layers = EnvironmentLayers(process: process, stateDotEnv: dotEnv.variables)
        let settings = readSettings(&layers)
        var layout = self.layout
        let providers = ProviderSet(settings.providers, layout: self.layout)
        let ignored = addWorkingDirectory(to: &layers, settings, providers)
        for problem in settings.problems + layout.adopt(settings.agents) {
            note(.configuration, problem.description, problem.severity)
        }
        for advice in providers.problems {
            problems.append(
                InstanceProblem(
                    place: .configuration, severity: .error, text: advice.what, cause: advice.why, repair: advice.fix))
        }
        for path in providers.caFiles.values { files[path] = Fingerprint(of: path) }
        let agents = settings.everyAgent
        forgetStores(besides: agents.map(\.id), in: layout)
        for agent in agents {
            readStore(of: agent.id, in: layout) { id in
                providers[id] != nil || settings.providers[id] != nil || OtherProvider[id: id] != nil
            }
        }
        warnOfTwoCredentials(layers)
        warnOfUnusableKeys(layers, providers, settings.clientToken(in: layers))
        let source = ReferenceSource(settings, environment: layers, layout: layout)
        let referenced = resolveReferences(of: agents.map(\.id), settings, source)
        return InstanceReading(
            layout: layout, settings: settings, environment: layers, ignoredVariables: ignored, shell: shell,
            providers: providers, agents: agents.map { reading(of: $0, referenced) }, problems: problems,
            notices: notices, files: files, referenced: referenced,
            questions: references.questions(settings, process: process))
    }

    /// The configuration with its own variables, and those of the login shell, in `layers`.
    private mutating func readSettings(_ layers: inout EnvironmentLayers) -> InstanceSettings {
        let imported = layers.adding(shell.variables, as: .shell)
        var settings = InstanceSettings(document, environment: imported, origins: origins)
        let switches = settings.env.shell.adopt(settings.environment(layers))
        if settings.env.shell.isEnabled {
            layers = imported
            if let warning = shell.warning { note(.environmentFile, warning, .warning) }
        } else if shell.asked != nil {
            // Turned off: what was imported is forgotten, and so is what the configuration took from it.
            shell = ShellImport()
            settings = InstanceSettings(document, environment: layers, origins: origins)
            _ = settings.env.shell.adopt(settings.environment(layers))
        }
        let ports = settings.gateway.adopt(settings.environment(layers))
        for problem in switches + ports { note(.environmentFile, problem.description, problem.severity) }
        layers = settings.environment(layers)
        return settings
    }

    private func reading(
        of agent: AgentSettings, _ referenced: [SecretReference: ReferencedSecret]
    ) -> AgentReading {
        let own = stores[agent.id] ?? StoredProfiles()
        func owned(_ profile: Profile, _ owner: AgentID) -> OwnedProfile {
            OwnedProfile(
                profile: profile, owner: owner,
                referenced: profile.reference.flatMap { referenced[$0] } ?? .unresolved)
        }
        var profiles = own.book.profiles.values.map { owned($0, agent.id) }
        if agent.id != .main, agent.inheritsProfiles {
            for profile in (stores[.main]?.book.profiles ?? [:]).values where own.book.profiles[profile.id] == nil {
                profiles.append(owned(profile, .main))
            }
        }
        return AgentReading(id: agent.id, stored: own, profiles: profiles)
    }

    mutating func note(_ place: InstanceProblem.Place, _ text: String, _ severity: SettingsProblem.Severity) {
        problems.append(InstanceProblem(place: place, severity: severity, text: text))
    }

    mutating func note(_ place: InstanceProblem.Place, _ error: any ActionableError, isKept: Bool) {
        let advice = error.advice
        let rest = isKept ? " What was last read from it stays in use." : ""
        problems.append(
            InstanceProblem(
                place: place, severity: .error, text: "\(advice.what) \(advice.why)\(rest)", advice: advice,
                exitCode: error.exitCode))
    }
}
