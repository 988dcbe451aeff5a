// SPDX-License-Identifier: Apache-2.0
import Credentials

/// Why a `models auth` command did nothing. Nothing has been changed.
enum AuthError: ActionableError, Equatable {
    case needsTerminal(command: String, instead: String)
    /// The command asks before it acts, and there is nobody to ask.
    case needsYes(command: String)
    case onlyAnthropic(String)
    /// Seen by the agent, and another one's.
    case inherited(ProfileID, agent: AgentID, owner: AgentID, command: String)
    /// No id of a profile; with those that have such a name.
    case partOfID(String, meant: [ProfileID], agentWords: String)
    /// A key of the environment or the configuration.
    case notStored(ProfileID)
    case isReference(ProfileID, SecretReference?, CredentialKind, AgentID)
    case isLogin(ProfileID, fix: String)
    /// A credential of another kind is stored under the id.
    case otherKind(ProfileID, CredentialKind, free: ProfileID, AgentID)
    /// Somebody did not want it replaced; with the command that stores the other one beside it.
    case declined(ProfileID, another: String)
    case hasNoDate(String)
    case flagsDisagree(String, String)
    case missingFlag(String, example: String)
    case badReference(String)
    /// The name is not under `secrets.providers`, or is of another source.
    case noReferenceProvider(SecretReference, known: [String])
    case badType(String)

    var exitCode: ExitStatus {
        switch self {
        case .inherited, .notStored, .isReference, .isLogin, .otherKind, .declined, .noReferenceProvider: .badInput
        default: .usage
        }
    }

    var advice: Advice {
        switch self {
        case .needsTerminal(let command, let instead):
            Advice(
                what: "\(command) requires an interactive TTY.",
                why: "It asks questions, and standard input is not a terminal.",
                fix: "Run it in a terminal, or pipe the secret: \(instead)")
        case .needsYes(let command):
            Advice(
                what: "Nothing was removed.", why: "The command asks first, and standard input is not a terminal.",
                fix: "To go ahead without being asked, run: \(command) --yes")
        case .onlyAnthropic(let provider):
            Advice(
                what: "There are no setup tokens for \(provider.prefix(64).escapedForDisplay).",
                why: "A setup token is what claude setup-token makes, for Anthropic alone.",
                fix: "Run: agenticflow-enterprise models auth paste-token --provider \(provider.prefix(64))")
        case .inherited(let id, let agent, let owner, let command):
            Advice(
                what: "\(id) is not in the store of agent \(agent).", why: "It is inherited from agent \(owner).",
                fix: command == "logout"
                    ? "Taken away there, it is gone for every agent that inherits it. Look at it: "
                        + "agenticflow-enterprise models auth list --agent \(owner)"
                    : "Run: agenticflow-enterprise models auth \(command) \(id) --agent \(owner)")
        case .partOfID(let text, let meant, let agentWords):
            Advice(
                what: "\"\(text.prefix(60))\" is no profile id."
                    + (meant.isEmpty ? "" : " Did you mean \(meant.map(\.text).joined(separator: " or "))?"),
                why: "A profile id is the provider, a colon and a name of letters, digits and . _ @ + -, such as "
                    + "anthropic:work.",
                fix: "See them with: agenticflow-enterprise models auth list\(agentWords)")
        case .notStored(let id):
            Advice(
                what: "\(id) is not in the store.",
                why: "That id belongs to a key of the environment or of the configuration.",
                fix: "Change it where it is set, which this shows: agenticflow-enterprise models status")
        case .isReference(let id, let reference, let kind, let owner):
            Advice(
                what: "\(id) was not changed.",
                why: "It is a reference (\(reference?.description ?? "not understood")): the secret rests elsewhere.",
                fix: "Change the secret there, and the gateway takes it up. For another place, run: "
                    + "agenticflow-enterprise models auth add --provider \(id.provider) --profile-id \(id) "
                    + "--type \(kind.rawValue) --agent \(owner) --ref \((reference?.description ?? "env:NAME").shellWord)"
            )
        case .isLogin(let id, let fix):
            Advice(
                what: "\(id) was not changed.",
                why: "It is an OAuth login, which cannot be pasted; this version neither renews logins nor makes them.",
                fix: fix)
        case .otherKind(let id, let kind, let free, let agent):
            Advice(
                what: "\(id) was not changed.",
                why: "A credential of type \(kind.rawValue) is stored there; the new one would take its place.",
                fix: "To keep both, add --profile-id \(free). To give the old one up, first run: "
                    + "agenticflow-enterprise models auth logout \(id) --agent \(agent)")
        case .declined(let id, let another):
            Advice(
                what: "\(id) was not changed.", why: "The question was not answered with yes.",
                fix: "To keep both, run: \(another)")
        case .hasNoDate(let what):
            Advice(
                what: "--expires-in does not go with \(what).",
                why: "Only tokens have a date; a key works until it is revoked.",
                fix: "Leave --expires-in out.")
        case .flagsDisagree(let one, let other):
            Advice(
                what: "\(one) and \(other) do not go together.", why: "Each asks for what the other one rules out.",
                fix: "Leave \(other) out, or \(one).")
        case .missingFlag(let flag, let example):
            Advice(what: "\(flag) is missing.", why: "There is nobody to ask for it.", fix: "Run: \(example)")
        case .badReference(let text):
            Advice(
                what: "\"\(text.prefix(120).escapedForDisplay)\" is no reference.",
                why: "A reference names a variable, a file by its absolute path, a value of a configured file, or what "
                    + "a configured program is asked for.",
                fix: "Write env:NAME, file:/absolute/path, file:PROVIDER:/pointer or exec:PROVIDER:ID")
        case .noReferenceProvider(let reference, let known):
            Advice(
                what: "\(reference) leads nowhere.",
                why: "secrets.providers of the configuration has no \(reference.source.rawValue) provider "
                    + "\"\(reference.provider)\""
                    + (known.isEmpty ? "." : "; those it has: \(known.joined(separator: ", "))."),
                fix: "Add secrets.providers.\(reference.provider) with source \"\(reference.source.rawValue)\" to the "
                    + "configuration, then repeat the command.")
        case .badType(let text):
            Advice(
                what: "\"\(text.prefix(40).escapedForDisplay)\" is no kind of credential that can be stored here.",
                why: "The kinds are api_key and token.", fix: "Give --type api_key or --type token")
        }
    }
}
