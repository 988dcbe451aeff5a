// SPDX-License-Identifier: Apache-2.0
import Credentials
import Documents
import ProfileStorage
import SafeFiles

/// The credentials of one file of an older program, or of a store that has them beside its profiles.
struct OldCredentials {
    /// What the file holds now.
    let bytes: [UInt8]
    /// By provider, in the order of the file: the entry in today's shape.
    private(set) var entries: [(key: String, id: ProfileID, entry: Literal)] = []
    private static let limitInBytes = 4 << 20

    /// - Returns: nil when nothing in the file can be read as a credential.
    ///
    /// - Parameter known: nil takes any name for a provider.
    init?(file path: String, known: Set<ProviderID>? = nil) {
        guard let bytes = Self.read(path), let root = try? Document(bytes, as: .json, maximumDepth: 64).root else {
            return nil  // told by whoever reports the file
        }
        self.bytes = bytes
        for found in FlatEntry.all(in: root) where known?.contains(found.provider) ?? true {
            guard let id = ProfileID(provider: found.provider, name: "default") else { continue }
            entries.append((found.key, id, Self.entry(found)))
        }
        if entries.isEmpty { return nil }
    }

    /// Those of a store, in the place of profiles or beside them.
    ///
    /// - Parameter known: what stands there under another name may be anything.
    init?(flatStore path: String, known: Set<ProviderID>) {
        guard let status = FileStatus(of: path), status.kind == .file, status.sizeInBytes > 8 else { return nil }
        self.init(file: path, known: known)
    }

    private static func read(_ path: String) -> [UInt8]? {
        SafeDirectory.$closesWhatIsOpen.withValue(false) {
            guard let slash = path.lastIndex(of: "/") else { return nil }
            // Whatever cannot be read safely is not imported.
            guard let folder = try? SafeDirectory(existing: String(path[..<slash])) else { return nil }
            return try? folder.read(String(path[path.index(after: slash)...]), limitInBytes: limitInBytes)
        }
    }

    private static func entry(_ old: FlatEntry) -> Literal {
        let (element, key) = (old.element, old.element["key"]?.string ?? "")
        var members = element.members.filter { !["type", "provider", "key", "apiKey"].contains($0.key) }
            .map { Literal.Member($0.key, $0.value.literal) }
        if old.kind == .apiKey {
            members.insert(.init("key", .string(key.isEmpty ? element["apiKey"]?.string ?? "" : key)), at: 0)
        }
        let head: [Literal.Member] = [
            .init("type", .string(old.kind.rawValue)), .init("provider", .string(old.provider.text)),
        ]
        return .object(head + members)
    }

    /// Adds what is missing. A profile that was stored before is newer, and stays; what comes from old files themselves
    /// all has a place.
    ///
    /// - Parameter before: the store without what other old files have brought.
    func add(to store: inout Document, before: Document) throws(DocumentError) {
        for (_, id, entry) in entries where before.element(at: ["profiles", id.text]) == nil {
            try Self.put(entry, id, into: &store)
        }
    }

    /// A profile that keeps an old one of its id out.
    struct Stored: Sendable {
        let id: ProfileID
        /// Nothing is lost with the old one.
        let isSame: Bool
    }

    /// - Parameter store: before anything was added to it.
    func stored(in store: Document?) -> [Stored] {
        entries.compactMap { _, id, entry in
            store?.element(at: ["profiles", id.text]).map {
                Stored(id: id, isSame: Self.secrets(of: $0.literal) == Self.secrets(of: entry))
            }
        }
    }

    private static func secrets(of entry: Literal) -> [Literal] {
        guard case .object(let members) = entry else { return [] }
        return ["key", "token", "access", "refresh"].flatMap { name in members.filter { $0.key == name }.map(\.value) }
    }

    /// Moves the entries below `profiles`. What stands there under the usual id is newer: the old one gets another.
    func convert(_ store: inout Document) throws(DocumentError) {
        if store.root["version"] == nil { try store.set(.integer(1), at: ["version"]) }
        for (key, id, entry) in entries {
            try Self.put(entry, id, into: &store)
            try store.remove(at: [key])
        }
    }

    /// Under its usual id, or the first one behind it that is free; nothing twice.
    private static func put(_ entry: Literal, _ id: ProfileID, into store: inout Document) throws(DocumentError) {
        var place = ["profiles", id.text]
        var number = 1
        while let there = store.element(at: place)?.literal, there != entry {
            number += 1
            place[1] = "\(id)-\(number)"
        }
        if store.element(at: place) == nil { try store.set(entry, at: place) }
    }
}
