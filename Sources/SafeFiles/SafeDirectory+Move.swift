// SPDX-License-Identifier: Apache-2.0
package import Credentials
#if canImport(Glibc)
    import Glibc
#endif

extension SafeDirectory {
    /// Makes an empty folder in this one, with mode 0700.
    ///
    /// - Returns: false when the name is taken.
    package func makeFolder(_ name: String) throws(StoreError) -> Bool {
        try checkName(name)
        guard mkdirat(folder.descriptor, name, 0o700) == 0 else {
            if errno == EEXIST { return false }
            throw .io(path: path(of: name), operation: "creating the folder", code: errno)
        }
        return true
    }

    /// Takes back ``makeFolder(_:)``: a folder that is not empty, or not there, stays as it is.
    package func removeEmptyFolder(_ name: String) {
        guard (try? checkName(name)) != nil else { return }
        unlinkat(folder.descriptor, name, AT_REMOVEDIR)
    }

    /// Moves a folder of ours with everything in it to another place, in one step: it is here or there, always whole.
    ///
    /// - Parameters:
    ///   - target: where it goes, on the same file system.
    ///   - other: its name there. Only an empty folder may have it.
    /// - Returns: false when there is no such folder here.
    /// - Throws: `.io` or `.unsafe`, with the folder where it was; `.unsynced` when it has been moved.
    package func moveFolder(_ name: String, to target: SafeDirectory, as other: String) throws(StoreError) -> Bool {
        try checkName(name)
        try target.checkName(other)
        guard try holdsFolderOfOurs(name) else { return false }
        guard renameat(folder.descriptor, name, target.folder.descriptor, other) == 0 else {
            throw .io(path: path(of: name), operation: "moving it to \(target.path(of: other))", code: errno)
        }
        for changed in [target, self] {
            do throws(StoreError) { try changed.folder.synchronize() } catch {
                guard case .io(_, _, let code) = error else { throw error }
                throw .unsynced(path: target.path(of: other), code: code)
            }
        }
        return true
    }

    /// What stands in the way of ``moveFolder(_:to:as:)`` here, found without moving anything.
    package func checkMovable(_ name: String) throws(StoreError) {
        try checkName(name)
        guard try holdsFolderOfOurs(name) else { return }
        // Its own entry for the folder above changes too.
        for place in [path, path(of: name)] where !FileStatus.isWritable(place) {
            throw .io(path: place, operation: "writing into it", code: EACCES)
        }
    }

    private func holdsFolderOfOurs(_ name: String) throws(StoreError) -> Bool {
        var status = stat()
        guard fstatat(folder.descriptor, name, &status, AT_SYMLINK_NOFOLLOW) == 0 else {
            if errno == ENOENT { return false }
            throw .io(path: path(of: name), operation: "looking at the folder", code: errno)
        }
        guard status.st_mode & S_IFMT == S_IFDIR else {
            throw .unsafe(
                path: path(of: name), problem: "It is a link or not a folder.",
                fix: ShellCommand.clear(path(of: name)))
        }
        guard status.st_uid == geteuid() else {
            throw .foreign(path(of: name), owner: status.st_uid, isFolder: true)
        }
        return true
    }
}
