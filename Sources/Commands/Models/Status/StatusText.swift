// SPDX-License-Identifier: Apache-2.0
import CredentialLifecycle
import Credentials
import FoundationEssentials
import Providers
import Rotation
import Settings

/// `models status` for people.
struct StatusText {
    let overview: AuthOverview
    let models: ConfiguredModels
    let verdict: CheckVerdict
    let context: CommandContext
    private var layout: StateLayout { overview.reading.layout }
    private var now: Date { overview.now }

    func say() {
        let providers = overview.providerOverviews
        let parts = [
            [overview.view.origin.sentence], head, auth(providers), environment, missing(providers), health(providers),
            unavailable,
        ]
        let lines = parts.filter { !$0.isEmpty }.joined(separator: [""])
        // Line by line: no name from a file may hold a line break that counts. And in one go: there may be thousands.
        context.terminal.print(lines.map { context.terminal.addressed($0).escapedForDisplay + "\n" }.joined())
    }

    private var head: [String] {
        let agent = overview.agent.id
        let aliases = models.aliases.sorted { $0.key < $1.key }.map { "\($0.key) -> \($0.value)" }
        return [
            Self.labelled("Config", context.shown(layout.configPath)), Self.labelled("Agent", agent.text),
            Self.labelled("Agent dir", context.shown(layout.agentDirectory(agent))),
            Self.labelled("Default", defaultModel),
        ] + (models.isUnknown ? [] : choices(aliases))
    }

    private func choices(_ aliases: [String]) -> [String] {
        [
            Self.labelled("Fallbacks (\(models.fallbacks.count))", Self.list(models.fallbacks)),
            Self.labelled("Image model", models.imageModel ?? "-"),
            Self.labelled("Image fallbacks (\(models.imageFallbacks.count))", Self.list(models.imageFallbacks)),
            Self.labelled("Aliases (\(aliases.count))", Self.list(aliases)),
            Self.labelled(
                "Configured models (\(models.configured.count))",
                models.configured.isEmpty ? "all" : Self.list(models.configured)),
        ]
    }

    private var defaultModel: String {
        if models.isUnknown { return "unknown (the configuration cannot be read)" }
        guard let raw = models.raw else {
            return "\(KnownModel.defaultReference) (built in; choose one with: agenticflow-enterprise models set)"
        }
        guard let resolved = models.resolvedDefault else {
            return "\(raw) (nobody offers it; write it as provider/model)"
        }
        return resolved == raw ? resolved : "\(resolved) (from \(raw))"
    }

    private func auth(_ providers: [ProviderOverview]) -> [String] {
        let withTokens = providers.filter { $0.tokenCount > 0 }.map {
            "\($0.provider) (\($0.tokenCount))"
        }
        return [
            "Auth overview", Self.labelled("Auth store", context.shown(layout.storePath(overview.agent.id))),
            Self.labelled("Shell env", ShellLine(overview.reading, overview.view).words),
            Self.labelled("Providers w/ OAuth/tokens (\(withTokens.count))", Self.list(withTokens)),
        ] + providers.map(line)
    }

    private var environment: [String] {
        var lines = overview.variables.map { $0.line(context, layout) }
        let ignored = overview.reading.ignoredVariables
        if !ignored.isEmpty { lines.append(EnvironmentListing.ignored(ignored)) }
        return lines.isEmpty ? [] : ["Environment"] + lines
    }

