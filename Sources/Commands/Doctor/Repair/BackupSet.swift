// SPDX-License-Identifier: Apache-2.0
import Credentials
import Documents
import FoundationEssentials
import SafeFiles
import Settings

#if canImport(Glibc)
    import Glibc
#endif

/// What one run of `--fix` was about to change: a folder with every file before and after, and a manifest, written
/// last. Whatever happens after that, the contents before are here.
struct BackupSet {
    static let kept = 5
    static let manifestName = "manifest.json"
    private static let undoneName = "undone"

    let folder: SafeDirectory
    var path: String { folder.path }

    static func parent(_ layout: StateLayout) -> String { "\(layout.state)/doctor-backups" }

    /// Such as `20261120T100000Z`: names in order are times in order.
    static func stamp(_ now: Date) -> String { now.written.filter { $0 != "-" && $0 != ":" } }

    /// Later than all that are there, also when the clock has gone back: the newest one is what is taken back first.
    private static func name(_ layout: StateLayout, _ now: Date) -> String {
        let name = stamp(now)
        guard let newest = Survey.names(in: parent(layout)).filter(isStamped).sorted(by: isLater).first,
            isLater(newest, name), let stamp = newest.split(separator: "-").first
        else { return name }
        return String(stamp)
    }

    private static func isStamped(_ name: String) -> Bool {
        name.first?.isNumber == true && name.split(separator: "-").first?.hasSuffix("Z") == true
    }

    init(_ changes: [PlannedChange], layout: StateLayout, now: Date) throws {
        let path = try Self.unused("\(Self.parent(layout))/\(Self.name(layout, now))")
        do { folder = try SafeDirectory(creating: path) } catch {
            rmdir(path)
            throw error
        }
        do { try write(changes, now) } catch {
            // Half a backup is of no use to anybody, and may hold secrets.
            Self.remove(path)
            throw error
        }
    }

    /// The path, or with a number behind it if there is something there.
    static func unused(_ path: String) throws(StoreError) -> String {
        var (found, number) = (path, 1)
        while try FileStatus.known(of: found) != nil {
            number += 1
            found = "\(path)-\(number)"
        }
        return found
    }

    private func write(_ changes: [PlannedChange], _ now: Date) throws {
        var entries: [Literal] = []
        for (index, change) in changes.enumerated() { entries.append(try Self.keep(change, index, in: folder)) }
        let manifest = Literal.object([
            .init("version", .integer(1)), .init("madeAt", .integer(now.milliseconds)),
            .init("changes", .array(entries)),
        ])
        try folder.atomicReplace(Self.manifestName, with: Array((manifest.pretty() + "\n").utf8))
    }

    private static func keep(_ change: PlannedChange, _ index: Int, in folder: SafeDirectory) throws -> Literal {
        var members: [Literal.Member] = [
            .init("path", .string(change.path)), .init("kind", .string(change.isContent ? "content" : "mode")),
            .init("existed", .boolean(change.modeBefore != nil)),
            .init("mode", .optional(change.modeBefore.map { String($0, radix: 8) })),
            .init("modeAfter", .string(String(change.modeAfter, radix: 8))), .init("lock", .optional(change.lock)),
        ]
        for (key, bytes) in [("before", change.before), ("after", change.after)] {
            guard let bytes else { continue }
            let name = "\(index).\(key)"
            try folder.atomicReplace(name, with: bytes)
            members.append(.init(key, .string(name)))
            members.append(.init("\(key)Bytes", .integer(Int64(bytes.count))))
        }
        return .object(members)
    }

    // MARK: Those that are there

    private init(existing path: String) throws(RepairError) {
        // A folder that cannot be opened holds nothing that can be restored.
        guard let folder = try? SafeDirectory(existing: path) else { throw .badManifest(path) }
        self.folder = folder
    }

    /// The newest one that was not taken back.
    static func latest(_ layout: StateLayout) throws -> BackupSet {
        let parent = parent(layout)
        // One that cannot be looked into is not empty.
        guard try SafeDirectory(existing: parent) != nil else { throw RepairError.noBackup(parent) }
        for name in Survey.names(in: parent).filter(isStamped).sorted(by: isLater) {
            let path = "\(parent)/\(name)"
            // Without a manifest nothing was changed after it; with the other one it was taken back.
            guard try FileStatus.known(of: "\(path)/\(manifestName)") != nil,
                try FileStatus.known(of: "\(path)/\(undoneName)") == nil
            else { continue }
            return try BackupSet(existing: path)
        }
        throw RepairError.noBackup(parent)
    }

    /// `…Z-10` is later than `…Z-2`.
    private static func isLater(_ a: String, _ b: String) -> Bool {
        func parts(_ name: String) -> (String, Int) {
            let pieces = name.split(separator: "-", maxSplits: 1)
            return (String(pieces.first ?? ""), pieces.count > 1 ? Int(pieces[1]) ?? 0 : 1)
        }
        return parts(a) > parts(b)
    }

    /// Keeps the newest sets.
    static func prune(_ layout: StateLayout) {
        let parent = parent(layout)
        for name in Survey.names(in: parent).filter(isStamped).sorted(by: isLater).dropFirst(kept) {
            remove("\(parent)/\(name)")
        }
    }

    /// One that cannot be taken away stays, private as it is.
    private static func remove(_ path: String) {
        guard let folder = try? SafeDirectory(existing: path) else { return }
        // The manifest first: a set that has one is whole.
        for file in [manifestName] + Survey.names(in: path) { try? folder.remove(file) }
        rmdir(path)
    }

    /// Takes a set away that nothing has changed after.
    func discardIfUnused() {
        // One that cannot be read is kept.
        guard let entries = try? entries(), entries.allSatisfy(\.isAsBefore) else { return }
        Self.remove(path)
    }

