// SPDX-License-Identifier: Apache-2.0
package import Credentials
import Documents
package import SafeFiles

/// What a store got from another one.
package struct Copies: Sendable {
    package var ids: [ProfileID] = []
    /// The file as it was, nil for none,
    var before: [UInt8]?
    /// and with the copies: both as they were while nobody else could change it.
    var after: [UInt8] = []

    /// Of none.
    package init() {}

    init(ids: [ProfileID], before: [UInt8]?, after: [UInt8]) {
        self.ids = ids
        self.before = before
        self.after = after
    }
}

/// Entries that one agent gets from another, when it is made.
extension AuthProfilesFile {
    /// Copies what may have two owners: keys and tokens unless their `copyToAgents` is false, logins only where it is
    /// true, because a refresh token that is spent by one agent is lost for the other. Fields that this version does
    /// not understand are copied as well; an id that is there already is left alone.
    ///
    /// - Returns: the ids that were copied, and what the file held before, nil for none, and holds with them.
    package func copyEntries(from source: AuthProfilesFile) throws(StoreError) -> Copies {
        guard let from = try source.document() else { return Copies() }
        let entries = (from.root["profiles"]?.members ?? []).filter { Self.mayBeCopied($0.value) }
        let known = try StoredProfiles(from, path: source.path).book.profiles
        guard !entries.isEmpty else { return Copies() }
        let (copied, before, after) = try revise { document throws(StoreError) in
            // What cannot be understood is not touched.
            _ = try StoredProfiles(document, path: path)
            var copied: [ProfileID] = []
            for (key, entry) in entries {
                guard let id = ProfileID(key), known[id] != nil, document.element(at: ["profiles", key]) == nil else {
                    continue
                }
                do throws(DocumentError) { try document.set(entry.literal, at: ["profiles", key]) } catch {
                    throw .malformed(path: path, problem: error.description)
                }
                copied.append(id)
            }
            return copied
        }
        return Copies(ids: copied, before: before, after: after)
    }

    /// Takes back what was copied: the file is as it was before.
    ///
    /// - Returns: false when it holds something else than the copies left, which was written since, and was left alone.
    package func takeBack(_ copies: Copies) throws(StoreError) -> Bool {
        guard let directory = try SafeDirectory(existing: folder) else { return true }
        return try directory.withLock(Self.lockName, wait: lockWait) { () throws(StoreError) in
            guard try directory.read(Self.name) == copies.after else { return false }
            if let before = copies.before {
                try directory.atomicReplace(Self.name, with: before)
            } else {
                try directory.remove(Self.name)
                // Whoever waits for it sees that, and takes another one.
                try directory.remove(Self.lockName)
            }
            return true
        }
    }

    private static func mayBeCopied(_ entry: Element) -> Bool {
        let isAllowed = entry["copyToAgents"]?.boolean
        return switch entry["type"]?.string {
        case CredentialKind.apiKey.rawValue, CredentialKind.token.rawValue: isAllowed ?? true
        case CredentialKind.oauth.rawValue: isAllowed ?? false
        default: false
        }
    }

    /// Takes the store's lock for as long as the returned value lives, so that nobody is writing while its folder is moved.
    ///
    /// - Returns: nil when there is no folder.
    package func hold() throws(StoreError) -> HeldLock? {
        guard let directory = try SafeDirectory(existing: folder) else { return nil }
        return try directory.holdLock(Self.lockName, wait: lockWait)
    }
}
