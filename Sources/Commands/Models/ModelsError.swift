// SPDX-License-Identifier: Apache-2.0
import Credentials
import Documents
import Settings

/// What a `models` command cannot work with. Nothing has been changed.
enum ModelsError: ActionableError, Equatable {
    case noProvider(String, near: String?, known: [ProviderID])
    /// Known by name, but its wire format is not relayed.
    case notRelayed(ProviderID)
    case noAgent(String, known: [AgentID])
    case secretAsArgument
    /// The id's first part names another provider than `--provider`.
    case otherProvider(ProfileID, ProviderID)
    /// `env`, `env-2`, `config`: ids that keys outside the store have.
    case reservedName(ProfileID)
    /// Another agent's profile of that id is of another kind, and the configuration notes one kind for each id.
    case otherKind(ProfileID, CredentialKind, AgentID)
    /// - `place`: the agent's directory, as shown.
    case noProfile(String, place: String, agentWords: String, known: [ProfileID])
    case profileOfOther(ProfileID, of: ProviderID, wanted: ProviderID, agentWords: String)
    case emptyOrder(ProviderID, _ agentWords: String)
    /// Somebody did not want the credential of that id replaced.
    case idInUse(ProfileID)
    /// A file that has to be changed, or that says where, cannot be read.
    case unreadable(Advice, ExitStatus)
    /// `models explain` is asked about a request that insists on a profile which the agent does not have.
    case noCredentials(String, near: String?, agent: AgentID)
    /// Of the question that `models explain` asks.
    case noRoute(String, isModelMissing: Bool)

    var exitCode: ExitStatus {
        switch self {
        case .unreadable(_, let status): status
        case .otherKind, .noProfile, .profileOfOther, .noCredentials: .badInput
        case .noRoute(_, let isModelMissing): isModelMissing ? .usage : .badInput
        default: .usage
        }
    }

    var advice: Advice {
        switch self {
        case .noProvider(let text, let near, let known): Self.noProvider(text, near, known)
        case .notRelayed(let provider):
            Advice(
                what: "A credential for \(provider) could not be used.",
                why:
                    "\(provider) speaks a wire format that is not relayed here, and the configuration does not say otherwise.",
                fix: Self.configure(provider.text))
        case .noAgent(let text, let known):
            Advice(
                what: "There is no agent \"\(text.prefix(64).escapedForDisplay)\"."
                    + Self.guess(text, among: known.map(\.text)),
                why: "Known agents: \(known.list).",
                fix: "Name one of them with --agent, or add it: agenticflow-enterprise agents add "
                    + (AgentID(AgentID.spelling(of: text))?.text ?? "NAME"))
        case .secretAsArgument:
            Advice(
                what: "The command takes no credential among its words.",
                why: "Words of a command stay in the shell's history, and every user of the machine can read them.",
                fix:
                    "Leave it out: the command asks for it. Or pipe it in. If it was the credential, replace it at the provider."
            )
        case .otherProvider(let id, let provider):
            Advice(
                what: "\(id) is no profile id for \(provider).", why: "The part before the colon is the provider.",
                fix: "Give, for example, --profile-id \(provider):\(SecretWords.isMasked(id.text) ? "work" : id.name)")
        case .reservedName(let id):
            Advice(
                what: "No credential can be stored as \(id).",
                why: "A key of the environment or the configuration goes by that id.",
                fix: "Choose another name, as in: --profile-id \(id.provider):work")
        case .otherKind(let id, let kind, let agent):
            Advice(
                what: "\(id) was not stored.",
                why:
                    "Agent \(agent) has a profile of that id which is of type \(kind.rawValue), and auth.profiles in the "
                    + "configuration notes one type for each id: one of the two would no longer be used.",
                fix: "Choose another name, as in: --profile-id \(id.provider):second")
        case .noProfile(let text, let place, let agentWords, let known):
            Advice(
                what: "\(Self.profile(text)) not found in \(place)."
                    + Self.guess(text, among: known.map(\.text)),
                why: known.isEmpty
                    ? "The provider has no profiles there." : "Its profiles: \(known.prefix(20).map { $0 }.list).",
                fix: "See them with: agenticflow-enterprise models auth list\(agentWords)")
        case .profileOfOther(let id, let provider, let wanted, let agentWords):
            Advice(
                what: "Auth profile \"\(id)\" is for \(provider), not \(wanted).",
                why: "An order lists profiles of one provider.",
                fix: "Leave it out, or run: "
                    + "agenticflow-enterprise models auth order set --provider \(provider)\(agentWords) \(id)")
        case .emptyOrder(let provider, let agentWords):
            Advice(
                what: "No profile was named.",
                why: "An order without profiles would leave \(provider) without a credential.",
                fix: "Name them in order, or go back to the automatic order: "
                    + "agenticflow-enterprise models auth order clear --provider \(provider)\(agentWords)")
        case .idInUse(let id):
            Advice(what: "\(id) stays as it is.", why: "Choose another id.", fix: "Give another --profile-id")
        case .unreadable(let advice, _): advice
        case .noCredentials(let id, let near, let agent):
            Advice(
                what: "No credentials found for profile \"\(id.prefix(200).escapedForDisplay)\"."
                    + (near.map { " Did you mean \($0)?" } ?? ""),
                why: "Agent \(agent) was looked at, on this host. Usually the profile is another agent's, or stored on "
                    + "another host, or an order names it and it is gone.",
                fix: "Look at each: agenticflow-enterprise models auth list --agent \(agent) (other agents: "
                    + "agenticflow-enterprise agents list); agenticflow-enterprise gateway status; "
                    + "agenticflow-enterprise models auth order get --provider "
                    + "\(id.prefix { $0 != ":" }.prefix(64).lowercased().escapedForDisplay) --agent \(agent)")
        case .noRoute(let message, let isModelMissing): Self.noRoute(message, isModelMissing)
        }
    }

