// SPDX-License-Identifier: Apache-2.0
import CredentialLifecycle
import Settings
import Credentials
import Documents
import FoundationEssentials
import ProfileStorage
import SafeFiles

/// Everything that `--fix` would do about some findings, worked out before anything is done.
struct RepairPlan: Sendable {
    private(set) var changes: [PlannedChange] = []
    /// What is not taken over from old files, because a profile of that id is stored.
    private(set) var stored: [(file: String, copy: String, found: OldCredentials.Stored)] = []

    /// - Throws: ``RepairError/refused(_:_:)`` when a repair would take away what must stay.
    init(_ findings: [Finding], survey: Survey) throws {
        let repairs = findings.compactMap(\.repair)
        addModes(repairs)
        try addConfiguration(repairs.filter(\.changesConfiguration), survey)
        let sources = Self.sources(repairs)
        try addOldFiles(sources, besides: addStores(sources), survey.now)
        addLeftovers(repairs)
    }

    private mutating func addModes(_ repairs: [Repair]) {
        for case .tighten(let path, let mode) in repairs {
            guard let status = FileStatus(of: path) else { continue }
            changes.append(PlannedChange(kind: .mode, path: path, modeBefore: status.mode, modeAfter: mode))
        }
    }

    // MARK: The configuration

    private mutating func addConfiguration(_ repairs: [Repair], _ survey: Survey) throws {
        // Read at the second look and not at the first, it was not what the checks went by.
        guard !repairs.isEmpty, survey.configurationError == nil, survey.knowsConfiguration else { return }
        let path = survey.layout.configPath
        let before = survey.configuration
        var after = before ?? Document(emptyObjectAs: .json5)
        do throws(DocumentError) { for repair in repairs { try Self.apply(repair, to: &after) } } catch {
            throw RepairError.refused(path, "Its form does not allow it: \(error.description)")
        }
        try RepairGuard.check(path, before: before, after: after)
        guard after.bytes != before?.bytes else { return }
        changes.append(
            PlannedChange(
                kind: .configuration(survey.layout), path: path, before: before?.bytes, after: after.bytes,
                modeBefore: FileStatus(of: path)?.mode))
    }

    private static func apply(_ repair: Repair, to document: inout Document) throws(DocumentError) {
        switch repair {
        case .moveGatewayToken:
            guard let misplaced = document.element(at: ["gateway", "token"])?.literal else { return }
            if document.element(at: ["gateway", "auth", "token"]) == nil {
                try document.set(misplaced, at: ["gateway", "auth", "token"])
            }
            try document.remove(at: ["gateway", "token"])
        case .makeGatewayToken: _ = try FirstToken.add(FirstToken.make(), to: &document)
        case .dropOrderEntries(let key, let gone):
            guard let list = document.element(at: ["auth", "order", key]) else { return }
            let ids = list.elements.map { $0.string?.trimmed }
            let dropped = ids.indices.filter { index in gone.contains { $0 == ids[index] } }
            guard dropped.count < ids.count else { return }
            for index in dropped.reversed() { try document.removeElement(at: index, inListAt: ["auth", "order", key]) }
        case .renameProfileNote(let old, let new): try LoginNotes.rename(old, to: new, in: &document)
        case .dropProfileNote(let id): try document.remove(at: ["auth", "profiles", id])
        case .tighten, .removeLeftover, .convertFlatStore, .importOld: break
        }
    }

    // MARK: Stores, and files of older programs

    /// Credentials in an old form, on their way into a store.
    private struct Source {
        /// Nil: they stand in the place of the store.
        var file: String?
        var folder: String
        var old: OldCredentials
    }

    /// Each is read once: what goes is what the store got.
    private static func sources(_ repairs: [Repair]) -> [Source] {
        repairs.compactMap { repair in
            switch repair {
            case .convertFlatStore(let folder, let known):
                OldCredentials(flatStore: "\(folder)/\(AuthProfilesFile.name)", known: known).map {
                    Source(file: nil, folder: folder, old: $0)
                }
            case .importOld(let file, let folder):
                OldCredentials(file: file).map { Source(file: file, folder: folder, old: $0) }
            default: nil
            }
        }
    }

