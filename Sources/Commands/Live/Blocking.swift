// SPDX-License-Identifier: Apache-2.0
import Credentials
import Synchronization

#if canImport(Glibc)
    import Glibc
#endif

/// From a command, which is not asynchronous (an asynchronous main costs every command its start), into the daemon,
/// which is.
enum Blocking {
    private final class Outcome: Sendable {
        let result = Mutex<Result<Void, any Error>?>(nil)
    }

    static func wait(for work: @escaping @Sendable () async throws -> Void) throws {
        let outcome = Outcome()
        // The pipe's end of file is the wake-up: no spinning, no semaphore of Dispatch.
        var ends: [Int32] = [0, 0]
        guard pipe(&ends) == 0 else { throw StoreError.io(path: "a pipe", operation: "opening", code: errno) }
        let (reader, writer) = (ends[0], ends[1])
        Task {
            let result: Result<Void, any Error>
            do { result = .success(try await work()) } catch { result = .failure(error) }
            outcome.result.withLock { $0 = result }
            close(writer)
        }
        var byte: UInt8 = 0
        while read(reader, &byte, 1) < 0, errno == EINTR {}
        close(reader)
        try outcome.result.withLock { try $0?.get() }
    }
}
