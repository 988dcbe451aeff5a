// SPDX-License-Identifier: Apache-2.0
import CredentialLifecycle
import Credentials
import Providers
import Rotation
import Settings

/// What one agent asks for, and whether any of it can be served.
struct ModelDemand {
    private let survey: Survey
    private let overview: AuthOverview
    private let models: ConfiguredModels
    /// As configured, or built in; nil when clients have to name theirs.
    private let asked: String?
    /// Of the models that a request may get, the first one's first; those that nobody knows left out.
    private let wanted: [ProviderID]
    /// In use, known, and without any credential.
    let missing: [ProviderID]

    init(_ overview: AuthOverview, _ survey: Survey) {
        self.survey = survey
        self.overview = overview
        models = ConfiguredModels(survey.reading, agent: overview.agent.id)
        let models = models
        let isPinned = models.raw.flatMap { models.pin(of: models.aliases[$0] ?? $0) } != nil
        // Nothing takes the place of one that names a profile.
        asked = models.asked(overview)
        let texts = [asked].compactMap(\.self) + (isPinned ? [] : models.fallbacks)
        let providers = texts.compactMap { models.reference($0).flatMap { ProviderID($0.prefix { $0 != "/" }) } }
            .compactMap { survey.reading.providers[$0] }
        // One of another format never gets the request.
        wanted = providers.filter { $0.id == providers[0].id || !$0.formats.isDisjoint(with: providers[0].formats) }
            .map(\.id)
        missing = models.providersInUse.sorted().filter { provider in
            !overview.rows(of: provider).contains(where: \.hasCredential) && survey.reading.providers[provider] != nil
        }
    }

    /// The one that is asked first.
    var provider: ProviderID { wanted.first ?? models.defaultProvider ?? .anthropic }

    var agent: AgentID { overview.agent.id }
    /// It has what main has.
    var isHeir: Bool {
        agent != .main && survey.settings.agents.first { $0.id == agent }?.inheritsProfiles ?? true
    }

    /// Without a model of their own clients name theirs; but somebody must be able to serve them.
    private var rows: [CredentialRow] { asked == nil ? overview.rows : wanted.flatMap { overview.rows(of: $0) } }

    /// Every request for the default model is refused, now and after any wait. What an order or an unknown name is to
    /// blame for has a finding of its own.
    var isStopped: Bool {
        guard survey.knowsEveryKey, !models.isUnknown, asked == nil || !wanted.isEmpty else { return false }
        let asking = asked == nil ? overview.providers : [provider]
        guard asking.allSatisfy({ ProviderOverview($0, in: overview).leftOut == nil }) else { return false }
        let named = pin?.profile
        return !rows.contains { row in
            switch row.state {
            case .ready, .cooling, .pending: named == nil || row.id == named
            case .excluded: row.id == named
            case .disabled, .ineligible: false
            }
        }
    }

    /// The same for two agents of which one inherits all that the other has.
    var key: [String] { wanted.map(\.text) + rows.map(\.id.text) + [pin?.profile.text ?? ""] }

    /// - Parameter agents: those that lack the same, this one first.
    func finding(of agents: [AgentID]) -> Finding {
        let what =
            asked == nil
            ? "no credential of any provider can be used"
            : agents.count > 1
                ? "every request for their default model is refused"
                : "every request for \(models.resolvedDefault ?? provider.text) is refused"
        return Finding(
            .nothingToSend, "Nothing can be sent for \(Self.words(agents)): \(what).", why: why,
            fix: fix(for: owner(agents)),
            path: survey.layout.storePath(agent), provider: provider, agent: agent)
    }

    private var why: String {
        let lacking = wanted.filter { overview.rows(of: $0).isEmpty }
        var seen: Set<ProviderID> = []
        let sentences =
            lacking.filter { seen.insert($0).inserted }.map { "\($0) has no credential" }
            + rows.prefix(3).compactMap { row in cause(row).map { CauseSentence($0, of: row.provider, model: "").text }
            }
        guard !sentences.isEmpty else { return "There is no credential that could be sent." }
        return sentences.joined(separator: "; ") + (rows.count > 3 ? "; and \(rows.count - 3) more." : ".")
    }

