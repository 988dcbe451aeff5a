// SPDX-License-Identifier: Apache-2.0
#if canImport(Glibc)
    import Glibc
#endif

extension StringProtocol {
    /// One word for a shell, in quotes when it has to be: every word from outside goes through here on its way into a
    /// command that we print, so that a name with a blank works and one with a quote and a semicolon does nothing else.
    package var shellWord: String {
        let isPlain =
            !isEmpty
            && utf8.allSatisfy { byte in
                byte > 0x7F || Character(UnicodeScalar(byte)).isLetter || Character(UnicodeScalar(byte)).isNumber
                    || "-_./:@=+,%".utf8.contains(byte)
            }
        if isPlain { return String(self) }
        return "'" + split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''") + "'"
    }
}

/// Commands of the system that we print for a person to type.
package enum ShellCommand {
    /// Takes what is there out of the way, under a name that nothing has.
    static func moveAway(_ path: String) -> String { "mv \(path.shellWord) \(aside(path).shellWord)" }

    /// Takes the copies that were made of a file before each change out of the way, all of them.
    static func setCopiesAside(of path: String) -> String {
        let folder = aside(path).shellWord
        return "mkdir -m 700 \(folder) && mv \(path.shellWord).bak* \(folder)"
    }

    private static func aside(_ path: String) -> String {
        var aside = "\(path).old"
        for number in 2...99 where isTaken(aside) { aside = "\(path).old\(number)" }
        return aside
    }

    /// For what is not ours to use as it stands. A state directory is used by the account that it belongs to, and a
    /// gateway of that account may be using it now; one in a home that root has left there is the home's. What is in
    /// ours, root can give us, and we can move.
    package static func ownershipFix(_ path: String, isFolder: Bool = false) -> String {
        let places = OwnPlaces.current
        if let places, let line = places.lineOfOwner(of: path) {
            guard places.isLeftByRoot else { return "Run the command as the owner of the state directory: \(line)" }
            return
                "\(giving(places.state, isFolder: true, unless: "a gateway of root's runs on it")); or run the command "
                + "as root: \(line)"
        }
        guard mayBeMoved(path) else { return OwnPlaces.another(path) }
        let isAll = places?.isLeftByRoot(in: path) == true
        let whole = isAll ? giving(places?.state ?? path, isFolder: true) : giving(path, isFolder: isFolder)
        // Without its lock a running gateway is not seen.
        if path.hasSuffix(".lock") { return whole }
        // Beside its copies a configuration is not begun anew.
        let copy = "\(path).bak"
        if path == places?.configPath, isTaken(copy) {
            return whole
                + "; or put the newest copy in its place: \(moveAway(path)) && cp -p \(copy.shellWord) \(path.shellWord)"
        }
        return whole + "; or move it away and begin anew: \(moveAway(path))"
    }

    /// - Parameter condition: while it holds, that would take the files away from who uses them.
    private static func giving(_ path: String, isFolder: Bool, unless condition: String? = nil) -> String {
        let user = Account.name(of: geteuid()) ?? "\(geteuid())"
        return
            "Have it given to you\(condition.map { ", unless \($0)" } ?? ""): sudo chown \(isFolder ? "-R " : "")\(user.shellWord) \(path.shellWord)"
    }

    private static func isTaken(_ path: String) -> Bool {
        var status = stat()
        return lstat(path, &status) == 0
    }
}

extension StoreError {
    /// What helps against each thing that a system refuses.
    static func fix(for code: Int32, at path: String) -> String {
        let word = path.shellWord
        let folder = folder(of: path).shellWord
        switch code {
        case ENOSPC, EDQUOT: return "Make room, then repeat the command. How full it is: df -h \(folder)"
        case EROFS:
            return "Make the file system writable, then repeat the command. How it is mounted: findmnt -T \(folder)"
        case EACCES, EPERM: return accessFix(path)
        case ENAMETOOLONG:
            return "Name a folder with a shorter path: \(OwnPlaces.example("AGENTICFLOW_STATE_DIR"))"
        case EIO: return "Look at the disk, then repeat the command: dmesg | tail"
        case EMFILE, ENFILE: return "Let the program open more files, then repeat the command: ulimit -n 4096"
        case EISDIR, ENOTEMPTY, EEXIST: return ShellCommand.clear(path)
        default: return "Look at what is there, then repeat the command: ls -ld \(folder) \(word)"
        }
    }

    /// The first thing on the way that we may not pass, and what opens it.
    private static func accessFix(_ path: String) -> String {
        var way = ""
        for part in path.split(separator: "/").dropLast() {
            way += "/\(part)"
            guard Glibc.access(way, X_OK) != 0 else { continue }
            return access(way, isFolder: true)
        }
        var status = stat()
        if lstat(path, &status) == 0, Glibc.access(path, R_OK | W_OK) != 0 {
            return access(path, isFolder: status.st_mode & S_IFMT == S_IFDIR)
        }
        return access(folder(of: path), isFolder: true)
    }

    private static func access(_ path: String, isFolder: Bool) -> String {
        var status = stat()
        if lstat(path, &status) == 0, status.st_uid != geteuid() {
            return ShellCommand.ownershipFix(path, isFolder: isFolder)
        }
        return "Give yourself access: chmod \(isFolder ? "u+rwx" : "u+rw") \(path.shellWord); then repeat the command."
    }

    private static func folder(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }
}
