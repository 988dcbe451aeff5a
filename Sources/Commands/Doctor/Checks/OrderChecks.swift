// SPDX-License-Identifier: Apache-2.0
import ProfileStorage
import CredentialLifecycle
import Credentials
import Documents
import Providers
import Rotation
import Settings

/// What the configuration and the stores say about profiles, held against the profiles that there are.
struct OrderChecks {
    private let survey: Survey
    /// With what `--fix` brings into the stores.
    private let stored: Set<ProfileID>
    private let coming: Set<ProfileID>
    private let renamed: [ProfileID: ProfileID]
    private(set) var findings: [Finding] = []

    init(_ survey: Survey) {
        self.survey = survey
        coming = survey.comingProfiles
        stored = coming.union(survey.reading.agents.flatMap { $0.stored.book.profiles.keys })
        renamed = survey.knowsEveryProfile ? LoginNotes(survey).renamed : [:]
        if survey.knowsEveryProfile {
            checkNotes()
            checkLeftOut()
            checkConfiguredOrders()
            checkIncludedOrders()
            for agent in survey.reading.agents { checkOrders(of: agent) }
        }
        checkEmptied()
    }

    private var path: String { survey.layout.configPath }
    private var shown: String { survey.shown(path) }

    private mutating func checkNotes() {
        for note in survey.settings.auth.profiles where !stored.contains(note.id) && !note.id.isReserved {
            if let id = renamed[note.id] {
                addRenamed(note, to: id)
                continue
            }
            let isOwn = survey.configuration?.element(at: ["auth", "profiles", note.id.text]) != nil
            findings.append(
                Finding(
                    .authProfileNoteOrphan, "auth.profiles notes \(note.id), which no agent stores.",
                    why: "It was taken out of the store, or the store is another one.",
                    fix: (isOwn ? "Run: \(program) doctor --fix" : takeOut([note.id])) + again(note),
                    path: path, profile: note.id, provider: note.provider,
                    repair: isOwn ? .dropProfileNote(note.id.text) : nil))
        }
    }

    /// What an included file says is for an editor.
    private func takeOut(_ ids: [ProfileID]) -> String {
        let places = IncludedMentions(of: ids, in: survey.resolved).places.map(survey.shown)
        return "Take it out of \(places.joined(separator: " and ")), which is included"
    }

    private mutating func checkLeftOut() {
        // Only what main stores is left out so, whichever agent is looked at.
        guard let rows = survey.overviews.first(where: { $0.agent.id == .main })?.profiles else { return }
        for row in rows where row.code == SkipCode.notInAuthProfiles.rawValue {
            findings.append(
                Finding(
                    .authProfileNotNoted, "\(row.id) is stored, and automatic order passes it over.",
                    why: "auth.profiles of the configuration notes others of \(row.provider) and not this one.",
                    fix: "Run: \(ProfileNote(id: row.id, provider: row.provider, kind: row.kind).command)", path: path,
                    profile: row.id, provider: row.provider))
        }
    }

    private mutating func addRenamed(_ note: ConfiguredProfile, to id: ProfileID) {
        // One of an included file is for an editor.
        let isOwn = survey.configuration?.element(at: ["auth", "profiles", note.id.text]) != nil
        findings.append(
            Finding(
                .authProfileNoteRenamed, "auth.profiles notes the login \(note.id), which is stored as \(id).",
                why: "The note and the store mean one account, and the orders that name \(note.id) pass it over.",
                fix: isOwn
                    ? "Run: \(program) doctor --fix"
                    : "Rename it in the file that the configuration includes, then run: \(program) config validate",
                path: path, profile: note.id, provider: note.provider,
                repair: isOwn ? .renameProfileNote(note.id.text, to: id.text) : nil))
    }

    /// Nothing for a provider that is not known here, and for a login, which cannot be pasted.
    private func again(_ note: ConfiguredProfile) -> String {
        let isKnown = survey.reading.providers[note.provider] != nil || OtherProvider[id: note.provider] != nil
        guard isKnown, note.mode != .oauth else { return "" }
        return ", or store it again: \(program) models auth \(PasteCommand.word(for: note.mode)) "
            + "--provider \(note.provider) --profile-id \(note.id)"
    }

