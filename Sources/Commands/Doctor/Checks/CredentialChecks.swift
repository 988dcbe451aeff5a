// SPDX-License-Identifier: Apache-2.0
import Settings
import ProfileStorage
import CredentialLifecycle
import Credentials
import FoundationEssentials
import Providers
import Rotation

/// What is wrong with each credential.
struct CredentialChecks {
    private let survey: Survey
    private(set) var findings: [Finding] = []
    /// Logins that a repair will put in the place of a note that nobody has.
    private let renamed: Set<ProfileID>
    private let duplicates: DuplicateChecks

    init(_ survey: Survey) {
        self.survey = survey
        duplicates = DuplicateChecks(survey)
        renamed = survey.knowsEveryProfile ? Set(LoginNotes(survey).renamed.values) : []
        for overview in survey.overviews {
            for row in overview.profiles {
                // An inherited one is told once, where it rests.
                guard case .profile(let owner) = row.source, owner == overview.agent.id else { continue }
                check(row, of: owner)
            }
            checkUse(overview.agent.id)
        }
        for row in survey.overviews.first?.keys ?? [] { check(key: row) }
        findings += duplicates.findings
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
                    provider: row.provider, agent: owner))
        }
        switch row.expiring {
        case .expired where isLeftOut(row, of: owner) && !(row.expires.readAsSeconds.map { $0 > survey.now } ?? false):
            add(
                .credentialAbandoned, "\(row.id) has expired, and an order leaves it out.", "Nothing uses it.",
                "Run: \(program) models auth clean")
            return
        // It goes whatever its date, which is told below.
        case .expired where isLoginOfVendor(row), .expiring where isLoginOfVendor(row): break
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
        checkStanding(row, owner, again, add)
    }

    private func checkStanding(
        _ row: CredentialRow, _ owner: AgentID, _ again: String, _ add: (CheckID, String, String, String) -> Void
    ) {
        switch row.code.flatMap({ SkipCode(rawValue: $0) }) {
        case .needsVendorCLI:
            let out = "\(program) models auth logout \(row.id) --agent \(owner)"
            add(
                .credentialSetupToken, "\(row.id) is a setup token.", Self.setupToken,
                needsKey(row, of: owner)
                    ? "\(useKey(row.owner)); then take the token out: \(out)" : "Take it out: \(out)")
        case .missingCredential: add(.credentialMissing, "\(row.id) holds no secret.", "Requests pass it over.", again)
        case .invalidExpires:
            add(.credentialMissing, "The expiry of \(row.id) is no moment.", "Requests pass it over.", again)
        case .ineligibleProfile:
            let flaw = CredentialFlaw(of: row.id, in: survey.reading)
            add(
                .credentialIneligible, "\(row.id) \(flaw.problem).", "\(flaw.why) Requests pass it over.",
                flaw.command.map { "Run: \($0)" } ?? again)
        case .unresolvedRef: addReference(row, add)
        case .excludedByAuthOrder: break  // told with the others that its order leaves out
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
                "Run: \(ProviderPlace.command(for: row.provider))")
        }
        if let hold = row.hold, row.state == .cooling || row.state == .disabled { addHold(row, hold, again, add) }
    }

    private func addReference(_ row: CredentialRow, _ add: (CheckID, String, String, String) -> Void) {
        guard let profile = survey.profile(row) else { return }
        let cause = ReferenceCause(of: profile, by: row.owner, survey)
        add(.credentialReferenceUnresolved, cause.what, cause.why, cause.fix)
    }

    /// Of those that an order leaves out: whether anything else uses them. One command for all of an order: two that each
    /// named one would undo each other.
    private mutating func checkUse(_ owner: AgentID) {
        let rows = survey.overviews.first { $0.agent.id == owner }?.profiles.filter { row in
            row.source == .profile(owner: owner) && row.code == SkipCode.excludedByAuthOrder.rawValue
                && row.hasCredential && !renamed.contains(row.id) && !survey.pinned.contains(row.id)
                && !survey.isUsed(row) && row.expiring != .expired && row.expiring != .missing
        }
        let leaving = leaving(owner)
        let unused = (rows ?? []).filter { !leaving.contains($0.id) }
        for (provider, rows) in Dictionary(grouping: unused, by: \.provider).sorted(by: { $0.key < $1.key }) {
            let isAnyUsed = survey.overviews.contains { $0.rows(of: provider).contains { $0.state != .excluded } }
            let order = survey.reading.widenedOrder(
                of: provider, by: owner, only: Set(rows.map(\.id)), without: leaving, at: survey.now)
            // Without any that is used there is an error to be told, not a note.
            guard order.source != nil, isAnyUsed else { continue }
            let (names, isOne) = (Self.list(rows.map(\.id.text)), rows.count == 1)
            findings.append(
                Finding(
                    .credentialUnused, "Nothing uses \(names), which \(isOne ? "is" : "are") in order.",
                    why: order.leavesOut(isOne ? "it" : "them")
                        + ", and no session is pinned to \(isOne ? "it" : "them"): only a request that names "
                        + "\(isOne ? "it gets it" : "one of them gets it").",
                    fix: "To use \(isOne ? "it" : "them"): \(order.command)", path: survey.layout.storePath(owner),
                    profile: isOne ? rows[0].id : nil, provider: provider, agent: owner))
        }
    }

    /// What other commands that are printed take out of an agent's store.
    private func leaving(_ owner: AgentID) -> Set<ProfileID> {
        let rows = survey.overviews.first { $0.agent.id == owner }?.profiles ?? []
        let tokens = rows.filter { $0.source == .profile(owner: owner) && $0.code == SkipCode.needsVendorCLI.rawValue }
        return duplicates.leaving[owner, default: []].union(tokens.map(\.id))
    }

    /// The first few.
    static func list(_ names: [String]) -> String {
        if names.count > 5 { return names.prefix(4).joined(separator: ", ") + " and \(names.count - 4) more" }
        return (names.dropLast(2) + [names.suffix(2).joined(separator: " and ")]).joined(separator: ", ")
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
        "Use an API key: "
            + PasteCommand.inUse(.apiKey, of: .anthropic, survey.reading, agent: owner, at: survey.now)
    }

    /// Nothing else could be sent in the place of a setup token; said once, of the first one that the agent stores.
    private func needsKey(_ row: CredentialRow, of owner: AgentID?) -> Bool {
        let overview = owner.map { owner in survey.overviews.first { $0.agent.id == owner } } ?? survey.overviews.first
        // That is what is advised, whoever the token is stored for.
        let isThere = overview?.rows(of: .anthropic).contains { ![.disabled, .ineligible].contains($0.state) }
        if isThere == true { return false }
        return overview?.rows.first { $0.isSetupToken && (owner == nil || $0.owner == owner) }?.id == row.id
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
        let out = survey.takingOut(row)
        let fix =
            needsKey(row, of: nil)
            ? useKey() + (out.map { "; then take the token out: \($0)" } ?? "")
            : out.map { "Take it out: \($0)" } ?? "See where it is from: \(program) env list"
        findings.append(
            Finding(
                .credentialSetupToken, "\(row.source.variable ?? "The configured key") is a setup token.",
                why: Self.setupToken, fix: fix, profile: row.id, provider: row.provider))
    }

    private mutating func addMalformed(_ row: CredentialRow) {
        let key = row.provider.place("apiKey").shellWord
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

    private func isLoginOfVendor(_ row: CredentialRow) -> Bool {
        row.kind == .oauth && row.code == SkipCode.needsVendorCLI.rawValue
    }

    private func isLeftOut(_ row: CredentialRow, of owner: AgentID) -> Bool {
        let own = survey.reading[owner]?.order[row.provider]
        guard let order = own ?? survey.settings.auth.order[row.provider] else { return false }
        return !order.contains(row.id)
    }

    private func unit(_ row: CredentialRow) -> String {
        row.expires.readAsSeconds == nil ? "" : " Its expires may be in seconds; the store counts milliseconds."
    }

    private func ending(_ row: CredentialRow) -> String {
        guard case .at(let date) = row.expires else { return "" }
        return date > survey.now ? " (\(date.written(from: survey.now)))" : " (\(date.written))"
    }

    /// The command that puts a new credential in the place of this one.
    private func pasteAgain(_ row: CredentialRow, _ owner: AgentID, isDate: Bool = false) -> String {
        if row.isSetupToken, row.reference == nil, row.kind == .token {
            return
                "Run claude setup-token, then: \(program) models auth setup-token --profile-id \(row.id) --agent \(owner)"
        }
        return row.replacement(of: owner, survey.reading, isDate: isDate, at: survey.now)
    }
}
