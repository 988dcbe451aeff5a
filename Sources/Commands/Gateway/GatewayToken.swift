// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import CredentialLifecycle
import Credentials
import Settings

struct GatewayToken: ContextCommand {
    static let configuration = CommandConfiguration(
        commandName: "token", abstract: "The token that clients of the gateway send as their API key.",
        discussion: "Example: export ANTHROPIC_API_KEY=$(agenticflow-enterprise gateway token --show)")

    @Flag(help: "Print the token itself. Without it, only where it comes from and its ends.")
    var show = false

    func run(in context: CommandContext) throws {
        let reading = try context.reading()
        try GatewayRun.refuseUnreadableConfiguration(reading)
        let standing = ClientTokenStanding(reading, InstanceView(reading, now: context.now()))
        let advice = standing.advice(context, reading.layout)
        guard let token = reading.clientToken else {
            // The first start makes one where none is named, and that has been.
            let isFirst = reading.settings.gateway.token == .absent && RunningGateway(reading).presence == .stopped
            throw NoClientToken(
                configPath: reading.layout.configPath, elsewhere: advice ?? (isFirst ? nil : reading.clientTokenFlaw))
        }
        if let advice { context.terminal.notice("warning", advice) }
        if show { return context.terminal.say(asked: token.reveal()) }
        let isConfigured = reading.settings.gateway.token.secret != nil
        let source =
            isConfigured
            ? "gateway.auth.token of \(context.shown(reading.layout.configPath))" : InstanceSettings.tokenVariable
        context.terminal.say("Client token: \(token.masked) (\(source))")
        context.terminal.say("Show it with: agenticflow-enterprise gateway token --show")
    }
}

/// Neither the configuration nor the environment names a client token.
struct NoClientToken: ActionableError {
    let configPath: String
    /// When only the gateway has one, or may have.
    let elsewhere: Advice?
    var exitCode: ExitStatus { .configuration }

    var advice: Advice {
        elsewhere
            ?? Advice(
                what: "There is no client token yet.",
                why: "Neither gateway.auth.token in \(configPath) nor AGENTICFLOW_GATEWAY_TOKEN names one.",
                fix: "The first start makes one. Run: agenticflow-enterprise gateway run")
    }
}
