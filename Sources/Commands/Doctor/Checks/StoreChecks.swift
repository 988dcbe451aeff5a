// SPDX-License-Identifier: Apache-2.0
import CredentialLifecycle
import Credentials
import Documents
import FoundationEssentials
import ProfileStorage
import SafeFiles
import Settings

/// The files that hold credentials and what is remembered of them; leftovers, and shapes of older programs.
struct StoreChecks {
    private let survey: Survey
    private(set) var findings: [Finding] = []
    private static let largeJournalInBytes = 16 << 20
    private static let leftoverAge: TimeInterval = 60

    init(_ survey: Survey) {
        self.survey = survey
        for agent in survey.reading.agents { checkStore(agent) }
        checkJournal()
        checkLeftovers()
        checkBackup()
        checkOldFiles()
    }

    private mutating func checkStore(_ agent: AgentReading) {
        let path = survey.layout.storePath(agent.id)
        if let error = survey.storeErrors[agent.id] {
            findings.append(Finding(Self.id(of: error), error.advice, path: path))
        }
        for problem in agent.stored.problems {
            findings.append(
                Finding(
                    .storeEntryUnknown, "\(survey.shown(path)): \(problem)", why: "It is kept as it is, and not used.",
                    fix: "Compare with: \(program) models auth list --agent \(agent.id); then correct the file",
                    path: path))
        }
        for problem in agent.stored.oldSpellings {
            findings.append(
                Finding(
                    .storeEntryUnknown, "\(survey.shown(path)): \(problem)",
                    why: "It is used all the same; other programs may not find it.",
                    fix: "Rename the field: \"${EDITOR:-vi}\" \(path.shellWord)", path: path))
        }
        guard survey.storeErrors[agent.id] == nil else { return }
        checkUnknown(agent.stored.strange, agent.id, path)
        let flat = agent.stored.flat
        guard !flat.isEmpty else { return }
        findings.append(
            Finding(
                .legacyFlatStore,
                "\(survey.shown(path)) has the old flat shape: \(flat.map(\.text).joined(separator: ", ")).",
                why: "Its credentials stand beside each other instead of under profiles; none of them is used.",
                fix: "Run: \(program) doctor --fix", path: path,
                repair: .convertFlatStore(folder: survey.layout.agentDirectory(agent.id), Set(flat))))
    }

    /// What stands beside the profiles under a name that is no provider's may be another program's, and no credential.
    private mutating func checkUnknown(_ names: [ProviderID], _ agent: AgentID, _ path: String) {
        for name in names {
            findings.append(
                Finding(
                    .storeEntryUnknown,
                    "\(survey.shown(path)): \(name) stands beside profiles, and is no provider that is known here.",
                    why:
                        "It may be a credential of an older program, or another program's. It is kept as it is, and not "
                        + "used.",
                    fix:
                        "If it is a provider of yours, say where it is: \(ProviderPlace.command(for: name)); then run: "
                        + "\(program) doctor --fix. Else take it out: \"${EDITOR:-vi}\" \(path.shellWord)",
                    path: path, provider: name, agent: agent))
        }
    }

    private static func id(of error: StoreError) -> CheckID {
        switch error {
        case .malformed, .tooLong: .storeMalformed
        case .newerVersion: .storeNewerVersion
        case .unsafe: .storeUnsafe
        default: .storeUnreadable
        }
    }

    /// What is to be done where the file is not to blame.
    private static func journalFix(_ error: StoreError) -> String? {
        if case .malformed = error { return nil }
        return error.advice.fix
    }

    private mutating func checkJournal() {
        let folder = survey.layout.agentDirectory(.main)
        let path = HealthJournal(folder: folder).path
        let away = ShellCommand.clear(path)
        let isLarge = (FileStatus(of: path)?.sizeInBytes ?? 0) > Self.largeJournalInBytes
        do throws(StoreError) {
            if isLarge {
                _ = try SafeDirectory(existing: folder)?.read(HealthJournal.name)
            } else {
                checkLines(try HealthJournal(folder: folder).loadAll().flaws, path)
            }
        } catch {
            // A folder that cannot be opened is told with the store in it.
            guard FileStatus(of: path) != nil else { return }
            findings.append(
                Finding(
                    .journalUnreadable, "\(survey.shown(path)) cannot be read.",
                    why: "\(error.advice.why) Every credential counts as healthy, and nothing new is remembered.",
                    fix: Self.journalFix(error) ?? away, path: path))
            return
        }
        if let size = FileStatus(of: path)?.sizeInBytes, size > Self.largeJournalInBytes {
            findings.append(
                Finding(
                    .journalLarge, "\(survey.shown(path)) has \(size >> 20) MB.",
                    why: "It is read whole at every start of the gateway.", fix: away, path: path))
        }
    }

