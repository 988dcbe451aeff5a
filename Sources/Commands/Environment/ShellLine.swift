// SPDX-License-Identifier: Apache-2.0
import CredentialLifecycle
import Settings

/// What is said of the login shell's import: what a running gateway has applied, else what will happen at its start. No
/// shell is asked for it.
struct ShellLine {
    let isEnabled: Bool
    let applied: [String]
    private let text: String

    init(_ reading: InstanceReading, _ view: InstanceView) {
        guard let gateway = view.variables else {
            isEnabled = reading.settings.env.shell.isEnabled
            applied = []
            text = isEnabled ? "on (the gateway asks the shell at its start)" : Self.off
            return
        }
        isEnabled = gateway.isShellEnabled
        applied = gateway.applied
        if !isEnabled {
            text = Self.off
        } else if let problem = gateway.shellProblem {
            text = "on (nothing applied: \(problem))"
        } else if !gateway.wasShellAsked {
            text = "on (the gateway is asking the shell)"
        } else {
            text = applied.isEmpty ? "on (nothing applied)" : "on (applied: \(applied.joined(separator: ", ")))"
        }
    }

    var words: String { text }
    private static let off = "off (only the import from a login shell is off; variables that are set count)"
}
