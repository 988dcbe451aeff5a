// SPDX-License-Identifier: Apache-2.0
import CredentialLifecycle
import Credentials
import FoundationEssentials
import Settings

/// One credential on its way into the place of another one of the same id. What was there is kept nowhere, so nobody
/// loses it without a word.
struct Replacement {
    let old: Profile
    let new: Profile

    /// Nil when nothing is stored there, or nothing that could be lost.
    init?(of old: Profile?, by new: Profile) {
        guard let old else { return nil }
        let secrets = [old.secret, old.refresh].compactMap { $0 }
        guard old.isReference || secrets.contains(where: { !$0.isBlank }) else { return nil }
        self.old = old
        self.new = new
    }

    /// The same secret, or the same reference; only its date may be another one.
    var isSame: Bool {
        old.kind == new.kind && old.secret == new.secret && old.isReference == new.isReference
            && old.reference == new.reference
    }

    /// Why it is out of the question: a text that looks like another vendor's key, where a better one is stored.
    func refusal(in change: StoreChange) -> Advice? {
        guard let secret = new.secret,
            let foreign = ForeignKey(secret, over: old.secret, for: new.provider, change.reading)
        else { return nil }
        return foreign.refusal(
            of: new.id.text, holding: old.words, right: foreign.storing(in: change),
            both: PasteCommand.another(new.kind, of: new.provider, change))
    }
}

extension Profile {
    /// As in `the API key sk-ant...wxyz`, in the middle of a sentence; never the whole secret.
    var words: String {
        if isReference { return "the reference \(reference?.description ?? "that this version does not understand")" }
        return "the \(kind.words) \(secret.map { $0.isBlank ? "without a text" : $0.masked } ?? "without a text")"
    }

    /// When it ends, as far as that is known: `, which expires in 30d`.
    func ending(from now: Date) -> String {
        guard case .at(let date) = expires else { return "" }
        return date > now ? ", which expires \(date.written(from: now))" : ", which has expired (\(date.written))"
    }
}

extension Pasting {
    /// Asks a person whether the one may take the place of the other; a pipe is how scripts replace keys.
    ///
    /// - Throws: ``AuthError/declined(_:another:)``.
    func agree(to replacement: Replacement) throws {
        let terminal = change.context.terminal
        guard terminal.hasPerson, !replacement.isSame else { return }
        let (old, new) = (replacement.old, replacement.new)
        let another = PasteCommand.another(new, change)
        terminal.notice(
            """
            \(new.id) is \(old.words)\(change.history(of: old)).
            In its place would come \(new.words). To keep both, answer no, and run:
              \(another)
            """)
        guard try terminal.confirm("Replace it?") else { throw AuthError.declined(new.id, another: another) }
    }

    /// Said where nobody could be asked, with the way to have both.
    func tellOfReplaced(_ old: Profile) {
        let place = "It has taken the place of \(old.words) that was stored as \(old.id)."
        if old.kind == .oauth {
            return change.context.terminal.notice(
                "\(place) A login cannot be pasted again; to have both, log in again where it was made.")
        }
        let again = old.isReference && old.reference == nil ? nil : PasteCommand.another(old, change)
        change.context.terminal.notice(
            place + (again.map { " To have both, store that one again:\n  \($0)" } ?? ""))
    }

    /// The very same credential was pasted once more.
    func tellOfSame(_ profile: Profile, isDated: Bool, isStored: Bool) {
        let what = "\(profile.id) is \(profile.words) already"
        guard isStored else {
            return change.context.terminal.notice(
                isDated
                    ? "\(what): only its date is another one."
                    : "\(what): only its note, or its place in the order, was missing.")
        }
        let date = profile.ending(from: change.context.now())
        let way = profile.kind == .token ? " To give it another date, add --expires-in, such as 30d." : ""
        change.context.terminal.notice("\(what)\(date); nothing was changed.\(way)")
    }
}

extension PasteCommand {
    /// The command that stores one more credential of that kind, under an id that is free.
    static func another(_ kind: CredentialKind, of provider: ProviderID, _ change: StoreChange) -> String {
        let id = change.reading.freeID(for: kind, of: provider)
        return "agenticflow-enterprise models auth \(word(for: kind)) --provider \(provider) --profile-id \(id)"
            + change.agentWords
    }

    /// The same for what a profile holds: a reference is stored as one again.
    static func another(_ profile: Profile, _ change: StoreChange) -> String {
        guard let reference = profile.reference else { return another(profile.kind, of: profile.provider, change) }
        let id = change.reading.freeID(for: profile.kind, of: profile.provider)
        return adding(reference, as: id, of: profile.provider, profile.kind) + change.agentWords
    }

    /// The command that stores a reference.
    static func adding(
        _ reference: SecretReference, as id: ProfileID, of provider: ProviderID, _ kind: CredentialKind
    ) -> String {
        "agenticflow-enterprise models auth add --provider \(provider) --profile-id \(id)"
            + (kind == .apiKey ? "" : " --type \(kind.rawValue)") + " --ref \(reference.description.shellWord)"
    }
}
