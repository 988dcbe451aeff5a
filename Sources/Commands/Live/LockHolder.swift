// SPDX-License-Identifier: Apache-2.0
#if canImport(Glibc)
    import Glibc
#endif

/// Whether a process has a lock file open, as far as `/proc` shows it: a number that a dead gateway left behind may be
/// somebody else's by now, and nobody is told to end that one.
enum LockHolder {
    static func holds(_ pid: Int64, lock path: String) -> Bool {
        var lock = stat()
        guard pid > 0, stat(path, &lock) == 0 else { return false }
        return isListed(pid, lock.st_ino) || hasOpen(pid, lock)
    }

    /// As the table of all locks has it, which everybody may read: `4: FLOCK  ADVISORY  WRITE 4711 fe:00:1566771 0 EOF`.
    private static func isListed(_ pid: Int64, _ inode: ino_t) -> Bool {
        ProcessFiles.text(of: "/proc/locks").split(separator: "\n").contains { line in
            let fields = line.split(separator: " ")
            return fields.count > 5 && fields[1] == "FLOCK" && fields[4] == "\(pid)" && fields[5].hasSuffix(":\(inode)")
        }
    }

    /// Where that table is empty. What a gateway has open is closed to its own account, and open to root.
    private static func hasOpen(_ pid: Int64, _ lock: stat) -> Bool {
        guard let folder = opendir("/proc/\(pid)/fd") else { return false }
        defer { closedir(folder) }
        while let entry = readdir(folder) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            var open = stat()
            // What a descriptor leads to, not the link that stands for it.
            guard stat("/proc/\(pid)/fd/\(name)", &open) == 0 else { continue }
            if open.st_dev == lock.st_dev, open.st_ino == lock.st_ino { return true }
        }
        return false
    }
}
