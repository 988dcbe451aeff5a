// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import CredentialLifecycle
import Credentials
import Rotation

struct OrderSet: ContextCommand {
    static let configuration = CommandConfiguration(
        commandName: "set", abstract: "Use these profiles of a provider, in this order, and no others.",
        discussion:
            "Example: agenticflow-enterprise models auth order set --provider anthropic anthropic:work anthropic:default"
    )

    @OptionGroup var options: OrderOptions
    @Argument(help: ArgumentHelp("Profile ids, the first choice first.", valueName: "ids"), completion: .profiles)
    var ids: [String] = []

    func run(in context: CommandContext) throws {
        let target = try OrderTarget(options, isWritten: true, in: context)
        guard !ids.isEmpty else { throw ModelsError.emptyOrder(target.provider, target.agentWords) }
        var order: [ProfileID] = []
        for text in ids {
            let id = try profile(text, target)
            if id.isReserved, !target.isVisible(id) {
                context.terminal.notice("\(id) is not set where this command runs; it counts where the gateway has it.")
            }
            if !order.contains(id) { order.append(id) }
        }
        let before = try target.write(order, isSaid: !options.json)
        target.show(order, asJSON: options.json)
        target.warn(of: ExplicitOrder(ids: order, source: .store))
        if before != order { target.tellGateway() }
    }

    private func profile(_ text: String, _ target: OrderTarget) throws(ModelsError) -> ProfileID {
        if let id = ProfileID(text.trimmed) {
            if let provider = target.agent.profiles.first(where: { $0.profile.id == id })?.profile.provider {
                guard provider == target.provider else {
                    throw .profileOfOther(id, of: provider, wanted: target.provider, agentWords: target.agentWords)
                }
                return id
            }
            if id.isReserved, let provider = ProviderID(id.provider) {
                guard provider == target.provider else {
                    throw .profileOfOther(id, of: provider, wanted: target.provider, agentWords: target.agentWords)
                }
                return id
            }
        }
        // Inherited profiles rest there.
        try target.reading.requireReadable(.main)
        throw .noProfile(
            text, place: target.shownDirectory, agentWords: target.agentWords, known: target.visible.map(\.id))
    }
}
