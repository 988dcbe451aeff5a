// SPDX-License-Identifier: Apache-2.0
import CredentialLifecycle
import Credentials
import Exchange
import NIOCore
import Providers
import Rotation
import Settings

/// Makes a deployment and the board's rosters out of what was read.
struct DeploymentBuilder {
    private let reading: InstanceReading
    private let addresses: UpstreamAddresses
    private var providers: ProviderSet { reading.providers }
    private var settings: InstanceSettings { reading.settings }
    /// What the reading itself did not see, such as a CA file that cannot be used.
    private(set) var problems: [String] = []

    init(_ reading: InstanceReading, addresses: UpstreamAddresses) {
        self.reading = reading
        self.addresses = addresses
        if settings.gateway.proxy != .none {
            problems.append(
                "gateway.proxy is set, but this version reaches providers directly. Set it to \"none\", or keep the "
                    + "gateway from the network until it is supported.")
        }
    }

    // MARK: The deployment

    /// - Parameters:
    ///   - host: the address the listener has, and
    ///   - port: its port; the command line may have named others than the configuration.
    func deployment(host: String, port: Int, withCredential: Set<ProviderID>) -> Deployment {
        let limits = GatewayLimits(settings.gateway)
        return Deployment(
            limits: limits, token: ClientToken(reading.clientToken),
            heads: HeadCheck(
                hosts: HostPolicy(port: port, bound: host, allowed: settings.gateway.allowedHosts),
                maximumFields: limits.maximumFields, maximumHeadBytes: limits.maximumHeadBytes),
            router: router(withCredential: withCredential), defaultAgent: settings.defaultAgent)
    }

    func router(withCredential: Set<ProviderID>) -> ModelRouter {
        var router = ModelRouter()
        router.aliases = settings.models.aliases
        router.providers = providers.all
        router.withCredential = withCredential
        router.defaults = AgentModels(primary: settings.models.primary, fallbacks: settings.models.fallbacks)
        router.own = settings.modelsOfTheirOwn
        router.agents = Set(reading.agents.map(\.id))
        router.defaultAgent = settings.defaultAgent
        for agent in reading.agents {
            router.profiles.formUnion(agent.profiles.lazy.map(\.profile.id))
            router.withProfile.formUnion(agent.profiles.lazy.map(\.profile.provider))
        }
        router.configured = settings.models.configured
        for (id, provider) in providers.all {
            for model in provider.models { router.listings[model, default: []].append(id) }
        }
        return router
    }

    // MARK: The rosters

    /// Seats every agent's credentials at the board and puts it to use.
    ///
    /// - Returns: providers for which somebody has a credential.
    mutating func seat(at board: Board) -> Set<ProviderID> {
        var plans: [RosterKey: [ResolvedCandidate]] = [:]
        var orders: [RosterKey: ExplicitOrder] = [:]
        let clientToken = reading.clientToken
        for agent in reading.agents {
            for provider in providers.all.values {
                let resolved = reading.candidates(for: provider.id, of: agent, clientToken: clientToken)
                guard !resolved.isEmpty else { continue }
                let key = RosterKey(agent: agent.id, provider: provider.id)
                plans[key] = resolved
                orders[key] = reading.order(of: provider.id, for: agent)
            }
        }
        var seats: [RosterKey: [ChosenCredential?]] = [:]
        for (key, resolved) in plans { seats[key] = credentials(for: key.provider, resolved) }
        let ladder = Ladder(settings.auth.cooldowns)
        board.replace(ladder: ladder) { [plans, seats, orders] table in
            plans.reduce(into: [:]) { rosters, plan in
                let roster = Roster(
                    candidates: plan.value.map(\.candidate), order: orders[plan.key], table: &table)
                rosters[plan.key] = SeatedRoster(roster: roster, credentials: seats[plan.key] ?? [])
            }
        }
        return Set(plans.filter { plan in plan.value.contains { $0.candidate.standing == .ok } }.keys.map(\.provider))
    }

    private mutating func credentials(for id: ProviderID, _ resolved: [ResolvedCandidate]) -> [ChosenCredential?] {
        guard let provider = providers[id], let place = provider.place else { return resolved.map { _ in nil } }
        let address: UpstreamAddress
        do {
            address = try addresses.address(
                of: .init(host: place.host, port: place.port, isTLS: place.isTLS, caFile: providers.caFiles[id]))
        } catch let error as SystemTrustError {
            // One cause, however many providers.
            if !problems.contains(error.description) { problems.append(error.description) }
            return resolved.map { _ in nil }
        } catch {
            problems.append("models.providers.\(id).caFile cannot be used: \(error). The provider is left out.")
            return resolved.map { _ in nil }
        }
        let lines = ChosenCredential.requestLines(of: provider)
        return resolved.map { entry in
            guard entry.candidate.standing == .ok, let secret = entry.secret,
                let fixed = CredentialFields.bytes(for: provider, secret: secret)
            else { return nil }
            return ChosenCredential(
                named: NamedCredential(
                    id: entry.candidate.id, provider: id, source: entry.candidate.source, kind: entry.candidate.kind,
                    reference: entry.reference),
                owner: entry.candidate.healthKey.owner, provider: provider, address: address, secret: secret,
                fixedFields: fixed, requestLines: lines)
        }
    }
}

extension Ladder {
    init(_ settings: CooldownSettings) {
        self.init()
        if let first = settings.billingBackoff { billing.first = first.seconds }
        if let cap = settings.billingMaximum { billing.cap = cap.seconds }
        if let window = settings.failureWindow { failureWindow = window.seconds }
        if let cap = settings.cooldownMaximum { rateLimit.cap = cap.seconds }
        billingFirst = settings.billingBackoffByProvider.mapValues(\.seconds)
        bypass = settings.bypassProviders
    }
}

extension GatewayLimits {
    init(_ settings: GatewaySettings) {
        exchange.maximumBodyBytes = settings.limits.maximumBodyBytes
        exchange.maximumAttempts = settings.limits.maximumAttempts
        exchange.minimumBodyBytesPerSecond = settings.limits.minimumBodyBytesPerSecond
        exchange.maximumWait = TimeAmount(settings.limits.maximumWait)
        exchange.connect = TimeAmount(settings.deadlines.connect)
        exchange.firstToken = TimeAmount(settings.deadlines.firstToken)
        exchange.idle = TimeAmount(settings.deadlines.idle)
        exchange.total = TimeAmount(settings.deadlines.total)
        head = TimeAmount(settings.deadlines.head)
        drain = TimeAmount(settings.deadlines.drain)
        maximumHeadBytes = settings.limits.maximumHeadBytes
        maximumFields = GatewayLimitSettings.maximumHeadFields
        maximumConnections = settings.limits.maximumConnections
    }
}
