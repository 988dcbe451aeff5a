// SPDX-License-Identifier: Apache-2.0
import Exchange
import Providers

/// What one event loop has routed under the current deployment: clients ask for few models, very often.
struct RouteCache {
    private struct Key: Hashable {
        var model: String
        var endpoint: Endpoint
        var agent: String?
    }

    private static let maximumCount = 256
    private var owner: Deployment?
    private var known: [Key: [Target]] = [:]

    var count: Int { known.count }

    /// As ``ModelRouter/targets(for:endpoint:agent:)`` says; refusals are found anew each time.
    mutating func targets(
        for model: String, endpoint: Endpoint, agent: String?, under deployment: Deployment
    ) throws(Fault) -> [Target] {
        if owner !== deployment {
            owner = deployment
            known.removeAll(keepingCapacity: true)
        }
        let key = Key(model: model, endpoint: endpoint, agent: agent)
        if let targets = known[key] { return targets }
        let targets = try deployment.router.targets(for: model, endpoint: endpoint, agent: agent)
        // Pins make any number of names: the cache is emptied rather than let grow.
        if known.count >= Self.maximumCount { known.removeAll(keepingCapacity: true) }
        known[key] = targets
        return targets
    }
}
