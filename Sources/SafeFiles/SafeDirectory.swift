// SPDX-License-Identifier: Apache-2.0
package import Credentials
import Synchronization
#if canImport(Glibc)
    import Glibc
#endif

/// Something that was not as private as it should be, or not as we write it. Never holds a secret.
package struct StorageNotice: Hashable, Sendable {
    package var path: String
    /// A sentence.
    package var text: String

    package init(path: String, text: String) {
        self.path = path
        self.text = text
    }
}

/// A folder of ours, held open: everything inside it is reached from its descriptor, so that swapping the path under
/// us changes nothing. Folders are 0700 and files 0600; links, foreign owners and other kinds of file are refused.
///
/// The modes are exact whatever the umask is; a program still sets `umask(077)` first, for what others create.
package final class SafeDirectory: Sendable {
    /// Whose folder it is.
    package enum Kind: Sendable {
        /// Ours alone: nobody else may look into it.
        case own
        /// One that the user keeps other things in: its files are ours, its mode is not.
        case shared
        /// One that we only look into, such as a working directory: nothing in it is changed, not even a mode.
        case visited
    }

    /// Off for whoever only looks: what is too open is then left as it is, and nothing is said of it.
    @TaskLocal package static var closesWhatIsOpen = true

    package let path: String
    let folder: OpenFile
    let kind: Kind
    private let collected = Mutex<[StorageNotice]>([])

    /// - Returns: nil when there is no such folder.
    /// - Throws: `.unsafe` for a link, a file, or another user's folder; `.io`.
    package init?(existing path: String, kind: Kind = .own) throws(StoreError) {
        let path = Self.withoutTrailingSlashes(path)
        guard let folder = try Self.open(path) else { return nil }
        self.path = path
        self.kind = kind
        self.folder = folder
        try tightenFolder()
    }

    /// Creates the folder, and the missing ones above it, with mode 0700.
    package init(creating path: String, kind: Kind = .own) throws(StoreError) {
        let path = Self.withoutTrailingSlashes(path)
        self.path = path
        self.kind = kind
        if let folder = try Self.open(path) { self.folder = folder } else { self.folder = try Self.create(path) }
        try tightenFolder()
    }

    /// Makes a folder that is not there, with mode 0700, for whoever only looks: when it cannot be made, nothing is said.
    /// Whatever is in its place, a link that leads nowhere included, stays; and it is made in a folder of our own alone: a
    /// home that was mistyped is no home, and root makes nothing in another user's.
    package static func provide(_ path: String) {
        let path = withoutTrailingSlashes(path)
        var status = stat()
        guard lstat(path, &status) != 0, errno == ENOENT, let slash = path.lastIndex(of: "/") else { return }
        let parent = slash == path.startIndex ? "/" : String(path[..<slash])
        guard stat(parent, &status) == 0, status.st_mode & S_IFMT == S_IFDIR, status.st_uid == geteuid() else { return }
        // A disk that cannot be written holds what it holds.
        _ = try? create(path)
    }

    /// What was found and mended since the last call.
    package func takeNotices() -> [StorageNotice] {
        collected.withLock { notices in
            defer { notices = [] }
            return notices
        }
    }

    func note(_ name: String?, _ text: String) {
        collected.withLock { $0.append(StorageNotice(path: name.map(path(of:)) ?? path, text: text)) }
    }

    package func path(of name: String) -> String { path == "/" ? "/\(name)" : "\(path)/\(name)" }

    private func tightenFolder() throws(StoreError) {
        let status = try folder.status()
        guard status.st_mode & S_IFMT == S_IFDIR else {
            throw .unsafe(
                path: path, problem: "It is not a folder.", fix: ShellCommand.clear(path))
        }
        guard kind == .own else { return }
        guard status.st_uid == geteuid() else {
            throw .foreign(path, owner: status.st_uid, isFolder: true)
        }
        guard status.st_mode & 0o077 != 0 else { return }
        // A shared folder such as /tmp is never ours to close.
        guard status.st_mode & 0o1000 == 0 else {
            throw .unsafe(
                path: path, problem: "It is a folder that other users share.",
                fix: "Name a folder of your own, as in: \(OwnPlaces.example("AGENTICFLOW_STATE_DIR"))")
        }
        tighten(folder, to: 0o700, name: nil)
    }

    /// What is ours but open to others is closed and reported once, not refused.
    func tighten(_ file: OpenFile, to mode: mode_t, name: String?) {
        guard Self.closesWhatIsOpen else { return }
        if fchmod(file.descriptor, mode) == 0 {
            note(name, "Other users had access; it is now private (mode \(String(mode, radix: 8))).")
        } else {
            let why = String(cString: strerror(errno))
            note(name, "Other users have access, and it could not be made private: \(why).")
        }
    }
}

extension SafeDirectory {
    /// A slash at the end would make the system follow a link in the last place.
    private static func withoutTrailingSlashes(_ path: String) -> String {
        var path = Substring(path)
        while path.count > 1, path.last == "/" { path.removeLast() }
        return path.isEmpty ? "." : String(path)
    }

    private static func open(_ path: String) throws(StoreError) -> OpenFile? {
        try adopt(retrying { Glibc.open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC) }, path)
    }

    /// Nil for "no such folder"; the errors of opening a folder otherwise.
    private static func adopt(_ descriptor: Int32, _ path: String) throws(StoreError) -> OpenFile? {
        if descriptor >= 0 { return OpenFile(adopting: descriptor, path: path) }
        switch errno {
        case ENOENT: return nil
        case ELOOP, ENOTDIR:
            throw .unsafe(
                path: path, problem: "It, or something on the way to it, is a link or not a folder.",
                fix: wayFix(path))
        case let code: throw .io(path: path, operation: "opening the folder", code: code)
        }
    }

    /// For the first thing on the way that is no folder, and leads to none.
    private static func wayFix(_ path: String) -> String {
        var way = path.hasPrefix("/") ? "" : "."
        for part in path.split(separator: "/") {
            way += "/\(part)"
            var target = stat()
            guard let found = FileStatus(of: way), found.kind != .folder else { continue }
            if stat(way, &target) == 0, target.st_mode & S_IFMT == S_IFDIR { continue }
            return ShellCommand.clear(way)
        }
        return "Name the folder itself, which this shows: readlink -f \(path.shellWord)"
    }

    private static func create(_ path: String) throws(StoreError) -> OpenFile {
        let (parentPath, name) = split(path)
        // Folders that were there before us may be reached through links: that is the owner's way to place them.
        let descriptor = retrying { Glibc.open(parentPath, O_RDONLY | O_DIRECTORY | O_CLOEXEC) }
        let parent =
            if let found = try adopt(descriptor, parentPath) { found } else { try create(parentPath) }
        if mkdirat(parent.descriptor, name, 0o700) != 0, errno != EEXIST {
            throw .io(path: path, operation: "creating the folder", code: errno)
        }
        try parent.synchronize("fsync of the folder above")
        let made = openat(parent.descriptor, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
        guard let folder = try adopt(made, path) else {
            throw .io(path: path, operation: "opening the folder", code: ENOENT)
        }
        return folder
    }

    private static func split(_ path: String) -> (parent: String, name: String) {
        guard let slash = path.lastIndex(of: "/") else { return (".", path) }
        let parent = withoutTrailingSlashes(String(path[..<slash]))
        return (slash == path.startIndex ? "/" : parent, String(path[path.index(after: slash)...]))
    }
}
