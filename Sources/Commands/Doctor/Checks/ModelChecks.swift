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
        // What main has others may use: what it lacks is told of it alone, and what only heirs lack once for all of them.
        let demands = survey.overviews.map { ModelDemand($0, survey) }
        let main = demands.first { $0.agent == .main }
        let heirs = demands.filter(\.isHeir)
        for demand in [main].compactMap(\.self) + demands.filter({ $0.agent != .main }) {
            let isMains = demand.isHeir && main?.isStopped == true && main?.key == demand.key
            if demand.isStopped, !isMains {
                let alike = demand.isHeir ? heirs.filter { $0.isStopped && $0.key == demand.key } : [demand]
                if alike[0].agent == demand.agent { findings.append(demand.finding(of: alike.map(\.agent))) }
            }
            for provider in demand.lacking {
                guard !(demand.isHeir && main?.missing.contains(provider) == true) else { continue }
                let alike = demand.isHeir ? heirs.filter { $0.lacking.contains(provider) } : [demand]
                if alike[0].agent == demand.agent {
                    findings.append(demand.finding(lacking: provider, alike.map(\.agent)))
                }
            }
        }
    }
}
