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

    /// The command that writes it.
    var command: String {
        "agenticflow-enterprise config set 'auth.profiles[\"\(id)\"]' "
            + "'{provider: \"\(provider)\", mode: \"\(kind.rawValue)\"}'"
    }

    /// - Parameter others: notes of the same provider that come along, where there is none of that id.
    /// - Returns: whether the configuration said anything else before.
    func put(into file: SettingsFile, with others: [ProfileNote] = []) throws(SettingsFileError) -> Bool {
        try file.edit { document throws(DocumentError) in
            let before = document.bytes
            for other in others where document.element(at: ["auth", "profiles", other.id.text]) == nil {
                try other.noteKind(in: &document)
            }
            try noteKind(in: &document)
            try putFirst(in: &document)
            return document.bytes != before
        }
    }

    /// Takes out every mention: the note, and its place in each order. An order that has become empty goes too: it
    /// would leave the provider without any credential.
    static func remove(_ id: ProfileID, from document: inout Document) throws(DocumentError) {
        try document.remove(at: ["auth", "profiles", id.text])
        for (key, list) in document.element(at: ["auth", "order"])?.members ?? [] {
            let mentions = list.elements.indices.filter { list.elements[$0].string?.trimmed == id.text }
            guard !mentions.isEmpty else { continue }
            if mentions.count == list.elements.count {
                try document.remove(at: ["auth", "order", key])
            } else {
                for index in mentions.reversed() {
                    try document.removeElement(at: index, inListAt: ["auth", "order", key])
                }
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
            let ids = list.elements.map { $0.string?.trimmed }
            guard !ids.isEmpty, ids.first != id.text || ids.dropFirst().contains(id.text) else { continue }
            let place = ["auth", "order", key]
            for index in ids.indices.reversed() where ids[index] == id.text {
                try document.removeElement(at: index, inListAt: place)
            }
            try document.insert(.string(id.text), at: 0, inListAt: DocumentPath(place))
        }
    }
}
