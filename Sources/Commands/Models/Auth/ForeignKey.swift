// SPDX-License-Identifier: Apache-2.0
import CredentialLifecycle
import Credentials
import Providers

/// A credential that looks like another vendor's. It is kept, because looks may deceive; but not without a word.
struct ForeignKey {
    let look: Shape.Look
    private let provider: Provider

    /// Nil when nothing is odd about it.
    init?(_ secret: Secret, for id: ProviderID, _ reading: InstanceReading) {
        // Who has put another address in a vendor's place knows whose keys it takes.
        guard let provider = reading.providers[id], let vendor = Provider[id: id], provider.baseURL == vendor.baseURL,
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
