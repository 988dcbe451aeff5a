// SPDX-License-Identifier: Apache-2.0
import Credentials
import Providers
import Settings

/// What the environment sets, and is not used as whoever set it may think.
extension InstanceReader {
    /// One of the two is not what its owner thinks is used.
    mutating func warnOfTwoCredentials(_ layers: EnvironmentLayers) {
        let (token, key) = ("ANTHROPIC_OAUTH_TOKEN", "ANTHROPIC_API_KEY")
        guard layers.credential(token) != nil, layers.credential(key) != nil else { return }
        note(
            .environmentFile,
            "\(token) and \(key) are both set. The token goes first; a setup token in it is never used by the gateway, "
                + "which then takes the key. Unset the one that is not meant.", .warning)
    }

    /// A key that no header can carry is passed over; whoever wrote it does not see why.
    mutating func warnOfUnusableKeys(
        _ layers: EnvironmentLayers, _ providers: ProviderSet, _ clientToken: Secret?
    ) {
        for provider in providers.all.values.sorted(by: { $0.id < $1.id }) {
            for key in providers.environmentKeys(for: provider, in: layers) {
                let isOurs = key.secret == clientToken
                let own = key.secret.fieldFlaw(takesAnyWord: providers.takesAnything(provider.id))
                guard let flaw = isOurs ? "is this gateway's own client token" : own else { continue }
                let text =
                    "\(key.variable.escapedForDisplay) of \(words(for: key.layer)) \(flaw), so no request is sent with it."
                guard !problems.contains(where: { $0.variable == key.variable && $0.text == text }) else { continue }
                problems.append(
                    InstanceProblem(
                        place: .environmentFile, severity: .warning, text: text, variable: key.variable))
            }
        }
    }

    private func words(for layer: EnvironmentLayers.Layer) -> String {
        switch layer {
        case .process: "the environment"
        case .workingDirectory: ".env of the working directory"
        case .stateDotEnv: layout.dotEnvPath
        case .config: "env.vars of the configuration"
        case .shell: "the login shell"
        }
    }
}

extension InstanceProblem {
    /// A variable that more than one line sets.
    init(_ found: DotEnv.Repeat, in path: String) {
        let (lines, last) = (found.lines.map(String.init), found.lines.last ?? 0)
        let others = lines.dropLast().joined(separator: ", ")
        self.init(
            place: .environmentFile, severity: .warning,
            text: "\(path) sets \(found.name) more than once: line \(last) counts, and line"
                + "\(lines.count > 2 ? "s" : "") \(others) \(lines.count > 2 ? "have" : "has") no effect.",
            cause: "Of several lines for one name the last one counts.",
            repair: "Keep one of them (lines \(lines.joined(separator: ", "))): \"${EDITOR:-vi}\" +\(lines[0]) "
                + "\(path.shellWord); or write it anew: agenticflow-enterprise env set \(found.name)")
    }
}
