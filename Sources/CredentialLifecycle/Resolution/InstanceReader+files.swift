// SPDX-License-Identifier: Apache-2.0
import Credentials
import ProfileStorage
import Providers
import SafeFiles
import Settings

/// Each file of an instance. One that cannot be read, or is not there any more, leaves in force what was last read.
extension InstanceReader {
    mutating func readConfiguration() {
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

    mutating func readEnvironmentFile() {
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
    mutating func forgetStores(besides agents: [AgentID], in layout: StateLayout) {
        let current = agents.reduce(into: [:]) { $0[$1] = layout.agentDirectory($1) }
        stores = stores.filter { current[$0.key] == folders[$0.key] }
        folders = current
    }

    mutating func readStore(
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

    /// - Returns: the names in its file that have no say, sorted.
    mutating func addWorkingDirectory(
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
}
