// SPDX-License-Identifier: Apache-2.0
import CredentialLifecycle
import Credentials
import Providers
import Settings

extension VariableDoubts {
    /// Keys that `env set` refuses. Who runs the server knows what it takes.
    func doubtful(_ keys: [EnvironmentKey], of provider: Provider) -> [VariableDoubt] {
        if reading.providers.takesAnything(provider.id) { return [] }
        var told: Set<String> = []
        return keys.compactMap { key in
            // What cannot be sent, or is our own token, is told by the reading.
            guard key.secret.fieldFlaw() == nil, key.secret != reading.clientToken,
                let flaw = Shape.doubt(key.secret), told.insert(key.variable).inserted
            else { return nil }
            return VariableDoubt(
                id: .credentialIneligible, variable: key.variable, provider: provider.id,
                advice: Advice(
                    what: "\(key.variable) of \(context.words(for: key.layer, reading.layout)) is no key: \(flaw).",
                    why: "It is sent all the same, and \(provider.displayName) will probably refuse it.",
                    fix: fix(of: key)))
        }
    }

    private func fix(of key: EnvironmentKey) -> String {
        let set = "\(program) env set \(key.variable.shellWord)"
        return switch key.layer {
        case .stateDotEnv: "Put the key in its place: \(set); or run: \(program) env unset \(key.variable.shellWord)"
        case .process: "Run: unset \(key.variable.shellWord); then, with the key itself: \(set)"
        case .config, .shell, .workingDirectory: "Take it out there; then, with the key itself, run: \(set)"
        }
    }

    /// Of the file that is written for this program: what a shell sets is for others, too.
    var misspelt: [VariableDoubt] {
        let names = reading.environment.variables(of: .stateDotEnv).filter { !$0.value.isBlank }.keys
        return names.sorted().compactMap { name in
            let target = EnvironmentTarget(name, context, reading)
            return target.nameDoubt.map {
                VariableDoubt(id: .envWithoutEffect, variable: name, provider: nil, advice: $0)
            }
        }
    }
}
