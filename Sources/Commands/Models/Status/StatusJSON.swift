// SPDX-License-Identifier: Apache-2.0
import CredentialLifecycle
import Credentials
import Documents
import FoundationEssentials
import Providers
import Rotation
import Settings

/// `models status --json`. Names and meaning of its fields do not change.
struct StatusJSON {
    let overview: AuthOverview
    let models: ConfiguredModels
    let verdict: CheckVerdict
    /// Of the models in use.
    let doubts: [String]
    /// `problems` and `advice`.
    let problems: [Literal.Member]
    let context: CommandContext
    /// With `--probe` alone.
    var probes: Literal?
    private var now: Date { overview.now }
    private var layout: StateLayout { overview.reading.layout }

    var text: String { literal.pretty() + "\n" }

    private var literal: Literal {
        let agent = overview.agent.id
        return .object(
            overview.view.origin.members + [
                .init("configPath", .string(layout.configPath)), .init("agentId", .string(agent.text)),
                .init("agentDir", .string(layout.agentDirectory(agent))),
                .init("defaultModel", .optional(models.raw ?? models.resolvedDefault)),
                .init("resolvedDefault", .optional(models.resolvedDefault)),
                .init("fallbacks", .strings(models.fallbacks)),
                .init("imageModel", .optional(models.imageModel)),
                .init("imageFallbacks", .strings(models.imageFallbacks)),
                .init(
                    "aliases",
                    .object(models.aliases.sorted { $0.key < $1.key }.map { .init($0.key, .string($0.value)) })),
                .init("allowed", .strings(models.configured)),
                .init(
                    "modelConfig",
                    .object([
                        .init("defaultSource", .string(models.defaultSource.rawValue)),
                        .init("fallbacksSource", .string(models.fallbacksSource.rawValue)),
                    ])),
                .init("modelWarnings", .strings(doubts)), .init("auth", auth),
            ] + problems)
    }

    private var auth: Literal {
        let providers = overview.providerOverviews
        let withTokens = providers.filter { $0.tokenCount > 0 }.map { "\($0.provider) (\($0.tokenCount))" }
        let shell = ShellLine(overview.reading, overview.view)
        let members: [Literal.Member] = [
            .init("storePath", .string(layout.storePath(overview.agent.id))),
            .init(
                "shellEnvFallback",
                .object([.init("enabled", .boolean(shell.isEnabled)), .init("appliedKeys", .strings(shell.applied))])),
            .init("variables", .array(overview.variables.map { $0.json(context, layout) })),
            .init("ignoredVariables", .strings(overview.reading.ignoredVariables)),
            .init("providersWithOAuth", .strings(withTokens)),
            .init(
                "check",
                .object([
                    .init("exitCode", .integer(Int64(verdict.exitCode))), .init("reason", .string(verdict.reason)),
                ])),
            .init("missingProvidersInUse", .strings(verdict.missing.map(\.text))),
            .init("providers", .array(providers.map(provider))),
            .init("unusableProfiles", .array(unusable)),
            .init(
                "oauth",
                .object([
                    .init("warnAfterMs", .integer(Int64(Expiring.warning * 1000))),
                    .init("profiles", .array(overview.profiles.map(profile))),
                    .init("providers", .array(providers.filter { !$0.profiles.isEmpty }.map(health))),
                ])),
        ]
        return .object(members + (probes.map { [.init("probes", $0)] } ?? []))
    }

    private func provider(_ provider: ProviderOverview) -> Literal {
        var members: [Literal.Member] = [
            .init("provider", .string(provider.provider.text)), .init("usable", .boolean(provider.isUsable)),
            .init(
                "effective",
                .object([
                    .init("kind", .string(provider.effective.rawValue)),
                    .init("detail", .string(provider.effectiveDetail(layout))),
                ])),
            .init(
                "profiles",
                .object([
                    .init("count", .count(provider.profiles.count)), .init("oauth", .count(provider.count(.oauth))),
                    .init("token", .count(provider.count(.token))), .init("apiKey", .count(provider.count(.apiKey))),
                    .init("labels", .strings(provider.profiles.map(\.label))),
                ])),
        ]
        if let first = provider.environment.first {
            members.append(
                .init(
                    "env",
                    .object([.init("value", .optional(first.shownKey)), .init("source", .string(first.sourceLabel))])))
            members.append(
                .init("keys", .array((provider.environment + [provider.configuration].compactMap { $0 }).map(standing)))
            )
        } else if let key = provider.configuration {
            members.append(.init("keys", .array([standing(key)])))
        }
        if let key = provider.configuration {
            members.append(
                .init(
                    "modelsJson",
                    .object([.init("value", .optional(key.mask)), .init("source", .string(layout.configPath))])))
        }
        if let leftOut = provider.leftOut {
            members.append(
                .init(
                    "leftOut",
                    .object([
                        .init("order", .string(leftOut.leftOut.order?.source.rawValue ?? "auth.profiles")),
                        .init("profileIds", .strings(leftOut.leftOut.ids.map(\.text))),
                        .init("message", .string(leftOut.what)), .init("fix", .string(leftOut.remedy)),
                    ])))
        }
        return .object(members)
    }

