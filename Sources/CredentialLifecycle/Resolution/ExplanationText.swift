// SPDX-License-Identifier: Apache-2.0
package import Credentials
import FoundationEssentials
import Providers
package import Rotation

extension Explanation {
    /// The shape of `models explain --json`, for the command and for the running gateway alike.
    ///
    /// - Parameter more: members that only some questions have.
    package func json(provider: ProviderID, fallbacks: [String], more: [String] = []) -> String {
        let lines = candidates.map { line in
            let until = line.until.map { String(Int64(($0.timeIntervalSince1970 * 1000).rounded())) } ?? "null"
            let evidence =
                line.evidence.map { "{\"origin\":\"\($0.origin.rawValue)\",\"text\":\($0.text.jsonQuoted)}" } ?? "null"
            return
                "{\"profile\":\(line.profile.text.jsonQuoted),\"source\":\(line.source.label.jsonQuoted),\"type\":\"\(line.kind.rawValue)\","
                + "\"state\":\"\(line.state.rawValue)\",\"code\":\"\(line.code.rawValue)\",\"reason\":\(line.reason?.rawValue.jsonQuoted ?? "null"),"
                + "\"until\":\(until),\"evidence\":\(evidence)}"
        }
        return "{\"model\":\(model.jsonQuoted),\"provider\":\"\(provider)\",\"orderSource\":\"\(orderSource)\","
            + "\"candidates\":[\(lines.joined(separator: ","))],\"next\":\(next?.text.jsonQuoted ?? "null"),"
            + (["\"fallbacks\":[\(fallbacks.map(\.jsonQuoted).joined(separator: ","))]"] + more).joined(separator: ",")
            + "}\n"
    }
}

extension CandidateSource {
    /// As status, explanations and docs name it.
    package var label: String {
        switch self {
        case .profile(let owner): "store:\(owner)"
        case .config: "config"
        case .environment(let name): "env:\(name)"
        case .shellEnvironment(let name): "shell env:\(name)"
        }
    }
}