    private mutating func checkLines(_ flaws: JournalFlaws, _ path: String) {
        let (shown, away) = (survey.shown(path), ShellCommand.clear(path, "move it away while no gateway runs"))
        if let sentence = flaws.newer(shown) {
            let why = "What a newer version noted of credentials counts as not known."
            let fix = "Update this program, or \(away)"
            findings.append(Finding(.journalNewerVersion, sentence, why: why, fix: fix, path: path))
        }
        if let sentence = flaws.damage(shown) {
            let why = "Something else has written into it. What they said of credentials counts as not known."
            findings.append(Finding(.journalDamaged, sentence, why: why, fix: "If it goes on, \(away)", path: path))
        }
    }

    private mutating func checkBackup() {
        guard let flaw = BackupSet.flaw(survey.layout) else { return }
        findings.append(Finding(.backupUnreadable, flaw, path: BackupSet.parent(survey.layout)))
    }

    // MARK: Leftovers

    private mutating func checkLeftovers() {
        for folder in survey.ownFolders {
            for name in Survey.names(in: folder) {
                guard let written = Self.name(besideWhich: name), let status = FileStatus(of: "\(folder)/\(name)"),
                    status.kind == .file, status.isOurs,
                    survey.now.timeIntervalSince(status.modified) > Self.leftoverAge
                else { continue }
                let path = "\(folder)/\(name)"
                findings.append(
                    Finding(
                        .storeLeftover, "\(survey.shown(path)) was left behind.",
                        why: "A writer of \(written) ended before it was done; the file may hold secrets.",
                        fix: "Run: \(program) doctor --fix", path: path,
                        repair: .removeLeftover(path: path, lock: Self.lock(of: written))))
            }
        }
    }

    /// What a temporary file of ours would have become.
    static func name(besideWhich temporary: String) -> String? {
        guard temporary.hasPrefix("."), temporary.hasSuffix(".tmp"),
            let mark = temporary.firstRange(of: ".new-"), mark.lowerBound > temporary.startIndex
        else { return nil }
        let name = temporary[temporary.index(after: temporary.startIndex)..<mark.lowerBound]
        return name.isEmpty ? nil : String(name)
    }

    private static func lock(of name: String) -> String {
        switch name {
        case AuthProfilesFile.name: "auth-profiles.lock"
        case HealthJournal.name: "auth-health.lock"
        default: "\(name).lock"
        }
    }

    // MARK: Files of older programs

    private mutating func checkOldFiles() {
        for old in survey.oldFiles { checkOld(old.path, old.id, into: old.folder, isReadable: old.isReadable) }
    }

    private mutating func checkOld(_ path: String, _ id: CheckID, into folder: String, isReadable: Bool) {
        guard FileStatus(of: path) != nil else { return }
        let canImport = isReadable && OldCredentials(file: path) != nil
        findings.append(
            Finding(
                id, "\(survey.shown(path)) is a file of an older program.",
                why: canImport
                    ? "It holds credentials that are not used." : "It holds nothing that can be read as credentials.",
                fix: canImport
                    ? "Run: \(program) doctor --fix"
                    : ShellCommand.clear(path, "Look into it, then move it away"),
                path: path, repair: canImport ? .importOld(file: path, folder: folder) : nil))
    }
}

extension Survey {
    /// Where older programs kept credentials, and the folder whose store is to have them.
    fileprivate var oldFiles: [(path: String, id: CheckID, folder: String, isReadable: Bool)] {
        let main = layout.agentDirectory(.main)
        return agentFolders.map { agent, folder in
            ("\(folder)/auth.json", .legacyAuthFile, folder, storeErrors[agent] == nil)
        } + [("\(layout.oauthDirectory)/oauth.json", .legacyOAuthFile, main, storeErrors[.main] == nil)]
    }

    /// What `--fix` brings into the stores.
    var comingProfiles: Set<ProfileID> {
        let files = oldFiles.filter(\.isReadable).flatMap { OldCredentials(file: $0.path)?.entries.map(\.id) ?? [] }
        let flat = reading.agents.flatMap(\.stored.flat).compactMap { ProfileID(provider: $0, name: "default") }
        return Set(files + flat)
    }

    /// The folders that are ours alone: of the state, and of every agent.
    var ownFolders: [String] {
        var seen: Set<String> = []
        let all = [layout.state, "\(layout.state)/credentials"] + agentFolders.map(\.path)
        return all.filter { seen.insert($0).inserted && FileStatus(of: $0)?.kind == .folder }
    }

    /// The names of what is in a folder, sorted; none for one that cannot be read.
    static func names(in folder: String) -> [String] {
        // Whoever cannot look into a folder is told so by the checks of permissions.
        ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).sorted()
    }
}
