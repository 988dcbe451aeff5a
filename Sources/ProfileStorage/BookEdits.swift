// SPDX-License-Identifier: Apache-2.0
import Credentials
import Documents
import FoundationEssentials

/// Writes the difference between two books into the document: what did not change, and what this version does not
/// understand, keeps every byte.
struct BookEdits {
    let path: String
    let before: ProfileBook
    let after: ProfileBook

    func apply(to document: inout Document) throws(StoreError) {
        do throws(EditFailure) { try edit(&document) } catch {
            switch error {
            case .document(let problem): throw .malformed(path: path, problem: problem.description)
            case .store(let problem): throw problem
            }
        }
    }

    private enum EditFailure: Error {
        case document(DocumentError)
        case store(StoreError)
    }

    private func edit(_ document: inout Document) throws(EditFailure) {
        do {
            for id in before.profiles.keys.sorted() where after.profiles[id] == nil {
                try document.remove(at: ["profiles", id.text])
            }
            for (id, profile) in after.profiles.sorted(by: { $0.key < $1.key }) where before.profiles[id] != profile {
                try write(profile, over: before.profiles[id], in: &document)
            }
            for provider in Set(before.order.keys).union(after.order.keys).sorted()
            where before.order[provider] != after.order[provider] {
                try writeOrder(of: provider, in: &document)
            }
        } catch let error as DocumentError {
            throw .document(error)
        } catch let error as StoreError {
            throw .store(error)
        } catch {
            throw .store(.malformed(path: path, problem: "It could not be edited."))
        }
    }

    private func write(_ profile: Profile, over old: Profile?, in document: inout Document) throws {
        let place = ["profiles", profile.id.text]
        guard let old else {
            guard document.element(at: place) == nil else {
                throw StoreError.refused(
                    Advice(
                        what: "\(profile.id) was not stored.",
                        why: "\(path) has an entry of that name that this version does not understand.",
                        fix: "Choose another name, as in: --profile-id \(profile.provider):second"))
            }
            return try document.set(.object(members(of: profile)), at: place)
        }
        let members = members(of: profile)
        for field in obsoleteFields(of: old, becoming: profile) where !members.contains(where: { $0.key == field }) {
            try document.remove(at: place + [field])
        }
        let written = Dictionary(
            self.members(of: old).map { ($0.key, $0.value) }, uniquingKeysWith: { _, last in last })
        for member in members where written[member.key] != member.value {
            try document.set(member.value, at: place + [member.key])
        }
    }

    /// What must not stay in an entry that becomes another one. Everything else that is in it does stay.
    private func obsoleteFields(of old: Profile, becoming new: Profile) -> [String] {
        var fields = members(of: old).map(\.key)
        if old.expires != new.expires { fields.append("expires") }
        // A reference would go before the secret that has been stored, or point to the one before.
        if old.isReference, old.reference != new.reference || !new.isReference { fields += ["keyRef", "tokenRef"] }
        // The older spelling would otherwise keep the key that was replaced.
        if old.kind == .apiKey, old.kind != new.kind || old.secret != new.secret { fields.append("apiKey") }
        return fields
    }

    private func members(of profile: Profile) -> [Literal.Member] {
        var members = [
            Literal.Member("type", .string(profile.kind.rawValue)),
            Literal.Member("provider", .string(profile.provider.text)),
        ]
        if let secret = profile.secret {
            members.append(.init(StoredEntry.field(profile.kind), .string(secret.reveal())))
        }
        if let reference = profile.reference, let field = StoredEntry.referenceField(profile.kind) {
            members.append(.init(field, Self.literal(reference)))
        }
        if let refresh = profile.refresh { members.append(.init("refresh", .string(refresh.reveal()))) }
        if case .at(let date) = profile.expires, let milliseconds = StoredEntry.milliseconds(date) {
            members.append(.init("expires", .integer(milliseconds)))
        }
        if let email = profile.email { members.append(.init("email", .string(email))) }
        return members
    }

    private static func literal(_ reference: SecretReference) -> Literal {
        .object([
            .init("source", .string(reference.source.rawValue)), .init("provider", .string(reference.provider)),
            .init("id", .string(reference.id)),
        ])
    }

    private func writeOrder(of provider: ProviderID, in document: inout Document) throws {
        let keys = document.root["order"]?.members.map(\.key) ?? []
        for key in keys where ProviderID(key) == provider && key != provider.text {
            try document.remove(at: ["order", key])
        }
        if let ids = after.order[provider], !ids.isEmpty {
            try document.set(.array(ids.map { .string($0.text) }), at: ["order", provider.text])
        } else {
            try document.remove(at: ["order", provider.text])
        }
    }
}
