// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import CredentialLifecycle

struct OrderGet: ContextCommand {
    static let configuration = CommandConfiguration(
        commandName: "get", abstract: "Show an agent's order for a provider.",
        discussion: "Example: agenticflow-enterprise models auth order get --provider anthropic")

    @OptionGroup var options: OrderOptions

    func run(in context: CommandContext) throws {
        let target = try OrderTarget(options, isWritten: false, in: context)
        // Without an order of the agent's own, the configuration's is what is in effect.
        try target.reading.requireReadable()
        try target.reading.requireReadable(target.agent.id)
        target.show(target.agent.order[target.provider], asJSON: options.json)
    }
}
