// SPDX-License-Identifier: Apache-2.0
import Credentials
import Documents
import Settings

/// What the configuration says about a stored profile: whose it is and of which kind, never a secret.
struct ProfileNote {
    var id: ProfileID
    var provider: ProviderID
    var kind: CredentialKind
    var email: String?

    func put(into file: SettingsFile) throws(SettingsFileError) {
        try file.edit { document throws(DocumentError) in
            try noteKind(in: &document)
            try putFirst(in: &document)
        }
    }

    /// Takes out every mention: the note, and its place in each order. An order that has become empty goes too: it
    /// would leave the provider without any credential.
    static func remove(_ id: ProfileID, from document: inout Document) throws(DocumentError) {
        try document.remove(at: ["auth", "profiles", id.text])
        for (key, list) in document.element(at: ["auth", "order"])?.members ?? [] {
            let ids = list.elements
            let rest = ids.filter { $0.string?.trimmed != id.text }.map(\.literal)
            guard rest.count < ids.count else { continue }
            if rest.isEmpty {
                try document.remove(at: ["auth", "order", key])
            } else {
                try document.set(.array(rest), at: ["auth", "order", key])
            }
        }
    }

    private func noteKind(in document: inout Document) throws(DocumentError) {
        let place = ["auth", "profiles", id.text]
        var members = [Literal.Member("provider", .string(provider.text)), .init("mode", .string(kind.rawValue))]
        if let email { members.append(.init("email", .string(email))) }
        guard document.element(at: place)?.kind == .object else { return try document.set(.object(members), at: place) }
        for member in members where document.element(at: place + [member.key])?.literal != member.value {
            try document.set(member.value, at: place + [member.key])
        }
    }

    /// Whoever keeps an order for the provider wants the new credential used: it goes first. Nobody gets a new order.
    private func putFirst(in document: inout Document) throws(DocumentError) {
        for (key, list) in document.element(at: ["auth", "order"])?.members ?? [] where ProviderID(key) == provider {
            let ids = list.elements.compactMap(\.string)
            guard !ids.isEmpty else { continue }
            let sorted = [id.text] + ids.filter { $0.trimmed != id.text }
            if sorted != ids { try document.set(.array(sorted.map { .string($0) }), at: ["auth", "order", key]) }
        }
    }
}
