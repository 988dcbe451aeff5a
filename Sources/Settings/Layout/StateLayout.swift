// SPDX-License-Identifier: Apache-2.0
package import Credentials

/// Where one instance of the product keeps its files. Every path is absolute. Nothing is created or opened here.
package struct StateLayout: Hashable, Sendable {
    /// The state directory: `AGENTICFLOW_STATE_DIR`, else `~/.agenticflow-enterprise[-<instance>]`.
    package let state: String
    /// `AGENTICFLOW_CONFIG_PATH`, else `agenticflow-enterprise.json` in the state directory.
    package let configPath: String
    /// `AGENTICFLOW_INCLUDE_ROOTS`: folders besides the configuration's own that `$include` may read from.
    package let includeRoots: [String]
    /// `AGENTICFLOW_OAUTH_DIR`, else `credentials` in the state directory: where older programs kept their logins.
    package let oauthDirectory: String
    /// The instance's name; nil for the unnamed one.
    package let instance: String?
    /// The name says which state directory it is: nothing else does.
    package let isPlacedByName: Bool
    /// `AGENTICFLOW_STATE_DIR` says which it is.
    package let isPlacedByVariable: Bool
    private let paths: PathResolver
    /// Directories set aside for single agents, by the configuration or by `AGENTICFLOW_AGENT_DIR`.
    private var agentDirectories: [AgentID: String] = [:]
    private let mainIsFixed: Bool
    /// They say where everything is, so they are read before any file: only the process environment can set them.
    package static let structuralVariables = [
        "AGENTICFLOW_STATE_DIR", "AGENTICFLOW_PROFILE", "AGENTICFLOW_HOME", "AGENTICFLOW_CONFIG_PATH",
        "AGENTICFLOW_AGENT_DIR", "AGENTICFLOW_OAUTH_DIR", "HOME",
    ]

    /// - Parameters:
    ///   - environment: the process environment; blank values count as unset.
    ///   - home: the account's home directory, used when the environment names none.
    ///   - workingDirectory: what relative paths start from; nil means the process' own.
    /// - Throws: ``StateLayoutError`` when a path or the instance's name cannot be used, or no home is known.
    package init(
        environment: [String: String], home: @autoclosure () -> String? = nil,
        workingDirectory: String? = nil
    ) throws(StateLayoutError) {
        let variables = Self.present(in: environment)
        let accountHome = variables["HOME"] ?? home().flatMap { $0.trimmed.isEmpty ? nil : $0 }
        var paths = PathResolver(home: nil, workingDirectory: workingDirectory)
        paths.home = try accountHome.map { path throws(StateLayoutError) in
            try paths.resolve(path, for: "HOME", mustBeAbsolute: true)
        }
        if let moved = variables["AGENTICFLOW_HOME"] {
            paths.home = try paths.resolve(moved, for: "AGENTICFLOW_HOME", mustBeAbsolute: true)
        }
        let name = try Self.instance(named: variables["AGENTICFLOW_PROFILE"])
        isPlacedByName = name != nil && variables["AGENTICFLOW_STATE_DIR"] == nil
        isPlacedByVariable = variables["AGENTICFLOW_STATE_DIR"] != nil
        if let explicit = variables["AGENTICFLOW_STATE_DIR"] {
            state = try paths.resolve(explicit, for: "AGENTICFLOW_STATE_DIR")
        } else {
            guard let home = paths.home else { throw .noHome }
            state = PathResolver.join(home, ".agenticflow-enterprise" + (name.map { "-\($0)" } ?? ""))
        }
        if let explicit = variables["AGENTICFLOW_CONFIG_PATH"] {
            configPath = try paths.resolve(explicit, for: "AGENTICFLOW_CONFIG_PATH", mustBeAbsolute: true)
        } else {
            configPath = PathResolver.join(state, "agenticflow-enterprise.json")
        }
        if let explicit = variables["AGENTICFLOW_OAUTH_DIR"] {
            oauthDirectory = try paths.resolve(explicit, for: "AGENTICFLOW_OAUTH_DIR", mustBeAbsolute: true)
        } else {
            oauthDirectory = PathResolver.join(state, "credentials")
        }
        var roots: [String] = []
        for root in (variables["AGENTICFLOW_INCLUDE_ROOTS"] ?? "").split(separator: ":") where !root.trimmed.isEmpty {
            roots.append(try paths.resolve(root.trimmed, for: "AGENTICFLOW_INCLUDE_ROOTS", mustBeAbsolute: true))
        }
        includeRoots = roots
        self.instance = name
        self.paths = paths
        mainIsFixed = variables["AGENTICFLOW_AGENT_DIR"] != nil
        if let explicit = variables["AGENTICFLOW_AGENT_DIR"] {
            agentDirectories[.main] = try paths.resolve(
                explicit, for: "AGENTICFLOW_AGENT_DIR", mustBeAbsolute: true)
        }
    }

    /// The variables that say where things are, without blanks around their values; blank ones are left out.
    private static func present(in environment: [String: String]) -> [String: String] {
        var found: [String: String] = [:]
        for name in structuralVariables + ["AGENTICFLOW_INCLUDE_ROOTS"] {
            if let value = environment[name]?.trimmed, !value.isEmpty { found[name] = value }
        }
        return found
    }

    /// What may be moved when it stands in the way, and what may not.
    ///
    /// - Parameter environment: the one that it was made of.
    package func ownPlaces(_ environment: [String: String]) -> OwnPlaces {
        let set = Self.present(in: environment)
        let places = [
            ("AGENTICFLOW_STATE_DIR", state), ("AGENTICFLOW_CONFIG_PATH", configPath),
            ("AGENTICFLOW_AGENT_DIR", agentDirectory(.main)), ("AGENTICFLOW_OAUTH_DIR", oauthDirectory),
        ]
        return OwnPlaces(
            named: places.filter { set[$0.0] != nil }.map { OwnPlaces.Named($0.0, $0.1) },
            folders: [state, agentDirectory(.main), oauthDirectory], configPath: configPath, state: state)
    }

    /// Variables for the daemon, beside the configuration's own.
    package var dotEnvPath: String { PathResolver.join(state, ".env") }
    package var agentsDirectory: String { PathResolver.join(state, "agents") }
    /// Where deleted agents rest, each in a folder of its own.
    package var trashDirectory: String { PathResolver.join(state, "trash") }
    package var logsDirectory: String { PathResolver.join(state, "logs") }

    /// The folder of the agent's credentials.
    package func agentDirectory(_ agent: AgentID) -> String {
        agentDirectories[agent] ?? PathResolver.join(agentsDirectory, "\(agent.text)/agent")
    }

    /// The agent's `auth-profiles.json`.
    package func storePath(_ agent: AgentID) -> String {
        PathResolver.join(agentDirectory(agent), "auth-profiles.json")
    }

    /// - Returns: nil for what is neither absolute nor begins with `~/`.
    package func absolutePath(_ text: String) -> String? {
        do throws(StateLayoutError) { return try paths.resolve(text, for: "", mustBeAbsolute: true) } catch {
            return nil
        }
    }

    package func sessionsDirectory(_ agent: AgentID) -> String {
        PathResolver.join(agentsDirectory, "\(agent.text)/sessions")
    }

    /// Where the agent works, unless the configuration says otherwise. Only `agents add` makes it.
    package func workspace(_ agent: AgentID) -> String {
        PathResolver.join(state, agent == .main ? "workspace" : "workspace-\(agent.text)")
    }

    /// The same, with what the configuration says; nil for what is no path.
    package func workspace(of settings: AgentSettings) -> String? {
        guard let configured = settings.workspace else { return workspace(settings.id) }
        do throws(StateLayoutError) { return try absolute(configured, for: "workspace") } catch { return nil }
    }

    /// What belongs to the agent beside the folder of its credentials, unless that is elsewhere: its sessions.
    package func home(of agent: AgentID) -> String { PathResolver.join(agentsDirectory, agent.text) }

    /// An absolute path, without `.`, `..` and doubled slashes, of what a person types.
    ///
    /// - Parameter name: the option it comes from, for the error.
    package func absolute(_ path: String, for name: String) throws(StateLayoutError) -> String {
        try paths.resolve(path, for: name)
    }

    /// Takes over the directories that the configuration sets aside for its agents (`agents.list[].agentDir`).
    ///
    /// `AGENTICFLOW_AGENT_DIR` keeps its say over `main`. What cannot be used is left out and reported: a path that
    /// is not absolute, and a directory that another agent has already.
    /// - Returns: problems, each with the path of the key in the configuration.
    package mutating func adopt(_ agents: [AgentSettings]) -> [SettingsProblem] {
        var problems: [SettingsProblem] = []
        for agent in agents {
            guard let configured = agent.directory, !(agent.id == .main && mainIsFixed) else { continue }
            do throws(StateLayoutError) {
                agentDirectories[agent.id] = try paths.resolve(
                    configured, for: agent.directoryPath, mustBeAbsolute: true)
            } catch {
                problems.append(
                    SettingsProblem(
                        .error, at: agent.directoryPath, is: error.problem, allowed: "an absolute path, or ~/…"))
            }
        }
        return problems + sharedDirectories(of: agents)
    }

    /// Two agents in one directory would overwrite each other: the later one goes back to its own place.
    private mutating func sharedDirectories(of agents: [AgentSettings]) -> [SettingsProblem] {
        var owners: [String: AgentID] = [agentDirectory(.main): .main]
        var problems: [SettingsProblem] = []
        for agent in agents where agent.id != .main {
            if let owner = owners[agentDirectory(agent.id)] {
                agentDirectories[agent.id] = nil
                problems.append(
                    SettingsProblem(
                        .error, at: agent.directoryPath, is: "is the directory of agent \(owner) too",
                        allowed: "a directory of its own"))
            }
            owners[agentDirectory(agent.id)] = agent.id
        }
        return problems
    }

    /// `default` in any case means no instance.
    private static func instance(named text: String?) throws(StateLayoutError) -> String? {
        guard let name = text?.trimmed, !name.isEmpty, name.lowercased() != "default" else { return nil }
        let isName = name.utf8.allSatisfy {
            $0.isASCIILetterOrDigit || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "_")
        }
        guard isName, name.utf8.count <= 64, name.utf8.first?.isASCIILetterOrDigit == true else { throw .badInstance }
        return name
    }
}
