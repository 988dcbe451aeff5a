// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import CredentialLifecycle
import Credentials
import Documents
import Providers
import Settings

struct AgentsList: ContextCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List the agents, what each uses, and where it is kept.",
        discussion: "Example: agenticflow-enterprise agents list --json")

    @Flag(help: "Print JSON.")
    var json = false
    @Flag(help: "Show the bindings to channels too; this product has no channels.")
    var bindings = false

    func run(in context: CommandContext) throws {
        let reading = try context.reading()
        let stores = StoreProblems(reading)
        stores.tell(context)
        let rows = reading.agents.map { AgentRow($0, reading, showsBindings: bindings) }
        if json {
            let list = Literal.object([
                .init("defaultAgent", .string(reading.settings.defaultAgent.text)),
                .init("agents", .array(rows.map(\.json))), .init("problems", .strings(stores.sentences)),
                stores.advice.member,
            ])
            context.terminal.print(list.pretty() + "\n")
        } else {
            context.terminal.say("Agents (\(rows.count)):")
            for line in rows.flatMap({ $0.lines(context) }) { context.terminal.say(line.escapedForDisplay) }
        }
        if let status = stores.exitCode { throw ExitCode(status.rawValue) }
    }
}

/// One agent with what it uses.
private struct AgentRow {
    let id: AgentID
    let settings: AgentSettings?
    let isDefault: Bool
    let directory: String
    let storePath: String
    let models: AgentModels
    let own: [ProfileID]
    let inherited: [ProfileID]
    /// Nil for a configured one that is no path.
    let workspace: String?
    let showsBindings: Bool

    init(_ agent: AgentReading, _ reading: InstanceReading, showsBindings: Bool) {
        self.showsBindings = showsBindings
        workspace = reading.layout.workspace(
            of: reading.settings.agent(agent.id) ?? AgentSettings(id: agent.id))
        id = agent.id
        settings = reading.settings.agent(agent.id)
        isDefault = agent.id == reading.settings.defaultAgent
        directory = reading.layout.agentDirectory(agent.id)
        storePath = reading.layout.storePath(agent.id)
        models = reading.settings.models(of: agent.id)
        own = agent.profiles.filter { $0.owner == agent.id }.map(\.profile.id).sorted()
        inherited = agent.profiles.filter { $0.owner != agent.id }.map(\.profile.id).sorted()
    }

    private var inherits: Bool { id != .main && settings?.inheritsProfiles ?? true }

    func lines(_ context: CommandContext) -> [String] {
        let name = settings?.name.map { " \"\($0)\"" } ?? ""
        var lines = ["- \(id)\(name)\(isDefault ? " (default)" : "")"]
        lines.append(Self.labelled("Agent dir", context.shown(directory)))
        lines.append(Self.labelled("Workspace", workspace.map { context.shown($0) } ?? settings?.workspace ?? "-"))
        let source = models.primarySource == .agent ? "" : " (of agents.defaults)"
        let builtIn = "\(KnownModel.defaultReference) (built in)"
        lines.append(Self.labelled("Model", models.primary.map { $0 + source } ?? builtIn))
        lines.append(
            Self.labelled("Fallbacks", models.fallbacks.isEmpty ? "-" : models.fallbacks.joined(separator: ", ")))
        lines.append(Self.labelled("Own profiles", Self.listed(own)))
        if id != .main {
            lines.append(Self.labelled("Of main", inherits ? Self.listed(inherited) : "none (auth.inherit is false)"))
        }
        if showsBindings { lines.append(Self.labelled("Bindings", "none (there are no channels)")) }
        return lines
    }

    private static func listed(_ ids: [ProfileID]) -> String {
        guard !ids.isEmpty else { return "none" }
        let rest = ids.count > 8 ? ", and \(ids.count - 8) more" : ""
        return "\(ids.count) (\(ids.prefix(8).map(\.text).joined(separator: ", "))\(rest))"
    }

    private static func labelled(_ label: String, _ text: String) -> String {
        "  " + label + String(repeating: " ", count: max(0, 12 - label.count)) + ": " + text
    }

    var json: Literal {
        let bindings = showsBindings ? [Literal.Member("bindings", .array([]))] : []
        return .object(
            [
                .init("id", .string(id.text)), .init("name", .string(settings?.name ?? id.text)),
                .init("isDefault", .boolean(isDefault)), .init("agentDir", .string(directory)),
                .init("authStorePath", .string(storePath)),
                .init("workspace", .optional(workspace ?? settings?.workspace)),
                .init("model", .optional(models.primary)), .init("fallbacks", .strings(models.fallbacks)),
                .init(
                    "modelConfig",
                    .object([
                        .init("defaultSource", .string(models.primarySource.rawValue)),
                        .init("fallbacksSource", .string(models.fallbacksSource.rawValue)),
                    ])), .init("inherits", .boolean(inherits)),
                .init(
                    "profiles",
                    .object([
                        .init("own", .strings(own.map(\.text))), .init("inherited", .strings(inherited.map(\.text))),
                    ])),
            ] + bindings)
    }
}

/// What could not be read of the agents' stores and the configuration.
private struct StoreProblems {
    private let problems: [InstanceProblem]

    init(_ reading: InstanceReading) {
        problems = reading.problems.filter { $0.severity != .info }
    }

    var sentences: [String] { problems.map(\.text) }
    var advice: [Advice] { problems.map(\.told) }
    var exitCode: ExitStatus? { problems.first { $0.advice != nil }?.exitCode }

    func tell(_ context: CommandContext) {
        for problem in problems { context.terminal.notice(problem.word, problem.told) }
    }
}
