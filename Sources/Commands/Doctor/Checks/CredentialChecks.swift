// SPDX-License-Identifier: Apache-2.0
import Settings
import ProfileStorage
import CredentialLifecycle
import Credentials
import FoundationEssentials
import Providers
import Rotation

/// Whether there is something to send, and what is wrong with each.
struct CredentialChecks {
    private let survey: Survey
    private(set) var findings: [Finding] = []
    /// Logins that a repair will put in the place of a note that nobody has.
    private let renamed: Set<ProfileID>

    init(_ survey: Survey) {
        self.survey = survey
        renamed = survey.knowsEveryProfile ? Set(LoginNotes(survey).renamed.values) : []
        checkModels()
        checkDoubts()
        checkPresence()
        for overview in survey.overviews {
            for row in overview.profiles {
                // An inherited one is told once, where it rests.
                guard case .profile(let owner) = row.source, owner == overview.agent.id else { continue }
                check(row, of: owner)
            }
            checkDuplicates(overview.agent)
        }
        for row in survey.overviews.first?.keys ?? [] { check(key: row) }
        checkSharedLogins()
    }

    // MARK: What is asked for

    private mutating func checkModels() {
        let models = survey.models
        var said: Set<String> = []
        for text in [models.raw, models.imageModel].compactMap({ $0 }) + models.fallbacks + models.imageFallbacks
        where said.insert(text).inserted {
            if let reference = models.reference(text), let provider = ProviderID(reference.prefix { $0 != "/" }),
                survey.reading.providers.knownIDs.contains(provider)
            {
                continue
            }
            let shown = text.prefix(80).escapedForDisplay
            findings.append(
                Finding(
                    .modelProviderUnknown, "The configured model \(shown) is of no known provider.",
                    why: "It is neither an alias, nor provider/model of a provider that is built in or configured.",
                    fix: "Run: \(program) models set anthropic/claude-sonnet-4-5, or configure its provider",
                    path: survey.layout.configPath))
        }
    }

    private mutating func checkDoubts() {
        for entry in ModelDoubts(survey.models, survey.reading).entries {
            findings.append(
                Finding(
                    .modelDoubtful, entry.sentence,
                    why:
                        "Requests for it are sent as it is written: right for a model that no list has yet, or for one "
                        + "credential alone.",
                    fix: entry.fix, path: survey.layout.configPath))
        }
    }

    private mutating func checkPresence() {
        // What a store that cannot be read holds is not known.
        guard survey.knowsEveryProfile, let overview = survey.overviews.first else { return }
        let provider = survey.models.defaultProvider ?? .anthropic
        guard survey.overviews.contains(where: { $0.rows.contains(where: \.hasCredential) }) else {
            findings.append(
                Finding(
                    .noCredentials, "No credentials found.",
                    why: "No agent stores one, and neither the environment nor the configuration has a key.",
                    fix: "Run: \(PasteCommand.beside(.apiKey, of: provider, survey.reading))", provider: provider))
            return
        }
        for provider in survey.models.providersInUse.sorted()
        where !overview.rows(of: provider).contains(where: \.hasCredential)
            && survey.reading.providers[provider] != nil
        {
            findings.append(
                Finding(
                    .providerWithoutCredential, "\(provider) is in use and has no credential.",
                    why: "The default model, the image model or a fallback is of that provider.",
                    fix: "Run: \(PasteCommand.beside(.apiKey, of: provider, survey.reading))", provider: provider))
        }
    }

    // MARK: One credential

    private mutating func check(_ row: CredentialRow, of owner: AgentID) {
        let isDate =
            [.expired, .expiring].contains(row.expiring) || row.code == SkipCode.invalidExpires.rawValue
        let again = pasteAgain(row, owner, isDate: isDate)
        func add(_ id: CheckID, _ what: String, _ why: String, _ fix: String) {
            findings.append(
                Finding(
                    id, what, why: why, fix: fix, path: survey.layout.storePath(owner), profile: row.id,
                    provider: row.provider))
        }
        switch row.expiring {
        case .expired where isLeftOut(row, of: owner):
            add(
                .credentialAbandoned, "\(row.id) has expired, and an order leaves it out.", "Nothing uses it.",
                "Run: \(program) models auth clean")
            return
        case .expired:
            add(.credentialExpired, "\(row.id) has expired\(ending(row)).", "Requests pass it over.\(unit(row))", again)
        case .expiring:
            add(
                .credentialExpiring, "\(row.id) expires soon\(ending(row)).",
                "After that, requests pass it over.", again)
        case .missing:
            add(
                .credentialMissing, "\(row.id) holds no secret, or no expiry that can be read.",
                "Requests pass it over.", again)
            return
        default: break
        }
        checkStanding(row, again, add)
    }

