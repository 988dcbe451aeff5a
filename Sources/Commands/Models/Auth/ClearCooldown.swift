// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import CredentialLifecycle
import Credentials
import Documents
import FoundationEssentials
import Providers
import Rotation
import Settings

struct ClearCooldown: ContextCommand {
    static let configuration = CommandConfiguration(
        commandName: "clear-cooldown",
        abstract: "Forget what is held against credentials, so that they are used at once.",
        discussion: """
            Ends cooldowns and disabled times and sets the counts of failures to nothing. A running gateway does it at \
            once; it may find the provider of the same opinion as before. --all without --agent means every agent's.

            Example: agenticflow-enterprise models auth clear-cooldown anthropic:work
            """)

    @Argument(
        help: ArgumentHelp("The credentials, such as anthropic:work or openai:env.", valueName: "id"),
        completion: .credentials)
    var ids: [String] = []
    @Flag(help: "All of them, of every agent unless --agent names one.")
    var all = false
    @Option(help: ArgumentHelp("All of one provider.", valueName: "provider"), completion: .providers)
    var provider: String?
    @Option(
        help: ArgumentHelp("Only what is held against them with this model.", valueName: "model"), completion: .models)
    var model: String?
    @Option(
        help: ArgumentHelp("The agent whose credentials are meant. Without it: the default agent.", valueName: "agent"),
        completion: .agents)
    var agent: String?
    @Flag(help: "Print JSON.")
    var json = false

    func run(in context: CommandContext) throws {
        if !ids.isEmpty, all || provider != nil { throw CredentialChoiceError.contradictory }
        let reading = try context.reading()
        let view = InstanceView(reading, now: context.now())
        switch view.origin {
        case .files(.silent(let silence)): throw ClearingError(silence, reading)
        case .files(.hidden(let hidden)): throw hidden
        case .files(.notRunning), .filesAhead, .gateway: break
        }
        let named = try reading.agent(named: agent)
        let isEverybody = all && agent == nil
        // What cannot be read would be passed over, and nobody told.
        for agent in isEverybody ? reading.agents : [named] { try reading.requireReadable(agent.id, .main) }
        let keys = try (isEverybody ? reading.agents : [named]).flatMap { agent in
            try chosen(AuthOverview(reading, agent: agent, view: view, now: context.now()))
        }
        var seen: Set<HealthKey> = []
        let distinct = keys.filter { seen.insert($0).inserted }
        let wanted = try model.map { try Self.modelID($0, reading, view) }
        let (lines, byGateway) = try Clearing(reading).forget(distinct, Clearance(model: wanted))
        if json {
            context.terminal.print(
                Self.json(lines, distinct.count, byGateway, isEverybody ? nil : named.id).pretty() + "\n")
        } else {
            say(lines, distinct, byGateway, context)
        }
    }

    private func chosen(_ overview: AuthOverview) throws -> [HealthKey] {
        let rows = overview.rows
        let names = CredentialNames(agent: overview.agent.id, known: rows.map(\.id))
        if !ids.isEmpty {
            let wanted = try ids.map { text throws(CredentialChoiceError) in try names.id(text) }
            return wanted.flatMap { id in rows.filter { $0.id == id }.map(\.healthKey) }
        }
        guard all || provider != nil else { throw CredentialChoiceError.nothingNamed(known: names.known.sorted()) }
        let only = try provider.map { text throws(ModelsError) in
            try overview.reading.listedProvider(named: text, overview.agent)
        }
        return rows.filter { only == nil || $0.provider == only }.map(\.healthKey)
    }

    /// The provider's own id, which is what a cooldown is about, of a name that people use.
    ///
    /// - Throws: ``ModelChoiceError`` for a name that is no model's and that nothing is held with.
    private static func modelID(
        _ text: String, _ reading: InstanceReading, _ view: InstanceView
    ) throws(ModelChoiceError) -> String {
        guard let reference = ConfiguredModels(reading).reference(text), let slash = reference.firstIndex(of: "/")
        else {
            if view.lines.contains(where: { $0.holds.contains { $0.model == text } }) { return text }
            let known = reading.providers.all.values.flatMap(\.models) + ConfiguredModels(reading).aliases.keys
            throw .invalid(text, .unknown(near: Spelling.nearest(to: text, among: known.sorted())))
        }
        return String(reference[reference.index(after: slash)...])
    }

    private func say(_ lines: [Clearing.Line], _ keys: [HealthKey], _ byGateway: Bool, _ context: CommandContext) {
        for line in lines {
            let owner = line.key.owner == .main ? "" : " (of agent \(line.key.owner))"
            context.terminal.say("\(line.key.id)\(owner): \(line.sentence)".escapedForDisplay)
        }
        let cleared = Set(lines.map(\.key))
        let of = model.map { " with \($0.escapedForDisplay)" } ?? ""
        // Of many it is enough to know which ones there was something to clear for.
        if !ids.isEmpty {
            for key in keys where !cleared.contains(key) {
                context.terminal.say("\(key.id): nothing was held against it\(of).")
            }
        } else if lines.isEmpty {
            context.terminal.say("Nothing was held against any of \(keys.count)\(of).")
        }
        if lines.isEmpty { return }
        context.terminal.say(
            byGateway
                ? "The running gateway uses \(lines.count == 1 ? "it" : "them") from now on."
                : "No gateway runs; the next one starts without it.")
    }

    private static func json(_ lines: [Clearing.Line], _ asked: Int, _ byGateway: Bool, _ agent: AgentID?) -> Literal {
        .object([
            .init("view", .string(byGateway ? "gateway" : "files")), .init("agentId", .optional(agent?.text)),
            .init("asked", .count(asked)), .init("cleared", .array(lines.map(\.literal))),
        ])
    }
}

extension CredentialRow {
    /// Whose health it has.
    var healthKey: HealthKey { HealthKey(owner: owner ?? .main, id: id) }
}
