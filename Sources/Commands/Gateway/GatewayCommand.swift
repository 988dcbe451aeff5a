// SPDX-License-Identifier: Apache-2.0
import ArgumentParser

struct GatewayCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "gateway", abstract: "Run the gateway, or look at the one that runs.",
        discussion: "Example: agenticflow-enterprise gateway run",
        subcommands: [GatewayRun.self, GatewayStatus.self, GatewayHealth.self, GatewayToken.self],
        defaultSubcommand: GatewayRun.self)
}