    private func checkStanding(
        _ row: CredentialRow, _ again: String, _ add: (CheckID, String, String, String) -> Void
    ) {
        switch row.code.flatMap({ SkipCode(rawValue: $0) }) {
        case .needsVendorCLI:
            add(.credentialSetupToken, "\(row.id) is a setup token.", Self.setupToken, useKey(row.owner))
        case .missingCredential: add(.credentialMissing, "\(row.id) holds no secret.", "Requests pass it over.", again)
        case .invalidExpires:
            add(.credentialMissing, "The expiry of \(row.id) is no moment.", "Requests pass it over.", again)
        case .ineligibleProfile:
            let flaw = CredentialFlaw(of: row.id, in: survey.reading)
            add(
                .credentialIneligible, "\(row.id) \(flaw.problem).", "\(flaw.why) Requests pass it over.",
                flaw.command.map { "Run: \($0)" } ?? again)
        case .unresolvedRef: addReference(row, add)
        case .excludedByAuthOrder: checkUse(row, add)
        default: if survey.asksPrograms, survey.isProgramSilent(row.id) { addReference(row, add) }
        }
        if row.code == SkipCode.providerLeftOut.rawValue {
            let advice = survey.view.faults[row.provider] ?? survey.reading.providers.faults[row.provider]?.advice
            add(
                .credentialProviderUnsupported, "\(row.id) is of a provider that is left out.",
                advice.map { "\($0.what) \($0.why)" } ?? "Nothing can be sent to \(row.provider).",
                advice?.fix ?? "See why: \(program) models explain")
        } else if row.code == "unsupported_provider" {
            add(
                .credentialProviderUnsupported, "\(row.id) is of a provider that is not relayed.",
                "\(row.provider) is neither built in nor configured.",
                "Run: \(program) config set models.providers.\(row.provider).baseUrl https://HOST/v1 && "
                    + "\(program) config set models.providers.\(row.provider).api openai-completions")
        }
        if let hold = row.hold, row.state == .cooling || row.state == .disabled { addHold(row, hold, again, add) }
    }

    private func addReference(_ row: CredentialRow, _ add: (CheckID, String, String, String) -> Void) {
        guard let profile = survey.profile(row) else { return }
        let cause = ReferenceCause(of: profile, survey)
        add(.credentialReferenceUnresolved, cause.what, cause.why, cause.fix)
    }

    /// Of one that an order leaves out: whether anything else uses it.
    private func checkUse(_ row: CredentialRow, _ add: (CheckID, String, String, String) -> Void) {
        guard row.hasCredential, !renamed.contains(row.id), !survey.pinned.contains(row.id), !survey.isUsed(row) else {
            return
        }
        guard case .profile(let owner) = row.source else { return }
        let order = survey.reading[owner]?.order[row.provider] ?? survey.settings.auth.order[row.provider] ?? []
        let isAnyUsed = survey.overviews.contains { $0.rows(of: row.provider).contains { $0.state != .excluded } }
        // Without any that is used there is an error to be told, not a note.
        guard !order.isEmpty, isAnyUsed else { return }
        // `order set` takes only what is there.
        let known = Set(survey.overviews.flatMap { $0.rows(of: row.provider).map(\.id) })
        let all = (order.filter { known.contains($0) } + [row.id]).map(\.text).joined(separator: " ")
        add(
            .credentialUnused, "Nothing uses \(row.id), which is in order.",
            "The order for \(row.provider) leaves it out, and no session is pinned to it: only a request that names it "
                + "gets it.",
            "To use it: \(program) models auth order set --provider \(row.provider) --agent \(owner) \(all)")
    }

    private func addHold(
        _ row: CredentialRow, _ hold: CredentialLine.Hold, _ again: String,
        _ add: (CheckID, String, String, String) -> Void
    ) {
        let until = hold.until.written(from: survey.now)
        let evidence = "\(hold.origin): \(hold.evidence)"
        let clear = "\(program) models auth clear-cooldown \(row.id)" + survey.reading.agentWords(row.owner)
        if let check = hold.wayThere(of: row.provider) {
            return add(
                .credentialCooling, "\(row.id) is cooling down (\(hold.reason)); it is used again \(until).",
                "The provider was not reached: \(hold.evidence).", check)
        }
        switch FailureReason(rawValue: hold.reason) {
        case .billing:
            add(
                .credentialDisabled, "\(row.id) is disabled (billing) until it is tried again \(until).",
                "The provider reports no credit on it (\(evidence)).",
                "Top up the account, then run: \(clear)")
        case .authPermanent where row.provider == .anthropic && row.kind != .apiKey:
            add(
                .credentialDisabled, "\(row.id) is rejected for good; it is tried again \(until).",
                "The provider says it is revoked, or \"only authorized for use with Claude Code\" (\(evidence)).",
                useKey(row.owner))
        case .auth, .authPermanent, .sessionExpired:
            add(
                .credentialDisabled, "\(row.id) was rejected; it is tried again \(until).",
                "The provider does not take it (\(evidence)).", again)
        default:
            add(
                .credentialCooling, "\(row.id) is cooling down (\(hold.reason)); it is used again \(until).",
                "The provider asked for a pause, or did not answer (\(evidence)).", "Wait, or run: \(clear)")
        }
    }

