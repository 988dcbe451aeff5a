// SPDX-License-Identifier: Apache-2.0
import CredentialLifecycle
import Credentials
import FoundationEssentials
import Providers
import Rotation
import Settings

/// One provider's credentials together.
struct ProviderOverview {
    /// What a request would be sent with now.
    enum Effective: String {
        case profiles
        case env
        case configuration = "models.json"
        /// There are credentials, and none of them can be used now.
        case unusable
        case missing
    }

    let provider: ProviderID
    let rows: [CredentialRow]
    /// Whom a request would be sent with now; nil when there is nobody.
    let effectiveRow: CredentialRow?
    private let overview: AuthOverview

    /// - Parameter model: the provider's own id of the one that is asked for; nil: the default model where that is one
    ///   of this provider's, else any.
    init(_ provider: ProviderID, in overview: AuthOverview, model: String? = nil) {
        self.provider = provider
        self.overview = overview
        rows = overview.rows(of: provider)
        effectiveRow = overview.next(of: provider, for: model)
    }

    var profiles: [CredentialRow] { rows.filter(\.isStored) }
    var environment: [CredentialRow] { rows.filter { $0.source.variable != nil } }
    var configuration: CredentialRow? { rows.first { $0.source == .config } }

    var isUsable: Bool { effectiveRow != nil }
    func count(_ kind: CredentialKind) -> Int { profiles.count { $0.kind == kind } }

    /// The worst of those that have a date; keys alone have none.
    var expiring: Expiring {
        let dated = profiles.filter { $0.kind != .apiKey }.compactMap(\.expiring)
        return dated.max() ?? (profiles.isEmpty ? .missing : .static)
    }

    /// The earliest end of them.
    var expires: Date? {
        profiles.compactMap { row in if case .at(let date) = row.expires, row.kind != .apiKey { date } else { nil } }
            .min()
    }

    /// Where ``effectiveRow`` comes from.
    var effective: Effective {
        guard rows.contains(where: \.hasCredential) else { return .missing }
        switch effectiveRow?.source {
        case .profile: return .profiles
        case .environment, .shellEnvironment: return .env
        case .config: return .configuration
        case nil: return .unusable
        }
    }

    private var order: ExplicitOrder? { overview.reading.order(of: provider, for: overview.agent) }

    /// An order leaves out everything that could be sent; nil when that is not so.
    var leftOut: LeftOutSentence? {
        let left = rows.filter { $0.state == .excluded }
        guard !left.isEmpty, rows.allSatisfy({ $0.state == .excluded || $0.state == .ineligible }) else { return nil }
        let known = Set(rows.map(\.id))
        let kept = order?.ids.filter { known.contains($0) } ?? []
        return LeftOutSentence(
            LeftOut(order: order, kept: kept, ids: left.map(\.id)), provider, agent: overview.agent.id,
            agentWords: overview.reading.agentWords(overview.agent.id))
    }
}

extension AuthOverview {
    var providerOverviews: [ProviderOverview] { providers.map { ProviderOverview($0, in: self) } }
}

/// What `models status --check` finds: its exit code says it to scripts.
struct CheckVerdict {
    /// Providers that are in use and have no credential at all.
    let missing: [ProviderID]
    let exitCode: Int32
    /// A sentence that explains the exit code.
    let reason: String

    init(_ overview: AuthOverview, _ models: ConfiguredModels) {
        var inUse = models.providersInUse
        if models.asked(overview) != nil, let provider = models.defaultProvider { inUse.insert(provider) }
        // Without a default model clients name theirs; but somebody must be able to serve them.
        if inUse.isEmpty, Self.isMissing(overview.rows) { inUse = [.anthropic] }
        missing = inUse.filter { Self.isMissing(overview.rows(of: $0)) }.sorted()
        // Somebody must be left whom a request could be sent with, now or after a wait.
        let places = inUse.isEmpty ? [overview.rows] : inUse.sorted().map { overview.rows(of: $0) }
        let unservable = places.filter(Self.isNeverSent).flatMap { $0 }
        let dated = overview.profiles.filter { $0.kind != .apiKey }
        let disabled = inUse.filter { Self.isDisabled(overview.rows(of: $0)) }.sorted()
        var failures = missing.map { "\($0) is in use and has no credential" }
        if !unservable.isEmpty {
            failures.append("no request can be sent with \(Self.list(unservable.map(\.id.text)))")
            let emptied = Set(unservable.map(\.provider)).sorted().filter {
                ProviderOverview($0, in: overview).leftOut != nil
            }
            failures += emptied.map { "an order leaves out every credential of \($0) that could be sent" }
        }
        failures += disabled.map { "every credential of \($0) is put aside" }
        failures += dated.filter { $0.expiring == .expired }.map { "\($0.id) has expired" }
        failures += dated.filter { $0.expiring == .missing }.map { "\($0.id) lacks its secret or its date" }
        let ending = dated.filter { $0.expiring == .expiring }.map { "\($0.id) expires within a day" }
        exitCode = failures.isEmpty ? (ending.isEmpty ? 0 : 2) : 1
        let reasons = failures.isEmpty ? ending : failures
        reason = reasons.isEmpty ? "Nothing is missing, and nothing expires within a day." : "\(Self.list(reasons))."
    }

    /// The first few.
    private static func list(_ texts: [String]) -> String {
        texts.prefix(3).joined(separator: ", ") + (texts.count > 3 ? " and \(texts.count - 3) more" : "")
    }

    /// Why nobody serves a provider's requests, where the exit code says so: a sentence.
    static func standstill(of provider: ProviderID, in overview: AuthOverview) -> String? {
        let rows = overview.rows(of: provider)
        if isMissing(rows) { return "\(provider) has no credential." }
        if isNeverSent(rows) { return "No credential of \(provider) can be sent." }
        return isDisabled(rows) ? "Every credential of \(provider) is put aside." : nil
    }

    private static func isMissing(_ rows: [CredentialRow]) -> Bool { !rows.contains(where: \.hasCredential) }

    private static func isNeverSent(_ rows: [CredentialRow]) -> Bool {
        !rows.isEmpty && rows.allSatisfy { $0.state == .ineligible || $0.state == .excluded }
    }

    /// Of those that would be used, every one is put aside for long.
    private static func isDisabled(_ rows: [CredentialRow]) -> Bool {
        let wanted = rows.filter { $0.state != .excluded && $0.state != .ineligible }
        return !wanted.isEmpty && wanted.allSatisfy { $0.state == .disabled }
    }
}
