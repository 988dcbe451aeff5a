// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import CredentialLifecycle
import Credentials
import Documents
import FoundationEssentials
import ProfileStorage
import Providers
import Rotation
import Settings

/// The options that all `order` commands share.
struct OrderOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp("The provider whose profiles are ordered, such as anthropic.", valueName: "provider"),
        completion: .providers)
    var provider: String
    @Option(
        help: ArgumentHelp("The agent whose order it is. Without it: the default agent.", valueName: "agent"),
        completion: .agents)
    var agent: String?
    @Flag(help: "Print JSON.")
    var json = false
}

/// One agent's order for one provider.
struct OrderTarget {
    let provider: ProviderID
    let agent: AgentReading
    let reading: InstanceReading
    /// What could serve the provider's requests.
    let visible: [Candidate]
    private let context: CommandContext

    init(_ options: OrderOptions, isWritten: Bool, in context: CommandContext) throws {
        self.context = context
        reading = try context.reading()
        if isWritten { try reading.requireReadable() }
        agent = try reading.agent(named: options.agent)
        if isWritten { try reading.requireReadable(agent.id) }
        provider = try reading.listedProvider(named: options.provider, agent)
        visible = reading.candidates(for: provider, of: agent).map(\.candidate)
    }

    var agentWords: String { reading.agentWords(agent.id) }
    func isVisible(_ id: ProfileID) -> Bool { visible.contains { $0.id == id } }

    var directory: String { reading.layout.agentDirectory(agent.id) }
    var shownDirectory: String { context.shown(directory) }

    /// - Parameter isSaid: whether standard output is for people.
    /// - Returns: the order before.
    @discardableResult
    func write(_ ids: [ProfileID]?, isSaid: Bool) throws(StoreError) -> [ProfileID]? {
        let before = try AuthProfilesFile(folder: directory).update { [provider] book throws(StoreError) in
            defer { book.order[provider] = ids }
            return book.order[provider]
        }
        if isSaid { context.say(isChanged: before != ids, reading.layout.storePath(agent.id)) }
        return before
    }

    // MARK: Saying it

    func tellGateway() { context.tellGateway(reading) }

    /// When nothing can be sent by an order that is in effect from now on.
    func warn(of order: ExplicitOrder?) {
        // What this command cannot see, the gateway may have.
        guard order?.ids.allSatisfy({ !$0.isReserved || isVisible($0) }) ?? true else { return }
        if let advice = doubt(order) { context.terminal.notice("warning", advice) }
    }

    private func doubt(_ order: ExplicitOrder?) -> Advice? {
        let now = context.now()
        if let leftOut = reading.leftOut(by: order, of: provider, for: agent, at: now) {
            let sentence = LeftOutSentence(leftOut, provider, agent: agent.id, agentWords: agentWords)
            return Advice(what: "\(sentence.short).", why: sentence.why, fix: sentence.remedy)
        }
        let named = order.map { order in visible.filter { order.ids.contains($0.id) } } ?? []
        guard let first = named.first, named.allSatisfy({ $0.eligibility(at: now) != .ok }) else { return nil }
        let causes = named.prefix(3).map {
            CauseSentence(cause($0, now), of: provider, model: "").text
        }
        return Advice(
            what: "Nothing that the order names can be sent.",
            why: causes.joined(separator: "; ") + (named.count > 3 ? "; and \(named.count - 3) more." : "."),
            fix: CauseSentence(cause(first, now), of: provider, model: "").remedy(agentWords)
                ?? "See: agenticflow-enterprise models status\(agentWords)")
    }

    private func cause(_ candidate: Candidate, _ now: Date) -> Cause {
        Cause(id: candidate.id, source: candidate.source, kind: candidate.kind, code: candidate.eligibility(at: now))
    }

    func show(_ order: [ProfileID]?, asJSON: Bool) {
        if asJSON { return context.terminal.print(json(order).pretty() + "\n") }
        context.terminal.say("Agent: \(agent.id)")
        context.terminal.say("Provider: \(provider)")
        context.terminal.say("Auth file: \(context.shown(reading.layout.storePath(agent.id)))")
        context.terminal.say("Order override: \(order.map(Self.list) ?? "(none)")")
        guard order == nil else { return }
        if let configured = reading.settings.auth.order[provider] {
            context.terminal.say("In effect: auth.order of the configuration: \(Self.list(configured))")
        } else {
            context.terminal.say(
                "In effect: automatic (logins, tokens, keys, then the environment; the longest unused first)")
        }
    }

    private func json(_ order: [ProfileID]?) -> Literal {
        let configured = reading.settings.auth.order[provider]
        let source = order != nil ? "store" : configured != nil ? "config" : "automatic"
        return .object([
            .init("agentId", .string(agent.id.text)), .init("agentDir", .string(directory)),
            .init("provider", .string(provider.text)),
            .init("authStorePath", .string(reading.layout.storePath(agent.id))), .init("order", Self.literal(order)),
            .init(
                "effective",
                .object([.init("source", .string(source)), .init("order", Self.literal(order ?? configured))])),
        ])
    }

    private static func list(_ ids: [ProfileID]) -> String { ids.map(\.text).joined(separator: ", ") }
    private static func literal(_ ids: [ProfileID]?) -> Literal {
        ids.map { .array($0.map { .string($0.text) }) } ?? .null
    }
}
