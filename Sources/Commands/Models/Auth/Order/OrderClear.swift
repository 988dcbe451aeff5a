// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import CredentialLifecycle
import Rotation
import Settings

struct OrderClear: ContextCommand {
    static let configuration = CommandConfiguration(
        commandName: "clear", abstract: "Go back from an agent's own order to the configured or the automatic one.",
        discussion: "Example: agenticflow-enterprise models auth order clear --provider anthropic")

    @OptionGroup var options: OrderOptions

    func run(in context: CommandContext) throws {
        let target = try OrderTarget(options, isWritten: true, in: context)
        let before = try target.write(nil, isSaid: !options.json)
        if options.json {
            target.show(nil, asJSON: true)
        } else {
            context.terminal.say(
                before == nil ? "There is no per-agent order override." : "Cleared per-agent order override.")
        }
        // The configuration's order is what is in effect now.
        target.warn(of: target.reading.settings.auth.order[target.provider].map { .init(ids: $0, source: .config) })
        if before != nil { target.tellGateway() }
    }
}
