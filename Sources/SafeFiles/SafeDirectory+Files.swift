// SPDX-License-Identifier: Apache-2.0
package import Credentials
#if canImport(Glibc)
    import Glibc
#endif

extension SafeDirectory {
    /// The longest file that is read unless said otherwise, in bytes. A store of 10 000 profiles has 3 MB.
    package static let defaultLimitInBytes = 64 << 20

    /// The whole content of a file.
    ///
    /// - Returns: nil when there is no such file.
    /// - Throws: `.unsafe`, `.io`, or `.tooLong`.
    package func read(_ name: String, limitInBytes: Int = defaultLimitInBytes) throws(StoreError) -> [UInt8]? {
        guard let file = try open(name, O_RDONLY) else { return nil }
        return try file.readAll(limitInBytes: limitInBytes)
    }

    /// Opens a file of ours and checks what was opened, never what the name pointed to a moment before.
    ///
    /// - Parameter flags: access and creation; not following links, not waiting and closing on exec are added.
    /// - Returns: nil when it does not exist and was not to be created.
    func open(_ name: String, _ flags: Int32) throws(StoreError) -> OpenFile? {
        try checkName(name)
        // Not waiting: a pipe planted under the name must not hold us up before it is refused.
        let all = flags | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK
        let descriptor = retrying { openat(folder.descriptor, name, all, 0o600) }
        guard descriptor >= 0 else {
            switch errno {
            case ENOENT: return nil
            case ELOOP: throw .link(path(of: name))
            case EISDIR, ENXIO: throw .notAFile(path(of: name))
            case let code: throw .io(path: path(of: name), operation: "opening", code: code)
            }
        }
        let file = OpenFile(adopting: descriptor, path: path(of: name))
        try check(file, name: name, isRead: flags & O_ACCMODE == O_RDONLY)
        return file
    }

    private func check(_ file: OpenFile, name: String, isRead: Bool) throws(StoreError) {
        let status = try file.status()
        guard status.st_mode & S_IFMT == S_IFREG else { throw .notAFile(file.path) }
        guard Self.trusts(owner: status.st_uid, to: geteuid(), in: kind, isRead: isRead) else {
            throw .foreign(file.path, owner: status.st_uid)
        }
        // None at all is fine: somebody put a newer file in its place after we had opened it.
        guard status.st_nlink <= 1 else {
            let copy = "\(file.path).own".shellWord
            throw .unsafe(
                path: file.path, problem: "It has \(status.st_nlink) names (hard links); it may have only one.",
                fix: "Give it a copy of its own: cp -p \(file.path.shellWord) \(copy) && mv \(copy) "
                    + file.path.shellWord)
        }
        if status.st_mode & 0o077 != 0, kind != .visited { tighten(file, to: 0o600, name: name) }
    }

    /// Our own files; and, only to read and only in a folder such as /etc or a project's, the administrator's.
    package static func trusts(owner: UInt32, to us: UInt32, in kind: Kind, isRead: Bool) -> Bool {
        owner == us || (owner == 0 && kind != .own && isRead)
    }

    func checkName(_ name: String) throws(StoreError) {
        guard !name.isEmpty, name != ".", name != "..", !name.utf8.contains(UInt8(ascii: "/")), !name.utf8.contains(0)
        else { throw .unsafe(path: path, problem: "\(name.escapedForDisplay) is not the name of a file.") }
    }

    /// True when the name still leads to the file that was opened.
    func isCurrent(_ file: OpenFile, name: String) throws(StoreError) -> Bool {
        let opened = try file.status()
        var named = stat()
        guard fstatat(folder.descriptor, name, &named, AT_SYMLINK_NOFOLLOW) == 0 else {
            if errno == ENOENT { return false }
            throw file.failure("fstatat")
        }
        return opened.st_dev == named.st_dev && opened.st_ino == named.st_ino
    }
}

extension StoreError {
    static func link(_ path: String) -> StoreError {
        .unsafe(path: path, problem: "It is a symbolic link.", fix: linkFix(path))
    }

    /// A copy only of a file of ours: a link may lead to a device without end, to another's file, or nowhere.
    private static func linkFix(_ path: String) -> String {
        var target = stat()
        let isFileOfOurs =
            stat(path, &target) == 0 && target.st_mode & S_IFMT == S_IFREG && target.st_uid == geteuid()
            && target.st_size <= SafeDirectory.defaultLimitInBytes
        guard isFileOfOurs else { return ShellCommand.clear(path, "Move the link away") }
        guard ShellCommand.mayBeMoved(path) else {
            return "Name the file itself, which this shows: readlink -f \(path.shellWord)"
        }
        return "Put the file itself in its place: cp --remove-destination \"$(readlink -f \(path.shellWord))\" "
            + path.shellWord
    }

    static func foreign(_ path: String, owner: UInt32, isFolder: Bool = false) -> StoreError {
        .unsafe(
            path: path, problem: "It belongs to user \(owner), not to \(geteuid()).",
            fix: ShellCommand.ownershipFix(path, isFolder: isFolder))
    }

    static func notAFile(_ path: String) -> StoreError {
        .unsafe(path: path, problem: "It is not a regular file.", fix: ShellCommand.clear(path))
    }
}
