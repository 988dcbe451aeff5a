// SPDX-License-Identifier: Apache-2.0
package import Credentials
import ProfileStorage
import Settings

/// Ids under which one more credential can be stored without taking the place of another.
extension InstanceReading {
    /// No agent has stored anything under it, and the configuration notes it for nothing else.
    package func isFree(_ id: ProfileID, for kind: CredentialKind) -> Bool {
        !agents.contains { $0.stored.book.profiles[id] != nil }
            && !settings.auth.profiles.contains { $0.id == id && $0.mode != kind }
    }

    /// The first of those that our advice names which is free.
    package func freeID(for kind: CredentialKind, of provider: ProviderID) -> ProfileID {
        let stem = kind == .apiKey ? "api-key" : "token"
        var number = 1
        while true {
            let name = number == 1 ? stem : "\(stem)-\(number)"
            if let id = ProfileID(provider: provider, name: name), isFree(id, for: kind) { return id }
            number += 1
        }
    }

    /// Of providers whose usual id is taken: where one more API key can be stored.
    package var freeKeyPlaces: [ProviderID: ProfileID] {
        var known = settings.auth.profiles.map { $0.id }
        for agent in agents { known.append(contentsOf: agent.stored.book.profiles.keys) }
        var places: [ProviderID: ProfileID] = [:]
        for id in known where id.name == Self.usualName && !isFree(id, for: .apiKey) {
            guard let provider = ProviderID(id.text.prefix { $0 != ":" }) else { continue }
            places[provider] = freeID(for: .apiKey, of: provider)
        }
        return places
    }

    /// Under which a credential is stored whose name nobody says.
    package static let usualName = "manual"
}
