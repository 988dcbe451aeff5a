// SPDX-License-Identifier: Apache-2.0
import NIOCore

#if canImport(Glibc)
    import Glibc
#endif

/// Says that an accepted connection could not be set up: it was closed before it had a front door to say so.
final class FailedAccepts: ChannelInboundHandler {
    typealias InboundIn = any Channel

    /// Tells the first one at once, and the next ones together: at most one line in ten seconds.
    struct Tally {
        private var untold = 0
        private var silentUntil = NIODeadline.uptimeNanoseconds(0)
        private static let pause = TimeAmount.seconds(10)

        /// - Returns: how many are to be told now; nil for none.
        mutating func add(at now: NIODeadline) -> Int? {
            untold += 1
            guard now >= silentUntil else { return nil }
            defer { untold = 0 }
            silentUntil = now + Self.pause
            return untold
        }
    }

    private let log: RequestLog
    private var tally = Tally()

    init(log: RequestLog) { self.log = log }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        // A client that has gone meanwhile, or a listener that is closed, is nobody's fault.
        if case .ioOnClosedChannel? = error as? ChannelError { return }
        if (error as? IOError)?.errnoCode == ECONNABORTED { return }
        guard let count = tally.add(at: .now()) else { return }
        log.event("connection_not_set_up", [("problem", .text("\(error)")), ("connections", .number(count))])
    }
}
