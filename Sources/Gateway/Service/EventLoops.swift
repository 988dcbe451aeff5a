// SPDX-License-Identifier: Apache-2.0
import NIOCore
import NIOPosix

/// The event loops with what each of them owns.
struct EventLoops: Sendable {
    let group: MultiThreadedEventLoopGroup
    private let contexts: [ObjectIdentifier: OwnedLoop]

    private struct OwnedLoop: Sendable {
        let loop: any EventLoop
        let context: NIOLoopBoundBox<LoopContext>
    }

    init(count: Int, log: RequestLog) {
        group = MultiThreadedEventLoopGroup(numberOfThreads: count)
        var contexts: [ObjectIdentifier: OwnedLoop] = [:]
        for loop in group.makeIterator() {
            let context = NIOLoopBoundBox.makeBoxSendingValue(LoopContext(loop: loop, log: log), eventLoop: loop)
            contexts[ObjectIdentifier(loop)] = OwnedLoop(loop: loop, context: context)
        }
        self.contexts = contexts
    }

    /// On that loop only; nil for a loop of another group.
    func context(of loop: any EventLoop) -> LoopContext? { contexts[ObjectIdentifier(loop)]?.context.value }

    /// Does `work` on every loop, without waiting.
    func each(_ work: @escaping @Sendable (LoopContext) -> Void) {
        for owned in contexts.values { owned.loop.execute { work(owned.context.value) } }
    }

    /// Does `work` on every loop and waits for the results.
    @discardableResult
    func onEach<R: Sendable>(_ work: @escaping @Sendable (LoopContext) -> R) async -> [R] {
        var results: [R] = []
        for owned in contexts.values {
            // A loop that is gone has nothing to tell.
            if let result = try? await owned.loop.submit({ work(owned.context.value) }).get() { results.append(result) }
        }
        return results
    }
}
