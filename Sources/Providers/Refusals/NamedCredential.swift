// SPDX-License-Identifier: Apache-2.0
package import Credentials
package import Rotation

/// A credential as people know it, with the command that puts another in its place. Never its secret.
package struct NamedCredential: Hashable, Sendable {
    package var id: ProfileID
    package var provider: ProviderID
    package var source: CandidateSource
    package var kind: CredentialKind
    /// Where the secret rests, when the store only names the place.
    package var reference: SecretReference?

    package init(
        id: ProfileID, provider: ProviderID, source: CandidateSource, kind: CredentialKind,
        reference: SecretReference? = nil
    ) {
        self.reference = reference
        self.id = id
        self.provider = provider
        self.source = source
        self.kind = kind
    }

    /// The variable it is from, else its id.
    package var name: String {
        switch source {
        case .environment(let variable), .shellEnvironment(let variable): variable
        case .config, .profile: id.text
        }
    }

    /// How another one takes its place: a sentence without its full stop.
    ///
    /// - Parameter agentWords: what names the owner of the store, such as ` --agent coder`; empty when nothing need.
    package func replacement(_ agentWords: String) -> String {
        switch source {
        case .environment(let variable), .shellEnvironment(let variable):
            return
                "Replace it with: \(Self.program) env set \(variable.shellWord) (where it is from: \(Self.program) env list)"
        case .config: return "Correct \(provider.place("apiKey")) in the configuration"
        case .profile:
            // Clients are told too, and no path of this machine is theirs.
            if reference?.source == .file { return "Replace it in the file that \(id) refers to" }
            if let reference { return reference.replacement }
            let command = kind == .apiKey ? "paste-api-key" : "paste-token"
            return "Replace it with: \(Self.program) models auth \(command) --provider \(provider) --profile-id \(id)"
                + agentWords
        }
    }

    /// The command that ends a waiting time before it is over.
    package func clearing(_ agentWords: String) -> String {
        "\(Self.program) models auth clear-cooldown \(id)\(agentWords)"
    }

    static let program = "agenticflow-enterprise"
}
