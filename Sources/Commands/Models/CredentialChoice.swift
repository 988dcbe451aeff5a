// SPDX-License-Identifier: Apache-2.0
import CredentialLifecycle
import Credentials
import Settings

/// What went wrong with the ids that a command about credentials was given. Nothing was asked or changed.
enum CredentialChoiceError: ActionableError {
    case unknown(String, near: String?, AgentID, known: [ProfileID])
    case nothingNamed(known: [ProfileID])
    case contradictory

    var exitCode: ExitStatus {
        if case .unknown = self { .badInput } else { .usage }
    }

    var advice: Advice {
        switch self {
        case .unknown(let text, let near, let agent, let known):
            Advice(
                what: "There is no credential \"\(text.prefix(200).escapedForDisplay)\" for agent \(agent)."
                    + (near.map { " Did you mean \($0)?" } ?? ""),
                why: known.isEmpty ? "The agent has none." : "Its credentials: \(Self.list(known)).",
                fix: "See them with: agenticflow-enterprise models auth list --agent \(agent)")
        case .nothingNamed(let known):
            Advice(
                what: "No credential was named.",
                why: known.isEmpty ? "The agent has none." : "Its credentials: \(Self.list(known)).",
                fix: "Name one, or say --provider P or --all, as in: "
                    + "agenticflow-enterprise models auth clear-cooldown --all")
        case .contradictory:
            Advice(
                what: "Credentials were named, and --all or --provider as well.",
                why: "One says which ones, the others say which kind.",
                fix: "Leave one of them out. For all: agenticflow-enterprise models auth clear-cooldown --all")
        }
    }

    private static func list(_ known: [ProfileID]) -> String {
        let shown = known.prefix(20).map(\.text).joined(separator: ", ")
        return known.count > 20 ? "\(shown) and \(known.count - 20) more" : shown
    }
}

/// Finds what was meant among the ids that there are.
struct CredentialNames {
    let agent: AgentID
    let known: [ProfileID]

    /// - Parameter text: as typed; the provider's part may be in any case and an old spelling.
    func id(_ text: String) throws(CredentialChoiceError) -> ProfileID {
        let text = text.trimmed
        if let id = ProfileID(text), known.contains(id) { return id }
        if let colon = text.firstIndex(of: ":"), let provider = ProviderID(text[..<colon]),
            let id = ProfileID(provider: provider, name: String(text[text.index(after: colon)...])), known.contains(id)
        {
            return id
        }
        throw .unknown(text, near: Spelling.nearestID(to: text, among: known.map(\.text)), agent, known: known.sorted())
    }
}
