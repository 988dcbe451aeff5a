// SPDX-License-Identifier: Apache-2.0
import Credentials
import Documents
import Settings
import Testing

/// What a configuration says, with `environment` as the process environment.
func settings(_ text: String, environment: [String: String] = [:]) throws -> InstanceSettings {
    let document = try Document(Array(text.utf8), as: .json5, maximumDepth: 64)
    return InstanceSettings(document, environment: EnvironmentLayers(process: environment))
}

extension InstanceSettings {
    /// Errors and warnings as they are shown.
    var complaints: [String] { problems.filter { $0.severity != .info }.map(\.description) }

    /// The provider that the tests configure.
    var own: ProviderSettings? { ProviderID("own").flatMap { providers[$0] } }
}
