// SPDX-License-Identifier: Apache-2.0
import Credentials
import Documents
import Providers
import Settings

/// What `agents add` says of the agent it has added.
struct AddedAgent {
    var id: AgentID
    var name: String?
    var directory: String
    var workspace: String
    var model: String?
    var models: DefaultModelSettings
    var inherits: Bool
    /// Nil when no copies were asked for.
    var copied: [ProfileID]?
    /// Profiles that were in its own store before.
    var had: [ProfileID]
    /// Profiles in its own store.
    var own: [ProfileID]
    var ofMain: [ProfileID]
    var defaultAgent: AgentID
    var formerDefault: AgentID
    var configPath: String

    private var inherited: [ProfileID] { inherits ? ofMain.filter { !own.contains($0) } : [] }

    func say(to context: CommandContext) {
        let terminal = context.terminal
        terminal.say("Updated \(context.shown(configPath))")
        terminal.say("Agent: \(id)" + (name.map { " (\"\($0)\")" } ?? ""))
        terminal.say("Agent dir: \(context.shown(directory))")
        terminal.say("Workspace: \(context.shown(workspace))")
        if let model {
            terminal.say("Model: \(model)")
        } else {
            let standing = models.primary.map { "\($0) (of agents.defaults)" }
            terminal.say("Model: " + (standing ?? "\(KnownModel.defaultReference) (built in)"))
        }
        if let copied {
            let left = ofMain.count - copied.count
            let rest = left > 0 ? "; \(left) left out (logins, and what copyToAgents or its own store rules out)" : ""
            terminal.say("Copied: \(Self.profiles(copied.count)) of main\(rest)")
            let stale = had.filter { ofMain.contains($0) }.map(\.text)
            if !stale.isEmpty { terminal.say("Not replaced, its own store had them: \(stale.joined(separator: ", "))") }
        }
        terminal.say("Auth: \(situation)")
        if defaultAgent != formerDefault { terminal.say("Default agent: \(defaultAgent) (was \(formerDefault))") }
    }

    private var situation: String {
        var parts: [String] = []
        if !own.isEmpty { parts.append("has \(Self.profiles(own.count)) of its own") }
        if !inherited.isEmpty { parts.append("inherits \(Self.profiles(inherited.count)) from main") }
        if !inherits { parts.append("inherits nothing") }
        guard own.isEmpty, inherited.isEmpty else { return parts.joined(separator: ", ") }
        return (["nothing is stored for it"] + parts).joined(separator: ", ")
            + ". Run: agenticflow-enterprise models auth paste-api-key --provider anthropic --agent \(id)"
    }

    /// Of channels, which this product has none of.
    private static let noBindings = Literal.object([
        .init("added", .array([])), .init("skipped", .array([])), .init("conflicts", .array([])),
    ])

    static func profiles(_ count: Int) -> String { count == 1 ? "1 profile" : "\(count) profiles" }

    var json: Literal {
        .object([
            .init("agentId", .string(id.text)), .init("name", .string(name ?? id.text)),
            .init("agentDir", .string(directory)), .init("workspace", .string(workspace)),
            .init("model", .optional(model)), .init("inherits", .boolean(inherits)),
            .init(
                "profiles",
                .object([
                    .init("own", .strings(own.map(\.text))), .init("inherited", .strings(inherited.map(\.text))),
                    .init("copied", .count(copied?.count ?? 0)),
                ])),
            .init("bindings", Self.noBindings), .init("defaultAgent", .string(defaultAgent.text)),
            .init("configPath", .string(configPath)),
        ])
    }
}
