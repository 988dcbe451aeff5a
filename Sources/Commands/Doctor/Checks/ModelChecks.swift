// SPDX-License-Identifier: Apache-2.0
import CredentialLifecycle
import Credentials
import Providers
import Rotation
import Settings

/// Whether what each agent asks for is known, and can be served.
struct ModelChecks {
    private let survey: Survey
    private(set) var findings: [Finding] = []

    init(_ survey: Survey) {
        self.survey = survey
        let all = survey.overviews.map { overview in
            (
                models: ConfiguredModels(survey.reading, agent: overview.agent.id),
                places: ModelPlace.all(of: overview.agent.id, survey)
            )
        }
        // What stands in agents.defaults may stand in for the model of one agent, and not for that of another.
        let serving = Set(all.flatMap { of in of.places.filter { Self.idle($0, of.models) == nil }.map(\.path.typed) })
        var seen: Set<String> = []
        for (models, places) in all {
            // What stands in agents.defaults is told once.
            let new = places.filter { seen.insert($0.path.typed).inserted }
            let served = new.filter { serving.contains($0.path.typed) }
            for place in served { checkProvider(place, models) }
            checkDoubts(served, ModelDoubts(models, survey.reading))
            for place in new where !serving.contains(place.path.typed) { addIdle(place, models, among: new) }
        }
        checkPresence()
    }

    // MARK: What is asked for

    private static func idle(_ place: ModelPlace, _ models: ConfiguredModels) -> IdleFallback? {
        place.isFallback ? IdleFallback(place.text, in: place.slot, models) : nil
    }

    private mutating func addIdle(_ place: ModelPlace, _ models: ConfiguredModels, among places: [ModelPlace]) {
        guard let idle = Self.idle(place, models) else { return }
        let same = places.filter {
            $0.isFallback && $0.slot.key == place.slot.key
                && models.entryReference($0.text) == models.entryReference(place.text)
        }
        // By its name all of one name are taken out, and only those of `agents.defaults` have a command for it.
        let isNamed = same.count == 1 && place.file == nil && place.agent == nil
        let fix =
            isNamed
            ? "Run: \(program) models \(place.slot.command) remove \(place.text.shellWord)" : place.takingOut(survey)
        findings.append(
            Finding(
                .modelFallbackIdle, "\(place.slot.fallback)\(place.owner): \(idle.what)", why: idle.why,
                fix: fix, path: place.file ?? survey.layout.configPath, agent: place.agent,
                listPlace: place.listPlace(isTaken: true)))
    }

    private mutating func checkProvider(_ place: ModelPlace, _ models: ConfiguredModels) {
        let wanted = models.reference(place.text).flatMap { ProviderID($0.prefix { $0 != "/" }) }
        if let wanted, survey.reading.providers[wanted] != nil { return }
        let near = wanted.flatMap { Spelling.nearest(to: $0.text, among: survey.reading.knownProviders.map(\.text)) }
        let fix: String
        var isTaken = false
        let meant = near.flatMap { near in models.reference(place.text).map { "\(near)\($0.drop { $0 != "/" })" } }
        let isIdle = place.isFallback && meant.map { IdleFallback($0, in: place.slot, models) != nil } == true
        if let meant, !isIdle {
            fix = place.setting(meant, survey)
        } else if place.isFallback {
            fix = place.takingOut(survey)
            isTaken = true
        } else {
            fix = place.setting(servable(for: place.agent), survey)
        }
        let shown = place.text.prefix(80).escapedForDisplay
        findings.append(
            Finding(
                .modelProviderUnknown, "The configured model \(shown)\(place.owner) is of no known provider.",
                why: "It is neither an alias, nor provider/model of a provider that is built in or configured.",
                fix: "\(fix), or configure its provider", path: place.file ?? survey.layout.configPath,
                agent: place.agent, listPlace: place.listPlace(isTaken: isTaken)))
    }

    /// A model that is known, of a provider of which something can be sent; the built-in default where there is none.
    private func servable(for agent: AgentID?) -> String {
        let overview = survey.overviews.first { $0.agent.id == agent ?? survey.settings.defaultAgent }
        let ready = survey.reading.providers.all.values.sorted { $0.id < $1.id }.filter { provider in
            overview?.rows(of: provider.id).contains { [.ready, .cooling, .pending].contains($0.state) } == true
        }
        if ready.contains(where: { $0.id == .anthropic }) { return KnownModel.defaultReference }
        let found = ready.lazy.compactMap { provider in provider.models.first.map { "\(provider.id)/\($0)" } }.first
        return found ?? KnownModel.defaultReference
    }

    private mutating func checkDoubts(_ places: [ModelPlace], _ doubts: ModelDoubts) {
        for place in places {
            let entry = doubts.entries.first {
                $0.slot.key == place.slot.key && $0.isFallback == place.isFallback && $0.text == place.text
            }
            guard let entry else { continue }
            findings.append(
                Finding(
                    .modelDoubtful, entry.sentence(of: place.agent),
                    why:
                        "Requests for it are sent as it is written: right for a model that no list has yet, or for one "
                        + "credential alone.",
                    fix: entry.better.map { place.setting($0, survey) }
                        ?? "See what there is: \(program) models list --all --provider \(entry.provider)",
                    path: place.file ?? survey.layout.configPath, agent: place.agent,
                    listPlace: place.listPlace(isTaken: false)))
        }
    }

