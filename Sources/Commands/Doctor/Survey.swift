// SPDX-License-Identifier: Apache-2.0
import CredentialLifecycle
import Credentials
import Documents
import FoundationEssentials
import ProfileStorage
import Rotation
import SafeFiles
import Settings

/// Everything the checks look at, read once. Nothing is changed by looking: not even a mode that is too open.
struct Survey {
    let context: CommandContext
    let reading: InstanceReading
    /// The configuration with what it includes.
    let resolved: ResolvedSettings
    /// Why a store could not be read.
    let storeErrors: [AgentID: StoreError]
    /// What the gateway of this instance says, or why not.
    let answer: GatewayAnswer
    /// How the gateway of this instance answered to `/api/v1/status`.
    let reply: RunningGateway.Reply
    let view: InstanceView
    let announcedPID: Int64?
    let place: (host: String, port: Int)
    /// Where it is to listen after a restart, when that is elsewhere.
    let pendingPlace: (host: String, port: Int)?
    /// The default agent first.
    let overviews: [AuthOverview]
    let models: ConfiguredModels
    let now: Date
    /// Programs that keep secrets were asked, as the gateway asks them.
    let asksPrograms: Bool
    /// Profiles that a session was served with last: it stays with them.
    let pinned: Set<ProfileID>

    init(_ context: CommandContext, askingPrograms: Bool = false) throws {
        self = try SafeDirectory.$closesWhatIsOpen.withValue(false) {
            try Survey(lookingAt: context, askingPrograms)
        }
    }

    private init(lookingAt context: CommandContext, _ asksPrograms: Bool) throws {
        self.context = context
        self.asksPrograms = asksPrograms
        let reading = try asksPrograms ? Self.readingWithPrograms(context) : context.reading()
        self.reading = reading
        pinned = Self.pinned(reading.layout)
        now = context.now()
        resolved = SettingsFile(reading.layout).resolved()
        storeErrors = Self.storeErrors(reading)
        let gateway = RunningGateway(reading)
        reply = gateway.get("/api/v1/status")
        announcedPID = gateway.pid
        pendingPlace = gateway.pendingPlace
        place = gateway.place
        answer = GatewayAnswer(reply, to: .status)
        view = InstanceView(reading, answer: answer, now: now)
        overviews = reading.agents.map { [now, view] in AuthOverview(reading, agent: $0, view: view, now: now) }
        models = ConfiguredModels(reading)
    }

    /// Each program once, for at most its own time.
    private static func readingWithPrograms(_ context: CommandContext) throws -> InstanceReading {
        var reader = try context.reader()
        reader.askPrograms()
        for question in reader.read().questions { reader.adopt(question.ask()) }
        return reader.read()
    }

    private static func pinned(_ layout: StateLayout) -> Set<ProfileID> {
        // A journal that cannot be read is told by its own check.
        let sessions = (try? HealthJournal(folder: layout.agentDirectory(.main)).loadSessions()) ?? []
        return Set(sessions.map(\.profile))
    }

    /// One that can be read by now could not be read when it counted: what it holds is not known all the same.
    private static func storeErrors(_ reading: InstanceReading) -> [AgentID: StoreError] {
        var found: [AgentID: StoreError] = [:]
        for problem in reading.problems {
            guard case .store(let agent) = problem.place, let advice = problem.advice else { continue }
            found[agent] = .refused(advice)
            do throws(StoreError) {
                _ = try AuthProfilesFile(folder: reading.layout.agentDirectory(agent)).load()
            } catch { found[agent] = error }
        }
        return found
    }

    var layout: StateLayout { reading.layout }
    var settings: InstanceSettings { reading.settings }
    /// As it was written. Nil when there is none, or it cannot be read.
    var configuration: Document? { resolved.authored }
    var configurationError: SettingsFileError? { resolved.failure }

    func shown(_ path: String) -> String { context.shown(path) }

    /// Folders of agents, the default one's first.
    var agentFolders: [(agent: AgentID, path: String)] {
        reading.agents.map { ($0.id, layout.agentDirectory($0.id)) }
    }

    /// Every store could be read, so what is in none of them is nowhere.
    var knowsEveryProfile: Bool { storeErrors.isEmpty }

    /// What the checks go by is what it says.
    var knowsConfiguration: Bool {
        !reading.problems.contains { $0.place == .configuration && $0.advice != nil }
    }

    /// Every finding, in the order of the groups, the worst first.
    func findings() -> [Finding] {
        let all = SafeDirectory.$closesWhatIsOpen.withValue(false) {
            ConfigurationChecks(self).findings + OrderChecks(self).findings + EnvironmentChecks(self).findings
                + ModelChecks(self).findings + CredentialChecks(self).findings + StoreChecks(self).findings
                + PermissionChecks(self).findings
                + GatewayChecks(self).findings
        }.map { $0.withShownPaths(context) }
        var sorted: [Finding] = []
        for group in CheckID.Group.allCases {
            let found = all.filter { $0.id.group == group }
            let worstFirst = CheckID.Severity.allCases.reversed().flatMap { severity in
                found.filter { $0.severity == severity }
            }
            sorted += ListPlace.fromTheEnd(worstFirst, \.listPlace)
        }
        return sorted
    }
}

/// The name that every command of a fix starts with.
let program = "agenticflow-enterprise"
