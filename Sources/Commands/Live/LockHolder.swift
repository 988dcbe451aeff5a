// SPDX-License-Identifier: Apache-2.0
#if canImport(Glibc)
    import Glibc
#endif

/// Whether a process has a lock file open, as far as `/proc` shows it: a number that a dead gateway left behind may be
/// somebody else's by now, and nobody is told to end that one.
enum LockHolder {
    static func holds(_ pid: Int64, lock path: String) -> Bool {
        var lock = stat()
        guard pid > 0, stat(path, &lock) == 0, let folder = opendir("/proc/\(pid)/fd") else { return false }
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
