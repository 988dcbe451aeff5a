// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import CredentialLifecycle
import Credentials
import Documents
import FoundationEssentials
import Providers
import Settings

struct AuthList: ContextCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List the stored credentials, without their secrets.",
        discussion: "Example: agenticflow-enterprise models auth list --provider anthropic --json")

    @Option(
        help: ArgumentHelp("Only those of one provider, such as anthropic.", valueName: "provider"),
        completion: .providers)
    var provider: String?
    @Option(
        help: ArgumentHelp("The agent whose credentials to list. Without it: the default agent.", valueName: "agent"),
        completion: .agents)
    var agent: String?
    @Flag(help: "Print JSON.")
    var json = false

    func run(in context: CommandContext) throws {
        let reading = try context.reading()
        let agent = try reading.agent(named: agent)
        let wanted = try provider.map { text throws(ModelsError) in try reading.listedProvider(named: text, agent) }
        let now = context.now()
        let overview = AuthOverview(reading, agent: agent, view: InstanceView(reading, now: now), now: now)
        let trouble = Trouble(overview)
        trouble.tell(context)
        let rows = overview.profiles.filter { wanted == nil || $0.provider == wanted }
        if json {
            context.terminal.print(Self.json(rows, overview, trouble, provider: wanted).pretty() + "\n")
        } else {
            say(rows, overview, context)
        }
        if let code = trouble.exitCode { throw ExitCode(code.rawValue) }
    }

    private func say(_ rows: [CredentialRow], _ overview: AuthOverview, _ context: CommandContext) {
        let store = context.shown(overview.reading.layout.storePath(overview.agent.id))
        context.terminal.say(overview.view.origin.sentence)
        context.terminal.say("Auth profiles of agent \(overview.agent.id) (\(store)):")
        for row in rows {
            let inherited = row.owner == overview.agent.id ? "" : " (of agent \(row.owner?.text ?? "?"))"
            let code = row.state == .ready ? "" : row.code.map { " \($0)" } ?? ""
            let model = row.hold?.model.map { " for \($0)" } ?? ""
            let until = row.hold.map { "\(model) \($0.until.written(from: overview.now))" } ?? ""
            context.terminal.say("- \(row.label)\(inherited) \(row.state.rawValue)\(code)\(until)".escapedForDisplay)
        }
        guard rows.isEmpty, !overview.reading.isUnreadable(storeOf: overview.agent.id) else { return }
        context.terminal.say("- none")
        let provider = provider.flatMap { ProviderID($0) } ?? .anthropic
        let paste = PasteCommand.beside(.apiKey, of: provider, overview.reading, agent: overview.agent.id)
        context.terminal.say("Store one with: \(paste)")
    }

    private static func json(
        _ rows: [CredentialRow], _ overview: AuthOverview, _ trouble: Trouble, provider: ProviderID?
    ) -> Literal {
        let layout = overview.reading.layout
        return .object(
            overview.view.origin.members + [
                .init("agentId", .string(overview.agent.id.text)),
                .init("agentDir", .string(layout.agentDirectory(overview.agent.id))),
                .init("authStatePath", .string(layout.storePath(overview.agent.id))),
                .init("provider", .optional(provider?.text)),
                .init("profiles", .array(rows.map { entry($0, overview) })),
            ] + trouble.members)
    }

    private static func entry(_ row: CredentialRow, _ overview: AuthOverview) -> Literal {
        var members: [Literal.Member] = [
            .init("id", .string(row.id.text)), .init("provider", .string(row.provider.text)),
            .init("type", .string(row.kind.rawValue)),
            .init("label", .string(row.label)), .init("owner", .optional(row.owner?.text)),
            .init("usable", .boolean(row.isUsable)),
            .init("state", .string(row.state.rawValue)), .init("code", .optional(row.code)),
        ]
        if let email = row.email { members.append(.init("email", .string(email))) }
        if case .at(let date) = row.expires { members.append(.init("expiresAt", .string(date.written))) }
        if let hold = row.hold {
            members += [
                .init("cooldownUntil", .string(hold.until.written)), .init("cooldownReason", .string(hold.reason)),
            ]
        }
        if row.state != .ready {
            let hint = row.reasonAndRecovery(overview.reading, agent: overview.agent.id, now: overview.now)
            members.append(.init("recoveryHint", .string(hint)))
        }
        return .object(members)
    }
}
