// SPDX-License-Identifier: Apache-2.0
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// How far a script has been played.
struct Playing {
    let script: Script
    var step = 0
    /// Pieces of the present flood that have been written.
    var pieces = 0
    /// Set while the script pauses.
    var timer: Scheduled<Void>?
    /// Waits for its next turn on the event loop.
    var isYielding = false
}

extension Connection {
    /// Pieces of a flood after which other connections get their turn.
    private static let piecesInTurn = 32

    func play(_ script: Script, _ context: ChannelHandlerContext) {
        playing = Playing(script: script)
        advance(context)
    }

    /// Plays on until the script pauses, the peer has no room, or the end.
    func advance(_ context: ChannelHandlerContext) {
        while let now = playing, now.timer == nil, !now.isYielding {
            guard now.step < now.script.steps.count else { return finish(now.script, context) }
            guard context.channel.isWritable else { return context.flush() }
            switch now.script.steps[now.step] {
            case .write(let bytes):
                playing?.step += 1
                write(bytes, context)
            case .pause(let time):
                playing?.step += 1
                pause(time, context)
            case .flood(let count, let piece): flood(count, piece, context)
            }
        }
    }

    private func write(_ bytes: ByteBuffer, _ context: ChannelHandlerContext) {
        if request?.entry?.status == nil, let status = playing?.script.status {
            request?.entry?.status = status
            // A stream shows while it is open.
            if let entry = request?.entry, entry.stream { provider.recorder.amend(entry) }
        }
        request?.entry?.bytesOut += bytes.readableBytes
        context.write(wrapOutboundOut(bytes), promise: nil)
    }

    private func pause(_ time: TimeAmount, _ context: ChannelHandlerContext) {
        context.flush()
        playing?.timer = context.eventLoop.assumeIsolated().scheduleTask(in: time) {
            self.playing?.timer = nil
            self.advance(context)
        }
    }

    private func flood(_ count: Int, _ piece: (Int) -> ByteBuffer, _ context: ChannelHandlerContext) {
        guard let done = playing?.pieces, done < count else {
            playing?.pieces = 0
            playing?.step += 1
            return
        }
        playing?.pieces += 1
        write(piece(done), context)
        context.flush()
        guard (done + 1) % Self.piecesInTurn == 0 else { return }
        playing?.isYielding = true
        context.eventLoop.assumeIsolated().execute {
            self.playing?.isYielding = false
            self.advance(context)
        }
    }

    // MARK: The end

    private func finish(_ script: Script, _ context: ChannelHandlerContext) {
        if script.ending == .hold { return hold(context) }
        // Settled before its last bytes go out: who has read the answer finds it in the record.
        request?.entry?.outcome = script.outcome
        if let entry = request?.entry { provider.recorder.settle(entry) }
        let settled = request
        let asksToClose = request?.head.isKeepAlive == false
        request = nil
        switch script.ending {
        case .keepAlive where !asksToClose:
            playing = nil
            flush(settled, context)
            readBacklog(context)
        case .reset: flush(settled, context) { self.reset($0) }
        default: flush(settled, context) { $0.close(promise: nil) }
        }
    }

    private func hold(_ context: ChannelHandlerContext) {
        // An entry that is held shows what has been sent.
        if let entry = request?.entry { provider.recorder.amend(entry) }
        context.flush()
    }

    /// Sends everything written so far, then does what comes after it.
    private func flush(
        _ settled: IncomingRequest?, _ context: ChannelHandlerContext,
        then next: @escaping (ChannelHandlerContext) -> Void = { _ in }
    ) {
        let sent = context.eventLoop.makePromise(of: Void.self)
        let recorder = provider.recorder
        sent.futureResult.assumeIsolated().whenComplete { result in
            if case .failure = result, var entry = settled?.entry, entry.outcome != .broken {
                entry.outcome = .cancelled
                entry.clientLeftAfterMilliseconds = settled?.elapsedMilliseconds()
                recorder.amend(entry)
            }
            next(context)
        }
        context.writeAndFlush(wrapOutboundOut(ByteBuffer()), promise: sent)
    }

    /// An RST instead of a FIN, past TLS and its goodbye.
    private func reset(_ context: ChannelHandlerContext) {
        if let socket = context.channel as? any SocketOptionProvider {
            socket.setSoLinger(linger(l_onoff: 1, l_linger: 0)).whenFailure { _ in }
        }
        // Without TLS there is no such handler.
        let tls = try? context.pipeline.syncOperations.context(handlerType: NIOSSLServerHandler.self)
        (tls ?? context).close(promise: nil)
    }
}
