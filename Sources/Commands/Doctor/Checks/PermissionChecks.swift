// SPDX-License-Identifier: Apache-2.0
import Credentials
import FoundationEssentials
import SafeFiles
import Settings

#if canImport(Glibc)
    import Glibc
#endif

/// Who else may read what is secret, and whether we may write it.
struct PermissionChecks {
    private let survey: Survey
    private(set) var findings: [Finding] = []

    init(_ survey: Survey) {
        self.survey = survey
        checkState()
        checkFolders()
        checkFiles()
        checkGit()
        checkSynced()
        findings += OtherStates(survey).findings
    }

    private var state: String { survey.layout.state }

    private mutating func checkState() {
        guard let status = FileStatus(of: state) else { return }
        let another = "Name a folder of your own: \(elsewhere)"
        if let (problem, fix) = flaw(of: status, another) {
            findings.append(
                Finding(
                    .stateDirUnsafe, "\(survey.shown(state)) is not safe to keep secrets in.", why: problem,
                    fix: fix, path: state))
            return
        }
        if status.isOpenToOthers { findings.append(open(.stateDirPermissions, state, status, to: 0o700)) }
        for folder in survey.ownFolders where FileStatus(of: folder)?.isOurs == true {
            guard let obstacle = FileStatus.writeObstacle(folder) else { continue }
            let isReadOnly = obstacle == EROFS
            let fix =
                isReadOnly
                ? "Make the file system writable; how it is mounted: findmnt -T \(folder.shellWord)"
                : "Run: chmod u+rwx \(folder.shellWord)"
            findings.append(
                Finding(
                    .stateNotWritable, "Nothing can be written in \(survey.shown(folder)).",
                    why: isReadOnly ? "Its file system is mounted read-only." : "Its permissions forbid it.",
                    fix: "\(fix); or \(another.prefix(1).lowercased())\(another.dropFirst())", path: folder))
        }
        if FileStatus.isOnFullDisk(state) {
            findings.append(
                Finding(
                    .stateDiskFull, "There is no room on the disk of \(survey.shown(state)).",
                    why: "No credential, setting or waiting time can be stored.",
                    fix: "Make room. How full it is: df -h \(state.shellWord); df -i \(state.shellWord)", path: state))
        }
    }

    /// Why the state directory is no place for secrets, and what helps.
    private func flaw(of status: FileStatus, _ another: String) -> (problem: String, fix: String)? {
        if status.kind == .folder, status.mode & 0o1000 != 0 {
            return ("It is a folder that other users share.", another)
        }
        switch status.kind {
        case .link:
            return (
                "It is a symbolic link.",
                "Name the folder itself: export AGENTICFLOW_STATE_DIR=\"$(readlink -f \(state.shellWord))\""
            )
        case .file, .other: return ("It is not a folder.", ShellCommand.clear(state))
        case .folder where !status.isOurs:
            return ("It belongs to user \(status.owner).", ShellCommand.ownershipFix(state, isFolder: true))
        case .folder: return nil
        }
    }

    private func open(_ id: CheckID, _ path: String, _ status: FileStatus, to mode: UInt32) -> Finding {
        let octal = String(status.mode & 0o777, radix: 8)
        return Finding(
            id, "Other users have access to \(survey.shown(path)) (mode \(octal)).",
            why: status.kind == .folder ? "Credentials rest in it." : "It may hold secrets.",
            fix: "Run: \(program) doctor --fix; or chmod \(String(mode, radix: 8)) \(path.shellWord)", path: path,
            repair: .tighten(path: path, to: mode))
    }

    private mutating func checkFolders() {
        var folders = ["\(state)/agents", "\(state)/credentials", "\(state)/doctor-backups"]
        for (agent, path) in survey.agentFolders { folders += ["\(state)/agents/\(agent)", path] }
        var seen: Set<String> = [state]
        for path in folders where seen.insert(path).inserted {
            guard let status = FileStatus(of: path), status.kind == .folder, status.isOurs, status.isOpenToOthers
            else { continue }
            findings.append(open(.agentDirPermissions, path, status, to: 0o700))
        }
    }

    /// Everything of ours in the folders that are ours alone, and the configuration with its copies wherever it is.
    private mutating func checkFiles() {
        // In a folder elsewhere, which others may use too, only what is ours by its name.
        var paths = survey.ownFolders.flatMap { folder in
            Survey.names(in: folder).filter { folder.isInside(state) || $0.hasPrefix("auth-") }.map {
                "\(folder)/\($0)"
            }
        }
        paths += survey.referencedFiles
        let configuration = survey.layout.configPath
        paths += [configuration, "\(configuration).bak"] + (1...4).map { "\(configuration).bak.\($0)" }
        var seen: Set<String> = []
        for path in paths where seen.insert(path).inserted {
            guard let status = FileStatus(of: path), status.kind == .file else { continue }
            if !status.isOurs { checkLock(path) }
            if status.isOurs, status.isOpenToOthers { findings.append(open(.filePermissions, path, status, to: 0o600)) }
        }
    }

