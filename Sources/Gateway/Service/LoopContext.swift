// SPDX-License-Identifier: Apache-2.0
import NIOCore

/// What one event loop owns: its upstream connections, its counters, its part of the log, and one coarse timer for
/// every deadline of every connection on it. Never leaves its loop.
final class LoopContext {
    static let tick = TimeAmount.milliseconds(100)
    private static let logFlushBytes = 32 << 10

    let loop: any EventLoop
    let pool: UpstreamPool
    var metrics = Metrics()
    var routes = RouteCache()
    private let log: RequestLog
    private var lines = ByteBuffer()
    private var lineCount = 0
    private var connections: [ObjectIdentifier: FrontDoor] = [:]
    private var timer: RepeatedTask?
    private var ticks = 0

    init(loop: any EventLoop, log: RequestLog) {
        self.loop = loop
        self.log = log
        pool = UpstreamPool(loop: loop)
    }

    func add(_ connection: FrontDoor) {
        connections[ObjectIdentifier(connection)] = connection
        if timer == nil { startTimer() }
    }

    func remove(_ connection: FrontDoor) { connections[ObjectIdentifier(connection)] = nil }

    var openConnections: Int { connections.count }

    func append(_ record: RequestRecord) {
        lines.writeLogLine(record, at: .now)
        lineCount += 1
        if lines.readableBytes >= Self.logFlushBytes { flushLog() }
    }

    func flushLog() {
        guard lines.readableBytes > 0 else { return }
        log.write(lines, count: lineCount)
        lines = ByteBuffer()
        lineCount = 0
    }

    /// Connections without a request are closed now; the others say `Connection: close` with their answer.
    func drain() {
        for connection in connections.values { connection.drain() }
        pool.close()
    }

    /// The drain deadline has passed.
    func cutAll() {
        for connection in connections.values { connection.cutForShutdown() }
    }

    private func startTimer() {
        let bound = NIOLoopBound(self, eventLoop: loop)
        timer = loop.scheduleRepeatedTask(initialDelay: Self.tick, delay: Self.tick) { _ in bound.value.fire() }
    }

    private func fire() {
        let now = NIODeadline.now()
        for connection in connections.values { connection.tick(at: now) }
        flushLog()
        ticks += 1
        if ticks % 50 == 0 { pool.sweep(at: now) }
        // An idle gateway sleeps: idle upstream connections are swept while anybody is connected.
        if connections.isEmpty, pool.isEmpty {
            timer?.cancel()
            timer = nil
        }
    }
}
