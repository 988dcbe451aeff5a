// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import CredentialLifecycle
import Credentials
import Documents
import FoundationEssentials
import Providers
import Rotation
import Settings

struct ModelsScan: ContextCommand, LongCommand {
    static let rareOptions = ["--concurrency", "--max-age-days", "--no-input", "--timeout"]
    static let configuration = CommandConfiguration(
        commandName: "scan", abstract: "Find free models at OpenRouter, try them, and make the best ones fallbacks.",
        discussion: """
            The list is open to everybody; the tries need a credential for openrouter. On a terminal you choose; \
            otherwise say --yes.

            Example: agenticflow-enterprise models scan --min-params 30 --yes
            """)

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Only models of so many thousand million parameters.", valueName: "b"))
    var minParams: Double?
    @Option(parsing: .unconditional, help: ArgumentHelp("Only models that are no older.", valueName: "days"))
    var maxAgeDays: Int?
    @Option(help: ArgumentHelp("Only models whose id begins so, such as meta-llama.", valueName: "prefix"))
    var provider: String?
    @Option(parsing: .unconditional, help: ArgumentHelp("How many fallbacks to choose.", valueName: "n"))
    var maxCandidates = 6
    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("How long to wait for each answer, in milliseconds.", valueName: "ms"))
    var timeout = 12_000
    @Option(parsing: .unconditional, help: ArgumentHelp("How many models to try at once.", valueName: "n"))
    var concurrency = 3
    @Flag(help: "List only: nothing is tried, and nothing is changed.")
    var noProbe = false
    @Flag(help: "Take the command's choice without asking.")
    var yes = false
    @Flag(help: "On a terminal: the same.")
    var noInput = false
    @Flag(help: "Make the best model the default one, too.")
    var setDefault = false
    @Flag(help: "Make the best one for images the image model, too.")
    var setImage = false
    @Flag(help: "Print JSON.")
    var json = false

    func validate() throws {
        if let minParams, !(minParams >= 0) || minParams > 1e6 {
            throw UsageError(
                what: "\(minParams) is no value for --min-params.",
                why: "It is a number of thousand millions, from 0 to 1000000.",
                fix: "For example: agenticflow-enterprise models scan --min-params 30 --yes")
        }
        if let maxAgeDays, maxAgeDays < 0 {
            throw UsageError(
                what: "\(maxAgeDays) is no value for --max-age-days.", why: "It is a number of days, from 0 on.",
                fix: "For example: agenticflow-enterprise models scan --max-age-days 90 --yes")
        }
        try ProbeFlags.check(maxCandidates, "--max-candidates", "of models", upTo: 100)
        try ProbeFlags.check(timeout, "--timeout", "of milliseconds", upTo: 600_000)
        try ProbeFlags.check(concurrency, "--concurrency", "of questions at once", upTo: 64)
        if noProbe, setDefault || setImage {
            throw UsageError(
                what: "--no-probe cannot be with --set-default or --set-image.", why: "It tries and changes nothing.",
                fix: "Run: agenticflow-enterprise models scan --no-probe")
        }
    }

    func run(in context: CommandContext) throws {
        let isTerminal = context.terminal.isPersonTyping
        if !noProbe, !yes, !isTerminal { throw ScanError.needsYes }
        let reading = try context.reading()
        try reading.requireReadable()
        guard let id = ProviderID("openrouter"), let openrouter = reading.providers[id] else { return }
        let scan = ScanRun(
            provider: openrouter, caFile: reading.providers.caFiles[id], timeout: .milliseconds(timeout),
            context: context)
        let filter = CatalogFilter(
            minimumParameters: minParams, maximumAgeDays: maxAgeDays, prefix: provider?.trimmed)
        let models = try scan.catalog().filter { filter.accepts($0, now: context.now()) }
        var outcome = try tried(models, scan, reading, id, context)
        if !outcome.results.isEmpty, outcome.selection != nil {
            try choose(&outcome, asks: isTerminal && !yes && !noInput && !json, context)
        }
        try tell(outcome, reading, context)
    }

    /// Without a credential, or when nothing is to be tried: what the list says.
    private func tried(
        _ models: [CatalogModel], _ scan: ScanRun, _ reading: InstanceReading, _ id: ProviderID,
        _ context: CommandContext
    ) throws -> ScanOutcome {
        let secret = noProbe ? nil : try secret(reading, id, now: context.now())
        guard let secret, !models.isEmpty else {
            let why = noProbe ? "--no-probe" : "no credential"
            let results = models.map { ScanResult(model: $0, tool: .skipped(why), image: .skipped(why)) }.sorted(by: <)
            var outcome = ScanOutcome(results: results, selection: nil, setsDefault: false, setsImage: false)
            if !noProbe, secret == nil {
                outcome.warnings.append(ScanError.noCredential.advice.sentences)
                // Whoever says --yes wants a change.
                if yes { outcome.failure = .noCredential }
            }
            return outcome
        }
        let terminal = context.terminal
        let results = try scan.tries(of: models, secret: secret, atOnce: concurrency) { count, all in
            if terminal.isNoticeTerminal { terminal.notices("\rAsked \(count) of \(all)…") }
        }
        if terminal.isNoticeTerminal { terminal.notices("\n") }
        let selection = ScanSelection(results, atMost: maxCandidates)
        var outcome = ScanOutcome(
            results: results, selection: selection, setsDefault: setDefault, setsImage: setImage)
        if selection.models.isEmpty {
            let asked = results.count(where: \.tool.isTried)
            outcome.selection = nil
            outcome.failure = .nothingFound(asked: asked, toolless: results.count - asked)
        }
        return outcome
    }

    private func secret(_ reading: InstanceReading, _ id: ProviderID, now: Date) throws -> Secret? {
        let agent = try reading.agent(named: nil)
        // What cannot be read is not what is not there.
        try reading.requireReadable(agent.id, .main)
        let targets = ProbeTargets(
            reading: reading, agent: agent, settings: ProbeSettings(), now: now)
        return targets.all(of: id).first(where: \.isAsked)?.secret
    }

    private func choose(_ outcome: inout ScanOutcome, asks: Bool, _ context: CommandContext) throws {
        guard asks, let proposed = outcome.selection else { return }
        for line in outcome.table { context.terminal.notice(line.escapedForDisplay) }
        let references = outcome.results.map(\.model.reference)
        let models = try context.terminal.choose("Fallbacks", among: references, proposed: proposed.models)
        if models.isEmpty { throw ScanError.nothingChosen }
        let images =
            proposed.images.isEmpty
            ? [] : try context.terminal.choose("Image fallbacks", among: references, proposed: proposed.images)
        outcome.selection = ScanSelection(models: models, images: images)
    }

    private func tell(_ found: ScanOutcome, _ reading: InstanceReading, _ context: CommandContext) throws {
        let terminal = context.terminal
        var outcome = found
        let isChanged = try outcome.put(into: SettingsFile(reading.layout))
        if isChanged {
            outcome.warn(before: ConfiguredModels(reading), after: ConfiguredModels(try context.reading()))
        }
        if json {
            terminal.print(outcome.literal.pretty() + "\n")
            if let failure = outcome.failure { throw ExitCode(failure.exitCode.rawValue) }
            return
        }
        for line in outcome.table { terminal.say(line.escapedForDisplay) }
        if let failure = outcome.failure { throw failure }
        for warning in outcome.warnings { terminal.notice("warning: \(warning)") }
        guard outcome.selection != nil else { return }
        context.say(isChanged: isChanged, reading.layout.configPath)
        for line in outcome.written { terminal.say(line.escapedForDisplay) }
    }
}
