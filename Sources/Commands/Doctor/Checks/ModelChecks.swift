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
        var seen: Set<String> = []
        for overview in survey.overviews {
            let models = ConfiguredModels(survey.reading, agent: overview.agent.id)
            // What stands in agents.defaults is told once.
            let places = ModelPlace.all(of: overview.agent.id, survey).filter { seen.insert($0.path.typed).inserted }
            for place in places { checkProvider(place, models) }
            checkDoubts(places, ModelDoubts(models, survey.reading))
        }
        checkPresence()
    }

    // MARK: What is asked for

    private mutating func checkProvider(_ place: ModelPlace, _ models: ConfiguredModels) {
        let wanted = models.reference(place.text).flatMap { ProviderID($0.prefix { $0 != "/" }) }
        if let wanted, survey.reading.providers[wanted] != nil { return }
        let near = wanted.flatMap { Spelling.nearest(to: $0.text, among: survey.reading.knownProviders.map(\.text)) }
        let fix: String
        var isTaken = false
        if let near, let model = models.reference(place.text)?.drop(while: { $0 != "/" }) {
            fix = place.setting("\(near)\(model)", survey)
        } else if place.isFallback {
            fix = place.takingOut(survey)
            isTaken = true
        } else {
            fix = place.setting(KnownModel.defaultReference, survey)
        }
        let shown = place.text.prefix(80).escapedForDisplay
        findings.append(
            Finding(
                .modelProviderUnknown, "The configured model \(shown)\(place.owner) is of no known provider.",
                why: "It is neither an alias, nor provider/model of a provider that is built in or configured.",
                fix: "\(fix), or configure its provider", path: place.file ?? survey.layout.configPath,
                agent: place.agent, listPlace: place.listPlace(isTaken: isTaken)))
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
