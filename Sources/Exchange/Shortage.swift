// SPDX-License-Identifier: Apache-2.0
import Credentials
import FoundationEssentials
import Providers
package import Rotation

/// A target for which nobody can be asked, and why.
package struct Shortage: Sendable {
    package var target: Target
    package var unavailability: Unavailability
    package var causes: [Cause]

    package init(_ target: Target, _ unavailability: Unavailability, causes: [Cause]) {
        self.target = target
        self.unavailability = unavailability
        self.causes = causes
    }

    /// Of several the one that is told first: the one that ends soonest, else one of which there is more to say than
    /// that nothing is stored.
    package static func told(among all: [Shortage]) -> Shortage? {
        let waiting = all.filter { $0.unavailability.isCooling }
        return waiting.min { ($0.unavailability.until ?? .distantFuture) < ($1.unavailability.until ?? .distantFuture) }
            ?? all.first { $0.unavailability != .noCredential } ?? all.first
    }

    /// The credential whose wait ends first.
    var soonest: Cause? { causes.first { $0.until != nil && $0.until == unavailability.until } }

    var providerName: String { Provider[id: target.provider]?.displayName ?? target.provider.text }

    func sentence(of cause: Cause) -> CauseSentence {
        CauseSentence(cause, of: target.provider, model: target.model)
    }
}

/// Why a request was not served, each kind of reason once, besides the one that is told at length.
struct OtherReasons {
    private struct Kind: Hashable {
        var provider: ProviderID
        var reason: String
    }

    private static let told = 2
    private var known: Set<Kind>
    private var texts: [String] = []

    /// - Parameter main: what is told at length.
    init(besides main: FailureReport) {
        known = [Kind(provider: main.sentence.provider, reason: main.sentence.reason.rawValue)]
    }

    init() { known = [] }

    /// Another model of the same provider fails for the same reason.
    init(besides told: Shortage, _ asker: Asker) {
        self.init()
        add(told, asker)
        texts = []
    }

    mutating func add(_ sentence: FailureSentence) {
        add(sentence.provider, sentence.reason.rawValue, sentence.short)
    }

    mutating func add(_ shortage: Shortage, _ asker: Asker) {
        let provider = shortage.target.provider
        switch shortage.unavailability {
        case .leftOut(let leftOut):
            let words = LeftOutSentence(leftOut, provider, agent: asker.agent, agentWords: "").short
            add(provider, SkipCode.excludedByAuthOrder.rawValue, words)
        case .noCredential where shortage.causes.isEmpty:
            let words =
                asker.isStoreUnreadable
                ? "what is stored for \(shortage.providerName) cannot be read"
                : "nothing is stored for \(shortage.providerName)"
            add(provider, SkipCode.missingCredential.rawValue, words)
        case .providerLeftOut:
            add(provider, SkipCode.providerLeftOut.rawValue, "\(provider) is left out, as models status says")
        case .pinnedUnavailable(let id, .unknownProfile, _):
            add(provider, SkipCode.unknownProfile.rawValue, "there is no \(id)")
        default: add(shortage.causes, of: shortage)
        }
    }

    mutating func add(_ causes: [Cause], of shortage: Shortage) {
        for cause in causes {
            let reason = cause.reason?.rawValue ?? cause.code.rawValue
            add(shortage.target.provider, reason, shortage.sentence(of: cause).text)
        }
    }

    private mutating func add(_ provider: ProviderID, _ reason: String, _ text: String) {
        if known.insert(Kind(provider: provider, reason: reason)).inserted { texts.append(text) }
    }

    /// The first few.
    var list: String {
        let rest = texts.count - Self.told
        return texts.prefix(Self.told).joined(separator: "; ") + (rest > 0 ? "; and \(rest) more" : "")
    }

    /// With a blank before it; empty when there is no other.
    var words: String { texts.isEmpty ? "" : " Also: \(list)." }
}
