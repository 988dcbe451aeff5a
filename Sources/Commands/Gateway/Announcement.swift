// SPDX-License-Identifier: Apache-2.0
import Credentials
import Documents
import Gateway
import SafeFiles

#if canImport(Glibc)
    import Glibc
#endif

/// Says where the gateway listens: in the log, on a terminal, and in the state directory for the other commands.
struct Announcement: Sendable {
    var host: String
    var state: SafeDirectory
    /// What commands present; it is of no use once this process has ended.
    var commandToken: Secret
    /// What the configuration said of the place; nil where the command line went before it.
    var configuredHost: String?
    var configuredPort: Int?

    func make(port: Int, on log: RequestLog, terminal: Terminal) {
        note(port: port, on: log)
        log.event("listening", [("host", .text(host)), ("port", .number(port)), ("pid", .number(Int(getpid())))])
        guard terminal.isNoticeTerminal else { return }
        terminal.notice(
            """
            Listening on http://\(host.contains(":") ? "[\(host)]" : host):\(port). Point a client at it:
              ANTHROPIC_BASE_URL=http://127.0.0.1:\(port)  or  OPENAI_BASE_URL=http://127.0.0.1:\(port)/v1
              The API key is the client token: agenticflow-enterprise gateway token --show
            """)
    }

    /// In the state directory, for the other commands.
    func note(port: Int, on log: RequestLog) {
        write(
            [
                .init("pid", .integer(Int64(getpid()))), .init("host", .string(host)),
                .init("port", .integer(Int64(port))),
                .init("commandToken", .string(commandToken.reveal())),
                .init("configuredHost", .optional(configuredHost)),
                .init("configuredPort", configuredPort.map { .integer(Int64($0)) } ?? .null),
            ], log)
    }

    /// It takes no connections any more, so whoever asks it hears nothing: the file says why, without the place.
    func makeStopping(_ drain: Drain, on log: RequestLog) {
        write(
            [
                .init("pid", .integer(Int64(getpid()))),
                .init("stoppingUntil", .integer(drain.deadline.milliseconds)),
            ], log)
        log.event(
            "stopping", [("connections", .number(drain.openConnections)), ("drainSeconds", .number(drain.seconds))])
    }

    private func write(_ members: [Literal.Member], _ log: RequestLog) {
        do throws(StoreError) {
            try state.atomicReplace(
                RunningGateway.placeName, with: Array((Literal.object(members).compact + "\n").utf8),
                durability: .relaxed)
        } catch {
            // Commands then look at the configured port.
            log.event("place_not_written", [("problem", .text("\(error.advice.what) \(error.advice.why)"))])
        }
    }

    static func withdraw(from state: SafeDirectory) {
        // Nobody asks once the lock is free; a file that stays is replaced by the next start.
        try? state.remove(RunningGateway.placeName)
    }
}
