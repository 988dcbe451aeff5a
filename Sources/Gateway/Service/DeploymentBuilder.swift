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
    /// Providers that nothing can be sent to, whatever the reason.
    private var faults: [ProviderID: ProviderFault]

    init(_ reading: InstanceReading, addresses: UpstreamAddresses) {
        self.reading = reading
        self.addresses = addresses
        faults = reading.providers.faults
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
        router.leftOut = Set(faults.keys)
        router.withCredential = withCredential
        router.defaults = AgentModels(primary: settings.models.primary, fallbacks: settings.models.fallbacks)
        router.own = settings.modelsOfTheirOwn
        router.agents = Set(reading.agents.map(\.id))
        router.agentsWithoutStore = Set(reading.agents.map(\.id).filter(reading.lacksStore))
        router.defaultAgent = settings.defaultAgent
        router.keyPlaces = reading.freeKeyPlaces
        for (id, provider) in providers.all where provider.mayAskForNoKey { router.keyless.insert(id) }
        for agent in reading.agents {
            router.profiles.formUnion(agent.profiles.lazy.map(\.profile.id))
            router.withProfile.formUnion(agent.profiles.lazy.map(\.profile.provider))
        }
        router.configured = settings.models.configured
        for provider in providers.known {
            for model in provider.models { router.listings[model, default: []].append(provider.id) }
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
        let known = providers.knownIDs
        for agent in reading.agents {
            for provider in known {
                let resolved = reading.candidates(for: provider, of: agent, clientToken: clientToken)
                guard !resolved.isEmpty else { continue }
                let key = RosterKey(agent: agent.id, provider: provider)
                plans[key] = resolved
                orders[key] = reading.order(of: provider, for: agent)
            }
        }
        let places = places(of: Set(plans.keys.map(\.provider)))
        let seats = plans.map { key, resolved in
            (key, resolved.map { SeatedCandidate($0, of: key.provider, at: places[key.provider]) })
        }
        board.replace(ladder: Ladder(settings.auth.cooldowns), faults: faults) { [seats, orders] table in
            seats.reduce(into: [:]) { rosters, seat in
                let (key, seated) = seat
                let roster = Roster(candidates: seated.map(\.candidate), order: orders[key], table: &table)
                rosters[key] = SeatedRoster(roster: roster, credentials: seated.map(\.credential))
            }
        }
        return Set(plans.filter { plan in plan.value.contains { $0.candidate.standing == .ok } }.keys.map(\.provider))
    }

    /// Where requests go. Notes what keeps them from going anywhere.
    private mutating func places(of ids: Set<ProviderID>) -> [ProviderID: SeatedCandidate.Place] {
        var places: [ProviderID: SeatedCandidate.Place] = [:]
        for id in ids.sorted() {
            guard let provider = providers[id], let place = provider.place else { continue }
            do throws(TrustFlaw) {
                let address = try addresses.address(
                    of: .init(host: place.host, port: place.port, isTLS: place.isTLS, caFile: providers.caFiles[id]))
                places[id] = SeatedCandidate.Place(
                    provider: provider, address: address, requestLines: ChosenCredential.requestLines(of: provider))
            } catch {
                let fault = error.fault(of: id)
                faults[id] = fault
                // One cause, however many providers.
                let problem = fault.advice.sentences
                if !problems.contains(problem) { problems.append(problem) }
            }
        }
        return places
    }
}

/// A candidate with what it needs in order to be used.
private struct SeatedCandidate {
    struct Place {
        var provider: Provider
        var address: UpstreamAddress
        var requestLines: [Endpoint: ByteBuffer]
    }

    var candidate: Candidate
    var credential: ChosenCredential?

    /// - Parameter place: nil for a provider that nothing can be sent to.
    init(_ entry: ResolvedCandidate, of id: ProviderID, at place: Place?) {
        candidate = entry.candidate
        guard candidate.standing == .ok else { return }
        guard let place else {
            candidate.standing = .providerLeftOut
            return
        }
        // Where there is none here, the gateway has it.
        guard let secret = entry.secret else { return }
        guard let fixed = CredentialFields.bytes(for: place.provider, secret: secret) else {
            candidate.standing = .ineligibleProfile
            return
        }
        credential = ChosenCredential(
            named: NamedCredential(
                id: candidate.id, provider: id, source: candidate.source, kind: candidate.kind,
                reference: entry.reference),
            owner: candidate.healthKey.owner, provider: place.provider, address: place.address, secret: secret,
            fixedFields: fixed, requestLines: place.requestLines)
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