    /// Another's, where nothing is read: only a change meets it.
    private mutating func checkLock(_ path: String) {
        guard path.hasSuffix(".lock"), !path.hasSuffix("/gateway.lock"), FileStatus(of: state)?.isOurs == true else {
            return
        }
        findings.append(
            Finding(
                .stateNotWritable, "\(survey.shown(path)) belongs to another user.",
                why: "Without it, what stands beside it cannot be changed.", fix: ShellCommand.ownershipFix(path),
                path: path))
    }

    // MARK: Copies that leave the machine

    private mutating func checkGit() {
        guard FileStatus(of: state) != nil, let tree = Self.workTree(around: state) else { return }
        findings.append(
            Finding(
                .stateInGit, "\(survey.shown(state)) is inside the git work tree \(survey.shown(tree)).",
                why: "One git add, and the credentials are in its history.",
                fix: gitFix(tree), path: state))
        let files =
            [survey.layout.configPath, survey.layout.dotEnvPath]
            + survey.agentFolders.map { "\($0.path)/auth-profiles.json" }
        let tracked = GitIndex(of: tree).tracked(among: files)
        for path in tracked {
            findings.append(
                Finding(
                    .stateTrackedByGit, "git tracks \(survey.shown(path)).",
                    why: "Whoever gets a copy of the repository has what is in it.",
                    fix:
                        "Run: git -C \(tree.shellWord) rm --cached \(path.shellWord); then replace its secrets at the providers",
                    path: path))
        }
    }

    /// To the usual place or beside it, unless that is in the tree too or the state is a tree itself: then git is told to
    /// pass over the state.
    private func gitFix(_ tree: String) -> String {
        let pattern = state == tree ? "*" : "/\(state.dropFirst(tree.count + 1))/"
        let ignored =
            "printf '%s\\n' \(pattern.shellWord) >> "
            + "\(tree.shellWord)/.gitignore"
        guard let usual, !usual.isInside(tree), state != tree else { return "Have git pass over it: \(ignored)" }
        let names = [usual] + (2...9).map { "\(usual)-\($0)" }
        guard let free = names.first(where: { FileStatus(of: $0) == nil }) else {
            return "Have git pass over it: \(ignored)"
        }
        let typed = survey.context.typed(free)
        let ending = survey.announcedPID.map { "end the gateway (process \($0)), then run: " } ?? ""
        return "Move it: \(ending)mv \(survey.context.typed(state)) \(typed) && "
            + "export AGENTICFLOW_STATE_DIR=\(typed); or have git pass over it: \(ignored)"
    }

    /// Where the state is without a variable; nil when that is where it is.
    private var usual: String? {
        guard let home = survey.context.home, case let usual = "\(home)/.\(program)", usual != state else { return nil }
        return usual
    }

    /// The line that names another place.
    private var elsewhere: String {
        OwnPlaces.example("AGENTICFLOW_STATE_DIR", isUsual: usual != nil)
    }

    private static func workTree(around path: String) -> String? {
        var folder = path
        while true {
            if FileStatus(of: "\(folder)/.git") != nil { return folder }
            guard let slash = folder.lastIndex(of: "/"), slash > folder.startIndex else { return nil }
            folder = String(folder[..<slash])
        }
    }

    private static let synced = [
        "dropbox", "onedrive", "nextcloud", "owncloud", "icloud drive", "mobile documents", "com~apple~clouddocs",
        "google drive", "googledrive", "syncthing", "pclouddrive", "box sync",
    ]

    private mutating func checkSynced() {
        let parts = state.lowercased().split(separator: "/")
        guard let name = Self.synced.first(where: { name in parts.contains { $0 == name || $0.hasPrefix("\(name) ") } })
        else { return }
        findings.append(
            Finding(
                .stateInSyncedFolder, "\(survey.shown(state)) is in a synced folder (\(name)).",
                why: "Its program copies the credentials to other machines, and may bring old files back.",
                fix: "Move it, then: \(elsewhere)", path: state))
    }
}

/// The list of files that git tracks, searched as bytes: paths stand in it as they are.
private struct GitIndex {
    private let tree: String
    private let bytes: [UInt8]

    init(of tree: String) {
        self.tree = tree
        // No index, no files; a work tree of another form is not looked into.
        bytes = FileManager.default.contents(atPath: "\(tree)/.git/index").map { Array($0.prefix(64 << 20)) } ?? []
    }

    func tracked(among paths: [String]) -> [String] {
        guard !bytes.isEmpty else { return [] }
        return paths.filter { path in
            guard path.hasPrefix("\(tree)/") else { return false }
            return bytes.firstRange(of: Array(path.dropFirst(tree.count + 1).utf8) + [0]) != nil
        }
    }
}
