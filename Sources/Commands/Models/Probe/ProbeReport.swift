// SPDX-License-Identifier: Apache-2.0
import CredentialLifecycle
import Credentials
import Documents
import FoundationEssentials
import Providers
import Rotation

/// What the probes of `models status` found, for people and as JSON.
struct ProbeReport {
    let run: ProbeRun
    let settings: ProbeSettings
    /// As asked for: nil for all.
    let provider: ProviderID?
    let profiles: [String]

    /// At least one provider has seen a credential and does not take it.
    var hasRejection: Bool { run.results.contains { $0.verdict.finding == .rejected } }

    // MARK: For people

    var lines: [String] {
        guard !run.results.isEmpty else { return ["Auth probes", "No probe targets."] }
        let rows = run.results.map { (model: Self.model($0), profile: $0.target.candidate.id.text, result: $0) }
        let first = (rows.map(\.model.count) + ["Model".count]).max() ?? 0
        let second = (rows.map(\.profile.count) + ["Profile".count]).max() ?? 0
        let head = "\("Model".filled(to: first))  \("Profile".filled(to: second))  Status"
        let table = rows.flatMap { row in
            ["\(row.model.filled(to: first))  \(row.profile.filled(to: second))  \(Self.status(row.result))"]
                + Self.details(row.result, settings.modeFlag)
        }
        return ["Auth probes", head] + table + [footer]
    }

    private var footer: String {
        let count = run.results.count
        return "Probed \(count) \(count == 1 ? "target" : "targets") in \(run.duration.latency)"
    }

    private static func model(_ result: ProbeResult) -> String {
        let provider = result.target.provider.text
        return result.target.model.map { "\(provider)/\($0)" }
            ?? (result.target.isAsked ? "\(provider) (metadata)" : provider)
    }

    private static func status(_ result: ProbeResult) -> String {
        "\(result.verdict.status.rawValue) · \(result.latency?.latency ?? "not asked")"
    }

    private static func details(_ result: ProbeResult, _ modeFlag: String) -> [String] {
        var lines = result.verdict.detail.split(separator: "\n").map(String.init)
        if let sentence = result.sentence { lines.insert(sentence.what, at: 0) }
        if let first = lines.first { lines[0] = "↳ \(first)" }
        if let remedy = result.remedy { lines.append("↳ \(remedy)") }
        if let held = result.stillHeldSentence(modeFlag) { lines.append("↳ \(held)") }
        if let cleared = result.cleared { lines.append("↳ \(cleared.sentence)") }
        return lines.map { "  \($0)" }
    }

    // MARK: JSON

    /// How a call would prove itself, which is not how it is stored.
    private static func mode(_ candidate: Candidate) -> String {
        if candidate.source.variable?.contains("OAUTH_TOKEN") == true { return CredentialKind.oauth.rawValue }
        return candidate.kind == .apiKey ? "api-key" : candidate.kind.rawValue
    }

    var literal: Literal {
        let finished = run.startedAt + run.duration.seconds
        return .object([
            .init("startedAt", .integer(run.startedAt.milliseconds)),
            .init("finishedAt", .integer(finished.milliseconds)),
            .init("durationMs", .integer(run.duration.wholeMilliseconds)),
            .init("totalTargets", .count(run.results.count)),
            .init(
                "options",
                .object([
                    .init("provider", .optional(provider?.text)), .init("profileIds", .strings(profiles)),
                    .init("timeoutMs", .count(settings.timeoutMilliseconds)),
                    .init("concurrency", .count(settings.concurrency)),
                    .init("maxTokens", .count(settings.maximumTokens)), .init("mode", .string(settings.mode.rawValue)),
                ])),
            .init("results", .array(run.results.map(Self.entry))),
        ])
    }

