// SPDX-License-Identifier: Apache-2.0
import CredentialLifecycle
import Credentials
import FoundationEssentials
import Rotation

/// How long a credential will go on working, by what is stored of it.
enum Expiring: String, Comparable {
    /// It has no date.
    case `static`
    case ok
    /// Within a day.
    case expiring
    case expired
    /// Something to prove itself with, or its date, is not there.
    case missing

    static let warning: TimeInterval = 86_400

    private var rank: Int {
        switch self {
        case .static: 0
        case .ok: 1
        case .expiring: 2
        case .expired: 3
        case .missing: 4
        }
    }

    /// Worse ones are greater.
    static func < (a: Self, b: Self) -> Bool { a.rank < b.rank }

    init(_ candidate: Candidate, hasSecret: Bool, now: Date) {
        switch (candidate.kind, candidate.expires) {
        case (.apiKey, _): self = .static
        case (_, .invalid), (.oauth, .never): self = .missing
        case (.token, _) where !hasSecret && candidate.standing != .unresolvedRef: self = .missing
        case (.token, .never): self = .static
        case (_, .at(let date)):
            let left = date.timeIntervalSince(now)
            self = left <= 0 ? .expired : left <= Self.warning ? .expiring : .ok
        }
    }
}

/// One credential of an agent: what is stored, and what is said of it now.
struct CredentialRow {
    var id: ProfileID
    var provider: ProviderID
    var kind: CredentialKind
    var source: CandidateSource
    /// Nil when the gateway knows a credential that is not to be read here.
    var mask: String?
    var isSetupToken = false
    var hasCredential = true
    /// Where the secret rests, when the store only names the place.
    var reference: SecretReference?
    var email: String?
    var expires = Expiry.never
    /// An expired login that its refresh token can bring back.
    var isRefreshable = false
    /// Nil when it is not known.
    var expiring: Expiring?
    var state: CredentialState
    /// Nil while the state is pending.
    var code: String?
    var holds: [CredentialLine.Hold]
    var lastUsed: Date?
    /// A request could use it without waiting, for some model at least.
    var isUsable: Bool

    /// - Parameter line: nil when nothing is said of it.
    init(_ resolved: ResolvedCandidate, profile: Profile?, line: CredentialLine?, isRelayed: Bool, now: Date) {
        let candidate = resolved.candidate
        // With a new date, the gateway has not taken it up yet.
        let isStale = line?.code == SkipCode.expired.rawValue && candidate.eligibility(at: now) == .ok
        let line = isStale ? nil : line
        id = candidate.id
        provider = profile?.provider ?? line?.provider ?? ProviderID(candidate.id.provider) ?? .anthropic
        kind = candidate.kind
        source = candidate.source
        let isReference = profile?.isReference == true
        reference = profile?.reference
        mask =
            isReference
            ? Self.label(profile?.reference)
            : resolved.secret.map { $0.isBlank ? "missing" : $0.masked } ?? "missing"
        isSetupToken = resolved.secret?.isSetupToken == true
        hasCredential = isReference || resolved.secret.map { !$0.isBlank } == true
        email = profile?.email
        expires = candidate.expires
        expiring = Expiring(candidate, hasSecret: hasCredential, now: now)
        isRefreshable = expiring == .expired && profile?.refresh.map { !$0.isBlank } == true
        code = line?.code ?? (isRelayed ? nil : "unsupported_provider")
        state = code.map { CredentialState(code: $0) } ?? .pending
        holds = line?.holds ?? []
        lastUsed = line?.lastUsed
        isUsable = Self.isUsable(state, line)
    }

    /// One that the gateway has and that is not to be read here: its own environment, or a store that became unreadable.
    ///
    /// - Parameter mask: of the same key, where it is known to be the same.
    init(known line: CredentialLine, from source: CandidateSource, mask: String? = nil, now: Date) {
        id = line.profile
        provider = line.provider
        kind = line.kind
        self.source = source
        self.mask = mask
        isSetupToken = line.code == SkipCode.needsVendorCLI.rawValue
        state = CredentialState(code: line.code)
        code = line.code
        expiring = line.kind == .apiKey ? .static : line.code == SkipCode.expired.rawValue ? .expired : nil
        holds = line.holds
        lastUsed = line.lastUsed
        isUsable = Self.isUsable(state, line)
    }

    /// Where the secret rests says more than a part of it would.
    static func label(_ reference: SecretReference?) -> String {
        guard let reference else { return "reference" }
        return "ref:\(reference)" + (reference.source == .exec ? " (asked by the gateway)" : "")
    }

    private static func isUsable(_ state: CredentialState, _ line: CredentialLine?) -> Bool {
        state == .ready || (state == .cooling && line?.holds.allSatisfy { $0.model != nil } == true)
    }

    var isStored: Bool { source.isStore }

    /// The one that lasts longest.
    var hold: CredentialLine.Hold? { holds.max { $0.until < $1.until } }

    /// What puts another credential in the place of this one: a sentence without its full stop. One that rests elsewhere
    /// is replaced there, and only its date is the store's.
    ///
    /// - Parameters:
    ///   - owner: whose store it is in.
    ///   - isDate: the date is what is wrong.
    func replacement(of owner: AgentID, _ reading: InstanceReading, isDate: Bool = false, at now: Date) -> String {
        if let reference {
            if !isDate { return reference.replacement }
            return
                "Run: \(PasteCommand.adding(reference, as: id, of: provider, kind)) --agent \(owner) --expires-in 365d"
        }
        if kind == .oauth { return LoginReplacement.fix(id, of: provider, by: owner, reading, at: now) }
        return "Run: agenticflow-enterprise models auth \(PasteCommand.word(for: kind)) --provider \(provider) "
            + "--profile-id \(id) --agent \(owner)"
    }

    /// As in `anthropic:work=token:sk-ant...wxyz`; never the whole secret.
    var label: String {
        let shown = shownKey ?? "?"
        switch kind {
        case _ where !isStored: return "\(id)=\(shown)"
        case .apiKey: return "\(id)=\(shown)"
        case .token: return "\(id)=token:\(shown)"
        case .oauth: return "\(id)=OAuth" + (email.map { " (\($0.escapedForDisplay))" } ?? "")
        }
    }
}