    private var unusable: [Literal] {
        overview.profiles.filter { $0.hold != nil && ($0.state == .cooling || $0.state == .disabled) }
            .sorted { ($0.hold?.until ?? now, $0.id) < ($1.hold?.until ?? now, $1.id) }
            .map { row in
                .object(
                    [
                        .init("profileId", .string(row.id.text)), .init("provider", .string(row.provider.text)),
                        .init("kind", .string(row.state == .disabled ? "disabled" : "cooldown")),
                        .init("reason", .optional(row.hold?.reason)), .init("model", .optional(row.hold?.model)),
                    ] + instant("until", "remainingMs", row.hold?.until))
            }
    }

    private func profile(_ row: CredentialRow) -> Literal {
        var expires: Date?
        if case .at(let date) = row.expires { expires = date }
        return .object(
            [
                .init("profileId", .string(row.id.text)), .init("provider", .string(row.provider.text)),
                .init("type", .string(row.kind.rawValue)),
                .init("status", .string(row.expiring?.rawValue ?? "unknown")),
            ] + instant("expiresAt", "remainingMs", row.kind == .apiKey ? nil : expires)
                + [
                    .init("source", .string("store")), .init("owner", .string(row.owner?.text ?? "")),
                    .init("label", .string(row.label)),
                ]
                + (row.isRefreshable ? [.init("refreshable", .boolean(true))] : []) + use(row))
    }

    private func standing(_ row: CredentialRow) -> Literal {
        .object(
            [
                .init("id", .string(row.id.text)), .init("source", .string(row.sourceLabel)),
                .init("value", .optional(row.shownKey)),
            ] + use(row))
    }

    private func use(_ row: CredentialRow) -> [Literal.Member] {
        let evidence = row.hold.map { hold in
            Literal.object([.init("origin", .string(hold.origin)), .init("text", .string(hold.evidence))])
        }
        return [
            .init("usable", .boolean(row.isUsable)), .init("state", .string(row.state.rawValue)),
            .init("code", .optional(row.code)),
            .init("reason", .optional(row.hold?.reason)), .init("model", .optional(row.hold?.model)),
            .init("until", .optional(row.hold?.until)), .init("evidence", evidence ?? .null),
            .init("lastUsed", .optional(row.lastUsed)),
        ]
    }

    private func health(_ provider: ProviderOverview) -> Literal {
        .object(
            [
                .init("provider", .string(provider.provider.text)),
                .init("status", .string(provider.expiring.rawValue)),
                .init("usable", .boolean(provider.isUsable)),
            ] + instant("expiresAt", "remainingMs", provider.expires)
                + [.init("profiles", .strings(provider.profiles.map(\.id.text)))])
    }

    private func instant(_ key: String, _ remaining: String, _ date: Date?) -> [Literal.Member] {
        guard let date else { return [] }
        let left = Int64((date.timeIntervalSince(now) * 1000).rounded())
        return [.init(key, .integer(date.milliseconds)), .init(remaining, .integer(left))]
    }
}

extension Literal {
    static func strings(_ values: [String]) -> Literal { .array(values.map { .string($0) }) }
    static func count(_ value: Int) -> Literal { .integer(Int64(value)) }
    static func optional(_ date: Date?) -> Literal { date.map { .integer($0.milliseconds) } ?? .null }
}

extension ProviderOverview {
    /// Logins and tokens, one that the environment holds included.
    var tokenCount: Int { count(.oauth) + count(.token) + environment.count(where: \.isSetupToken) }

    /// For a profile its owner's store, which need not be the agent's own.
    func effectiveDetail(_ layout: StateLayout) -> String {
        switch effective {
        case .profiles: layout.storePath(effectiveRow?.owner ?? .main)
        case .env: effectiveRow?.shownKey ?? effectiveRow?.sourceLabel ?? ""
        case .configuration: configuration?.mask ?? ""
        case .unusable where rows.allSatisfy { $0.state == .pending }: "the gateway takes it up within two seconds"
        case .unusable where rows.contains(where: \.isUsable):
            "none of \(rows.count) can be used for the default model now"
        case .unusable: "none of \(rows.count) can be used now"
        case .missing: "missing"
        }
    }
}

extension CredentialRow {
    var owner: AgentID? { if case .profile(let owner) = source { owner } else { nil } }

    /// A key that is not stored, as it may be shown; nil when only the gateway knows it.
    var shownKey: String? { isSetupToken && source.variable != nil ? "OAuth (env)" : mask }

    var sourceLabel: String {
        switch source {
        case .profile(let owner): "store: \(owner)"
        case .config: "config"
        case .environment(let name): "env: \(name)"
        case .shellEnvironment(let name): "shell env: \(name)"
        }
    }
}
