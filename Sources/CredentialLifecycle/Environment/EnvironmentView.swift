// SPDX-License-Identifier: Apache-2.0
package import Credentials
import FoundationEssentials
import ProfileStorage
import Providers
package import Settings

/// The variables that matter to an instance, each with where it is from; never a value.
package struct EnvironmentView: Sendable {
    package struct Variable: Hashable, Sendable {
        package var name: String
        package var layer: EnvironmentLayers.Layer
        package var shadows: [EnvironmentLayers.Layer]
        package var contradicts: [EnvironmentLayers.Layer]
        /// As much of the value as may be shown.
        package var mask: String
        /// Some provider's key stands in it.
        package var isProviderKey: Bool
        /// The provider whose key it is, when this version does not relay to that one: nothing is done with it.
        package var unusedProvider: ProviderID?
        /// A credential field of the configuration refers to it.
        package var isReference: Bool
    }

    /// By name.
    package let variables: [Variable]
    private let reading: InstanceReading

    /// - Parameter isWhole: everything that any place sets, not only what matters here.
    package init(_ reading: InstanceReading, isWhole: Bool = false) {
        self.reading = reading
        let layers = reading.environment
        let keys = Set(
            reading.providers.all.values.flatMap {
                layers.keyVariables(for: $0.id, variables: $0.environmentVariables)
            })
        let unused = Self.unused(reading, keys)
        var names = keys.union(unused.keys).union(reading.settings.references).union([InstanceSettings.tokenVariable])
            .union(layers.names(startingWith: "AGENTICFLOW_"))
        if isWhole {
            names.formUnion(layers.names(startingWith: ""))
        } else {
            for place in [EnvironmentLayers.Layer.workingDirectory, .stateDotEnv, .config] {
                names.formUnion(layers.variables(of: place).keys)
            }
        }
        let referenced = reading.settings.references.union(Self.referencedByProfiles(reading))
        variables = names.sorted().compactMap { name in
            layers.lookup(name).map {
                Variable(
                    name: name, layer: $0.layer, shadows: $0.shadows, contradicts: $0.contradicts,
                    mask: Self.shown($0.value, of: name, isKey: keys.contains(name) || referenced.contains(name)),
                    isProviderKey: keys.contains(name),
                    unusedProvider: reading.settings.references.contains(name) ? nil : unused[name],
                    isReference: reading.settings.references.contains(name))
            }
        }
    }

    /// Variables that stored profiles refer to.
    package static func referencedByProfiles(_ reading: InstanceReading) -> [String] {
        reading.agents.flatMap { $0.stored.book.profiles.values.compactMap(\.reference) }
            .filter { $0.source == .env }.map(\.id)
    }

    /// Variables of providers that are not relayed, and that nobody else reads.
    private static func unused(_ reading: InstanceReading, _ used: Set<String>) -> [String: ProviderID] {
        let named = used.union(referencedByProfiles(reading)).union(OtherProvider.shared)
        var found: [String: ProviderID] = [:]
        for other in OtherProvider.all where reading.providers[other.id] == nil {
            for name in reading.environment.keyVariables(for: other.id, variables: other.secrets)
            where !named.contains(name) && found[name] == nil { found[name] = other.id }
        }
        return found
    }

    /// A credential is masked; so is whatever is named like one, and any text that is not plainly a number, a switch or
    /// a path.
    private static func shown(_ value: Secret, of name: String, isKey: Bool) -> String {
        let isSecret =
            isKey || name == InstanceSettings.tokenVariable || Provider.secretVariables.contains(name)
            || EnvironmentLayers.isKeyFamily(name)
            || SecretName.isOne(name)
        return isSecret ? value.masked : ShownValue.plain(value) ?? value.masked
    }

    /// Those that only the login shell has supplied.
    package var applied: [String] { variables.filter { $0.layer == .shell }.map(\.name) }

    /// Where the client token is from: `config`, or the name of its variable's layer; nil when there is none.
    package var clientToken: (source: String, mask: String)? {
        guard let token = reading.clientToken else { return nil }
        if let configured = reading.settings.gateway.token.secret, !configured.isBlank {
            return (Self.configured, token.masked)
        }
        let layer = reading.environment.lookup(InstanceSettings.tokenVariable)?.layer ?? .config
        return (layer.name, token.masked)
    }

    /// The token stands in `gateway.auth.token` itself.
    package static let configured = "gateway.auth.token"

    private var tokenJSON: String {
        clientToken.map { "{\"source\":\($0.source.jsonQuoted),\"mask\":\($0.mask.jsonQuoted)}" } ?? "null"
    }

    /// For the command line, which asks the running gateway.
    package var json: String {
        let list = variables.map { variable in
            "{\"name\":\(variable.name.jsonQuoted),\"layer\":\"\(variable.layer.name)\","
                + "\"shadows\":\(Self.names(variable.shadows)),\"contradicts\":\(Self.names(variable.contradicts)),"
                + "\"mask\":\(variable.mask.jsonQuoted)}"
        }
        let shell = reading.settings.env.shell
        return "{\"variables\":[\(list.joined(separator: ","))],"
            + "\"ignored\":[\(reading.ignoredVariables.map(\.jsonQuoted).joined(separator: ","))],"
            + "\"clientToken\":\(tokenJSON),"
            + "\"shellEnv\":{\"enabled\":\(shell.isEnabled),\"asked\":\(reading.shell.asked != nil),"
            + "\"applied\":[\(applied.map(\.jsonQuoted).joined(separator: ","))],"
            + "\"problem\":\(reading.shell.warning?.jsonQuoted ?? "null")}}"
    }

    private static func names(_ layers: [EnvironmentLayers.Layer]) -> String {
        "[\(layers.map { "\"\($0.name)\"" }.joined(separator: ","))]"
    }
}
