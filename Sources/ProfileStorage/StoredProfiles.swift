// SPDX-License-Identifier: Apache-2.0
package import Credentials
import Documents
import FoundationEssentials
package import Rotation
package import SafeFiles

/// What `auth-profiles.json` holds, as far as this version understands it.
package struct StoredProfiles: Hashable, Sendable {
    package var book = ProfileBook()
    /// `usageStats`: read as the start value of a credential's health, kept in the file, never rewritten.
    package var usage: [ProfileID: Health] = [:]
    /// Which profile another program has used last without a refusal: a hint for repairs, never for choosing.
    package var lastGood: [ProviderID: ProfileID] = [:]
    /// Entries that are kept in the file and not used, or not written as they should be. Never a secret.
    package var problems: [String] = []
    /// Entries that are used, with a field that has another name now. Never a secret.
    package var oldSpellings: [String] = []
    /// Whose credentials stand beside `profiles`, as older programs kept them: they are not used.
    package var flat: [ProviderID] = []
    /// Names beside `profiles` that look like those, and are of no provider that the reader knows: they may be anything.
    package var strange: [ProviderID] = []
    /// What was too open and has been closed by this reading.
    package var notices: [StorageNotice] = []

    package init(notices: [StorageNotice] = []) { self.notices = notices }

    /// - Parameter path: for messages.
    init(_ document: Document, path: String) throws(StoreError) {
        let root = document.root
        guard root.kind == .object else { throw .malformed(path: path, problem: "It is not a JSON object.") }
        if let version = root["version"] {
            guard let number = version.double, number.rounded() == number else {
                throw .malformed(path: path, problem: "Its version is not a whole number.")
            }
            guard number <= 1 else { throw .newerVersion(path: path, version: Int(min(number, 1e9))) }
        }
        let profiles = root["profiles"]
        guard profiles == nil || profiles?.kind == .object || profiles?.isNull == true else {
            throw .malformed(path: path, problem: "Its profiles are not an object.")
        }
        for (key, entry) in profiles?.members ?? [] { add(key, entry) }
        flat = FlatEntry.all(in: root).map(\.provider)
        for (key, list) in root["order"]?.members ?? [] { addOrder(key, list) }
        for (key, id) in root["lastGood"]?.members ?? [] {
            if let provider = ProviderID(key) { lastGood[provider] = id.string.flatMap { ProfileID($0) } }
        }
        for (key, stats) in root["usageStats"]?.members ?? [] {
            if let id = ProfileID(key), stats.kind == .object { usage[id] = Health(usageStats: stats) }
        }
    }

    private mutating func add(_ key: String, _ entry: Element) {
        var name: String { key.escapedForDisplay }
        guard let id = ProfileID(key) else { return problems.append("profiles.\(name) is no profile id.") }
        guard entry.kind == .object, let provider = entry["provider"]?.string.flatMap({ ProviderID($0) }) else {
            return problems.append("profiles.\(name) has no provider.")
        }
        guard let type = entry["type"]?.string, let kind = CredentialKind(rawValue: type) else {
            return problems.append("profiles.\(name) has a type that this version does not know.")
        }
        if kind == .oauth, entry["access"] == nil, entry["accessToken"] != nil {
            problems.append("profiles.\(name) has an accessToken; an OAuth login needs access, refresh and expires.")
        }
        if kind == .apiKey, entry["key"]?.string == nil, entry["apiKey"]?.string != nil {
            oldSpellings.append("profiles.\(name) has its key under apiKey; the field's name is key.")
        }
        let isReference = ["keyRef", "tokenRef"].contains { entry[$0]?.kind == .object }
        let reference = StoredEntry.reference(entry, kind)
        if isReference, kind == .oauth {
            problems.append("profiles.\(name) is an OAuth login, which cannot be kept elsewhere: it is not used.")
        } else if isReference, reference == nil {
            problems.append("profiles.\(name) has a reference that cannot be understood; it is not used.")
        }
        book.profiles[id] = Profile(
            id: id, provider: provider, kind: kind, secret: StoredEntry.secret(entry, kind),
            refresh: kind == .oauth ? entry["refresh"]?.string.map { Secret($0) } : nil,
            expires: StoredEntry.expiry(entry["expires"]), email: entry["email"]?.string,
            isReference: isReference, reference: reference)
    }

    private mutating func addOrder(_ key: String, _ list: Element) {
        guard let provider = ProviderID(key) else {
            return problems.append("order.\(key.escapedForDisplay) is no provider.")
        }
        let ids = list.elements.compactMap { $0.string.map(\.trimmed).flatMap { ProfileID($0) } }
        guard !ids.isEmpty else { return }
        // Two spellings of one provider share its order.
        var seen = Set(book.order[provider] ?? [])
        book.order[provider, default: []] += ids.filter { seen.insert($0).inserted }
    }
}

/// How one credential rests in the file.
enum StoredEntry {
    /// The field that holds the secret of a kind; `apiKey` is read as `key`.
    static func field(_ kind: CredentialKind) -> String {
        switch kind {
        case .apiKey: "key"
        case .token: "token"
        case .oauth: "access"
        }
    }

    /// The field that names the place of a secret of a kind; nil for logins, which we write back ourselves.
    static func referenceField(_ kind: CredentialKind) -> String? {
        switch kind {
        case .apiKey: "keyRef"
        case .token: "tokenRef"
        case .oauth: nil
        }
    }

    static func reference(_ entry: Element, _ kind: CredentialKind) -> SecretReference? {
        guard let field = referenceField(kind), let object = entry[field], object.kind == .object,
            let source = object["source"]?.string.flatMap({ SecretReference.Source(rawValue: $0) }),
            let id = object["id"]?.string
        else { return nil }
        return SecretReference(
            source: source, provider: object["provider"]?.string ?? SecretReference.defaultProvider, id: id)
    }

    static func secret(_ entry: Element, _ kind: CredentialKind) -> Secret? {
        let text = entry[field(kind)]?.string ?? (kind == .apiKey ? entry["apiKey"]?.string : nil)
        return text.map { Secret($0) }
    }

    /// Milliseconds since 1970, up to the largest instant that JavaScript knows.
    static func expiry(_ element: Element?) -> Expiry {
        guard let element, !element.isNull else { return .never }
        return instant(element).map { .at($0) } ?? .invalid
    }

    /// From milliseconds since 1970; nil for what is no number or no moment.
    static func instant(_ element: Element?) -> Date? {
        guard let milliseconds = element?.double, milliseconds > 0, milliseconds <= lastMillisecond else { return nil }
        return Date(timeIntervalSince1970: milliseconds / 1000)
    }

    /// Nil for a moment that the file cannot hold.
    static func milliseconds(_ date: Date) -> Int64? {
        let milliseconds = (date.timeIntervalSince1970 * 1000).rounded()
        return milliseconds > 0 && milliseconds <= lastMillisecond ? Int64(milliseconds) : nil
    }

    private static let lastMillisecond = 8_640_000_000_000_000.0
}
