// SPDX-License-Identifier: Apache-2.0
import CredentialLifecycle
import Credentials
import FoundationEssentials
import Rotation

extension AuthOverview {
    /// Whom a request would be sent with now: chosen by the code that chooses for requests, from what is said here of
    /// the credentials. So this and `models explain` cannot disagree.
    ///
    /// - Parameter model: the provider's own id of it; what is held against other models does not matter. Nil for the
    ///   default model, with the profile that it is configured with, when it is one of that provider's.
    /// - Returns: nil when a request would be told to wait, or that there is nobody.
    func next(of provider: ProviderID, for model: String?) -> CredentialRow? {
        let rows = rows(of: provider)
        var table = HealthTable()
        let candidates = rows.map(\.candidate)
        for (row, candidate) in zip(rows, candidates) where !row.holds.isEmpty || row.lastUsed != nil {
            table.set(candidate.healthKey, to: row.health(at: now))
        }
        var roster = Roster(candidates: candidates, order: reading.order(of: provider, for: agent), table: &table)
        guard case .profile(_, let index, _) = roster.choose(ask(provider, model), table: &table, now: now) else {
            return nil
        }
        return rows[index]
    }

    private func ask(_ provider: ProviderID, _ model: String?) -> Ask {
        if let model { return Ask(model: model) }
        // What stands for any model: no hold is limited to it.
        guard let defaultModel, let slash = defaultModel.firstIndex(of: "/"),
            defaultModel[..<slash] == provider.text[...]
        else { return Ask(model: "") }
        return Ask(model: String(defaultModel[slash...].dropFirst()), pinned: defaultPin)
    }
}

extension CredentialRow {
    fileprivate var candidate: Candidate {
        var candidate = Candidate(id: id, kind: kind, source: source, expires: .never, standing: standing)
        candidate.isLeftOut = code == SkipCode.notInAuthProfiles.rawValue
        return candidate
    }

    /// What keeps it from being sent, whatever is held against it.
    private var standing: SkipCode {
        switch state {
        case .ready, .cooling, .disabled, .excluded: .ok
        case .ineligible: code.flatMap { SkipCode(rawValue: $0) } ?? .ineligibleProfile
        // The gateway does not know it yet.
        case .pending: .ineligibleProfile
        }
    }

    fileprivate func health(at now: Date) -> Health {
        var health = Health()
        health.lastUsed = lastUsed
        health.windows = holds.map { hold in
            Window(
                // A reason that a later version has added says nothing about how long to wait for whom.
                reason: FailureReason(rawValue: hold.reason) ?? .unknown,
                scope: hold.model.map { .model($0) } ?? .profile, since: now, until: hold.until,
                evidence: Evidence(origin: .ladder, text: ""))
        }
        return health
    }
}
