// SPDX-License-Identifier: Apache-2.0
import Credentials
import Settings

/// What an `agents` command cannot do. Nothing has been changed, except after `leftBehind` and `copiesLeft`.
enum AgentsError: ActionableError, Equatable {
    /// No character of it can stand in an id.
    case noName(String)
    case longName(count: Int)
    case reservedName
    case needsName
    case noChannels
    case exists(AgentID)
    case badFolder(option: String, why: String)
    case noModel(String, near: String?)
    /// The list is of a form that would make another agent the default than was asked for.
    case defaultWouldChange
    /// What would have to change stands in a file that the configuration includes.
    case included(AgentID)
    /// - `choices`: those that the command could do it to.
    case unknown(String, choices: [AgentID], known: [AgentID])
    case isMain
    /// - `others`: agents that could be the default instead.
    case isDefault(AgentID, others: [AgentID])
    case needsForce(AgentID)
    case declined
    /// It is not in the configuration, and the copies in `path` could not be taken back, for the reason given.
    case copiesLeft(AgentID, path: String, String, ExitStatus)
    /// Seen before anything was changed: `path` cannot go to the trash.
    case notMovable(AgentID, path: String, Advice, ExitStatus)
    /// It is out of the configuration, and `path` could not be moved.
    case leftBehind(AgentID, path: String, Advice, ExitStatus)

    var exitCode: ExitStatus {
        switch self {
        case .exists, .unknown, .declined, .isDefault, .noModel: .badInput
        case .defaultWouldChange, .included: .configuration
        case .leftBehind(_, _, _, let status), .notMovable(_, _, _, let status), .copiesLeft(_, _, _, let status):
            status
        default: .usage
        }
    }

    var advice: Advice {
        switch self {
        case .noName(let text):
            Advice(
                what: "\"\(Self.shown(text))\" is no name for an agent.",
                why: SecretWords.isMasked(text)
                    ? "It looks like a credential."
                    : "No letter or digit of it is left: an id has letters, digits, _ and -.",
                fix: "Choose another name, as in: agenticflow-enterprise agents add coder")
        case .longName(let count):
            Advice(
                what: "That name is too long for an agent.",
                why: "It makes an id of \(count) characters; an id has at most \(AgentID.maximumLength).",
                fix: "Choose a shorter name, as in: agenticflow-enterprise agents add coder")
        case .reservedName:
            Advice(
                what: "No agent can be added as main.", why: "main is always there; other agents inherit from it.",
                fix: "Choose another name, as in: agenticflow-enterprise agents add coder")
        case .needsName:
            Advice(
                what: "No agent was added.", why: "It needs a name, and there is nobody at a terminal to ask.",
                fix: "Name it, and its folder if that is not workspace-<id>: "
                    + "agenticflow-enterprise agents add coder --workspace ~/code")
        case .noChannels:
            Advice(
                what: "--bind has no meaning here; nothing was changed.",
                why: "It binds an agent to a channel, and this product has no channels.",
                fix: "Leave it out. Clients choose an agent with the header x-agenticflow-agent.")
        case .exists(let id):
            Advice(
                what: "There is an agent \(id) already.", why: "Every agent has an id of its own.",
                fix: "Look at it with: agenticflow-enterprise agents list. Or choose another name.")
        case .badFolder(let option, let why):
            Advice(
                what: "The folder that \(option) names cannot be used.", why: why,
                fix: "Name a folder that is the agent's alone, or leave \(option) out.")
        case .noModel(let text, let near):
            Advice(
                what: "Invalid model reference: \(Self.shown(text))" + (near.map { ". Did you mean \($0)?" } ?? ""),
                why:
                    "It is no alias, no provider/model of a known provider, and no id that exactly one provider offers.",
                fix: "Write it as provider/model. What there is: agenticflow-enterprise models list --all")
        case .defaultWouldChange:
            Advice(
                what: "The agent was not added.",
                why: "The form of agents.list does not allow it without another change of the default agent.",
                fix: "Correct agents.list in the configuration, then repeat the command.")
        case .copiesLeft(let id, let path, let why, _):
            Advice(
                what: "The agent \(id) was not added, and copies of main's credentials are left in \(path).", why: why,
                fix: ShellCommand.clear(path, "Move them away before you repeat the command"))
        case .included, .unknown, .isMain, .isDefault, .needsForce, .declined, .notMovable, .leftBehind: deletion
        }
    }

    private var deletion: Advice {
        switch self {
        case .included(let id):
            Advice(
                what: "Nothing was changed.",
                why: "The entry of \(id), or of the default agent, stands in a file that the configuration includes.",
                fix: "Change agents.list in that file; $include in the configuration names it.")
        case .unknown(let text, let choices, let known):
            Advice(
                what: "There is no agent \"\(Self.shown(text))\"."
                    + (Self.meant(text, choices).map { " Did you mean \($0)?" } ?? ""),
                why: "Known agents: \(known.map(\.text).joined(separator: ", ")).",
                fix: "See them with: agenticflow-enterprise agents list")
        case .isMain:
            Advice(
                what: "The agent main cannot be deleted.", why: "It is always there; other agents inherit from it.",
                fix: "To remove one of its credentials, see: agenticflow-enterprise models auth list --agent main")
        case .isDefault(let id, let others):
            Advice(
                what: "\(id) is the default agent and was not deleted.",
                why: "Requests that name no agent are served by it.",
                fix: "Make another one the default first, then repeat the command: "
                    + "agenticflow-enterprise agents default \(others.first ?? .main)")
        case .needsForce(let id):
            Advice(
                what: "The agent \(id) was not deleted.",
                why: "Without a terminal nobody can be asked whether that is meant.",
                fix: "Run: agenticflow-enterprise agents delete \(id) --force")
        case .leftBehind(let id, let path, let cause, _):
            Advice(
                what: "The agent \(id) is out of the configuration, but \(path) is where it was.",
                why: "\(cause.what) \(cause.why)",
                fix: Self.repeated(cause.fix))
        case .notMovable(let id, let path, let cause, _):
            Advice(
                what: "The agent \(id) was not deleted: \(path) cannot be moved to the trash.", why: cause.why,
                fix: Self.repeated(cause.fix))
        default:
            Advice(
                what: "Nothing was changed.", why: "The question was not answered with yes.",
                fix: "Repeat the command when it is meant.")
        }
    }

    private static func repeated(_ fix: String) -> String {
        fix.hasSuffix(".") ? fix : "\(fix); then repeat the command."
    }

    /// The id that `agents add` would make of it, else the one that is nearly it.
    private static func meant(_ text: String, _ choices: [AgentID]) -> String? {
        let spelling = AgentID.spelling(of: text)
        return choices.contains { $0.text == spelling }
            ? spelling : Spelling.nearest(to: text.trimmed, among: choices.map(\.text))
    }

    private static func shown(_ text: String) -> String { text.prefix(64).escapedForDisplay }
}
