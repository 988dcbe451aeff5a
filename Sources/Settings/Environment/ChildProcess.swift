// SPDX-License-Identifier: Apache-2.0
import CProcess

#if canImport(Glibc)
    import Glibc
#endif

/// Another program, run to its end or to the end of its time. Whatever it has started in its own group ends with it.
package struct ChildProcess: Sendable {
    /// How it came to its end.
    package enum Ending: Hashable, Sendable {
        /// By itself. 128 and the number of the signal when one ended it.
        case exited(Int32)
        /// It had said enough.
        case stopped
        case timedOut
        /// It wrote more than it may.
        case flooded
        /// Nobody wants to know any more.
        case cancelled
        /// It did not start: errno.
        case notStarted(Int32)
    }

    package var path: String
    /// Without its own name.
    package var arguments: [String]
    package var environment: [String: String]
    package var timeout: Duration
    package var limitInBytes: Int
    /// What it reads on standard input: at most ``maximumInputBytes``.
    package var input: [UInt8] = []
    /// As much as a pipe holds without a reader, and less.
    package static let maximumInputBytes = 48 << 10

    package init(
        path: String, arguments: [String], environment: [String: String], timeout: Duration, limitInBytes: Int
    ) {
        self.path = path
        self.arguments = arguments
        self.environment = environment
        self.timeout = timeout
        self.limitInBytes = limitInBytes
    }

    /// Runs it on this thread. It reads `input` and its end, and what it says on standard error is lost.
    ///
    /// - Parameters:
    ///   - mark: once its output holds this, it gets a moment to end by itself; more is not read.
    ///   - isCancelled: asked ten times a second.
    /// - Returns: what it wrote, up to the limit.
    package func run(
        until mark: [UInt8]? = nil, isCancelled: () -> Bool = { false }
    ) -> (output: [UInt8], ending: Ending) {
        guard let question = openInput() else { return ([], .notStarted(errno)) }
        defer { close(question) }
        var ends: [Int32] = [0, 0]
        guard process_pipe(&ends) == 0 else { return ([], .notStarted(errno)) }
        let (reader, writer) = (ends[0], ends[1])
        defer { close(reader) }
        var pid: pid_t = 0
        let problem = withCStrings([path] + arguments) { words in
            withCStrings(environment.map { "\($0.key)=\($0.value)" }) { variables in
                process_spawn_alone(&pid, path, words, variables, question, writer)
            }
        }
        close(writer)
        guard problem == 0 else { return ([], .notStarted(problem)) }
        let deadline = ContinuousClock.now + timeout
        var (output, ending) = read(reader, of: pid, until: mark, by: deadline, isCancelled)
        let patience = ending == .stopped ? min(deadline, .now + .seconds(1)) : deadline
        let isDone = ending == nil || ending == .stopped
        if isDone, !waits(for: pid, by: patience, isCancelled), ending == nil { ending = .timedOut }
        let code = process_end_all(pid)
        return (output, ending ?? .exited(code))
    }

    /// The reading end of a pipe that holds the whole input: nobody has to feed it while the program runs.
    private func openInput() -> Int32? {
        var ends: [Int32] = [0, 0]
        guard process_pipe(&ends) == 0 else { return nil }
        let put = input.prefix(Self.maximumInputBytes).withUnsafeBytes { write(ends[1], $0.baseAddress, $0.count) }
        close(ends[1])
        if put == min(input.count, Self.maximumInputBytes) { return ends[0] }
        close(ends[0])
        return nil
    }

    /// - Returns: nil for an ending when it closed its output, or has ended: something that it left behind may keep the
    ///   output open, and has nothing to say any more.
    private func read(
        _ descriptor: Int32, of pid: pid_t, until mark: [UInt8]?, by deadline: ContinuousClock.Instant,
        _ isCancelled: () -> Bool
    ) -> ([UInt8], Ending?) {
        var output: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 64 << 10)
        while true {
            if isCancelled() { return (output, .cancelled) }
            guard ContinuousClock.now < deadline else { return (output, .timedOut) }
            // Before the look: all that it has written can be read then.
            let hasEnded = process_has_ended(pid) != 0
            var polled = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
            let ready = poll(&polled, 1, hasEnded ? 0 : 100)
            if ready == 0, hasEnded { return (output, nil) }
            guard ready > 0 else { continue }
            let count = Glibc.read(descriptor, &chunk, chunk.count)
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return (output, nil) }
            let known = output.count
            output += chunk[..<count]
            guard output.count <= limitInBytes else { return (Array(output.prefix(limitInBytes)), .flooded) }
            if let mark, output[max(0, known - mark.count)...].firstRange(of: mark) != nil { return (output, .stopped) }
            if hasEnded, count < chunk.count { return (output, nil) }
        }
    }

    private func waits(for pid: pid_t, by deadline: ContinuousClock.Instant, _ isCancelled: () -> Bool) -> Bool {
        while process_has_ended(pid) == 0 {
            if isCancelled() || ContinuousClock.now >= deadline { return false }
            usleep(2000)
        }
        return true
    }
}

/// As C takes lists of texts: with a null at the end.
private func withCStrings<R>(_ texts: [String], _ body: ([UnsafeMutablePointer<CChar>?]) -> R) -> R {
    let copies = texts.map { strdup($0) }
    defer { for copy in copies { free(copy) } }
    return body(copies + [nil])
}
