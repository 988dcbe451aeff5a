// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import CProcess
import CredentialLifecycle
import Credentials
import FoundationEssentials
import Gateway
import Providers
import SafeFiles
import Settings

#if canImport(Glibc)
    import Glibc
#endif

struct GatewayRun: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run", abstract: "Serve clients, in the foreground, until a signal ends it.",
        discussion: """
            The request log, one JSON line per request, goes to standard error. Changes of the configuration, of .env
            and of the stored credentials take effect within two seconds. SIGTERM lets open requests finish.

            Example: agenticflow-enterprise gateway run --port 18790
            """)

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Listen on this port, 0 for any free one, instead of gateway.port.", valueName: "port"))
    var port: Int?
    @Option(
        help: ArgumentHelp(
            "Listen on this address (loopback, lan, or a numeric one) instead of gateway.bind.", valueName: "address"),
        completion: .list(["loopback", "lan"]))
    var bind: String?

    func validate() throws {
        guard let port, !(0...65_535).contains(port) else { return }
        throw UsageError(
            what: "\(port) is no port.", why: "Ports are numbers from 0 to 65535; 0 takes any free one.",
            fix: "For example: agenticflow-enterprise gateway run --port 18790")
    }

    func run() throws { try run(in: .live()) }

    func run(in context: CommandContext) throws {
        let fileLimit = Self.prepareProcess()
        var reader = try context.reader()
        reader.askPrograms()
        var reading = reader.read()
        try Self.refuseUnreadableConfiguration(reading)
        // Before anything is made: a command that is refused leaves nothing behind.
        let place = try listeningPlace(reading)
        let state = try SafeDirectory(creating: reading.layout.state)
        let lock = try Self.lock(state)
        // Of one that did not end in order: commands would take it for this one's.
        Announcement.withdraw(from: state)
        if let question = reader.shellQuestion(after: reading) {
            // Before anybody is served: the clients' token may be one of the variables.
            if context.terminal.isNoticeTerminal {
                context.terminal.notice("Asking the login shell for variables (env.shellEnv) ...")
            }
            reader.adopt(question.ask())
            reading = reader.read()
        }
        if reading.clientToken == nil {
            // A new token in the configuration would win for ever over the one that a file or the shell has not told now.
            if let problem = reading.hidesVariables { throw GatewayStartError.tokenHidden(problem) }
            try FirstToken.make(for: reading.layout, terminal: context.terminal)
            reading = reader.read()
            // A token that names a variable is not replaced: the variable is what is missing.
            if let flaw = reading.clientTokenFlaw { throw GatewayStartError.tokenUnavailable(flaw) }
        }
        let log = RequestLog()
        defer { log.close() }
        let announcement = Announcement(
            host: place.hosts[0], state: state, commandToken: FirstToken.make(prefix: "agl_"),
            configuredHost: bind == nil ? reading.settings.gateway.bind : nil,
            configuredPort: port == nil ? reading.settings.gateway.port : nil)
        let daemon = Daemon(
            reader: reader, first: reading, place: place, log: log, version: CredentialFields.version,
            loopCount: Self.loopCount, commandToken: CommandToken(announcement.commandToken), fileLimit: fileLimit)
        let kept = KeptPlace(lock, announcement, log: log)
        try Self.serve(at: place, context, state) {
            try await daemon.run(
                onListening: { kept.listens(on: $0, terminal: context.terminal) }, onDraining: { kept.stops($0) },
                onLook: { kept.look() })
        }
        Announcement.withdraw(from: state)
        withExtendedLifetime(kept) {}
    }

    private static func serve(
        at place: ListeningPlace, _ context: CommandContext, _ state: SafeDirectory,
        _ running: @escaping @Sendable () async throws -> Void
    ) throws {
        do { try Blocking.wait(for: running) } catch let error as ListenError {
            let other =
                error.isAddressInUse
                ? OtherGateway.listening(
                    on: error.port, at: error.host, among: context.statesOfHome, own: state.path, asking: true) : nil
            throw GatewayStartError.cannotListen(
                host: error.host, port: error.port, isInUse: error.isAddressInUse, problem: "\(error.error)",
                other: other?.sentence { context.shown($0) })
        }
    }

    private static var loopCount: Int { min(max(1, ProcessInfo.processInfo.activeProcessorCount), 16) }

    /// As many descriptors as there may be; a closed terminal ends nothing.
    ///
    /// - Returns: the number of files that may be open.
    private static func prepareProcess() -> Int {
        signal(SIGHUP, SIG_IGN)
        let limit = process_raise_file_limit()
        return limit > 0 ? limit : .max
    }

    private static func lock(_ state: SafeDirectory) throws -> HeldLock {
        do throws(StoreError) { return try state.holdLock(RunningGateway.lockName) } catch {
            if case .busy(_, let holder, _) = error { throw GatewayStartError.alreadyRunning(state.path, holder) }
            throw error
        }
    }

    /// A gateway that starts without its own settings would serve the wrong clients with the wrong keys.
    static func refuseUnreadableConfiguration(_ reading: InstanceReading) throws {
        for problem in reading.problems where problem.place == .configuration {
            guard let advice = problem.advice else { continue }
            throw GatewayStartError.unreadable(advice, problem.exitCode ?? .configuration)
        }
    }

    private func listeningPlace(_ reading: InstanceReading) throws -> ListeningPlace {
        let settings = reading.settings.gateway
        var host = settings.bind
        switch bind?.lowercased() {
        case nil: break
        case "loopback": host = "127.0.0.1"
        case "lan": host = "0.0.0.0"
        case let address?:
            guard NetworkAddress(address) != nil else { throw GatewayStartError.noAddress(address) }
            host = address
        }
        guard let address = NetworkAddress(host) else { throw GatewayStartError.noAddress(host) }
        if !address.isLoopback, !settings.allowPlainRemote { throw GatewayStartError.plainRemote(host) }
        let hosts = host == "127.0.0.1" ? ["127.0.0.1", "::1"] : [host]
        return ListeningPlace(hosts: hosts, port: port ?? settings.port)
    }
}
