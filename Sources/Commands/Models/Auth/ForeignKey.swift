// SPDX-License-Identifier: Apache-2.0
import CredentialLifecycle
import Credentials
import Providers
import Settings

/// A credential that looks like another vendor's. It is kept, because looks may deceive; but not without a word.
struct ForeignKey {
    let look: Shape.Look
    private let provider: Provider

    /// Nil when nothing is odd about it.
    init?(_ secret: Secret, for id: ProviderID, _ reading: InstanceReading) {
        guard let provider = reading.providers[id], !reading.providers.takesAnything(id),
            let look = Shape.foreignLook(secret, for: id)
        else { return nil }
        self.look = look
        self.provider = provider
    }

    /// Nil when it may also take the place of what is there, which looks the same or could not be sent.
    init?(_ secret: Secret, over held: Secret?, for id: ProviderID, _ reading: InstanceReading) {
        self.init(secret, for: id, reading)
        guard let held else { return }
        if held.fieldFlaw() != nil || ForeignKey(held, for: id, reading)?.look == look { return nil }
    }

    /// The command that stores it where it belongs, and takes no other one's place; nil when nobody here takes it.
    func storing(in reading: InstanceReading, agent: AgentID? = nil) -> String? {
        look.provider.map {
            PasteCommand.beside(
                look.prefix.hasPrefix("sk-ant-oat") ? .token : .apiKey, of: $0, reading, agent: agent)
        }
    }

    func storing(in change: StoreChange) -> String? { storing(in: change.reading, agent: change.agent.id) }

    /// Why it takes no other one's place.
    ///
    /// - Parameters:
    ///   - held: what is there, as it may be shown.
    ///   - right: the command that stores it where it belongs.
    ///   - both: the command that keeps both here.
    func refusal(of place: String, holding held: String, right: String?, both: String) -> Advice {
        let right = right.map { "Store it where it belongs: \($0). " } ?? ""
        return Advice(
            what: "\(place) was not changed.",
            why: "The new text begins with \(look.prefix): that is \(look.words). It would take the place of \(held).",
            fix: "\(right)If \(provider.displayName) does take it, keep both: \(both)")
    }

    /// - Parameters:
    ///   - right: the command that stores it where it belongs.
    ///   - undo: the whole command that takes it away again.
    func advice(place: String, right: String?, undo: String) -> Advice {
        let right = right.map { " Then store it where it belongs: \($0)" }
        return Advice(
            what: "It begins with \(look.prefix): that is \(look.words), and it is now \(place).",
            why: "\(provider.displayName) will probably refuse it.", fix: "If so, run: \(undo).\(right ?? "")")
    }
}

extension CommandContext {
    /// - Throws: ``IntakeError/another(_:)`` for what is no credential at all. A provider with an address of its own may
    ///   take it, so there it is only remarked on.
    func requireCredential(_ secret: Secret, for provider: ProviderID, _ reading: InstanceReading) throws(IntakeError) {
        guard let instead = Shape.instead(secret) else {
            if Shape.isEverydayWord(secret), !reading.providers.takesAnything(provider) { throw .another(.word) }
            return tellCut(secret, provider, reading)
        }
        guard reading.providers.takesAnything(provider) else { throw .another(instead) }
        terminal.notice(
            "warning",
            Advice(
                what: "It looks like \(instead.rawValue).",
                why:
                    "It is taken all the same, because \(provider) has an address of its own, which may take anything.",
                fix: "If it was not meant, run the command again with the key itself."))
    }

    private func tellCut(_ secret: Secret, _ id: ProviderID, _ reading: InstanceReading) {
        guard let cut = Shape.cut(secret), !reading.providers.takesAnything(id) else { return }
        terminal.notice(
            "warning",
            Advice(
                what: "It looks cut: \(cut.count == 1 ? "one character follows" : "\(cut.count) characters follow") "
                    + "\(cut.beginning)",
                why: "Keys that begin so have many more; it is taken all the same, because lengths change.",
                fix: "If it was cut, copy the whole key and run the command again."))
    }
}