    func markUndone(_ now: Date) throws {
        try folder.atomicReplace(Self.undoneName, with: Array("\(now.written)\n".utf8))
    }

    func entries() throws -> [BackupEntry] {
        try changes().map { element in
            guard let entry = try BackupEntry(element, in: folder) else { throw RepairError.badManifest(manifestPath) }
            return entry
        }
    }

    private var manifestPath: String { "\(folder.path)/\(Self.manifestName)" }

    private func changes() throws -> [Element] {
        guard let bytes = try folder.read(Self.manifestName),
            let root = try? Document(bytes, as: .json).root,  // anything else is no manifest of ours
            let version = root["version"]?.integer
        else { throw RepairError.badManifest(manifestPath) }
        guard version <= 1 else { throw RepairError.newerManifest(manifestPath, version: version) }
        guard let list = root["changes"]?.elements else { throw RepairError.badManifest(manifestPath) }
        return list
    }

    /// Why the newest one could not be taken back; nil when it can, or there is none.
    static func flaw(_ layout: StateLayout) -> Advice? {
        do {
            _ = try latest(layout).changes()
            return nil
        } catch RepairError.noBackup { return nil } catch { return (error as? any ActionableError)?.advice }
    }
}

/// One change of a backup set.
struct BackupEntry {
    let path: String
    let isContent: Bool
    let before: [UInt8]?
    let after: [UInt8]?
    /// Nil: it was not there.
    let mode: UInt32?
    let modeAfter: UInt32
    let lock: String?

    init?(_ element: Element, in folder: SafeDirectory) throws {
        guard let path = element["path"]?.string, path.hasPrefix("/"), let kind = element["kind"]?.string,
            let modeAfter = element["modeAfter"]?.string.flatMap({ UInt32($0, radix: 8) })
        else { return nil }
        self.path = path
        isContent = kind == "content"
        self.modeAfter = modeAfter
        mode = element["mode"]?.string.flatMap { UInt32($0, radix: 8) }
        lock = element["lock"]?.string
        before = try element["before"]?.string.flatMap { try folder.read($0) }
        after = try element["after"]?.string.flatMap { try folder.read($0) }
        if element["before"] != nil, before == nil { return nil }
        if element["after"] != nil, after == nil { return nil }
    }

    /// There is nothing to go back from. What cannot be looked at is not known to be so.
    var isAsBefore: Bool {
        do {
            let found = try FileStatus.known(of: path)
            if let found, !found.isOurs || found.kind == .link || found.kind == .other { return false }
            // Others are not let in again.
            guard found == nil || mode == nil || found?.mode == mode || found?.mode == privateMode else { return false }
            guard isContent else { return found != nil || mode == nil }
            let (folder, name) = PlannedChange.split(path)
            return try SafeDirectory(existing: folder, kind: .shared)?.read(name) == before
        } catch { return false }
    }

    /// It is as it was before, or as doctor left it.
    func isKnown() throws -> Bool {
        guard isContent else {
            // One that was taken away comes back by its own entry.
            guard let found = FileStatus(of: path) else { return true }
            return [mode, modeAfter, privateMode].contains(found.mode)
        }
        let (folder, name) = PlannedChange.split(path)
        let found = try SafeDirectory(existing: folder, kind: .shared)?.read(name)
        return found == before || found == after
    }

    /// What stands in the way of going back here, found before anything is written.
    ///
    /// - Throws: `StoreError`.
    func checkReachable() throws(StoreError) {
        let (folder, _) = PlannedChange.split(path)
        guard let found = try FileStatus.known(of: path) else {
            // A folder that went with the file is made again.
            if isContent, try FileStatus.known(of: folder) != nil { try Self.checkWritable(folder) }
            return
        }
        if found.kind == .link { throw .unsafe(path: path, problem: "It is a symbolic link.") }
        if found.kind == .other || (isContent && found.kind != .file) {
            throw .unsafe(path: path, problem: "It is not a regular file.")
        }
        if !found.isOurs { throw .unsafe(path: path, problem: "It belongs to user \(found.owner).") }
        if isContent { try Self.checkWritable(folder) }
    }

    private static func checkWritable(_ folder: String) throws(StoreError) {
        if !FileStatus.isWritable(folder) { throw .io(path: folder, operation: "writing into it", code: EACCES) }
    }

    /// The way back as a change of its own, from what is there now.
    func asItIsNow() throws -> PlannedChange {
        guard isContent else {
            return PlannedChange(
                kind: .mode, path: path, modeBefore: try FileStatus.known(of: path)?.mode, modeAfter: mode ?? modeAfter)
        }
        let (folder, name) = PlannedChange.split(path)
        return PlannedChange(
            kind: .other(lock: lock), path: path,
            before: try SafeDirectory(existing: folder, kind: .shared)?.read(name),
            after: before, modeBefore: try FileStatus.known(of: path)?.mode, modeAfter: mode ?? 0o600)
    }

    /// What it was, without anybody else's access: what is written here may hold secrets, and was closed for that.
    private var privateMode: UInt32? { mode.map { $0 & ~0o077 } }

    /// Other users had access to it, and have not got it back.
    var staysClosed: Bool { mode != privateMode && FileStatus(of: path)?.mode == privateMode }

    /// - Parameter isForced: whatever is there now is overwritten.
    func restore(isForced: Bool) throws {
        if isContent {
            try PlannedChange.replace(
                path, lock: lock, expecting: isForced ? nil : [before, after], with: before)
        }
        guard let privateMode, FileStatus(of: path).map({ $0.mode != privateMode }) == true else { return }
        try FileStatus.setMode(privateMode, of: path)
    }
}
