// SPDX-License-Identifier: Apache-2.0
package import Credentials
#if canImport(Glibc)
    import Glibc
#endif

/// A file that somebody else keeps a secret for us in: read, and never changed, not even its mode.
package enum PrivateFile {
    /// Its whole content.
    ///
    /// - Returns: nil when there is no such file.
    /// - Throws: `.unsafe` for a link, another kind of file, one that is neither ours nor the administrator's, or one
    ///   that other users have access to; `.tooLong`; `.io`.
    package static func read(_ path: String, limitInBytes: Int) throws(StoreError) -> [UInt8]? {
        // Not waiting: a pipe in its place must not hold us up before it is refused.
        let descriptor = retrying { open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK | O_NOCTTY) }
        guard descriptor >= 0 else {
            switch errno {
            case ENOENT: return nil
            case ELOOP: throw .link(path)
            case ENXIO: throw .notAFile(path)
            case let code: throw .io(path: path, operation: "opening", code: code)
            }
        }
        let file = OpenFile(adopting: descriptor, path: path)
        let status = try file.status()
        guard status.st_mode & S_IFMT == S_IFREG else { throw .notAFile(path) }
        guard status.st_uid == geteuid() || status.st_uid == 0 else {
            throw .foreign(path, owner: status.st_uid)
        }
        guard status.st_mode & 0o077 == 0 else {
            throw .unsafe(
                path: path, problem: "Other users have access to it.", fix: "Run: chmod 600 \(path.shellWord)")
        }
        return try file.readAll(limitInBytes: limitInBytes)
    }
}
