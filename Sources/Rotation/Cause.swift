// SPDX-License-Identifier: Apache-2.0
package import Credentials
package import FoundationEssentials

/// A credential that a request cannot have now, and why: for the words about it.
package struct Cause: Hashable, Sendable {
    package var id: ProfileID
    package var source: CandidateSource
    package var kind: CredentialKind
    package var reference: SecretReference?
    package var code: SkipCode
    /// Of the refusal after which it waits; nil when what keeps it is no refusal.
    package var reason: FailureReason?
    package var until: Date?

    package init(
        id: ProfileID, source: CandidateSource, kind: CredentialKind, code: SkipCode, reason: FailureReason? = nil,
        until: Date? = nil
    ) {
        self.id = id
        self.source = source
        self.kind = kind
        self.code = code
        self.reason = reason
        self.until = until
    }
}

extension Roster {
    /// It is asked for below the board's lock, for every request that gets nobody.
    private static let causesLookedAt = 64

    /// One credential for each reason why a request gets none of those that it may have, the soonest to come back.
    package func causes(_ ask: Ask, table: HealthTable, now: Date) -> [Cause] {
        let indexes = ask.pinned.map { lineup.index(of: $0).map { [$0] } ?? [] }
        var found: [Cause] = []
        for index in indexes ?? Array(lineup.seats.prefix(Self.causesLookedAt)) {
            guard let cause = cause(of: index, ask, table, now) else { continue }
            let same = found.firstIndex { ($0.code, $0.reason) == (cause.code, cause.reason) }
            guard let same else {
                found.append(cause)
                continue
            }
            if let until = cause.until, until < found[same].until ?? .distantFuture { found[same] = cause }
        }
        return found
    }

    /// Nil for one that may be asked.
    private func cause(of index: Int, _ ask: Ask, _ table: HealthTable, _ now: Date) -> Cause? {
        let standing = lineup.standing(of: index, for: ask.model, table, now)
        guard standing.code != .ok else { return nil }
        let candidate = lineup.candidates[index]
        let isHeld = candidate.eligibility(at: now) == .ok
        var cause = Cause(
            id: candidate.id, source: candidate.source, kind: candidate.kind, code: standing.code,
            reason: isHeld ? lineup.window(of: index, for: ask.model, table, now)?.reason : nil,
            until: standing.reopening(at: now))
        cause.reference = candidate.reference
        return cause
    }
}
