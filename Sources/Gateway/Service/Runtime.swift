// SPDX-License-Identifier: Apache-2.0
import Synchronization

/// What all connections share for as long as the gateway runs.
package final class Runtime: Sendable {
    let board: Board
    let log: RequestLog
    let ids = RequestIDs()
    let commandToken: CommandToken
    private let current: Mutex<Deployment>
    private let draining = Atomic<Bool>(false)
    private let connections = Atomic<Int>(0)
    /// What the system's limit of open files leaves room for: each connection may need one to an upstream.
    private let connectionCeiling: Int

    /// - Parameter fileLimit: open files that the process may have.
    init(
        deployment: Deployment, board: Board, log: RequestLog, commandToken: CommandToken, fileLimit: Int = .max
    ) {
        self.commandToken = commandToken
        connectionCeiling = max(16, (fileLimit - Self.reservedFiles) / 2)
        current = Mutex(deployment)
        self.board = board
        self.log = log
    }

    var deployment: Deployment { current.withLock { $0 } }

    /// Requests that are under way keep the one they began with.
    func deploy(_ deployment: Deployment) { current.withLock { $0 = deployment } }

    /// For stores, logs and listeners.
    private static let reservedFiles = 128

    var isDraining: Bool { draining.load(ordering: .relaxed) }
    func startDraining() { draining.store(true, ordering: .relaxed) }

    var openConnections: Int { connections.load(ordering: .relaxed) }

    /// - Returns: false when the limit is reached; then nothing was counted.
    func admitConnection() -> Bool {
        let limit = min(deployment.limits.maximumConnections, connectionCeiling)
        if connections.wrappingAdd(1, ordering: .relaxed).newValue <= limit { return true }
        leaveConnection()
        return false
    }

    func leaveConnection() { connections.wrappingSubtract(1, ordering: .relaxed) }
}
