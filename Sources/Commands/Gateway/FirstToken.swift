// SPDX-License-Identifier: Apache-2.0
import Credentials
import Documents
import Settings

/// The token that the first start makes when none is configured.
enum FirstToken {
    /// - Parameter prefix: so that one that goes astray can be recognised.
    static func make(prefix: String = "agw_") -> Secret {
        var generator = SystemRandomNumberGenerator()
        let alphabet = Array("0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ")
        return Secret(prefix + String((0..<40).map { _ in alphabet.randomElement(using: &generator) ?? "0" }))
    }

    /// - Returns: false when the configuration names one already.
    static func add(_ token: Secret, to document: inout Document) throws(DocumentError) -> Bool {
        let path = ["gateway", "auth", "token"]
        guard document.element(at: path) == nil else { return false }
        try document.set(.string(token.reveal()), at: path)
        return true
    }

    /// Stores a new token, unless another process has been faster.
    static func make(for layout: StateLayout, terminal: Terminal) throws(SettingsFileError) {
        let token = make()
        let isOurs = try SettingsFile(layout).edit(copiesFirstToken: true) { document throws(DocumentError) in
            try add(token, to: &document)
        }
        guard isOurs else { return }
        terminal.notice("No client token was configured: a new one is in \(layout.configPath).")
        if terminal.isNoticeTerminal {
            terminal.notice("Clients send it as their API key: ", asked: token.reveal())
        } else {
            terminal.notice("Show it with: agenticflow-enterprise gateway token --show")
        }
    }
}
