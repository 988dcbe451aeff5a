// SPDX-License-Identifier: Apache-2.0
package import Credentials
import Documents
package import SafeFiles

/// Entries that one agent gets from another, when it is made.
extension AuthProfilesFile {
    /// Copies what may have two owners: keys and tokens unless their `copyToAgents` is false, logins only where it is
    /// true, because a refresh token that is spent by one agent is lost for the other. Fields that this version does
    /// not understand are copied as well; an id that is there already is left alone.
    ///
    /// - Returns: the ids that were copied, and what the file holds with them.
    package func copyEntries(from source: AuthProfilesFile) throws(StoreError) -> (ids: [ProfileID], content: [UInt8]) {
        guard let from = try source.document() else { return ([], []) }
        let entries = (from.root["profiles"]?.members ?? []).filter { Self.mayBeCopied($0.value) }
        let known = try StoredProfiles(from, path: source.path).book.profiles
        guard !entries.isEmpty else { return ([], []) }
        return try edit { document throws(StoreError) in
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
            return (copied, document.bytes)
        }
    }

    /// The file as it stands; nil when there is none.
    package func content() throws(StoreError) -> [UInt8]? {
        try SafeDirectory(existing: folder)?.read(Self.name)
    }

    /// Takes back what was copied: the file is as it was before, nil for none.
    ///
    /// - Returns: false when it holds something else than `copied`, which was written since, and was left alone.
    package func takeBack(to before: [UInt8]?, from copied: [UInt8]) throws(StoreError) -> Bool {
        guard let directory = try SafeDirectory(existing: folder) else { return true }
        return try directory.withLock(Self.lockName, wait: lockWait) { () throws(StoreError) in
            guard try directory.read(Self.name) == copied else { return false }
            if let before {
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
