// SPDX-License-Identifier: Apache-2.0
import CredentialLifecycle
import Credentials
import Providers
import Settings

/// A variable that is set and is probably not what was meant: the same words wherever a command mentions it.
struct VariableDoubt {
    let id: CheckID
    let variable: String
    let provider: ProviderID?
    let advice: Advice
}

/// What `.env`, written by hand or copied from a project, may hold that `env set` would have refused or remarked on.
struct VariableDoubts {
    let context: CommandContext
    let reading: InstanceReading

    /// By provider, then the names that nothing reads.
    var all: [VariableDoubt] {
        let providers = reading.providers.all.values.sorted { $0.id < $1.id }
        return providers.flatMap { provider in
            let keys = reading.providers.environmentKeys(for: provider, in: reading.environment)
            return keys.isEmpty ? [] : addresses(of: provider) + doubtful(keys, of: provider)
        } + misspelt
    }

    /// Of a provider whose key would go elsewhere than the variable says.
    private func addresses(of provider: Provider) -> [VariableDoubt] {
        IdleAddress.variables(of: provider).compactMap { name in
            guard let found = reading.environment.credential(name),
                let address = IdleAddress(name, found.value, isOfProcess: found.layer == .process, reading)
            else { return nil }
            return VariableDoubt(
                id: .envWithoutEffect, variable: name, provider: provider.id, advice: address.advice)
        }
    }
}

/// A variable that tells the vendors' own libraries where requests go, and this program nothing.
struct IdleAddress {
    let variable: String
    let provider: Provider
    /// Nil when `baseUrl` would not take it.
    private let url: String?

    /// Nil when it is no such variable, or nothing is lost by passing it over.
    ///
    /// - Parameter isOfProcess: a shell's own is for the programs that are run in it.
    init?(_ variable: String, _ value: Secret, isOfProcess: Bool = false, _ reading: InstanceReading) {
        guard let builtIn = Provider.builtIn.first(where: { Self.variables(of: $0).contains(variable) }),
            // Who has said where it is knows.
            reading.providers[builtIn.id]?.baseURL == builtIn.baseURL,
            !reading.settings.references.contains(variable)
        else { return nil }
        let text = value.reveal().trimmed
        // Some libraries take a host alone.
        let place = UpstreamPlace(text) ?? UpstreamPlace("https://\(text)")
        // Clients of this gateway are told so.
        if let place {
            let isLoopback = place.host == "localhost" || NetworkAddress(place.host)?.isLoopback == true
            if place.host == builtIn.place?.host || (isLoopback && isOfProcess) { return nil }
            if Self.isOurs(place, reading.settings.gateway, isLoopback) { return nil }
        }
        self.variable = variable
        provider = builtIn
        // One that is refused there may hold a password.
        url = (try? BaseURL(text))?.text
    }

    private static func isOurs(_ place: UpstreamPlace, _ gateway: GatewaySettings, _ isLoopback: Bool) -> Bool {
        if gateway.allowedHosts.contains(where: { $0.lowercased() == place.host }) { return true }
        return place.port == gateway.port && (isLoopback || NetworkAddress(place.host)?.isPrivate == true)
    }

    static func variables(of provider: Provider) -> [String] {
        let stems = provider.environmentVariables.filter { $0.hasSuffix(key) }.map { $0.dropLast(key.count) }
        return stems.flatMap { stem in endings.map { "\(stem)\($0)" } }
    }

    private static let key = "_API_KEY"
    private static let endings = [
        "_BASE_URL", "_API_BASE", "_API_BASE_URL", "_API_URL", "_API_HOST", "_API_ENDPOINT", "_ENDPOINT",
    ]

    var advice: Advice {
        Advice(
            what: "\(variable) has no effect: keys of \(provider.displayName) go to \(provider.baseURL).",
            why: "Where a provider is, the configuration alone says.",
            fix: "To send them there, run: \(program) config set \(provider.id.place("baseUrl")) "
                + (url?.shellWord ?? "URL"))
    }
}
