// SPDX-License-Identifier: Apache-2.0
package import Credentials

/// A secret that the configuration writes out or takes from a variable.
package enum ConfiguredSecret: Hashable, Sendable {
    case absent
    /// `variables`: those it was taken from, in the order of the text; none when it is written out.
    case present(Secret, variables: [String])
    /// It rests elsewhere, as `keyRef` of a stored profile says it.
    case reference(SecretReference)
    /// Configured, but there is nothing to use: `missing` variables, or (none missing) text that no header can carry.
    case unavailable(missing: [String])

    /// The text, when there is one to use.
    package var secret: Secret? {
        guard case .present(let secret, _) = self else { return nil }
        return secret
    }

    /// The variables it names: those it was taken from, or those that are missing.
    var references: [String] {
        switch self {
        case .absent: []
        case .present(_, let variables): variables
        case .unavailable(let missing): missing
        case .reference(let reference): reference.source == .env ? [reference.id] : []
        }
    }
}
