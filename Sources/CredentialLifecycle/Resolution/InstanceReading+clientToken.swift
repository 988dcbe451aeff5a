// SPDX-License-Identifier: Apache-2.0
package import Credentials
import Settings

extension InstanceReading {
    /// Why a gateway with these settings lets no client in; nil when there is a token that clients can present.
    package var clientTokenFlaw: Advice? {
        guard clientToken == nil else { return nil }
        let closed = "No client is let in:"
        let program = "agenticflow-enterprise"
        switch settings.gateway.token {
        case .unavailable(let missing) where !missing.isEmpty:
            return Advice(
                what: "\(closed) gateway.auth.token names \(missing.joined(separator: ", ")), which is not set.",
                why: "Nothing sets it, and AGENTICFLOW_GATEWAY_TOKEN is not set either.",
                fix: "Run: " + missing.map { "\(program) env set \($0)" }.joined(separator: " && "))
        case .absent:
            return Advice(
                what: "\(closed) there is no client token.",
                why: "Neither gateway.auth.token in \(layout.configPath) nor AGENTICFLOW_GATEWAY_TOKEN names one.",
                fix: "Give the one that clients have: \(program) config set gateway.auth.token --stdin; "
                    + "or make a new one: \(program) doctor --generate-gateway-token")
        default:
            return Advice(
                what: "\(closed) gateway.auth.token gives nothing that they could present.",
                why: "It is empty, or no header can carry it.",
                fix: "Run: \(program) config set gateway.auth.token --stdin")
        }
    }
}
