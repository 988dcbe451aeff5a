// SPDX-License-Identifier: Apache-2.0
package import CredentialLifecycle
import Credentials
import Logging
import NIOCore
import ProfileStorage
import Rotation
import ServiceLifecycle
import Settings
import UnixSignals

/// The gateway as a process: listener, reload and journal in one group that is shut down in order.
package struct Daemon {
    private let reader: InstanceReader
    private let first: InstanceReading
    private let place: ListeningPlace
    private let log: RequestLog
    private let standing: GatewayStanding
    private let commandToken: CommandToken
    private let loopCount: Int
    private let fileLimit: Int

    /// - Parameters:
    ///   - reader: has read `first`, and reads again when a file changes.
    ///   - loopCount: event loops; each has its own upstream connections.
    ///   - commandToken: of this start.
    ///   - fileLimit: open files that the process may have.
    package init(
        reader: InstanceReader, first: InstanceReading, place: ListeningPlace, log: RequestLog, version: String,
        loopCount: Int, commandToken: CommandToken, fileLimit: Int = .max
    ) {
        self.commandToken = commandToken
        self.reader = reader
        self.first = first
        self.place = place
        self.log = log
        self.loopCount = loopCount
        self.fileLimit = fileLimit
        standing = GatewayStanding(startedAt: WallTime.now.date, version: version)
    }

    /// Serves until a signal asks for the end, then drains.
    ///
    /// - Parameters:
    ///   - onListening: called once connections are accepted, with the port in use.
    ///   - onDraining: called once none are accepted any more, while open requests finish.
    ///   - onLook: called whenever the files are looked at; what it returns is a problem of the gateway.
    /// - Throws: ``ListenError``; what the group of services throws.
    package func run(
        onListening: @escaping @Sendable (Int) -> Void, onDraining: @escaping @Sendable (Drain) -> Void,
        onLook: @escaping @Sendable () -> String?
    ) async throws {
        let loops = EventLoops(count: loopCount, log: log)
        let journal = HealthJournal(folder: first.layout.agentDirectory(.main), within: first.layout.state)
        let addresses = UpstreamAddresses()
        var builder = DeploymentBuilder(first, addresses: addresses)
        let board = Board()
        recall(journal, on: board)
        let withCredential = builder.seat(at: board)
        board.bindWindows(at: WallTime.now.date)
        let runtime = Runtime(
            deployment: builder.deployment(host: place.host, port: place.port, withCredential: withCredential),
            board: board,
            log: log, commandToken: commandToken, fileLimit: fileLimit)
        let reload = ReloadService(
            reader: reader, first: first, firstProblems: builder.problems, place: place, addresses: addresses,
            runtime: runtime, standing: standing, onLook: onLook)
        let control = ControlPlane(ControlRoutes(runtime: runtime, loops: loops, standing: standing) { reload.check() })
        let listener = GatewayService(
            place: place, runtime: runtime, control: control, loops: loops,
            onListening: { port in
                reload.setPort(port)
                onListening(port)
            }, onDraining: onDraining)
        let quiet = Logger(label: "gateway") { _ in SwiftLogNoOpLogHandler() }
        // Shut down from the last to the first: what the drain still learns reaches the journal.
        let group = ServiceGroup(
            services: [
                JournalService(journal: journal, board: board, log: log, standing: standing), reload,
                ReferenceService(user: reload), listener,
            ],
            gracefulShutdownSignals: [.sigterm, .sigint], logger: quiet)
        do { try await group.run() } catch {
            try await loops.group.shutdownGracefully()
            throw error
        }
        try await loops.group.shutdownGracefully()
    }

    /// A journal that cannot be read costs nobody a credential: everything counts as healthy then.
    private func recall(_ journal: HealthJournal, on board: Board) {
        do throws(StoreError) {
            let noted = try journal.loadAll()
            board.adopt(first.startingHealth.merging(noted.health) { _, noted in noted })
            board.adopt(noted.sessions)
        } catch {
            board.adopt(first.startingHealth)
            log.event("journal_unreadable", [("problem", .text("\(error.advice.what) \(error.advice.why)"))])
        }
    }
}
