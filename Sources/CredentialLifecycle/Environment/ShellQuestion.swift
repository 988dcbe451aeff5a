// SPDX-License-Identifier: Apache-2.0
import Credentials
import ProfileStorage
import Providers
package import Settings

/// What the login shell has to be asked. Asking starts a process, so it is done by the gateway, and by a command only
/// when a person says so.
package struct ShellQuestion: Hashable, Sendable {
    private let shell: LoginShell
    private let names: Set<String>
    private let settings: ShellEnvironmentSettings

    /// - Parameter process: the process environment.
    package init(_ reading: InstanceReading, process: [String: String]) {
        shell = LoginShell(process: process)
        settings = reading.settings.env.shell
        let stored = reading.agents.flatMap { $0.stored.book.profiles.values.compactMap(\.reference) }
        names = reading.settings.references.union([InstanceSettings.tokenVariable])
            .union(reading.providers.all.values.flatMap(\.environmentVariables))
            // Also those of providers that are not relayed: whoever set one should be told that it is not used.
            .union(Provider.credentialVariables)
            .union(stored.filter { $0.source == .env }.map(\.id))
    }

    /// Whether it has said all of this already, under the same settings.
    func isAnswered(by answer: ShellImport) -> Bool {
        answer.problem == nil && answer.asked == settings && names.isSubset(of: answer.names)
    }

    /// Takes as long as the person's profile does, at most `env.shellEnv.timeoutMs`.
    package func ask(isCancelled: () -> Bool = { false }) -> ShellImport {
        shell.ask(
            for: names, familiesOf: names.filter { $0.hasSuffix("_API_KEY") }, under: settings, isCancelled: isCancelled
        )
    }
}
