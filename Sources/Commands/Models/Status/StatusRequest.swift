// SPDX-License-Identifier: Apache-2.0
import CredentialLifecycle
import Credentials

/// What `models status` was asked for, however its words were read.
struct StatusRequest: Equatable {
    /// Asks the providers.
    typealias Probing = (InstanceReading, AgentReading, CommandContext) throws -> ProbeReport?

    var isJSON = false
    var isPlain = false
    /// The exit code tells how the credentials are.
    var isCheck = false
    /// nil for the default agent.
    var agent: String?

    /// - Parameter probing: nil for asking nobody.
    /// - Returns: the exit code.
    func run(in context: CommandContext, probing: Probing? = nil) throws -> Int32 {
        let reading = try context.reading()
        let agent = try reading.agent(named: agent)
        // Before anything is shown: what they clear shows.
        let probed = try probing?(reading, agent, context)
        let now = context.now()
        let overview = AuthOverview(reading, agent: agent, view: InstanceView(reading, now: now), now: now)
        let models = ConfiguredModels(reading, agent: agent.id)
        let verdict = CheckVerdict(overview, models)
        let trouble = Trouble(overview)
        trouble.tell(context)
        let doubts = ModelDoubts(models, reading).entries.map(\.sentence)
        if isPlain {
            if let model = models.resolvedDefault { context.terminal.say(model) }
        } else if isJSON {
            context.terminal.print(
                StatusJSON(
                    overview: overview, models: models, verdict: verdict, doubts: doubts,
                    problems: trouble.members, context: context,
                    probes: probed?.literal
                ).text)
        } else {
            for sentence in doubts { context.terminal.notice("warning: \(sentence)") }
            StatusText(overview: overview, models: models, verdict: verdict, context: context).say()
            for line in [""] + (probed?.lines ?? []) where probed != nil {
                context.terminal.say(line.escapedForDisplay)
            }
        }
        if let code = trouble.exitCode { return code.rawValue }
        guard isCheck else { return 0 }
        let isRejected = probed?.hasRejection == true
        let code = isRejected ? 1 : verdict.exitCode
        // In JSON auth.check says it.
        if code != 0, !isJSON {
            let reason = isRejected ? "A provider rejected a credential; see the probes." : verdict.reason
            context.terminal.notice("check: exit \(code): \(reason)")
        }
        return code
    }
}
