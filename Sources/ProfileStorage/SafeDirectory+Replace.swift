// SPDX-License-Identifier: Apache-2.0
package import Credentials
#if canImport(Glibc)
import Glibc
#endif

extension SafeDirectory {
    /// How much has to survive a loss of power.
    package enum Durability: Sendable {
        /// The file and its name are on the disk before this returns.
        case synced
        /// Whole at any time for every reader, but written when the system likes.
        case relaxed
    }

    /// Puts new content in the place of a file, all at once: written beside, synced, renamed, the folder synced.
    ///
    /// Readers and a crash at any point see the old content or the new one. The caller holds the file's lock.
    ///
    /// - Throws: `.io` naming the operation. Then the old file is in place and nothing is left beside it, except when
    ///   syncing the folder failed: then the new content is in place, but might not survive a loss of power.
    package func atomicReplace(
        _ name: String, with bytes: [UInt8], durability: Durability = .synced
    ) throws(StoreError) {
        try checkName(name)
        let beside = Self.namePrefix(beside: name) + Self.randomName() + Self.nameSuffix
        let flags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC
        let descriptor = retrying { openat(folder.descriptor, beside, flags, 0o600) }
        guard descriptor >= 0 else {
            throw .io(path: path(of: name), operation: "creating the new file beside it", code: errno)
        }
        let file = OpenFile(adopting: descriptor, path: path(of: name))
        do {
            // An umask may have taken away our own access; it cannot add anybody else's.
            guard fchmod(descriptor, 0o600) == 0 else { throw file.failure("chmod of the new file") }
            try file.write(bytes)
            if durability == .synced { try file.synchronize("fsync of the new file") }
            guard renameat(folder.descriptor, beside, folder.descriptor, name) == 0 else {
                throw file.failure("renaming the new file into place")
            }
        } catch {
            unlinkat(folder.descriptor, beside, 0)
            throw error
        }
        if durability == .synced { try folder.synchronize("fsync of the folder, after the change was in place,") }
    }

    /// Removes what writers that died left beside `name`. The caller holds the file's lock, so nobody is writing.
    package func removeLeftovers(beside name: String) {
        let scan = openat(folder.descriptor, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard scan >= 0 else { return }
        guard let listing = fdopendir(scan) else {
            close(scan)
            return
        }
        defer { closedir(listing) }
        let prefix = Self.namePrefix(beside: name)
        while let entry = readdir(listing) {
            let found = Self.name(of: entry)
            if found.hasPrefix(prefix), found.hasSuffix(Self.nameSuffix) { unlinkat(folder.descriptor, found, 0) }
        }
    }

    private static func namePrefix(beside name: String) -> String { ".\(name).new-" }
    private static var nameSuffix: String { ".tmp" }

    /// 128 bits, so that nobody can plant the name before us.
    private static func randomName() -> String {
        var random = SystemRandomNumberGenerator()
        return String(random.next() as UInt64, radix: 36) + String(random.next() as UInt64, radix: 36)
    }

    private static func name(of entry: UnsafeMutablePointer<dirent>) -> String {
        withUnsafeBytes(of: &entry.pointee.d_name) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
    }
}
