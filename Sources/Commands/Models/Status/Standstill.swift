// SPDX-License-Identifier: Apache-2.0
import CredentialLifecycle
import Credentials
import FoundationEssentials
import Providers

/// That requests for the default model come to nothing, by the rule of `models status --check`: what cools down for a
/// while is none.
struct Standstill {
    let advice: Advice

    /// - Parameter answer: of the gateway to `/api/v1/status`.
    init?(_ reading: InstanceReading, _ answer: GatewayAnswer, now: Date) {
        // A configuration that cannot be read is told of itself.
        guard let agent = try? reading.agent(named: nil), reading.configurationAdvice == nil else { return nil }
        let view = InstanceView(reading, answer: answer, now: now)
        let overview = AuthOverview(reading, agent: agent, view: view, now: now)
        let models = ConfiguredModels(reading, agent: agent.id)
        let verdict = CheckVerdict(overview, models)
        let isAsked = models.asked(overview) != nil
        // Without a default model clients name theirs: any credential may be asked for.
        if !isAsked, overview.rows.contains(where: \.hasCredential) { return nil }
        guard let provider = isAsked ? models.defaultProvider : verdict.missing.first,
            let why = CheckVerdict.standstill(of: provider, in: overview),
            !isAsked || !Self.isServedByFallback(models, overview)
        else { return nil }
        let name = reading.providers[provider]?.displayName ?? provider.text
        let model = isAsked ? models.resolvedDefault : nil
        advice = Advice(
            what: model.map { "Nothing can be sent to \(name) for the default model \($0)." }
                ?? "Nothing can be sent to any provider.",
            why: why, fix: Self.remedy(provider, overview))
    }

    /// Nothing takes the place of a model that names a profile.
    private static func isServedByFallback(_ models: ConfiguredModels, _ overview: AuthOverview) -> Bool {
        guard models.defaultPin == nil else { return false }
        return models.fallbacks.contains { fallback in
            guard IdleFallback(fallback, in: DefaultModel.self, models) == nil,
                let provider = models.provider(of: fallback)
            else { return false }
            return CheckVerdict.standstill(of: provider.id, in: overview) == nil
        }
    }

    private static func remedy(_ provider: ProviderID, _ overview: AuthOverview) -> String {
        if let leftOut = ProviderOverview(provider, in: overview).leftOut { return leftOut.remedy }
        let rows = overview.rows(of: provider)
        guard let row = rows.first(where: { $0.state == .disabled }) ?? rows.first(where: \.hasCredential) else {
            return "Run: \(PasteCommand.beside(.apiKey, of: provider, overview.reading, agent: overview.agent.id))"
        }
        let one = row.reasonAndRecovery(overview.reading, agent: overview.agent.id, now: overview.now)
        let more = rows.count > 1 ? " All of them: \(program) models status" : ""
        return "\(row.id): \(one)\(more)"
    }
}
