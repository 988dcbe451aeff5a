// SPDX-License-Identifier: Apache-2.0
import CredentialLifecycle
import Credentials
import Providers

/// A credential that looks like another vendor's. It is kept, because looks may deceive; but not without a word.
struct ForeignKey {
    let look: Shape.Look
    private let provider: Provider

    /// Who has put another address in a vendor's place, or made a provider, knows whose keys it takes.
    static func takesAnything(_ id: ProviderID, _ reading: InstanceReading) -> Bool {
        guard let provider = reading.providers[id] else {
            return Provider[id: id] == nil && OtherProvider[id: id] == nil
        }
        return provider.baseURL != Provider[id: id]?.baseURL
    }

    /// Nil when nothing is odd about it.
    init?(_ secret: Secret, for id: ProviderID, _ reading: InstanceReading) {
        guard let provider = reading.providers[id], !Self.takesAnything(id, reading),
            let look = Shape.foreignLook(secret, for: id)
        else { return nil }
        self.look = look
        self.provider = provider
    }

    /// - Parameter undo: the whole command that takes it away again.
    func advice(place: String, undo: String) -> Advice {
        let right = look.provider.map {
            " Then store it where it belongs: agenticflow-enterprise models auth "
                + "\(look.prefix.hasPrefix("sk-ant-oat") ? "paste-token" : "paste-api-key") --provider \($0)"
        }
        return Advice(
            what: "It begins with \(look.prefix): that is \(look.words), and it is now \(place).",
            why: "\(provider.displayName) will probably refuse it.", fix: "If so, run: \(undo).\(right ?? "")")
    }
}

extension CommandContext {
    /// - Throws: ``IntakeError/another(_:)`` for what is no credential at all. A provider with an address of its own may
    ///   take it, so there it is only remarked on.
    func requireCredential(_ secret: Secret, for provider: ProviderID, _ reading: InstanceReading) throws(IntakeError) {
        guard let instead = Shape.instead(secret) else { return tellCut(secret, provider, reading) }
        guard ForeignKey.takesAnything(provider, reading) else { throw .another(instead) }
        terminal.notice(
            "warning",
            Advice(
                what: "It looks like \(instead.rawValue).",
                why:
                    "It is taken all the same, because \(provider) has an address of its own, which may take anything.",
                fix: "If it was not meant, run the command again with the key itself."))
    }

    private func tellCut(_ secret: Secret, _ id: ProviderID, _ reading: InstanceReading) {
        guard let cut = Shape.cut(secret), !ForeignKey.takesAnything(id, reading) else { return }
        terminal.notice(
            "warning",
            Advice(
                what: "It looks cut: \(cut.count == 1 ? "one character follows" : "\(cut.count) characters follow") "
                    + "\(cut.beginning)",
                why: "Keys that begin so have many more; it is taken all the same, because lengths change.",
                fix: "If it was cut, copy the whole key and run the command again."))
    }
}