    /// - Parameter message: as clients are told; the command that helps may stand at its end.
    private static func noRoute(_ message: String, _ isModelMissing: Bool) -> Advice {
        if isModelMissing {
            return Advice(
                what: "There is no model to explain.", why: message,
                fix: "Run: agenticflow-enterprise models explain --model anthropic/claude-sonnet-4-5")
        }
        let what = "No request for that model could be sent."
        guard let run = message.firstRange(of: " Run: ") else {
            return Advice(
                what: what, why: message,
                fix: "Write it as provider/model, and see what has a credential: agenticflow-enterprise models status")
        }
        return Advice(
            what: what, why: String(message[..<run.lowerBound]), fix: String(message[run.lowerBound...].dropFirst()))
    }

    private static func guess(_ text: String, among known: [String]) -> String {
        Spelling.nearestID(to: text.trimmed, among: known).map { " Did you mean \($0)?" } ?? ""
    }

    /// What stands where an id belongs may be the key itself.
    private static func profile(_ text: String) -> String {
        SecretWords.looksSecret(text) && ProfileID(text) == nil
            ? "An auth profile of that name was" : "Auth profile \"\(text.prefix(200).escapedForDisplay)\""
    }

    private static func noProvider(_ text: String, _ near: String?, _ known: [ProviderID]) -> Advice {
        let shown = text.prefix(64).escapedForDisplay
        let guess = near.map { " Did you mean \($0)?" } ?? ""
        let fix = near.map { "If \($0) is meant, run the command again with --provider \($0)" }
        return Advice(
            what: "There is no provider \"\(shown)\".\(guess)", why: "Known providers: \(known.list).",
            fix:
                "\(fix ?? "Name one of them"). For a provider of your own: \(configure(ProviderID(text)?.text ?? "my-provider"))"
        )
    }

    private static func configure(_ provider: String) -> String {
        "set \(DocumentPath.shown(provider, below: "models.providers")).baseUrl and .api (anthropic-messages, "
            + "openai-completions or openai-responses) in the configuration, then repeat the command."
    }
}

extension Collection where Element: CustomStringConvertible {
    fileprivate var list: String { map(\.description).joined(separator: ", ") }
}

extension ProfileID {
    /// The text before the colon.
    var provider: Substring { text.prefix { $0 != ":" } }

    /// An id that a key of the environment or of the configuration goes by.
    var isReserved: Bool {
        if name == "config" || name == "env" { return true }
        guard name.hasPrefix("env-"), let number = Int(name.dropFirst(4)) else { return false }
        return number >= 2
    }
}
