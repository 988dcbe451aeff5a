// SPDX-License-Identifier: Apache-2.0
import Credentials

extension ShellEnvironmentSettings {
    package static let switchVariable = "AGENTICFLOW_LOAD_SHELL_ENV"
    package static let timeoutVariable = "AGENTICFLOW_SHELL_ENV_TIMEOUT_MS"
    private static let longestTimeoutMilliseconds = 120_000

    /// Lets the two variables have their say over the configuration. They need no configuration file.
    ///
    /// - Returns: what could not be used.
    package mutating func adopt(_ layers: EnvironmentLayers) -> [SettingsProblem] {
        var problems: [SettingsProblem] = []
        if let text = Self.text(of: Self.switchVariable, layers) {
            switch text.lowercased() {
            case "1", "true", "yes", "on": isEnabled = true
            case "0", "false", "no", "off": isEnabled = false
            default:
                problems.append(
                    SettingsProblem(
                        .warning, at: Self.switchVariable, is: "is neither on nor off",
                        allowed: "1, true, yes, on, 0, false, no or off"))
            }
        }
        if let text = Self.text(of: Self.timeoutVariable, layers) {
            if let number = Int(text), (1...Self.longestTimeoutMilliseconds).contains(number) {
                timeout = .milliseconds(number)
            } else {
                problems.append(
                    SettingsProblem(
                        .warning, at: Self.timeoutVariable, is: "is no number of milliseconds",
                        allowed: "a whole number from 1 to \(Self.longestTimeoutMilliseconds)"))
            }
        }
        return problems
    }

    fileprivate static func text(of name: String, _ layers: EnvironmentLayers) -> String? {
        layers.credential(name)?.value.reveal().trimmed
    }
}

extension GatewaySettings {
    package static let portVariable = "AGENTICFLOW_GATEWAY_PORT"

    /// Lets the variable have its say over `gateway.port`. It needs no configuration file.
    ///
    /// - Returns: what could not be used.
    package mutating func adopt(_ layers: EnvironmentLayers) -> [SettingsProblem] {
        guard let text = ShellEnvironmentSettings.text(of: Self.portVariable, layers) else { return [] }
        if let number = Int(text), (0...65_535).contains(number) {
            port = number
            return []
        }
        return [
            SettingsProblem(
                .error, at: Self.portVariable, is: "is no port; gateway.port holds",
                allowed: "a whole number from 0 to 65535")
        ]
    }
}
