// SPDX-License-Identifier: Apache-2.0
import CredentialLifecycle
import Credentials
import Rotation
import Settings

/// Credentials that an order kept out of use, and that nothing keeps out once all that it names is removed: an order
/// that names nobody is none.
struct ReleasedCredentials {
    let provider: ProviderID
    let ids: [ProfileID]

    /// Nil when nothing is released.
    ///
    /// - Parameter verb: such as `Used from now on`.
    static func sentence(_ all: [ReleasedCredentials], _ verb: String) -> String? {
        guard !all.isEmpty else { return nil }
        return all.map { released in
            let shown = released.ids.prefix(4).map(\.text).joined(separator: ", ")
            let more = released.ids.count > 4 ? " and \(released.ids.count - 4) more" : ""
            return "The order of \(released.provider) names nothing else, and counts no more. \(verb): \(shown)\(more)."
        }.joined(separator: " ")
    }
}

extension StoreChange {
    /// What comes into use, as of what was read before anything was removed.
    func released(by removed: [Profile]) -> [ReleasedCredentials] {
        let gone = Set(removed.map(\.id))
        // What another agent has too, and what an included file says, stays in the configuration's orders.
        let unshared = unshared(removed.map(\.id))
        let forgotten = Set(unshared).subtracting(IncludedMentions(of: unshared, in: settings.resolved()).ids)
        return Set(removed.map(\.provider)).sorted().compactMap { provider in
            guard let order = reading.order(of: provider, for: agent), !order.ids.isEmpty,
                (order.source == .store ? gone : forgotten).isSuperset(of: order.ids)
            else { return nil }
            // Behind the agent's own order there may be the configuration's.
            let configured = Set(reading.settings.auth.order[provider] ?? []).subtracting(forgotten)
            let ids = reading.candidates(for: provider, of: agent).map(\.candidate).filter { candidate in
                !gone.contains(candidate.id) && candidate.eligibility(at: context.now()) == .ok
                    && (configured.isEmpty ? !candidate.isLeftOut : configured.contains(candidate.id))
            }.map(\.id)
            return ids.isEmpty ? nil : ReleasedCredentials(provider: provider, ids: ids)
        }
    }
}