    private func line(_ provider: ProviderOverview) -> String {
        let found = provider.effectiveDetail(layout)
        let detail = provider.effective == .profiles ? context.shown(found) : found
        var parts = ["- \(provider.provider) effective=\(provider.effective.rawValue):\(detail)"]
        if !provider.profiles.isEmpty {
            let counts =
                "oauth=\(provider.count(.oauth)), token=\(provider.count(.token)), api_key=\(provider.count(.apiKey))"
            parts.append("profiles=\(provider.profiles.count) (\(counts))")
            parts.append(provider.profiles.map { $0.label + suffix($0) }.joined(separator: ", "))
        }
        if provider.environment.count > 1 { parts.append("keys=\(provider.environment.count)") }
        for key in provider.environment {
            parts.append(
                "env=\(key.shownKey ?? "in the gateway's environment")\(suffix(key)) | source=\(key.sourceLabel)")
        }
        if let key = provider.configuration {
            parts.append("models.json=\(key.mask ?? "?")\(suffix(key)) | source=\(context.shown(layout.configPath))")
        }
        return parts.joined(separator: " | ")
    }

    private func suffix(_ row: CredentialRow) -> String {
        let left = row.hold.map { " \(Remaining.text($0.until.timeIntervalSince(now)))" } ?? ""
        switch row.state {
        case .ready: return ""
        case .cooling: return " [cooldown\(left)]"
        case .disabled: return " [disabled:\(row.hold?.reason ?? "unknown")\(left)]"
        case .ineligible, .excluded: return " [\(row.code ?? "unknown")]"
        case .pending: return " [pending]"
        }
    }

    private func missing(_ providers: [ProviderOverview]) -> [String] {
        let leftOut = providers.compactMap { one in
            one.leftOut.map { "- \(one.provider) \($0.what) \($0.remedy)" }
        }
        guard !verdict.missing.isEmpty || !leftOut.isEmpty else { return [] }
        return ["Missing auth"] + leftOut
            + verdict.missing.map { provider in
                if overview.reading.lacksStore(overview.agent.id) {
                    return "- \(provider) What is stored cannot be read, so nothing can be stored beside it."
                }
                let variable = overview.reading.providers[provider]?.keyVariable
                let other = variable.map { ", or write \($0)=... into \(context.shown(layout.dotEnvPath))" } ?? ""
                let paste = PasteCommand.beside(.apiKey, of: provider, overview.reading, agent: overview.agent.id)
                return "- \(provider) Run: \(paste)" + other + (provider == .anthropic ? subscription : "")
            }
    }

    private var subscription: String {
        ". With a Claude subscription, whose token the gateway keeps and does not send: claude setup-token, then "
            + "agenticflow-enterprise models auth setup-token --provider anthropic"
            + overview.reading.agentWords(overview.agent.id)
    }

    private func health(_ all: [ProviderOverview]) -> [String] {
        let providers = all.filter { !$0.profiles.isEmpty }
        if providers.isEmpty { return ["OAuth/token status", "- none"] }
        return ["OAuth/token status"]
            + providers.flatMap { provider in
                ["- \(provider.provider)"] + provider.profiles.map { "  - \($0.label) \(age($0))" }
            }
    }

    private func age(_ row: CredentialRow) -> String {
        guard let expiring = row.expiring else { return "unknown" }
        let refreshable = row.isRefreshable ? " (holds a refresh token)" : ""
        switch (expiring, row.expires) {
        case (.static, _): return "static"
        case (.expired, .at(let date)): return "expired since \(date.written)\(refreshable)"
        case (.ok, .at(let date)), (.expiring, .at(let date)):
            return "\(expiring.rawValue) expires in \(Remaining.text(date.timeIntervalSince(now)))"
        // A login whose date is not there may still work.
        case (.missing, _) where row.hasCredential: return "unknown expires unknown"
        default: return "\(expiring.rawValue) expires unknown"
        }
    }

    private var unavailable: [String] {
        let rows = overview.rows.filter { $0.state != .ready }
        guard !rows.isEmpty else { return [] }
        return ["Unavailable auth profiles"]
            + rows.map { row in
                let hint = row.reasonAndRecovery(overview.reading, agent: overview.agent.id, now: now)
                return "- \(row.id) \(row.code ?? "pending"): \(hint)"
            }
    }

    private static func labelled(_ label: String, _ text: String) -> String {
        label + String(repeating: " ", count: max(0, 14 - label.count)) + ": " + text
    }

    private static func list(_ values: [String]) -> String { values.isEmpty ? "-" : values.joined(separator: ", ") }
}