    private static let setupToken =
        "Its vendor limits it to its own program, so the gateway never sends it "
        + "(\"This credential is only authorized for use with Claude Code\")."
    private func useKey(_ owner: AgentID? = nil) -> String {
        "Use an API key: \(PasteCommand.beside(.apiKey, of: .anthropic, survey.reading, agent: owner))"
    }

    private mutating func check(key row: CredentialRow) {
        if row.code == SkipCode.ineligibleProfile.rawValue {
            // Told where the variables are.
            if survey.reading.problems.contains(where: { $0.variable == row.source.variable && $0.variable != nil }) {
                return
            }
            return addMalformed(row)
        }
        guard row.code == SkipCode.needsVendorCLI.rawValue else { return }
        // Told where its variable and the key's are compared.
        if row.source.variable == Survey.anthropicToken, survey.hasBothOfAnthropic { return }
        findings.append(
            Finding(
                .credentialSetupToken, "\(row.source.variable ?? "The configured key") is a setup token.",
                why: Self.setupToken, fix: useKey(), profile: row.id, provider: row.provider))
    }

    private mutating func addMalformed(_ row: CredentialRow) {
        let key = "models.providers.\(row.provider).apiKey"
        let name = row.source.variable ?? key
        let flaw = CredentialFlaw(of: row.id, in: survey.reading)
        let variable = survey.keyVariable(of: row.provider)
        var fix = "Run: \(program) env set \(row.source.variable ?? variable)"
        if row.source.variable == nil,
            case .present(_, variables: [])? = survey.settings.providers[row.provider]?.apiKey
        {
            fix += ", then: \(program) config set \(key) '${\(variable)}'"
        }
        findings.append(
            Finding(
                .credentialIneligible, "\(name) \(flaw.problem).", why: "\(flaw.why) Requests pass it over.", fix: fix,
                path: row.source.variable == nil ? survey.layout.configPath : nil, profile: row.id,
                provider: row.provider))
    }

    private func isLeftOut(_ row: CredentialRow, of owner: AgentID) -> Bool {
        let own = survey.reading[owner]?.order[row.provider]
        guard let order = own ?? survey.settings.auth.order[row.provider] else { return false }
        return !order.contains(row.id)
    }

    /// No credential ended before 2001; a count of seconds read as milliseconds does.
    private func unit(_ row: CredentialRow) -> String {
        guard case .at(let date) = row.expires, date.timeIntervalSince1970 < 978_307_200 else { return "" }
        return " Its expires may be in seconds; the store counts milliseconds."
    }

    private func ending(_ row: CredentialRow) -> String {
        guard case .at(let date) = row.expires else { return "" }
        return date > survey.now ? " (\(date.written(from: survey.now)))" : " (\(date.written))"
    }

    /// The command that puts a new credential in the place of this one.
    private func pasteAgain(_ row: CredentialRow, _ owner: AgentID, isDate: Bool = false) -> String {
        if row.isSetupToken, row.reference == nil {
            return
                "Run claude setup-token, then: \(program) models auth setup-token --profile-id \(row.id) --agent \(owner)"
        }
        return row.replacement(of: owner, survey.reading, isDate: isDate)
    }

    // MARK: Twice

    private mutating func checkDuplicates(_ agent: AgentReading) {
        var holders: [Secret: [ProfileID]] = [:]
        for profile in agent.stored.book.profiles.values {
            if let secret = profile.secret, !secret.isBlank { holders[secret, default: []].append(profile.id) }
        }
        let groups = holders.values.filter { $0.count > 1 }.map { $0.sorted() }.sorted { $0[0] < $1[0] }
        for ids in groups {
            findings.append(
                Finding(
                    .credentialDuplicate, "\(ids.map(\.text).joined(separator: " and ")) hold the same secret.",
                    why: "They share one account: what is refused to one is refused to the other.",
                    fix: "Run: \(program) models auth logout \(ids[1]) --agent \(agent.id)",
                    path: survey.layout.storePath(agent.id), profile: ids[1]))
        }
    }

    /// A refresh token can be spent once: the second agent that uses it may sign both out.
    private mutating func checkSharedLogins() {
        var holders: [Secret: [(agent: AgentID, id: ProfileID)]] = [:]
        for agent in survey.reading.agents {
            for profile in agent.stored.book.profiles.values {
                guard let refresh = profile.refresh, !refresh.isBlank else { continue }
                holders[refresh, default: []].append((agent.id, profile.id))
            }
        }
        for group in holders.values.map({ $0.sorted { $0 < $1 } }).sorted(by: { $0[0] < $1[0] })
        where Set(group.map(\.agent)).count > 1 {
            let last = group[group.count - 1]
            let names = group.map { "\($0.id) of agent \($0.agent)" }.joined(separator: " and ")
            findings.append(
                Finding(
                    .credentialSharedLogin, "\(names) hold the same refresh token.",
                    why: "It can be spent once: the second to use it may sign both out.",
                    fix: "Run: \(program) models auth logout \(last.id) --agent \(last.agent)",
                    path: survey.layout.storePath(last.agent), profile: last.id))
        }
    }
}
