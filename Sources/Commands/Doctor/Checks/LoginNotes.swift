// SPDX-License-Identifier: Apache-2.0
import CredentialLifecycle
import ProfileStorage
import Credentials
import Documents
import Settings

/// Logins that the configuration notes under an id which no store has, while the same login rests there under another:
/// a program that named it by its e-mail or by `default` has changed its mind.
struct LoginNotes {
    /// From the id that is noted to the one that is stored.
    private(set) var renamed: [ProfileID: ProfileID] = [:]

    init(_ survey: Survey) {
        let agents = survey.reading.agents
        let noted = Set(survey.settings.auth.profiles.map(\.id))
        var logins: [ProfileID: Profile] = [:]
        for profile in agents.flatMap({ $0.stored.book.profiles.values }) where profile.kind == .oauth {
            // One that has a note of its own is another login.
            if !noted.contains(profile.id), logins[profile.id] == nil { logins[profile.id] = profile }
        }
        let stored = Set(agents.flatMap { $0.stored.book.profiles.keys })
        let orphans = survey.settings.auth.profiles.filter { $0.mode == .oauth && !stored.contains($0.id) }
        let lastGood = Set(agents.flatMap { $0.stored.lastGood.values })
        // An e-mail is the surest sign, so it chooses first.
        for orphan in orphans { take(Self.byEmail(orphan, logins.values), for: orphan, from: &logins) }
        for orphan in orphans where renamed[orphan.id] == nil {
            take(Self.byUse(orphan, logins.values, lastGood), for: orphan, from: &logins)
        }
    }

    private mutating func take(
        _ id: ProfileID?, for orphan: ConfiguredProfile, from logins: inout [ProfileID: Profile]
    ) {
        guard let id else { return }
        renamed[orphan.id] = id
        logins[id] = nil
    }

    private static func byEmail(
        _ orphan: ConfiguredProfile, _ logins: some Sequence<Profile>
    ) -> ProfileID? {
        guard let email = orphan.email?.lowercased() else { return nil }
        return onlyOne(logins.filter { $0.provider == orphan.provider && $0.email?.lowercased() == email })
    }

    /// The one that was used last without a refusal, or the only one. Another e-mail is another account.
    private static func byUse(
        _ orphan: ConfiguredProfile, _ logins: some Sequence<Profile>, _ lastGood: Set<ProfileID>
    ) -> ProfileID? {
        let possible = logins.filter {
            $0.provider == orphan.provider && (orphan.email == nil || $0.email == nil)
        }
        return onlyOne(possible.filter { lastGood.contains($0.id) }) ?? onlyOne(possible)
    }

    private static func onlyOne(_ logins: [Profile]) -> ProfileID? { logins.count == 1 ? logins[0].id : nil }

    /// The note with everything in it goes to the new id, and so does its place in each order.
    static func rename(_ old: String, to new: String, in document: inout Document) throws(DocumentError) {
        guard let note = document.element(at: ["auth", "profiles", old])?.literal else { return }
        if document.element(at: ["auth", "profiles", new]) == nil {
            try document.set(note, at: ["auth", "profiles", new])
        }
        try document.remove(at: ["auth", "profiles", old])
        for (key, list) in document.element(at: ["auth", "order"])?.members ?? [] {
            let place = DocumentPath(["auth", "order", key])
            let ids = list.elements.map { $0.string?.trimmed }
            var isNamed = ids.contains(new)
            for index in ids.indices where ids[index] == old && !isNamed {
                try document.set(.string(new), at: place.appending(.index(index)))
                isNamed = true
            }
            let left = document.element(at: place)?.elements.map { $0.string?.trimmed } ?? []
            for index in left.indices.reversed() where left[index] == old {
                try document.removeElement(at: index, inListAt: place)
            }
        }
    }
}
