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
    /// - Throws: `.io` naming the operation: the old file is in place and nothing is left beside it. `.unsynced` when
    ///   the folder could not be synced: the new content is in place, but might not survive a loss of power. It stays:
    ///   going back could lose the only copy of a token whose predecessor is spent.
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
        do throws(StoreError) {
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
        guard durability == .synced else { return }
        do throws(StoreError) { try folder.synchronize() } catch {
            guard case .io(_, _, let code) = error else { throw error }
            throw .unsynced(path: path(of: name), code: code)
        }
    }

    /// Gives a file another name, in the place of whatever has it. Nothing happens when there is no such file.
    package func rename(_ name: String, to other: String) throws(StoreError) {
        try checkName(name)
        try checkName(other)
        guard renameat(folder.descriptor, name, folder.descriptor, other) == 0 || errno == ENOENT else {
            throw .io(path: path(of: name), operation: "renaming it", code: errno)
        }
    }

    /// Removes a file. Nothing happens when there is none.
    package func remove(_ name: String) throws(StoreError) {
        try checkName(name)
        guard unlinkat(folder.descriptor, name, 0) == 0 || errno == ENOENT else {
            throw .io(path: path(of: name), operation: "removing it", code: errno)
        }
    }

    /// Adds to the end of a file, in one call, made when it is not there. Not synced.
    ///
    /// - Parameter startingLine: a line break goes first when the file ends without one, as after a crash.
    /// - Returns: the size of the file, in bytes.
    @discardableResult
    package func append(_ bytes: [UInt8], to name: String, startingLine: Bool = false) throws(StoreError) -> Int {
        guard let file = try open(name, O_RDWR | O_CREAT | O_APPEND) else {
            throw .io(path: path(of: name), operation: "opening", code: ENOENT)
        }
        let size = Int(try file.status().st_size)
        var last = UInt8(ascii: "\n")
        if startingLine, size > 0, pread(file.descriptor, &last, 1, off_t(size - 1)) < 0 { throw file.failure("read") }
        let whole = last == UInt8(ascii: "\n") ? bytes : [UInt8(ascii: "\n")] + bytes
        try file.write(whole)
        return size + whole.count
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