    /// - Returns: by folder, what its store holds before.
    private mutating func addStores(_ sources: [Source]) throws -> [String: Document] {
        var done: Set<String> = []
        var all: [String: Document] = [:]
        for folder in sources.map(\.folder) where done.insert(folder).inserted {
            let path = "\(folder)/\(AuthProfilesFile.name)"
            let before = try Self.read(path)
            do throws(DocumentError) {
                var store = try Document(before ?? Array(AuthProfilesFile.emptyText.utf8), as: .json, maximumDepth: 64)
                let stored = store
                all[folder] = stored
                // A flat store first: what is imported goes beside it.
                for source in sources where source.folder == folder && source.file == nil {
                    try source.old.convert(&store)
                }
                for source in sources where source.folder == folder && source.file != nil {
                    try source.old.add(to: &store, before: stored)
                }
                guard store.bytes != before else { continue }
                changes.append(
                    PlannedChange(
                        kind: .store(folder: folder), path: path, before: before, after: store.bytes,
                        modeBefore: FileStatus(of: path)?.mode))
            } catch { throw RepairError.refused(path, "Its form does not allow it: \(error.description)") }
        }
        return all
    }

    /// The file goes only after the store has what was in it, and a copy of it stays beside.
    private mutating func addOldFiles(_ sources: [Source], besides stores: [String: Document], _ now: Date) throws {
        for source in sources {
            guard let file = source.file else { continue }
            // A repair that was ended may have left one in the same second.
            let copy = try BackupSet.unused("\(file).imported-\(BackupSet.stamp(now))")
            stored += source.old.stored(in: stores[source.folder]).map { (file, copy, $0) }
            changes.append(PlannedChange(kind: .other(lock: nil), path: copy, after: source.old.bytes))
            changes.append(
                PlannedChange(
                    kind: .other(lock: nil), path: file, before: source.old.bytes,
                    modeBefore: FileStatus(of: file)?.mode))
        }
    }

    private mutating func addLeftovers(_ repairs: [Repair]) {
        for case .removeLeftover(let path, let lock) in repairs {
            // One that cannot be read is left for a person to look at.
            guard let bytes = try? Self.read(path) else { continue }
            changes.append(
                PlannedChange(
                    kind: .other(lock: lock), path: path, before: bytes, modeBefore: FileStatus(of: path)?.mode))
        }
    }

    private static func read(_ path: String) throws -> [UInt8]? {
        let (folder, name) = PlannedChange.split(path)
        return try SafeDirectory.$closesWhatIsOpen.withValue(false) {
            try SafeDirectory(existing: folder)?.read(name)
        }
    }
}

/// What no repair may do to a configuration.
enum RepairGuard {
    private static let kept = [["gateway", "auth"], ["auth"], ["models"]]

    /// - Throws: ``RepairError/refused(_:_:)``.
    static func check(_ path: String, before: Document?, after: Document) throws(RepairError) {
        for place in kept where before?.element(at: place) != nil && after.element(at: place) == nil {
            throw .refused(path, "It would take \(place.joined(separator: ".")) away.")
        }
        let known = before.map { Set(strings(in: $0.root)) } ?? []
        if strings(in: after.root).contains(where: { !known.contains($0) && isPlaceholder($0) }) {
            throw .refused(path, "It would write a masked display in the place of a secret.")
        }
    }

    private static func isPlaceholder(_ text: String) -> Bool {
        text.contains("...") || text.contains("…") || text.contains("****") || text.lowercased().contains("redacted")
            || text == Secret("").description
    }

    private static func strings(in element: Element) -> [String] {
        switch element.kind {
        case .string: [element.string ?? ""]
        case .object: element.members.flatMap { strings(in: $0.value) }
        case .array: element.elements.flatMap { strings(in: $0) }
        default: []
        }
    }
}
