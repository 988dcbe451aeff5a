// SPDX-License-Identifier: Apache-2.0
import Credentials
import FoundationEssentials
import SafeFiles
import Settings

/// The place of one deleted agent: `trash/<id>-<time>`, mode 0700.
struct AgentTrash {
    let path: String
    private let trash: SafeDirectory
    private let name: String

    init(_ agent: AgentID, in layout: StateLayout, at now: Date) throws(StoreError) {
        trash = try SafeDirectory(creating: layout.trashDirectory)
        let time = now.written.filter { $0 != "-" && $0 != ":" }
        var name = "\(agent)-\(time)"
        var count = 1
        while try !trash.makeFolder(name) {
            count += 1
            name = "\(agent)-\(time)-\(count)"
        }
        self.name = name
        path = trash.path(of: name)
    }

    /// Found before anything is changed.
    static func check(_ move: AgentBelongings.Move) throws(StoreError) {
        let (parent, last) = PlannedChange.split(move.path)
        guard let folder = try SafeDirectory(existing: parent) else { return }
        try folder.checkMovable(last)
    }

    func take(_ move: AgentBelongings.Move) throws(StoreError) {
        let slash = move.path.lastIndex(of: "/") ?? move.path.startIndex
        let last = String(move.path[move.path.index(after: slash)...])
        guard let parent = try SafeDirectory(existing: String(move.path[..<slash])) else { return }
        if move.isHome {
            _ = try parent.moveFolder(last, to: trash, as: name)
        } else {
            _ = try parent.moveFolder(last, to: SafeDirectory(creating: path), as: move.name)
        }
    }

    /// Takes the empty folder back.
    func discard() { trash.removeEmptyFolder(name) }
}