    private func cause(_ row: CredentialRow) -> Cause? {
        row.code.flatMap { SkipCode(rawValue: $0) }.map {
            Cause(id: row.id, source: row.source, kind: row.kind, code: $0)
        }
    }

    /// The profile that the default model names, and the model without it.
    private var pin: (model: String, profile: ProfileID)? {
        models.raw.flatMap { models.pin(of: models.aliases[$0] ?? $0) }
    }

    /// Whose store serves them all.
    private func owner(_ agents: [AgentID]) -> AgentID { agents.count > 1 ? .main : agent }

    private static func words(_ agents: [AgentID]) -> String {
        "\(agents.count > 1 ? "agents" : "agent") \(CredentialChecks.list(agents.map(\.text)))"
    }

    private func fix(for owner: AgentID) -> String {
        let paste = paste(provider, owner)
        if let pin { return fix(pin, paste, owner) }
        let rows = overview.rows(of: provider)
        // Those that are kept out are in order: nothing takes their place.
        if let row = rows.first(where: { $0.code == SkipCode.notInAuthProfiles.rawValue }) {
            return "Run: \(ProfileNote(id: row.id, provider: row.provider, kind: row.kind).command)"
        }
        if rows.contains(where: { $0.state == .excluded }) {
            return "Run: \(survey.reading.widenedOrder(of: provider, by: agent, at: survey.now).command)"
        }
        // A setup token would be refused in its place as well.
        guard let first = rows.first(where: { !$0.isSetupToken && $0.owner != nil }) else { return paste }
        return mending(first, paste)
    }

    private func fix(_ pin: (model: String, profile: ProfileID), _ paste: String, _ owner: AgentID) -> String {
        let rows = overview.rows(of: provider)
        if rows.contains(where: { [.ready, .cooling, .pending].contains($0.state) }),
            let place = ModelPlace.all(of: agent, survey).first, !place.isFallback
        {
            return place.setting(pin.model, survey)
        }
        guard let named = rows.first(where: { $0.id == pin.profile }) else {
            return "Run: \(program) models auth paste-api-key --provider \(provider) --profile-id \(pin.profile)"
                + survey.reading.agentWords(owner)
        }
        return named.isSetupToken || named.owner == nil ? paste : mending(named, paste)
    }

    private func paste(_ provider: ProviderID, _ owner: AgentID) -> String {
        "Run: \(PasteCommand.inUse(.apiKey, of: provider, survey.reading, agent: owner, at: survey.now))"
    }

    /// What makes one that is stored usable again.
    private func mending(_ row: CredentialRow, _ paste: String) -> String {
        guard let owner = row.owner else { return paste }
        if row.hold.flatMap({ FailureReason(rawValue: $0.reason) }) == .billing {
            return "Top up the account, then run: \(program) models auth clear-cooldown \(row.id)"
                + survey.reading.agentWords(owner)
        }
        if row.code == SkipCode.unresolvedRef.rawValue, let profile = survey.profile(row) {
            return ReferenceCause(of: profile, by: owner, survey).fix
        }
        // That the login goes is told where the login is.
        if row.kind == .oauth { return paste }
        return row.replacement(of: owner, survey.reading, isDate: row.expiring == .expired, at: survey.now)
    }

    /// Providers that are in use, of which the agent has nothing, besides the one that its finding is about. Of one that
    /// is there and holds no secret its own check says what to do.
    var lacking: [ProviderID] {
        missing.filter { !(isStopped && $0 == provider) && overview.rows(of: $0).isEmpty }
    }

    /// - Parameter agents: those that lack the same, this one first.
    func finding(lacking provider: ProviderID, _ agents: [AgentID]) -> Finding {
        let own = models.defaultSource == .agent || models.fallbacksSource == .agent
        let isOther = agents != [survey.settings.defaultAgent]
        let isKeyless = survey.reading.providers[provider]?.mayAskForNoKey == true
        let storing = PasteCommand.inUse(
            .apiKey, of: provider, survey.reading, agent: owner(agents), at: survey.now)
        return Finding(
            .providerWithoutCredential,
            "\(provider) is in use\(own || isOther ? " by \(Self.words(agents))" : "") and has no credential.",
            why: "The default model, the image model or a fallback is of that provider.",
            fix: "Run: \(storing)" + (isKeyless ? ". \(Provider.anyWord(storing))" : ""), provider: provider,
            agent: agent)
    }
}
