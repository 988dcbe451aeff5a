// SPDX-License-Identifier: Apache-2.0
#if canImport(Glibc)
    import Glibc
#endif

/// Where this instance keeps its files, for the advice that is printed about them. What a variable names may be a device
/// or a file of the system: a command of ours that moved it away, or gave it to another user, would do harm.
package struct OwnPlaces: Sendable {
    /// What a variable names.
    package struct Named: Sendable {
        package var variable: String
        package var path: String

        package init(_ variable: String, _ path: String) {
            self.variable = variable
            self.path = path
        }
    }

    /// Those that variables name: never to be moved themselves.
    package var named: [Named]
    /// Folders in which everything is ours; a folder that no variable names is so itself.
    package var folders: [String]
    package var configPath: String
    /// The state directory.
    package var state: String
    /// The words of this command line behind the program's name.
    package var typed: [String] = []

    package init(named: [Named], folders: [String], configPath: String, state: String) {
        self.named = named
        self.folders = folders
        self.configPath = configPath
        self.state = state
    }

    /// Asked only when there is something to advise. A class: in a release build the optimiser has no type for a task's
    /// value that is a function, and every command ended there.
    package final class Finder: Sendable {
        fileprivate let find: @Sendable () -> OwnPlaces?

        package init(_ find: @escaping @Sendable () -> OwnPlaces?) { self.find = find }
    }

    /// Nil: nothing is known of them, and only devices are left alone.
    @TaskLocal package static var finder: Finder?

    static var current: OwnPlaces? { finder?.find() }

    /// Whether a person may be told to move it, or to have it given to them.
    func mayBeMoved(_ path: String) -> Bool {
        if named.contains(where: { $0.path == path || Self.holds(path, $0.path) }) { return false }
        return path.hasPrefix("\(configPath).") || folders.contains { $0 == path || Self.holds($0, path) }
            // Folders that the configuration sets aside hold our files, and others'.
            || path.split(separator: "/").last?.hasPrefix("auth-") == true
    }

    /// The variable that leads there, or through there.
    func variable(of path: String) -> String? {
        let found =
            named.first { $0.path == path } ?? named.first { Self.holds(path, $0.path) || Self.holds($0.path, path) }
        return found?.variable
    }

    private static func holds(_ folder: String, _ path: String) -> Bool {
        path.hasPrefix(folder == "/" ? "/" : "\(folder)/")
    }

    /// This command line as the account types it that the state directory belongs to.
    ///
    /// - Parameter path: what is not ours. In a state directory of ours it is an exception.
    /// - Returns: nil for what is no state directory by all we can see, or is ours.
    func lineOfOwner(of path: String) -> String? {
        guard path == state || Self.holds(state, path) || Self.holds(path, state) else { return nil }
        var status = stat()
        guard lstat(state, &status) == 0, status.st_mode & S_IFMT == S_IFDIR, status.st_uid != geteuid(),
            isStateDirectory(status)
        else { return nil }
        let owner = Account.name(of: status.st_uid) ?? "#\(status.st_uid)"
        let others = named.filter { $0.variable != "AGENTICFLOW_STATE_DIR" }
            .map { " \($0.variable)=\($0.path.shellWord)" }.joined()
        let words = (["agenticflow-enterprise"] + typed.map(\.shellWord)).joined(separator: " ")
        return "sudo -u \(owner.shellWord) AGENTICFLOW_STATE_DIR=\(state.shellWord)\(others) \(words)"
    }

    /// As `sudo` leaves it in a home.
    var isLeftByRoot: Bool {
        let parent = state.prefix(upTo: state.lastIndex(of: "/") ?? state.startIndex)
        return Self.owner(of: state) == 0 && Self.owner(of: "\(parent)/.") == geteuid() && geteuid() != 0
    }

    /// Whether root has left it in a state directory of ours, where it is rarely alone.
    func isLeftByRoot(in path: String) -> Bool {
        Self.holds(state, path) && mayBeMoved(state) && Self.owner(of: path) == 0 && Self.owner(of: state) == geteuid()
            && geteuid() != 0
    }

    private static func owner(of path: String) -> UInt32? {
        var status = stat()
        return lstat(path, &status) == 0 ? status.st_uid : nil
    }

    /// A variable may name any folder, and root would close /etc to everybody. One that we may not look into is taken
    /// for one unless it is root's, and in nobody's home.
    private func isStateDirectory(_ status: stat) -> Bool {
        if state.split(separator: "/").last?.contains("agenticflow-enterprise") == true { return true }
        guard access(state, X_OK) == 0 else { return status.st_uid != 0 || isLeftByRoot }
        return ["agenticflow-enterprise.json", "gateway.lock", "agents"].contains { name in
            var status = stat()
            return lstat("\(state)/\(name)", &status) == 0
        }
    }

    /// The line that sets a variable of ours to where its files are without it.
    ///
    /// - Parameter isUsual: false where that is no help.
    package static func example(_ variable: String, isUsual: Bool = true) -> String {
        let home = "\"$HOME/.agenticflow-enterprise"
        return switch variable {
        case "AGENTICFLOW_STATE_DIR" where isUsual: "export \(variable)=\(home)\""
        case "AGENTICFLOW_CONFIG_PATH": "export \(variable)=\(home)/agenticflow-enterprise.json\""
        case "AGENTICFLOW_AGENT_DIR": "export \(variable)=\(home)/agents/main/agent\""
        case "AGENTICFLOW_OAUTH_DIR": "export \(variable)=\(home)/credentials\""
        default: "export \(variable)=/var/lib/agenticflow-enterprise"
        }
    }

    /// Another place for what cannot be where it was named.
    static func another(_ path: String) -> String {
        let places = current
        // A device among our own files, which somebody has made there.
        if places?.mayBeMoved(path) ?? true { return "Look at what is there: ls -ld \(path.shellWord)" }
        if let variable = places?.variable(of: path) {
            return "Name another place in \(variable), as in: \(example(variable))"
        }
        if let places, places.folders.contains(where: { holds(path, $0) }) {
            return "Name a folder of your own: \(example("AGENTICFLOW_STATE_DIR", isUsual: false))"
        }
        return "Name another place for it where the configuration does, then run: "
            + "agenticflow-enterprise config validate"
    }
}

extension ShellCommand {
    /// What helps where something stands in the way: to move it, or, where that could do harm, another place.
    ///
    /// - Parameter words: what is said of the command that moves it.
    package static func clear(_ path: String, _ words: String = "Move it away") -> String {
        guard mayBeMoved(path) else {
            let other = OwnPlaces.another(path)
            return words.first?.isLowercase == true ? other.prefix(1).lowercased() + other.dropFirst() : other
        }
        return "\(words): \(moveAway(path))"
    }

    /// Not a device, nor what a variable names, nor what stands outside of our folders.
    package static func mayBeMoved(_ path: String) -> Bool {
        var status = stat()
        if lstat(path, &status) == 0, [S_IFCHR, S_IFBLK].contains(status.st_mode & S_IFMT) { return false }
        return OwnPlaces.current?.mayBeMoved(path) ?? true
    }
}
