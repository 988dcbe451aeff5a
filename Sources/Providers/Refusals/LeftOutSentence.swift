// SPDX-License-Identifier: Apache-2.0
package import Credentials
package import Rotation

/// That an order leaves out everything that could be sent: for clients and commands alike.
package struct LeftOutSentence: Sendable {
    package var leftOut: LeftOut
    package var provider: ProviderID
    /// Whose requests they are.
    package var agent: AgentID
    /// Names the agent in commands, such as ` --agent coder`; empty when nothing need.
    package var agentWords: String

    package init(_ leftOut: LeftOut, _ provider: ProviderID, agent: AgentID, agentWords: String) {
        self.leftOut = leftOut
        self.provider = provider
        self.agent = agent
        self.agentWords = agentWords
    }

    private static let idsShown = 3
    private static let program = NamedCredential.program

    /// Where it is said which credentials are used.
    package var place: String {
        switch leftOut.order?.source {
        case .store: "the order of agent \(agent)"
        case .config: "\(provider.orderPlace) in the configuration"
        case nil: "auth.profiles in the configuration"
        }
    }

    /// What happened, and where.
    package var what: String { "\(short). \(why)" }
    package var why: String { "It is \(place), \(names)." }

    /// The same without where, and without a full stop.
    package var short: String {
        let name = Provider[id: provider]?.displayName ?? provider.text
        return leftOut.order == nil
            ? "auth.profiles leaves out every \(name) credential that could be sent"
            : "The order leaves out every \(name) credential that could be sent"
    }

    /// What it names and what it does not.
    private var names: String {
        let left = "left out: \(Self.list(leftOut.ids, of: leftOut.count))"
        guard let order = leftOut.order else { return "which notes others, of which none can be sent; \(left)" }
        guard !order.ids.isEmpty else { return "which names none; \(left)" }
        return "which names only \(Self.list(order.ids, of: order.ids.count)); \(left)"
    }

    /// What to do about it, without a full stop.
    package var remedy: String {
        let target = "--provider \(provider)\(agentWords)"
        let ids = (leftOut.kept + leftOut.ids.filter { !leftOut.kept.contains($0) }).map(\.text)
        let set = "Run: \(Self.program) models auth order set \(target) \(ids.joined(separator: " "))"
        switch leftOut.order?.source {
        case .store where leftOut.isCut: return "Run: \(Self.program) models auth order clear \(target)"
        case _ where leftOut.isCut: return "Correct \(place)"
        case .store: return "\(set); or take the order away: \(Self.program) models auth order clear \(target)"
        case .config, nil: return "\(set); or correct \(place)"
        }
    }

    private static func list(_ ids: [ProfileID], of count: Int) -> String {
        let shown = ids.prefix(idsShown)
        let rest = count - shown.count
        return shown.map(\.text).joined(separator: ", ") + (rest > 0 ? " and \(rest) more" : "")
    }
}