    static func entry(_ result: ProbeResult) -> Literal {
        let target = result.target
        var members: [Literal.Member] = [.init("provider", .string(target.provider.text))]
        if let model = target.model { members.append(.init("model", .string("\(target.provider)/\(model)"))) }
        members += [
            .init("profileId", .string(target.candidate.id.text)), .init("label", .string(target.label)),
            .init("source", .string(target.sourceWord)), .init("mode", .string(Self.mode(target.candidate))),
            .init("finding", .string(result.verdict.finding.rawValue)),
            .init("status", .string(result.verdict.status.rawValue)),
        ]
        if !result.verdict.detail.isEmpty { members.append(.init("error", .string(result.verdict.detail))) }
        if let latency = result.latency { members.append(.init("latencyMs", .integer(latency.wholeMilliseconds))) }
        if let sentence = result.sentence {
            members += [
                .init("reason", .string(sentence.reason.rawValue)), .init("message", .string(sentence.what)),
            ]
        }
        if let remedy = result.remedy { members.append(.init("remedy", .string(remedy))) }
        if let status = result.verdict.httpStatus { members.append(.init("httpStatus", .count(status))) }
        if let id = result.verdict.requestID { members.append(.init("requestId", .string(id))) }
        if let held = result.stillHeld {
            members.append(
                .init(
                    "stillHeld",
                    .object([.init("reason", .string(held.reason)), .init("until", .integer(held.until.milliseconds))]))
            )
        }
        if let code = result.verdict.reasonCode { members.append(.init("reasonCode", .string(code))) }
        if let until = result.verdict.until { members.append(.init("retryAt", .integer(until.milliseconds))) }
        if let mode = target.mode { members.append(.init("probeMode", .string(mode.rawValue))) }
        if let cleared = result.cleared { members.append(.init("cleared", cleared.literal)) }
        return .object(members)
    }
}

extension Clearing.Line {
    /// What went, for people.
    var sentence: String {
        let windows = holds.map { "\($0.reason)\($0.model.map { " of \($0)" } ?? "") until \($0.until.written)" }
        let count = failures == 1 ? "1 failure counted" : "\(failures) failures counted"
        let parts = windows + (failures > 0 ? [count] : [])
        return "cooldown cleared: \(parts.joined(separator: ", "))"
    }

    var literal: Literal {
        .object([
            .init("profileId", .string(key.id.text)), .init("agent", .string(key.owner.text)),
            .init(
                "windows",
                .array(
                    holds.map {
                        .object([
                            .init("reason", .string($0.reason)), .init("model", .optional($0.model)),
                            .init("until", .integer($0.until.milliseconds)),
                        ])
                    })), .init("failures", .count(failures)),
        ])
    }
}

extension Duration {
    var wholeMilliseconds: Int64 { Int64((seconds * 1000).rounded()) }

    /// Below a second `NNNms`, else seconds with one decimal.
    var latency: String {
        if wholeMilliseconds < 1000 { return "\(wholeMilliseconds)ms" }
        let tenths = Int64((seconds * 10).rounded())
        return "\(tenths / 10).\(tenths % 10)s"
    }
}

extension String {
    func filled(to width: Int) -> String { self + String(repeating: " ", count: max(0, width - count)) }
}

extension ProbeFlags {
    /// Asks the providers; nil without `--probe`.
    func report(
        _ reading: InstanceReading, _ agent: AgentReading, _ context: CommandContext
    ) throws -> ProbeReport? {
        guard probe else { return nil }
        let wanted = try probeProvider.map { text throws(ModelsError) in
            try reading.listedProvider(named: text, agent)
        }
        let settings = settings
        let targets = ProbeTargets(reading: reading, agent: agent, settings: settings, now: context.now())
        let all = targets.all(of: nil)
        let names = CredentialNames(agent: agent.id, known: all.map(\.candidate.id))
        let ids = try profiles.map { text throws(CredentialChoiceError) in try names.id(text) }
        if let wanted,
            let other = ids.first(where: { id in !all.contains { $0.provider == wanted && $0.candidate.id == id } })
        {
            throw UsageError(
                what: "--probe-profile names \(other), which is no credential of \(wanted).",
                why: "--probe-provider asks about those of \(wanted) alone.",
                fix: "Leave --probe-provider out: agenticflow-enterprise models status --probe --probe-profile \(other)"
                    + reading.agentWords(agent.id))
        }
        let chosen = all.filter { target in
            (wanted == nil || target.provider == wanted) && (ids.isEmpty || ids.contains(target.candidate.id))
        }
        return ProbeReport(
            run: try ProbeRun(chosen, settings, context, reading), settings: settings, provider: wanted,
            profiles: ids.map(\.text))
    }
}
