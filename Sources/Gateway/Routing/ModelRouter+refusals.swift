// SPDX-License-Identifier: Apache-2.0
import Credentials
import Exchange
import Providers
import Settings

/// Why a name leads nowhere: what happened, why, and what to do.
extension ModelRouter {
    func check(_ target: Target, serves endpoint: Endpoint) throws(Fault) {
        // Why is for the board to say, which knows it of those as well that only turn out to be out of reach.
        if leftOut.contains(target.provider) { return }
        guard let provider = providers[target.provider] else {
            throw Fault(
                .unsupportedProvider,
                "The provider \(target.provider) speaks a wire format that is not relayed here. "
                    + "Configure \(target.provider.place()) with a baseUrl and an api, or name another provider."
            )
        }
        guard provider.upstreamPath(for: endpoint) != nil else {
            throw Fault(
                .unsupportedDialect,
                "\(target.provider) does not serve \(endpoint.path). Use the endpoint of its own dialect, or another provider."
            )
        }
    }

    func check(agent: String) throws(Fault) {
        guard let id = AgentID(agent), agents.contains(id) else {
            throw Fault(
                .modelNotFound,
                "\(Fault.unknownAgent(agent)) Known: "
                    + agents.sorted().map(\.text).joined(separator: ", "))
        }
    }

    static func ambiguous(_ name: String, _ found: [ProviderID]) -> Fault {
        Fault(
            .ambiguousModel,
            "Several providers offer \"\(name.escapedForDisplay)\". Name one of: "
                + found.sorted().map { "\($0)/\(name.escapedForDisplay)" }.joined(separator: ", "))
    }

    static func noModel(_ profile: ProfileID) -> Fault {
        Fault(
            .modelMissing,
            "\"@\(profile)\" names a profile and no model. Write the model before it, as in default@\(profile).")
    }

    static func noProfile(_ suffix: ProfileSuffix) -> Fault {
        Fault(
            .modelNotFound,
            "\"@\(suffix.text.prefix(100).escapedForDisplay)\" names no profile. Write it as "
                + "\(suffix.name.prefix(100).escapedForDisplay)@PROVIDER:NAME; see: "
                + "agenticflow-enterprise models auth list")
    }

    /// The id is a model of these, and nobody else is asked for it.
    func noCredential(for name: String, _ listing: [ProviderID], _ question: Question) -> Fault {
        let endpoint = question.endpoint
        let serving = listing.filter { providers[$0]?.upstreamPath(for: endpoint) != nil }
        guard let first = serving.first else {
            return Fault(
                .unsupportedDialect,
                "\"\(name.prefix(100).escapedForDisplay)\" is a model of \(Self.list(listing)), which does not serve "
                    + "\(endpoint.path), and for which no usable credential is stored. Use the endpoint of its own "
                    + "dialect, or another model.")
        }
        if let unreadable = question.asker.unreadableStore {
            return Fault(.noCredential, "Nothing can be sent to \(Self.list(serving)). \(unreadable)")
        }
        let native = endpoint.nativeProvider
        let shown = name.prefix(100).escapedForDisplay
        let other = withCredential.contains(native) ? " (\(native)/\(shown) asks \(native) all the same)" : ""
        return Fault(
            .modelNotFound,
            "No usable credential is stored for \(Self.list(serving)), "
                + "\(serving.count == 1 ? "which offers" : "which all offer") \"\(shown)\"\(other). "
                + question.asker.storing(of: first))
    }

    private static func list(_ ids: [ProviderID]) -> String {
        ids.prefix(4).map(\.text).joined(separator: ", ") + (ids.count > 4 ? ", …" : "")
    }

    func notFound(_ name: String, _ question: Question) -> Fault {
        let shown = name.prefix(100).escapedForDisplay
        if let slash = name.firstIndex(of: "/"),
            let near = Spelling.nearest(
                to: String(name[..<slash]), among: leftOut.union(providers.keys).map(\.text).sorted())
        {
            return Fault(
                .modelNotFound,
                "There is no provider \"\(name[..<slash].prefix(64).escapedForDisplay)\". Did you mean "
                    + "\(near)\(name[slash...].prefix(100).escapedForDisplay)?")
        }
        if withCredential.isEmpty, let unreadable = question.asker.unreadableStore {
            return Fault(.noCredential, "No provider offers \"\(shown)\". \(unreadable)")
        }
        let guess = guess(for: name).map { " Did you mean \($0.escapedForDisplay)?" }
        if withCredential.isEmpty {
            return Fault(
                .modelNotFound,
                "No \(withProfile.isEmpty ? "" : "usable ")credential is stored, so no provider offers \"\(shown)\".\(guess ?? "") "
                    + "Run: \(question.asker.storingKey(of: question.endpoint.nativeProvider))")
        }
        return Fault(
            .modelNotFound,
            "No provider with a credential offers \"\(shown)\".\(guess ?? candidates(name)) "
                + "Write it as provider/model, or see what there is: GET /v1/models")
    }

    /// Ids of which the name is a part, or the other way round.
    private func candidates(_ name: String) -> String {
        let near = offers.keys.filter { $0.contains(name) || name.contains($0) }.sorted().prefix(3)
        return near.isEmpty ? "" : " Did you mean: \(near.joined(separator: ", "))?"
    }
}