    // MARK: Who could serve it

    private mutating func checkPresence() {
        // What a store that cannot be read holds is not known.
        guard survey.knowsEveryProfile else { return }
        guard survey.overviews.contains(where: { $0.rows.contains(where: \.hasCredential) }) else {
            let provider = survey.models.defaultProvider ?? .anthropic
            let isComing = !survey.comingProfiles.isEmpty
            findings.append(
                Finding(
                    .noCredentials, "No credentials found.",
                    why: "No agent stores one, and neither the environment nor the configuration has a key."
                        + (isComing ? " A file of an older program has some." : ""),
                    fix: isComing
                        ? "Run: \(program) doctor --fix"
                        : "Run: \(PasteCommand.beside(.apiKey, of: provider, survey.reading))", provider: provider))
            return
        }
        // What main has others may use: what it lacks is told of it alone.
        let overviews =
            survey.overviews.filter { $0.agent.id == .main } + survey.overviews.filter { $0.agent.id != .main }
        var told: Set<ProviderID> = []
        var isMainStopped: [String]?
        for overview in overviews {
            let demand = ModelDemand(overview, survey)
            let inherits = survey.settings.agents.first { $0.id == overview.agent.id }?.inheritsProfiles ?? true
            var missing = demand.missing
            if demand.isStopped, !(inherits && isMainStopped == demand.key) { findings.append(demand.finding) }
            if demand.isStopped { missing.removeAll { $0 == demand.provider } }
            if overview.agent.id == .main {
                isMainStopped = demand.isStopped ? demand.key : nil
                told = Set(demand.missing)
            } else if inherits {
                missing.removeAll(where: told.contains)
            }
            // Of one that is there and holds no secret its own check says what to do.
            for provider in missing where overview.rows(of: provider).isEmpty {
                findings.append(demand.lacking(provider))
            }
        }
    }
}

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

    private var agent: AgentID { overview.agent.id }
    /// Without a model of their own clients name theirs; but somebody must be able to serve them.
    private var rows: [CredentialRow] { asked == nil ? overview.rows : wanted.flatMap { overview.rows(of: $0) } }

    /// Every request for the default model is refused, now and after any wait. What an order or an unknown name is to
    /// blame for has a finding of its own.
    var isStopped: Bool {
        guard survey.knowsEveryKey, !models.isUnknown, asked == nil || !wanted.isEmpty else { return false }
        guard ProviderOverview(provider, in: overview).leftOut == nil else { return false }
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
    var key: [String] { wanted.map(\.text) + rows.map(\.id.text) }

    var finding: Finding {
        let what =
            asked == nil
            ? "no credential of any provider can be used"
            : "every request for \(models.resolvedDefault ?? provider.text) is refused"
        return Finding(
            .nothingToSend, "Nothing can be sent for agent \(agent): \(what).", why: why, fix: fix,
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

    private var fix: String {
        if let pin { return fix(pin) }
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
        return mending(first)
    }

    private func fix(_ pin: (model: String, profile: ProfileID)) -> String {
        let rows = overview.rows(of: provider)
        if rows.contains(where: { [.ready, .cooling, .pending].contains($0.state) }),
            let place = ModelPlace.all(of: agent, survey).first, !place.isFallback
        {
            return place.setting(pin.model, survey)
        }
        guard let named = rows.first(where: { $0.id == pin.profile }) else {
            return "Run: \(program) models auth paste-api-key --provider \(provider) --profile-id \(pin.profile)"
                + survey.reading.agentWords(agent)
        }
        return named.isSetupToken || named.owner == nil ? paste : mending(named)
    }

    private var paste: String {
        "Run: \(PasteCommand.inUse(.apiKey, of: provider, survey.reading, agent: agent, at: survey.now))"
    }

    /// What makes one that is stored usable again.
    private func mending(_ row: CredentialRow) -> String {
        guard let owner = row.owner else { return paste }
        if row.hold.flatMap({ FailureReason(rawValue: $0.reason) }) == .billing {
            return "Top up the account, then run: \(program) models auth clear-cooldown \(row.id)"
                + survey.reading.agentWords(owner)
        }
        if row.code == SkipCode.unresolvedRef.rawValue, let profile = survey.profile(row) {
            return ReferenceCause(of: profile, survey).fix
        }
        // That the login goes is told where the login is.
        if row.kind == .oauth { return paste }
        return row.replacement(of: owner, survey.reading, isDate: row.expiring == .expired, at: survey.now)
    }

    /// A provider that is in use, of which the agent has nothing.
    func lacking(_ provider: ProviderID) -> Finding {
        let own = models.defaultSource == .agent || models.fallbacksSource == .agent
        let isOther = agent != survey.settings.defaultAgent
        return Finding(
            .providerWithoutCredential,
            "\(provider) is in use\(own || isOther ? " by agent \(agent)" : "") and has no credential.",
            why: "The default model, the image model or a fallback is of that provider.",
            fix: "Run: \(PasteCommand.inUse(.apiKey, of: provider, survey.reading, agent: agent, at: survey.now))",
            provider: provider, agent: agent)
    }
}
