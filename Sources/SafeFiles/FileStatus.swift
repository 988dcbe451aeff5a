// SPDX-License-Identifier: Apache-2.0
package import Credentials
package import FoundationEssentials
#if canImport(Glibc)
    import Glibc
#endif

/// What the system says of a path, without following a link in its last place.
package struct FileStatus: Hashable, Sendable {
    package enum Kind: Sendable { case file, folder, link, other }

    package var kind: Kind
    package var owner: UInt32
    /// The twelve bits of permission.
    package var mode: UInt32
    package var names: Int
    package var sizeInBytes: Int
    package var modified: Date
    package var inode: UInt64

    /// - Returns: nil when there is nothing under the path, or nothing that may be seen.
    package init?(of path: String) {
        var status = stat()
        guard lstat(path, &status) == 0 else { return nil }
        self.init(status)
    }

    /// As ``init(of:)``, for whom it makes a difference why there is nothing to be seen.
    ///
    /// - Returns: nil when there is nothing under the path.
    package static func known(of path: String) throws(StoreError) -> FileStatus? {
        var status = stat()
        if lstat(path, &status) == 0 { return FileStatus(status) }
        if errno == ENOENT || errno == ENOTDIR { return nil }
        throw .io(path: path, operation: "looking at it", code: errno)
    }

    private init(_ status: stat) {
        kind =
            switch status.st_mode & S_IFMT {
            case S_IFREG: .file
            case S_IFDIR: .folder
            case S_IFLNK: .link
            default: .other
            }
        owner = status.st_uid
        mode = status.st_mode & 0o7777
        names = Int(status.st_nlink)
        sizeInBytes = Int(status.st_size)
        let seconds = Double(status.st_mtim.tv_sec) + Double(status.st_mtim.tv_nsec) / 1e9
        modified = Date(timeIntervalSince1970: seconds)
        inode = UInt64(status.st_ino)
    }

    package var isOurs: Bool { owner == geteuid() }
    /// Somebody else may read, change or enter it.
    package var isOpenToOthers: Bool { mode & 0o077 != 0 }

    /// Gives a file or folder of ours another mode; a link is never followed.
    package static func setMode(_ mode: UInt32, of path: String) throws(StoreError) {
        let descriptor = retrying { Glibc.open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC) }
        guard descriptor >= 0 else { throw .io(path: path, operation: "opening", code: errno) }
        let file = OpenFile(adopting: descriptor, path: path)
        let status = try file.status()
        let kind = status.st_mode & S_IFMT
        guard kind == S_IFREG || kind == S_IFDIR else { throw .notAFile(path) }
        guard status.st_uid == geteuid() else {
            throw .foreign(path, owner: status.st_uid)
        }
        guard fchmod(file.descriptor, mode) == 0 else { throw file.failure("chmod") }
    }

    /// Whether this process may make and rename files in the folder.
    package static func isWritable(_ path: String) -> Bool { writeObstacle(path) == nil }

    /// The error number that says why not; nil when it may.
    package static func writeObstacle(_ path: String) -> Int32? { access(path, W_OK | X_OK) == 0 ? nil : errno }

    /// Of its file system no file of ours can be written any more: there are no blocks left, or no inodes.
    package static func isOnFullDisk(_ path: String) -> Bool {
        var room = statvfs()
        // One that does not count them says that it has none at all.
        guard statvfs(path, &room) == 0, room.f_blocks > 0 else { return false }
        return room.f_bavail == 0 || (room.f_files > 0 && room.f_favail == 0)
    }
}
