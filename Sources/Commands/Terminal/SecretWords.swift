// SPDX-License-Identifier: Apache-2.0
import Credentials

/// Which words of a command line may be shown again. A credential that was typed where none belongs must not reach a
/// log or a screen a second time.
enum SecretWords {
    /// The commands that take a secret, or a value that may be one: nothing typed to them is repeated.
    private static let commands: Set<[String]> = [
        ["models", "auth", "add"], ["models", "auth", "paste-api-key"], ["models", "auth", "paste-token"],
        ["models", "auth", "setup-token"], ["models", "auth", "rotate"], ["env", "set"], ["config", "set"],
    ]

    static func areTaken(by command: CommandOutline) -> Bool { commands.contains(command.words) }

    /// Longer than any name of ours, or begun as keys begin.
    static func looksSecret(_ word: String) -> Bool {
        let text = word.drop { "-\"' ".contains($0) }
        return text.count > 40
            || ["sk-", "sk_", "agw_", "Bearer", "eyJ", "AIza", "gsk_", "xai-"].contains { text.hasPrefix($0) }
            || (text.contains("=") && text.count > 20)
    }

    /// The word in quotes, or nothing but that it is one.
    static func shown(_ word: String, by command: CommandOutline) -> String {
        areTaken(by: command) || looksSecret(word) ? "one of the words" : "\"\(word.escapedForDisplay)\""
    }
}
