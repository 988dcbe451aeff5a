// SPDX-License-Identifier: Apache-2.0
import Credentials
import Settings

/// What an `env` command cannot work with. Nothing has been changed.
enum EnvironmentError: ActionableError, Equatable {
    /// `NAME=VALUE`, or a second word.
    /// - `name`: what was probably meant to be set; nil when it may be a secret.
    case valueAsArgument(name: String?)
    /// Several were to go at once, or one with its value; those of the words that are names.
    case severalNames([String])
    /// - `command`: `set` or `unset`.
    case badName(_ command: String = "set")
    case noValue(String)
    /// `--stdin`, and a person sits there.
    case noPipe(String)
    case structural(String, path: String)
    case ofProcess(String, path: String)
    case notThere(String, path: String, near: String?, known: [String])

    var exitCode: ExitStatus {
        switch self {
        case .valueAsArgument, .severalNames, .badName, .noPipe, .structural, .ofProcess: .usage
        case .noValue, .notThere: .badInput
        }
    }

    /// - Parameter word: the first one that was typed: `NAME`, or `NAME=VALUE`.
    static func valueAsArgument(of word: String) -> EnvironmentError {
        let name = String(word.prefix { $0 != "=" })
        return .valueAsArgument(name: name.isVariableName && !SecretWords.looksSecret(name) ? name : nil)
    }

    /// - Parameter words: each `NAME`, or `NAME=VALUE`.
    static func severalNames(of words: [String]) -> EnvironmentError {
        let names = words.map { String($0.prefix { $0 != "=" }) }
        return .severalNames(names.filter { $0.isVariableName && !SecretWords.looksSecret($0) })
    }

    var advice: Advice {
        switch self {
        case .valueAsArgument(let name):
            Advice(
                what: "The command takes the name alone, and no value among its words.",
                why: "Words of a command stay in the shell's history, and every user of the machine can read them.",
                fix: (name.map { "Run: agenticflow-enterprise env set \($0), which asks for the value." }
                    ?? "Give the name alone: the command asks for the value.")
                    + " Or pipe it in. If it was a credential, replace it at the provider.")
        case .severalNames(let names):
            Advice(
                what: "env unset takes one name at a time, and no value.", why: "More than a name was given.",
                fix: names.isEmpty
                    ? "See what is set: agenticflow-enterprise env list, then run: agenticflow-enterprise env unset NAME"
                    : "Run: "
                        + names.map { "agenticflow-enterprise env unset \($0)" }.joined(separator: " && "))
        case .badName(let command):
            Advice(
                what: "That is not a name for a variable.",
                why: "A name has letters, digits and _, and does not start with a digit.",
                fix: command == "set"
                    ? "Give, for example: agenticflow-enterprise env set ANTHROPIC_API_KEY"
                    : "See what is set: agenticflow-enterprise env list, then run: agenticflow-enterprise env \(command) NAME"
            )
        case .noValue(let name):
            Advice(
                what: "There is no value for \(name).", why: "A blank value counts as unset.",
                fix: "To take the variable out: agenticflow-enterprise env unset \(name)")
        case .noPipe(let name):
            Advice(
                what: "Standard input is a terminal.", why: "It would show the value while it is typed.",
                fix: "Leave --stdin out, which asks without showing it: agenticflow-enterprise env set \(name)")
        case .structural(let name, let path):
            Advice(
                what: "\(name) has no effect in \(path).",
                why:
                    "It says where the files are, so it is read before any of them, from the process environment only.",
                fix: "Set it where the program is started, as in: export \(name)=...")
        case .ofProcess(let name, let path):
            Advice(
                what: "\(name) does not belong into \(path).",
                why:
                    "It says how programs are found and started. The gateway reads it from the process environment only, "
                    + "and other programs that read this file would break.",
                fix: "Set it where the program is started, as in: export \(name)=...")
        case .notThere(let name, let path, let near, let known): Self.notThere(name, path, near, known)
        }
    }

    private static func notThere(_ name: String, _ path: String, _ near: String?, _ known: [String]) -> Advice {
        Advice(
            what: "\(path) does not set \(name.prefix(80))." + (near.map { " Did you mean \($0)?" } ?? ""),
            why: known.isEmpty
                ? "It sets nothing." : "It sets: \(known.prefix(20).map(\.escapedForDisplay).joined(separator: ", ")).",
            // Not the command for the near one: nobody has asked for that to go.
            fix: "See where each variable is from: agenticflow-enterprise env list")
    }
}
