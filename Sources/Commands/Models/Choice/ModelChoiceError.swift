// SPDX-License-Identifier: Apache-2.0
import Credentials

/// Why a model, an alias or a fallback was not taken. Nothing has been changed.
enum ModelChoiceError: ActionableError, Equatable {
    enum Flaw: Equatable {
        case shape
        /// - `meant`: itself when it is there, else the one that is nearly it.
        case profile(ProfileID, meant: ProfileID?)
        case ambiguous([String])
        case unknown(near: String?)
    }

    case invalid(String, Flaw)
    case noProvider(String, near: String?, known: [ProviderID])
    case notRelayed(ProviderID)
    case badAlias(String)
    case reservedAlias(String)
    case aliasTaken(String, by: String)
    case aliasNotFound(String, near: String?)
    /// - `label`: `Fallback` or `Image fallback`; `command`: the word of the command.
    case fallbackNotFound(String, near: String?, label: String, command: String)
    case jsonAndPlain

    var exitCode: ExitStatus {
        switch self {
        case .badAlias, .reservedAlias, .jsonAndPlain: .usage
        default: .badInput
        }
    }

    var advice: Advice {
        switch self {
        case .invalid(let text, let flaw): Self.invalid(text.prefix(100).escapedForDisplay, flaw)
        case .noProvider, .notRelayed: onProvider
        case .badAlias(let alias):
            Advice(
                what: "\"\(alias.prefix(64).escapedForDisplay)\" is no name for an alias.",
                why: "An alias has letters, digits, '_', '.', ':' and '-', at most 64.",
                fix: "Run, for example: agenticflow-enterprise models aliases add fast anthropic/claude-haiku-4-5")
        case .reservedAlias(let alias):
            Advice(
                what: "\"\(alias)\" cannot be an alias.", why: "Clients ask for the default model by that name.",
                fix: "Choose another name, or run: agenticflow-enterprise models set MODEL")
        case .aliasTaken(let alias, let model):
            Advice(
                what: "Alias \(alias) already stands for \(model.escapedForDisplay).", why: "An alias names one model.",
                fix:
                    "Choose another name, or run first: agenticflow-enterprise models aliases remove \(alias.shellWord)"
            )
        case .aliasNotFound(let alias, let near):
            Advice(
                what: "Alias not found: \(alias.prefix(64).escapedForDisplay)"
                    + (near.map { ". Did you mean \($0)?" } ?? ""),
                why: "No model of agents.defaults.models has that alias.",
                fix: "See them with: agenticflow-enterprise models aliases list")
        case .fallbackNotFound(let reference, let near, let label, let command):
            Advice(
                what: "\(label) not found: \(reference.prefix(256).escapedForDisplay)"
                    + (near.map { ". Did you mean \($0.escapedForDisplay)?" } ?? ""),
                why: "It is not in the list.",
                fix: "See it with: agenticflow-enterprise models \(command) list")
        case .jsonAndPlain:
            Advice(
                what: "Choose either --json or --plain, not both.", why: "They print the same in two ways.",
                fix: "Leave --plain out: --json says more.")
        }
    }

    private var onProvider: Advice {
        switch self {
        case .noProvider(let text, let near, let known):
            Advice(
                what: "There is no provider \"\(text.prefix(64).escapedForDisplay)\"."
                    + (near.map { " Did you mean \($0)?" } ?? ""),
                why: "Known providers: \(known.map(\.text).joined(separator: ", ")).",
                fix: "Write the model as provider/model. For a provider of your own, first run: "
                    + "agenticflow-enterprise config set models.providers.NAME '{baseUrl: \"URL\", api: \"openai-completions\"}'"
            )
        case .notRelayed(let provider):
            Advice(
                what: "A model of \(provider) could not be used.",
                why: "\(provider) speaks a wire format that is not relayed here.",
                fix: "Set \(provider.place("baseUrl")) and .api if it has an endpoint of a known format.")
        default: Advice(what: "", why: "", fix: "")
        }
    }

    private static func invalid(_ text: String, _ flaw: Flaw) -> Advice {
        let what = "Invalid model reference: \(text)"
        let example =
            "Write it as provider/model, such as anthropic/claude-sonnet-4-5; see: "
            + "agenticflow-enterprise models list --all"
        switch flaw {
        case .shape:
            return Advice(
                what: what,
                why: "A reference is provider/model, a model id or an alias, without blanks, up to 256 characters.",
                fix: example)
        case .profile(let id, let meant):
            let guess = meant.flatMap { $0 == id ? nil : ". There is no profile \(id); did you mean \($0)?" }
            // The command that names a profile where it can be named.
            let order = meant.map {
                ". To use \($0 == id ? "that profile" : "\($0)") alone: agenticflow-enterprise models auth order set "
                    + "--provider \($0.provider) \($0)"
            }
            return Advice(
                what: what + (guess ?? ""),
                why: "It names a profile; a model is configured for every credential of its provider.",
                fix: "Leave out what begins with @" + (order ?? ""))
        case .ambiguous(let candidates):
            return Advice(
                what: what, why: "Several providers offer it.", fix: "Name one: \(candidates.joined(separator: ", "))")
        case .unknown(let near):
            return Advice(
                what: what + (near.map { ". Did you mean \($0)?" } ?? ""),
                why: "No alias has that name, and no provider lists it.", fix: example)
        }
    }
}
