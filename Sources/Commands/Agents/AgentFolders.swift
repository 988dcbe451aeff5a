// SPDX-License-Identifier: Apache-2.0
import CredentialLifecycle
import Credentials
import FoundationEssentials
import Settings

#if canImport(Glibc)
    import Glibc
#endif

/// Which folders a new agent may have.
struct AgentFolders {
    private let reading: InstanceReading
    private let context: CommandContext
    private var layout: StateLayout { reading.layout }

    init(_ reading: InstanceReading, _ context: CommandContext) {
        self.reading = reading
        self.context = context
    }

    /// - Parameter path: as typed; nil for the usual place.
    func credentials(of id: AgentID, at path: String?) throws(AgentsError) -> String {
        let option = "--agent-dir"
        let directory =
            try path.map { path throws(AgentsError) in try absolute(path, option) } ?? layout.agentDirectory(id)
        if let path { try refuseGeneral(directory, typed: path, option) }
        for agent in reading.agents where Self.isSame(layout.agentDirectory(agent.id), directory) {
            throw .badFolder(option: option, why: "\(shown(directory)) is the folder of agent \(agent.id).")
        }
        return directory
    }

    func workspace(at path: String) throws(AgentsError) -> String {
        let directory = try absolute(path, "--workspace")
        for agent in reading.agents where Self.isSame(layout.agentDirectory(agent.id), directory) {
            throw .badFolder(
                option: "--workspace", why: "\(shown(directory)) holds the credentials of agent \(agent.id).")
        }
        return directory
    }

    private func absolute(_ path: String, _ option: String) throws(AgentsError) -> String {
        guard !path.trimmed.isEmpty else { throw .badFolder(option: option, why: "No folder is named.") }
        guard path.escapedForDisplay == path else {
            throw .badFolder(option: option, why: "\"\(shown(path))\" holds a character that does not show.")
        }
        do throws(StateLayoutError) { return try layout.absolute(path, for: option) } catch {
            throw .badFolder(option: option, why: error.advice.why)
        }
    }

    /// A folder of credentials is closed to everybody else, so it must not be one that others live in.
    private func refuseGeneral(_ directory: String, typed: String, _ option: String) throws(AgentsError) {
        let home = context.home
        let strangers = Self.strangers(in: directory)
        if let first = strangers.first {
            throw .badFolder(
                option: option,
                why: "\(shown(directory)) holds other things (\(shown(first))), and would be closed to other users.")
        }
        for place in [layout.state, layout.agentsDirectory, home].compactMap({ $0 }) {
            guard place.isInside(directory) else { continue }
            throw .badFolder(
                option: option, why: "\(shown(directory)) holds other things too, and would be closed to other users.")
        }
    }

    /// What is in a folder and is not ours; nothing for one that is not there.
    private static func strangers(in directory: String) -> [String] {
        // A folder that cannot be listed is refused when it is opened.
        let names = (try? FileManager.default.contentsOfDirectory(atPath: directory)) ?? []
        return names.filter { !$0.hasPrefix("auth-profiles.") && !$0.hasPrefix("auth-health.") }.sorted()
    }

    private func shown(_ path: String) -> String { context.shown(String(path.prefix(200))).escapedForDisplay }

    /// By name, or as two names of one folder.
    private static func isSame(_ one: String, _ other: String) -> Bool {
        if one == other { return true }
        var first = stat(), second = stat()
        guard stat(one, &first) == 0, stat(other, &second) == 0 else { return false }
        return first.st_dev == second.st_dev && first.st_ino == second.st_ino
    }
}

extension String {
    /// This path, or one above it, is `folder`.
    func isInside(_ folder: String) -> Bool {
        self == folder || hasPrefix(folder.hasSuffix("/") ? folder : folder + "/")
    }
}
