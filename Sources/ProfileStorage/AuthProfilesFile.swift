// SPDX-License-Identifier: Apache-2.0
package import Credentials
import Documents
import FoundationEssentials
import SafeFiles

/// `auth-profiles.json`: the credentials of one agent.
///
/// Every write is: lock, read, change, write beside, sync, rename, sync the folder. Whoever is killed in between
/// leaves the old file or the new one. What this version does not understand stays in the file as it is.
package struct AuthProfilesFile: CredentialStore {
    package static let name = "auth-profiles.json"
    static let lockName = "auth-profiles.lock"

    let folder: String
    let lockWait: Duration

    /// - Parameters:
    ///   - folder: the agent's directory; made with mode 0700 by the first update.
    ///   - lockWait: how long to wait for another writer.
    package init(folder: String, lockWait: Duration = .seconds(10)) {
        self.folder = folder
        self.lockWait = lockWait
    }

    package var path: String { "\(folder)/\(Self.name)" }

    package func load() throws(StoreError) -> ProfileBook { try loadStored().book }

    /// Everything in the file, with what is wrong in it.
    ///
    /// - Returns: an empty value when there is no file.
    package func loadStored() throws(StoreError) -> StoredProfiles {
        guard let directory = try SafeDirectory(existing: folder) else { return StoredProfiles() }
        let bytes = try directory.read(Self.name)
        var stored = try bytes.map { bytes throws(StoreError) in try StoredProfiles(parse(bytes), path: path) }
        stored?.notices = directory.takeNotices()
        return stored ?? StoredProfiles(notices: directory.takeNotices())
    }

    @discardableResult
    package func update<R: Sendable>(
        _ change: @Sendable (inout ProfileBook) throws(StoreError) -> R
    ) throws(StoreError) -> R {
        try edit { document throws(StoreError) in
            let before = try StoredProfiles(document, path: path).book
            var after = before
            let result = try change(&after)
            after = after.normalized
            guard after != before else { return result }
            try BookEdits(path: path, before: before, after: after).apply(to: &document)
            // Whatever the edit did, the file must say what was meant: this is where people keep their logins.
            guard try StoredProfiles(document, path: path).book == after else {
                throw .malformed(path: path, problem: "Its form does not allow the change that was asked for.")
            }
            return result
        }
    }

    /// Nothing is written when `change` changes nothing, or throws.
    func edit<R>(_ change: (inout Document) throws(StoreError) -> R) throws(StoreError) -> R {
        try revise(change).result
    }

    /// As ``edit(_:)``, with what the file held when nobody else could change it, nil for none, and what it holds now.
    func revise<R>(
        _ change: (inout Document) throws(StoreError) -> R
    ) throws(StoreError) -> (result: R, before: [UInt8]?, after: [UInt8]) {
        let directory = try SafeDirectory(creating: folder)
        return try directory.withLock(Self.lockName, wait: lockWait) { () throws(StoreError) in
            directory.removeLeftovers(beside: Self.name)
            let held = try directory.read(Self.name)
            var document = try parse(held ?? Array(Self.emptyText.utf8))
            let before = document.bytes
            let isNew = document.root["profiles"] == nil && document.root["version"] == nil
            let result = try change(&document)
            // Whoever makes the first profile of a file says which version it is of.
            if isNew, document.root["profiles"] != nil { try setVersion(of: &document) }
            if document.bytes != before { try directory.atomicReplace(Self.name, with: document.bytes) }
            return (result, held, document.bytes)
        }
    }

    private func setVersion(of document: inout Document) throws(StoreError) {
        do throws(DocumentError) { try document.set(.integer(1), at: ["version"]) } catch {
            throw .malformed(path: path, problem: error.description)
        }
    }

    /// Nil when there is no file.
    func document() throws(StoreError) -> Document? {
        guard let bytes = try SafeDirectory(existing: folder)?.read(Self.name) else { return nil }
        return try parse(bytes)
    }

    private func parse(_ bytes: [UInt8]) throws(StoreError) -> Document {
        guard !bytes.isEmpty else { throw .malformed(path: path, problem: "It is empty.") }
        do throws(DocumentError) { return try Document(bytes, as: .json, maximumDepth: 64) } catch {
            throw .malformed(path: path, problem: error.description)
        }
    }
}

extension ProfileBook {
    /// As it can be stored: whole milliseconds, every id once in an order, no order without entries.
    fileprivate var normalized: ProfileBook {
        var book = self
        for (id, profile) in profiles {
            if case .at(let date) = profile.expires, let milliseconds = StoredEntry.milliseconds(date) {
                book.profiles[id]?.expires = .at(Date(timeIntervalSince1970: Double(milliseconds) / 1000))
            }
        }
        book.order = order.filter { !$0.value.isEmpty }.mapValues { ids in
            var seen: Set<ProfileID> = []
            return ids.filter { seen.insert($0).inserted }
        }
        return book
    }
}
