// SPDX-License-Identifier: Apache-2.0
import CredentialLifecycle
import Credentials
import ProfileStorage
import Providers
import Rotation
import Settings

/// A vendor's key that is sent to somebody else's server, which gets to see it. People run proxies, so this is told, and
/// refused nowhere.
struct StrayKey {
    private let look: Shape.Look
    private let provider: Provider

    /// Nil when nothing is odd about it.
    init?(_ secret: Secret, for id: ProviderID, _ reading: InstanceReading) {
        guard let provider = reading.providers[id], let look = reading.providers.strayLook(secret, for: id) else {
            return nil
        }
        self.look = look
        self.provider = provider
    }

    /// - Parameter right: the command that puts another one in its place.
    func advice(of place: String, right: String) -> Advice {
        Advice(
            what: "\(place) begins with \(look.prefix): that is \(look.words), and it is sent to "
                + "\(provider.place?.host ?? provider.baseURL).",
            why: "Whoever runs that server can use it.", fix: Self.fix(right))
    }

    /// The same of what is configured.
    func problem(of place: String, right: String) -> SettingsProblem {
        SettingsProblem(
            .warning, at: provider.id.place("baseUrl"),
            is: "is where \(place) is sent, which begins with \(look.prefix): that is \(look.words). "
                + "Whoever runs that server can use it",
            fix: Self.fix(right))
    }

    private static func fix(_ right: String) -> String {
        "Where that is a proxy of yours, leave it. Otherwise give it the server's own: \(right)"
    }
}

extension InstanceReading {
    /// The command that asks for another secret in a candidate's place.
    func renewal(of candidate: Candidate) -> String {
        switch candidate.source {
        case .profile(let owner) where self[owner]?.stored.book.profiles[candidate.id]?.reference != nil:
            "agenticflow-enterprise models auth add --provider \(candidate.id.provider) --profile-id \(candidate.id) "
                + "--ref env:NAME\(agentWords(owner))"
        case .profile(let owner):
            "agenticflow-enterprise models auth rotate \(candidate.id)\(agentWords(owner))"
        case .config:
            "agenticflow-enterprise config set "
                + "\((ProviderID(candidate.id.provider) ?? .anthropic).place("apiKey").shellWord) --stdin"
        case .environment(let name), .shellEnvironment(let name): "agenticflow-enterprise env set \(name.shellWord)"
        }
    }
}
