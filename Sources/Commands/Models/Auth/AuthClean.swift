// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import CredentialLifecycle
import Credentials
import Documents
import FoundationEssentials
import ProfileStorage
import Settings

struct AuthClean: ContextCommand {
    static let configuration = CommandConfiguration(
        commandName: "clean", abstract: "Remove expired credentials that nothing refers to.",
        discussion: """
            Tokens, and logins without a refresh token, that have expired and that no order and no model of the
            configuration names. One whose date may be in seconds, and has not come then, stays: the store counts
            milliseconds.

            Example: agenticflow-enterprise models auth clean --dry-run
            """)

    @Flag(help: "Only list them.")
    var dryRun = false
    @Flag(help: "Do not ask.")
    var yes = false
    @Flag(help: "Print JSON.")
    var json = false
    @Option(
        help: ArgumentHelp("The agent whose store to clean. Without it: the default agent.", valueName: "agent"),
        completion: .agents)
    var agent: String?

    func run(in context: CommandContext) throws {
        if dryRun, yes { throw AuthError.flagsDisagree("--dry-run", "--yes") }
        let change = try StoreChange(agent: agent, in: context)
        let leftovers = Leftovers(change.reading, of: change.agent, now: context.now())
        let profiles = leftovers.profiles
        if !json { say(profiles, change) }
        for profile in leftovers.doubtful { tell(of: profile, change) }
        var removed: [Profile] = []
        let isWanted = !dryRun && !profiles.isEmpty
        let isAgreed = try isWanted && isAgreed(change)
        if isAgreed {
            removed = try ProfileRemoval(json ? change.silent : change).remove(profiles)
            change.tellGateway()
        }
        if json { context.terminal.print(Self.json(profiles, removed, change).pretty() + "\n") }
        if isWanted, !isAgreed { throw ExitCode(ExitStatus.badInput.rawValue) }
    }

    private func isAgreed(_ change: StoreChange) throws -> Bool {
        if yes { return true }
        let terminal = change.context.terminal
        guard terminal.hasPerson else {
            throw AuthError.needsYes(command: "agenticflow-enterprise models auth clean --agent \(change.agent.id)")
        }
        if try terminal.confirm("Remove them from the store of agent \(change.agent.id)?") { return true }
        terminal.notice("Nothing was removed.")
        return false
    }

    private func say(_ profiles: [Profile], _ change: StoreChange) {
        let terminal = change.context.terminal
        if profiles.isEmpty { return terminal.say("Nothing to clean in the store of agent \(change.agent.id).") }
        terminal.say("Expired, and named by no order and no model:")
        let now = change.context.now()
        for profile in profiles {
            guard case .at(let date) = profile.expires else { continue }
            terminal.say("- \(profile.shown), \(profile.kind.words), expired \(date.writtenAsPast(from: now))")
        }
    }

    private func tell(of profile: Profile, _ change: StoreChange) {
        guard let date = profile.expires.readAsSeconds else { return }
        change.context.terminal.notice(
            "warning",
            Advice(
                what: "\(profile.id) was left: its expires may be in seconds.",
                why: "The store counts milliseconds, so it has expired; in seconds it is valid until \(date.written).",
                fix: "See how to give it its date: agenticflow-enterprise doctor. To take it out all the same, run: "
                    + "agenticflow-enterprise models auth logout \(profile.id) --agent \(change.agent.id)"))
    }

    private static func json(_ profiles: [Profile], _ removed: [Profile], _ change: StoreChange) -> Literal {
        let gone = Set(removed.map(\.id))
        return .object([
            .init("agentId", .string(change.agent.id.text)),
            .init("authStorePath", .string(change.reading.layout.storePath(change.agent.id))),
            .init(
                "profiles",
                .array(
                    profiles.map { profile in
                        var date: String?
                        if case .at(let expires) = profile.expires { date = expires.written }
                        return .object([
                            .init("id", .string(profile.id.text)), .init("provider", .string(profile.provider.text)),
                            .init("type", .string(profile.kind.rawValue)), .init("expiresAt", .optional(date)),
                            .init("removed", .boolean(gone.contains(profile.id))),
                        ])
                    })),
        ])
    }
}

/// Profiles of one agent's own store that have expired and that nothing refers to.
struct Leftovers {
    let profiles: [Profile]
    /// Those that are valid if their date is in seconds.
    let doubtful: [Profile]

    init(_ reading: InstanceReading, of agent: AgentReading, now: Date) {
        let settings = reading.settings
        var named = Set(settings.auth.order.values.joined())
        for agent in reading.agents { named.formUnion(agent.order.values.joined()) }
        let models = settings.models
        let references =
            [models.primary].compactMap { $0 } + models.fallbacks + models.configured + models.aliases.values
            + settings.agents.flatMap { [$0.model?.primary].compactMap { $0 } + ($0.model?.fallbacks ?? []) }
        let all = agent.stored.book.profiles.values.filter { profile in
            guard case .at(let date) = profile.expires, date <= now, profile.kind != .apiKey else { return false }
            let isRefreshable = profile.refresh.map { !$0.isBlank } ?? false
            return !isRefreshable && !named.contains(profile.id)
                && !references.contains { $0.hasSuffix("@\(profile.id)") }
        }.sorted { $0.id < $1.id }
        let isDoubtful: (Profile) -> Bool = { $0.expires.readAsSeconds.map { $0 > now } ?? false }
        profiles = all.filter { !isDoubtful($0) }
        doubtful = all.filter(isDoubtful)
    }
}

extension StoreChange {
    /// The same change, without words on standard output: those are JSON's.
    var silent: StoreChange { StoreChange(self) { _ in } }
}
