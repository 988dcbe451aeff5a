// SPDX-License-Identifier: Apache-2.0
#if canImport(Glibc)
    import Glibc
#endif

/// Tells one state of a file from another without reading it. A replaced file differs in its inode, an edited one in
/// its size or in the time of its last change, which no program can set back.
package struct Fingerprint: Hashable, Sendable {
    private let device: UInt64
    private let inode: UInt64
    private let sizeInBytes: Int64
    private let modifiedSeconds: Int
    private let modifiedNanoseconds: Int
    private let changedSeconds: Int
    private let changedNanoseconds: Int

    /// - Returns: nil when nothing can be found under the path.
    package init?(of path: String) {
        var status = stat()
        guard stat(path, &status) == 0 else { return nil }
        device = UInt64(status.st_dev)
        inode = UInt64(status.st_ino)
        sizeInBytes = Int64(status.st_size)
        modifiedSeconds = status.st_mtim.tv_sec
        modifiedNanoseconds = status.st_mtim.tv_nsec
        changedSeconds = status.st_ctim.tv_sec
        changedNanoseconds = status.st_ctim.tv_nsec
    }
}

/// Notices that files were changed, made or removed. One system call per file and look; safe against renames.
package struct FileWatch: Sendable {
    private var seen: [String: Fingerprint]
    private let paths: [String]

    /// - Parameter seen: how each file was just before it was read; nil for one that was not there.
    package init(paths: [String], seen: [String: Fingerprint?]) {
        self.paths = paths
        self.seen = seen.compactMapValues { $0 }
    }

    package init(paths: [String]) {
        self.paths = paths
        seen = [:]
        _ = changes()
    }

    /// - Returns: the paths that differ from what they were at the last call (or at the start), in the order given.
    package mutating func changes() -> [String] {
        paths.filter { path in
            let now = Fingerprint(of: path)
            defer { seen[path] = now }
            return seen[path] != now
        }
    }
}
