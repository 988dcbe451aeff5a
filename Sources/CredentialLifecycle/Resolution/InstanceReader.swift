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
    private let workingDirectory: WorkingDirectoryFile?
    private var shell = ShellImport()
    private var document: Document?
    private var origins = SettingsOrigins()
    private var dotEnv = DotEnv()
    private var stores: [AgentID: StoredProfiles] = [:]
    /// Where they were read.
    private var folders: [AgentID: String] = [:]
    private var problems: [InstanceProblem] = []
    private var notices: [StorageNotice] = []
    private var files: [String: Fingerprint?] = [:]
    private var references = References()
    private var presence: StatePresence

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

    /// - Returns: the names in its file that have no say, sorted.
    private mutating func addWorkingDirectory(
        to layers: inout EnvironmentLayers, _ settings: InstanceSettings, _ providers: ProviderSet
    ) -> [String] {
        guard let workingDirectory else { return [] }
        files[workingDirectory.path] = Fingerprint(of: workingDirectory.path)
        let (file, problems) = workingDirectory.load()
        for problem in problems { note(.environmentFile, problem, .warning) }
        let credentials = Provider.credentialVariables.union(settings.references)
            .union(providers.known.flatMap(\.environmentVariables))
        let variables = file.variables
        layers = layers.adding(workingDirectory: variables, credentialVariables: credentials)
        return variables.keys.filter { !EnvironmentLayers.isHarmless($0, credentialVariables: credentials) }.sorted()
    }

    /// One of the two is not what its owner thinks is used.
    private mutating func warnOfTwoCredentials(_ layers: EnvironmentLayers) {
        let (token, key) = ("ANTHROPIC_OAUTH_TOKEN", "ANTHROPIC_API_KEY")
        guard layers.credential(token) != nil, layers.credential(key) != nil else { return }
        note(
            .environmentFile,
            "\(token) and \(key) are both set. The token goes first; a setup token in it is never used by the gateway, "
                + "which then takes the key. Unset the one that is not meant.", .warning)
    }

    /// A key that no header can carry is passed over; whoever wrote it does not see why.
    private mutating func warnOfUnusableKeys(
        _ layers: EnvironmentLayers, _ providers: ProviderSet, _ clientToken: Secret?
    ) {
        for provider in providers.all.values.sorted(by: { $0.id < $1.id }) {
            for key in providers.environmentKeys(for: provider, in: layers) {
                let isOurs = key.secret == clientToken
                let own = key.secret.fieldFlaw(takesAnyWord: providers.takesAnything(provider.id))
                guard let flaw = isOurs ? "is this gateway's own client token" : own else { continue }
                let text =
                    "\(key.variable.escapedForDisplay) of \(words(for: key.layer)) \(flaw), so no request is sent with it."
                guard !problems.contains(where: { $0.variable == key.variable && $0.text == text }) else { continue }
                problems.append(
                    InstanceProblem(
                        place: .environmentFile, severity: .warning, text: text, variable: key.variable))
            }
        }
    }

    private func words(for layer: EnvironmentLayers.Layer) -> String {
        switch layer {
        case .process: "the environment"
        case .workingDirectory: ".env of the working directory"
        case .stateDotEnv: layout.dotEnvPath
        case .config: "env.vars of the configuration"
        case .shell: "the login shell"
        }
    }

    /// Each reference once, with a problem for everything that has to do without, or with what was last known.
    private mutating func resolveReferences(
        of agents: [AgentID], _ settings: InstanceSettings, _ source: ReferenceSource
    ) -> [SecretReference: ReferencedSecret] {
        var found: [SecretReference: ReferencedSecret] = [:]
        references.begin()
        for (provider, own) in settings.providers.sorted(by: { $0.key < $1.key }) {
            guard case .reference(let reference) = own.apiKey else { continue }
            let holder = provider.place("apiKey")
            found[reference] = resolve(reference, source, for: holder, in: .configuration)
        }
        for agent in agents {
            for profile in (stores[agent]?.book.profiles ?? [:]).values.sorted(by: { $0.id < $1.id }) {
                guard let reference = profile.reference else { continue }
                found[reference] = resolve(reference, source, for: profile.id.text, in: .store(agent))
            }
        }
        references.end()
        return found
    }

    /// The end of a problem with a reference whose last secret is still sent.
    package static let keptReference = " What was last known of it stays in use."

    private mutating func resolve(
        _ reference: SecretReference, _ source: ReferenceSource, for holder: String, in place: InstanceProblem.Place
    ) -> ReferencedSecret {
        if let path = source.path(of: reference), files[path] == nil { files[path] = Fingerprint(of: path) }
        let secret = references.resolve(reference, with: source)
        guard let problem = references.problems[reference] else { return secret }
        let rest = secret == .unresolved ? "" : Self.keptReference
        let text = "\(holder) refers to \(reference). \(problem)\(rest)"
        // Agents with copies of one profile have one problem.
        if !problems.contains(where: { $0.reference == reference && $0.text == text }) {
            problems.append(InstanceProblem(place: place, severity: .error, text: text, reference: reference))
        }
        return secret
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

    private mutating func readConfiguration() {
        files[layout.configPath] = Fingerprint(of: layout.configPath)
        let found = SettingsFile(layout).resolved()
        notices += found.notices
        files.merge(found.files) { first, _ in first }
        if let failure = found.failure {
            note(.configuration, failure, isKept: document != nil)
        } else if let read = found.document {
            document = read
            origins = found.origins
        } else if document != nil, !presence.explains(layout.configPath) {
            note(.configuration, Self.gone(layout.configPath), .error)
        }
    }

    private mutating func readEnvironmentFile() {
        files[layout.dotEnvPath] = Fingerprint(of: layout.dotEnvPath)
        do throws(StoreError) {
            let found = try EnvironmentFile(layout).load()
            if found.file.bytes.isEmpty, !dotEnv.bytes.isEmpty, presence.isGone || presence.isAnother {
                if !presence.isGone { note(.environmentFile, Self.gone(layout.dotEnvPath), .error) }
            } else {
                dotEnv = found.file
            }
            notices += found.notices
            for problem in dotEnv.problems {
                note(.environmentFile, "\(layout.dotEnvPath), line \(problem.line): \(problem.problem)", .error)
            }
            for found in dotEnv.repeats { problems.append(InstanceProblem(found, in: layout.dotEnvPath)) }
        } catch { note(.environmentFile, error, isKept: !dotEnv.bytes.isEmpty) }
    }

    /// Of an agent that was removed, or that has another folder now, nothing stays in use.
    private mutating func forgetStores(besides agents: [AgentID], in layout: StateLayout) {
        let current = agents.reduce(into: [:]) { $0[$1] = layout.agentDirectory($1) }
        stores = stores.filter { current[$0.key] == folders[$0.key] }
        folders = current
    }

    private mutating func readStore(
        of agent: AgentID, in layout: StateLayout, isProvider: (ProviderID) -> Bool
    ) {
        let path = layout.storePath(agent)
        files[path] = Fingerprint(of: path)
        do throws(StoreError) {
            let folder = layout.agentDirectory(agent)
            var stored = try AuthProfilesFile(folder: folder).loadStored()
            // A file that was deleted takes its credentials along; a folder that is not there may be on a disk that is
            // not, or on its way to another place.
            if stores[agent]?.book.profiles.isEmpty == false, stored.book == ProfileBook(),
                FileStatus(of: folder) == nil
            {
                if !presence.explains(folder) { note(.store(agent), Self.gone(folder), .error) }
                return
            }
            stored.strange = stored.flat.filter { !isProvider($0) }
            stored.flat.removeAll { !isProvider($0) }
            stores[agent] = stored
            notices += stored.notices
            for text in stored.problems { note(.store(agent), "\(path): \(text)", .warning) }
            note(agent, olderShapesOf: stored, at: path)
        } catch { note(.store(agent), error, isKept: stores[agent] != nil) }
    }

    private static func gone(_ path: String) -> String {
        "\(path) is gone. What was last read from it stays in use."
    }

    private mutating func note(_ agent: AgentID, olderShapesOf stored: StoredProfiles, at path: String) {
        for text in stored.oldSpellings {
            problems.append(
                InstanceProblem(
                    place: .store(agent), severity: .warning, text: "\(path): \(text)",
                    cause: "It is used all the same; other programs may not find it."))
        }
        guard !stored.flat.isEmpty else { return }
        let names = stored.flat.map(\.text).joined(separator: ", ")
        problems.append(
            InstanceProblem(
                place: .store(agent), severity: .warning,
                text: "\(path) holds credentials in the flat shape of an older program: \(names).",
                cause: "They stand beside each other instead of under profiles; none of them is used.",
                repair: "Run: agenticflow-enterprise doctor --fix"))
    }

    private mutating func note(_ place: InstanceProblem.Place, _ text: String, _ severity: SettingsProblem.Severity) {
        problems.append(InstanceProblem(place: place, severity: severity, text: text))
    }

    private mutating func note(_ place: InstanceProblem.Place, _ error: any ActionableError, isKept: Bool) {
        let advice = error.advice
        let rest = isKept ? " What was last read from it stays in use." : ""
        problems.append(
            InstanceProblem(
                place: place, severity: .error, text: "\(advice.what) \(advice.why)\(rest)", advice: advice,
                exitCode: error.exitCode))
    }
}

extension InstanceProblem {
    /// A variable that more than one line sets.
    fileprivate init(_ found: DotEnv.Repeat, in path: String) {
        let (lines, last) = (found.lines.map(String.init), found.lines.last ?? 0)
        let others = lines.dropLast().joined(separator: ", ")
        self.init(
            place: .environmentFile, severity: .warning,
            text: "\(path) sets \(found.name) more than once: line \(last) counts, and line"
                + "\(lines.count > 2 ? "s" : "") \(others) \(lines.count > 2 ? "have" : "has") no effect.",
            cause: "Of several lines for one name the last one counts.",
            repair: "Keep one of them (lines \(lines.joined(separator: ", "))): \"${EDITOR:-vi}\" +\(lines[0]) "
                + "\(path.shellWord); or write it anew: agenticflow-enterprise env set \(found.name)")
    }
}
