// SPDX-License-Identifier: Apache-2.0
import NIOCore

#if canImport(Glibc)
    import Glibc
#endif

/// Lets the listener rest when the system has no file left for whoever wants in. They stay in its queue; to ask again at
/// once would take a core until some file is closed.
///
/// NIO's `AcceptBackoffHandler` holds back the next read, and an accept that fails leaves the read before it pending: the
/// listener stays registered, and is told about the same queue again and again.
final class AcceptPause: ChannelInboundHandler {
    typealias InboundIn = any Channel

    private static let pause = TimeAmount.milliseconds(100)

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        // One who has gone by itself says nothing about the next.
        guard let problem = error as? IOError, problem.errnoCode != ECONNABORTED else {
            return context.fireErrorCaught(error)
        }
        Self.read(context, false)
        let bound = NIOLoopBound(context, eventLoop: context.eventLoop)
        context.eventLoop.scheduleTask(in: Self.pause) { Self.read(bound.value, true) }
    }

    private static func read(_ context: ChannelHandlerContext, _ isOn: Bool) {
        // It fails only on a listener that is closed.
        try? context.channel.syncOptions?.setOption(.autoRead, value: isOn)
    }
}
