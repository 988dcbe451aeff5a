// SPDX-License-Identifier: Apache-2.0
import Credentials
import Documents
import SafeFiles

/// Credentials as older programs kept them: one for each provider, `{"anthropic": {"apiKey": "…"}}`, in files of their
/// own or in the place of the store.
struct OldCredentials {
    /// What the file holds now.
    let bytes: [UInt8]
    /// By provider, in the order of the file: the entry in today's shape.
    private(set) var entries: [(key: String, id: ProfileID, entry: Literal)] = []
    private static let limitInBytes = 4 << 20

    /// - Returns: nil when nothing in the file can be read as a credential.
    init?(file path: String) {
        guard let bytes = Self.read(path), let root = try? Document(bytes, as: .json, maximumDepth: 64).root else {
            return nil  // told by whoever reports the file
        }
        self.bytes = bytes
        var seen: Set<ProfileID> = []
        for (key, value) in root.members {
            guard let provider = ProviderID(key), let id = ProfileID(provider: provider, name: "default"),
                let entry = Self.entry(value, provider), seen.insert(id).inserted
            else { continue }
            entries.append((key, id, entry))
        }
        if entries.isEmpty { return nil }
    }

    /// - Returns: nil for a store of today's shape, too.
    init?(flatStore path: String) {
        guard let status = FileStatus(of: path), status.kind == .file, status.sizeInBytes > 8,
            let found = OldCredentials(file: path),
            let root = try? Document(found.bytes, as: .json, maximumDepth: 64).root,  // it has just been read
            root["profiles"] == nil || root["profiles"]?.members.isEmpty == true
        else { return nil }
        self = found
    }

    private static func read(_ path: String) -> [UInt8]? {
        SafeDirectory.$closesWhatIsOpen.withValue(false) {
            guard let slash = path.lastIndex(of: "/") else { return nil }
            // Whatever cannot be read safely is not imported.
            guard let folder = try? SafeDirectory(existing: String(path[..<slash])) else { return nil }
            return try? folder.read(String(path[path.index(after: slash)...]), limitInBytes: limitInBytes)
        }
    }

    private static func entry(_ old: Element, _ provider: ProviderID) -> Literal? {
        guard old.kind == .object else { return nil }
        var members = old.members.filter { !["type", "provider", "key", "apiKey"].contains($0.key) }
            .map { Literal.Member($0.key, $0.value.literal) }
        let kind: CredentialKind
        if let key = old["key"]?.string ?? old["apiKey"]?.string, !key.isEmpty {
            kind = .apiKey
            members.insert(.init("key", .string(key)), at: 0)
        } else if old["access"]?.string?.isEmpty == false, old["refresh"]?.string?.isEmpty == false {
            kind = .oauth
        } else if old["token"]?.string?.isEmpty == false {
            kind = .token
        } else {
            return nil
        }
        let head: [Literal.Member] = [
            .init("type", .string(kind.rawValue)), .init("provider", .string(provider.text)),
        ]
        return .object(head + members)
    }

    /// Adds what is missing; a profile that is there already is newer, and stays.
    func add(to store: inout Document) throws(DocumentError) {
        for (_, id, entry) in entries where store.element(at: ["profiles", id.text]) == nil {
            try store.set(entry, at: ["profiles", id.text])
        }
    }

    /// Moves the entries below `profiles`.
    func convert(_ store: inout Document) throws(DocumentError) {
        if store.root["version"] == nil { try store.set(.integer(1), at: ["version"]) }
        try add(to: &store)
        for (key, _, _) in entries { try store.remove(at: [key]) }
    }
}
