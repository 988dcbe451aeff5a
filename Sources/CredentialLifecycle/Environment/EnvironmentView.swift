// SPDX-License-Identifier: Apache-2.0
import Credentials
import FoundationEssentials
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
        var names = keys.union(reading.settings.references).union([InstanceSettings.tokenVariable])
            .union(layers.names(startingWith: "AGENTICFLOW_"))
        if isWhole {
            names.formUnion(layers.names(startingWith: ""))
        } else {
            for place in [EnvironmentLayers.Layer.workingDirectory, .stateDotEnv, .config] {
                names.formUnion(layers.variables(of: place).keys)
            }
        }
        variables = names.sorted().compactMap { name in
            layers.lookup(name).map {
                Variable(
                    name: name, layer: $0.layer, shadows: $0.shadows, contradicts: $0.contradicts,
                    mask: Self.shown($0.value, of: name, isKey: keys.contains(name), reading.settings),
                    isProviderKey: keys.contains(name), isReference: reading.settings.references.contains(name))
            }
        }
    }

    /// A credential is masked; so is whatever is named like one, and any text that is not plainly a number, a switch or
    /// a path.
    private static func shown(_ value: Secret, of name: String, isKey: Bool, _ settings: InstanceSettings) -> String {
        let isSecret =
            isKey || name == InstanceSettings.tokenVariable || settings.references.contains(name)
            || Provider.secretVariables.contains(name) || EnvironmentLayers.isKeyFamily(name)
            || KnownKeys.isNamedLikeSecret(name)
        return isSecret ? value.masked : ShownValue.plain(value) ?? value.masked
    }

    /// Those that only the login shell has supplied.
    package var applied: [String] { variables.filter { $0.layer == .shell }.map(\.name) }

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
            + "\"shellEnv\":{\"enabled\":\(shell.isEnabled),\"asked\":\(reading.shell.asked != nil),"
            + "\"applied\":[\(applied.map(\.jsonQuoted).joined(separator: ","))],"
            + "\"problem\":\(reading.shell.warning?.jsonQuoted ?? "null")}}"
    }

    private static func names(_ layers: [EnvironmentLayers.Layer]) -> String {
        "[\(layers.map { "\"\($0.name)\"" }.joined(separator: ","))]"
    }
}
