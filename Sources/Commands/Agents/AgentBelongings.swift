// SPDX-License-Identifier: Apache-2.0
import CredentialLifecycle
import Credentials
import Settings

#if canImport(Glibc)
    import Glibc
#endif

/// The folders of an agent that is to be deleted: those that are its alone go to the trash, the others stay.
struct AgentBelongings {
    struct Move: Equatable {
        var path: String
        /// In the agent's folder in the trash.
        var name: String
        /// It becomes that folder itself.
        var isHome = false
    }

    struct Kept: Equatable {
        var path: String
        var reason: String
    }

    private(set) var moves: [Move] = []
    private(set) var kept: [Kept] = []
    private let reading: InstanceReading
    private let agent: AgentID
    private var layout: StateLayout { reading.layout }

    init(_ agent: AgentID, _ reading: InstanceReading) {
        self.agent = agent
        self.reading = reading
        let home = layout.home(of: agent)
        add(Move(path: home, name: "", isHome: true))
        add(Move(path: layout.agentDirectory(agent), name: "agent"))
        let settings = reading.settings.agent(agent) ?? AgentSettings(id: agent)
        if let workspace = layout.workspace(of: settings) { add(Move(path: workspace, name: "workspace")) }
    }

    private mutating func add(_ move: Move) {
        guard Self.isThere(move.path), !moves.contains(where: { move.path.isInside($0.path) }) else { return }
        if let reason = reasonToKeep(move.path) {
            kept.append(Kept(path: move.path, reason: reason))
        } else {
            moves.append(move)
        }
    }

    private func reasonToKeep(_ path: String) -> String? {
        guard path != layout.state, path.isInside(layout.state) else { return "outside the state directory" }
        if layout.configPath.isInside(path) || layout.agentsDirectory.isInside(path)
            || layout.trashDirectory.isInside(path)
        {
            return "it holds other files of the state directory"
        }
        for other in reading.settings.everyAgent where other.id != agent {
            let workspace = layout.workspace(of: other)
            for folder in [layout.agentDirectory(other.id), layout.home(of: other.id), workspace].compactMap({ $0 })
            where folder.isInside(path) {
                return "it holds a folder of agent \(other.id)"
            }
        }
        return nil
    }

    private static func isThere(_ path: String) -> Bool {
        var status = stat()
        return lstat(path, &status) == 0
    }
}