    private mutating func checkConfiguredOrders() {
        let lists = survey.configuration?.element(at: ["auth", "order"])?.members ?? []
        for (key, list) in lists {
            guard let provider = ProviderID(key) else { continue }
            let named = list.elements.compactMap { $0.string?.trimmed }
            let gone = named.filter { text in
                ProfileID(text).map { !stored.contains($0) && !$0.isReserved && renamed[$0] == nil } ?? false
            }
            guard !gone.isEmpty else { continue }
            let keepsOne = gone.count < named.count
            let hasComments = list.sourceText.contains("//") || list.sourceText.contains("/*")
            let canRepair = keepsOne && !hasComments
            let place = DocumentPath(["auth", "order", key])
            let out = list.elements.indices.filter { gone.contains(list.elements[$0].string?.trimmed ?? "") }
            // The last one first: the places of the others stay as they are.
            let places = keepsOne ? out.reversed().map { place.appending(.index($0)) } : [place]
            // Where another command takes an element out, these have other numbers by then.
            let isFirm = !keepsOne || list.elements.allSatisfy { $0.string.flatMap { ProfileID($0.trimmed) } != nil }
            let commands = places.map { "\(program) config unset \($0.typed)" }.joined(separator: " && ")
            findings.append(
                Finding(
                    .authOrderOrphan, "\(place) names \(gone.joined(separator: ", ")), which no agent stores.",
                    why: "What is not there is passed over"
                        + (keepsOne ? "." : ", and nothing else is in the order: \(provider) has no credential."),
                    fix: canRepair
                        ? "Run: \(program) doctor --fix"
                        : isFirm
                            ? "Run: \(commands)" : "Take it out of \(shown), then run: \(program) config validate",
                    path: path, provider: provider,
                    repair: canRepair ? .dropOrderEntries(key: key, gone) : nil))
        }
    }

    private mutating func checkIncludedOrders() {
        for (key, list) in survey.resolved.document?.element(at: ["auth", "order"])?.members ?? [] {
            let place = DocumentPath(["auth", "order", key])
            let included = list.elements.enumerated().filter { index, _ in
                survey.resolved.origins.file(of: place.appending(.index(index))) != nil
            }
            let gone = included.compactMap { $0.element.string.flatMap { ProfileID($0.trimmed) } }.filter {
                !stored.contains($0) && !$0.isReserved
            }
            guard !gone.isEmpty else { continue }
            findings.append(
                Finding(
                    .authOrderOrphan,
                    "\(place) names \(gone.map(\.text).joined(separator: ", ")), which no agent stores.",
                    why: "What is not there is passed over.",
                    fix: "\(takeOut(gone)); then run: \(program) config validate", path: path,
                    provider: ProviderID(key)))
        }
    }

    private mutating func checkOrders(of agent: AgentReading) {
        guard !agent.order.isEmpty else { return }
        let visible = coming.union(agent.profiles.map(\.profile.id))
        for (provider, ids) in agent.order.sorted(by: { $0.key < $1.key }) {
            let gone = ids.filter { !visible.contains($0) && !$0.isReserved }
            guard !gone.isEmpty else { continue }
            let kept = ids.compactMap { gone.contains($0) ? renamed[$0] : $0 }
            let target = "--provider \(provider) --agent \(agent.id)"
            // What `order set` does not find yet.
            let isComing = kept.contains { id in !agent.profiles.contains { $0.profile.id == id } && !id.isReserved }
            let command =
                (isComing ? "\(program) doctor --fix && " : "")
                + (kept.isEmpty
                    ? "\(program) models auth order clear \(target)"
                    : "\(program) models auth order set \(target) \(kept.map(\.text).joined(separator: " "))")
            // Another order than the one that is advised where nothing is left would take that one's place.
            let emptied = survey.overviews.first { $0.agent.id == agent.id }.flatMap {
                ProviderOverview(provider, in: $0).leftOut
            }
            findings.append(
                Finding(
                    .authOrderOrphan,
                    "The order of agent \(agent.id) for \(provider) names \(gone.map(\.text).joined(separator: ", ")), "
                        + "which it has not got.",
                    why: "What is not there is passed over.", fix: emptied?.remedy ?? "Run: \(command)",
                    path: survey.layout.storePath(agent.id), provider: provider))
        }
    }

    /// Everything that could be sent is left out.
    private mutating func checkEmptied() {
        var said: Set<ProviderID> = []
        for overview in survey.overviews {
            for provider in overview.providerOverviews {
                guard let sentence = provider.leftOut else { continue }
                let isOwn = sentence.leftOut.order?.source == .store
                guard isOwn || said.insert(provider.provider).inserted else { continue }
                findings.append(
                    Finding(
                        .authOrderEmptiesProvider, "\(sentence.short).",
                        why: sentence.why, fix: sentence.remedy,
                        path: isOwn ? survey.layout.storePath(overview.agent.id) : path, provider: provider.provider))
            }
        }
    }
}
