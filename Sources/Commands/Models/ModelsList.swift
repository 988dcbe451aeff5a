// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import CredentialLifecycle
import Credentials
import Documents
import Providers

struct ModelsList: ContextCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List the configured models, or all that are known.",
        discussion: """
            Without --all: the default model (the built-in one until one is chosen), the image model, their fallbacks, and the models of \
            agents.defaults.models. A provider may serve models that are not known here; ask for those as provider/model.

            Example: agenticflow-enterprise models list --all --provider anthropic
            """)

    @Flag(help: "All that are known of every provider.")
    var all = false
    @Flag(help: "Only those that are served on this machine, or by a host of *.local.")
    var local = false
    @Option(
        help: ArgumentHelp("Only those of one provider, such as anthropic.", valueName: "provider"),
        completion: .providers)
    var provider: String?
    @Flag(help: "Print JSON.")
    var json = false
    @Flag(help: "Print their names alone, one in a line.")
    var plain = false
    @Option(
        help: ArgumentHelp("The agent whose models they are. Without it: the default agent.", valueName: "agent"),
        completion: .agents)
    var agent: String?

    func validate() throws {
        if json, plain { throw UsageError.jsonAndPlain("models list") }
    }

    func run(in context: CommandContext) throws {
        let reading = try context.reading()
        let agent = try reading.agent(named: agent)
        let wanted = try provider.map { text throws(ModelsError) in try reading.modelProvider(named: text) }
        let now = context.now()
        let overview = AuthOverview(reading, agent: agent, view: InstanceView(reading, now: now), now: now)
        let trouble = Trouble(overview)
        trouble.tell(context)
        let catalogue = ModelCatalogue(overview)
        let rows = catalogue.rows(all: all)
            .filter { (wanted == nil || $0.provider == wanted) && (!local || $0.isLocal == true) }
        if json {
            context.terminal.print(Self.json(rows, overview.view.origin, trouble).pretty() + "\n")
        } else if plain {
            context.terminal.print(rows.map { $0.key.escapedForDisplay + "\n" }.joined())
        } else {
            context.terminal.say(overview.view.origin.sentence)
            let table = ModelTable(rows, columns: context.terminal.tableWidth)
            for line in table.lines { context.terminal.say(line.escapedForDisplay) }
            if !all, let provider = Self.missing(rows, reading) {
                let paste = PasteCommand.beside(.apiKey, of: provider, reading, agent: agent.id)
                context.terminal.notice("None of them has a credential that can be used. Run: \(paste)")
            }
            if rows.isEmpty, !local, let wanted, reading.providers[wanted] != nil {
                let isListed = !all && catalogue.rows(all: true).contains { $0.provider == wanted }
                context.terminal.notice(
                    isListed
                        ? "None of the models of \(wanted) is configured. Those that are known: "
                            + "agenticflow-enterprise models list --all --provider \(wanted)"
                        : "No model of \(wanted) is known by name\(all ? "" : " or configured"). Ask for one as "
                            + "\(wanted)/MODEL, as in: agenticflow-enterprise models set \(wanted)/MODEL")
            }
        }
        if let code = trouble.exitCode { throw ExitCode(code.rawValue) }
    }

    /// Whose credential the first of them lacks; nil when one of them can be asked for now.
    private static func missing(_ rows: [ModelRow], _ reading: InstanceReading) -> ProviderID? {
        guard !rows.contains(where: { $0.isAvailable == true }) else { return nil }
        return rows.lazy.compactMap(\.provider).first { reading.providers[$0] != nil }
    }

    private static func json(_ rows: [ModelRow], _ origin: InstanceView.Origin, _ trouble: Trouble) -> Literal {
        let list: [Literal.Member] = [
            .init("count", .count(rows.count)), .init("models", .array(rows.map(\.json))),
        ]
        return .object(list + origin.members + trouble.members)
    }
}

extension InstanceReading {
    /// One whose models may be asked for: also one that is known by name alone.
    fileprivate func modelProvider(named text: String) throws(ModelsError) -> ProviderID {
        if let id = ProviderID(text), OtherProvider[id: id] != nil { return id }
        return try provider(named: text)
    }
}
