// SPDX-License-Identifier: Apache-2.0
import Credentials
import Synchronization

#if canImport(Glibc)
    import Glibc
#endif

/// The three descriptors that a process begins with, and whether what was printed has arrived.
enum StandardStreams {
    /// errno of the first write to standard output that failed.
    private static let failure = Mutex<Int32?>(nil)

    /// Fills those that are closed, so that no file of ours takes their number and then what is printed.
    ///
    /// Each is opened the wrong way round: who reads or prints is still told that it is not possible.
    static func fillClosed() {
        for (descriptor, flags) in [(STDIN_FILENO, O_WRONLY), (STDOUT_FILENO, O_RDONLY), (STDERR_FILENO, O_RDONLY)]
        where fcntl(descriptor, F_GETFD) == -1 && errno == EBADF {
            // The lowest free number is given out, and all below it are open.
            _ = open("/dev/null", flags)
        }
    }

    static func write(_ text: String, to descriptor: Int32) {
        var bytes = Array(text.utf8)[...]
        while !bytes.isEmpty {
            let count = bytes.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count > 0 {
                bytes = bytes.dropFirst(count)
            } else if errno == EAGAIN {
                var polled = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
                _ = poll(&polled, 1, -1)
            } else if errno != EINTR {
                let code = errno
                if descriptor == STDOUT_FILENO { failure.withLock { $0 = $0 ?? code } }
                return
            }
        }
    }

    /// - Parameter code: what the command would end with.
    /// - Returns: another one when not all of its output has arrived: half an answer is no success.
    static func exitCode(_ code: Int32) -> Int32 {
        guard let problem = failure.withLock({ $0 }) else { return code }
        // A reader that has left, as `head` does, knows; everybody else is told.
        if problem != EPIPE { Terminal.standard.notice("error", OutputError(code: problem).advice) }
        // A command that failed has the better reason; 0, 1 and 2 are answers.
        return code <= 2 ? OutputError(code: problem).exitCode.rawValue : code
    }
}

/// Not everything that was printed has arrived.
struct OutputError: ActionableError {
    let code: Int32
    var exitCode: ExitStatus { .io }

    var advice: Advice {
        Advice(
            what: "The output could not be written in full.",
            why: "The system says: \(String(cString: strerror(code))).",
            fix: "Make room, or send it elsewhere. See what is stored now with: agenticflow-enterprise models status")
    }
}
