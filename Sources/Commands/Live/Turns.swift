// SPDX-License-Identifier: Apache-2.0
import Credentials

#if canImport(Glibc)
    import Glibc
#endif

/// Begins so many things at once and no more, and waits until all are done.
enum Turns {
    /// - Parameter begin: begins the one of that number, on this thread; what it is given is called once when it is
    ///   done, on any thread.
    static func run(
        _ count: Int, atOnce limit: Int, _ begin: (Int, _ done: @escaping @Sendable () -> Void) -> Void
    ) throws(StoreError) {
        // Each one that is done sends a byte: no lock, and no thread of a pool that somebody else may hold.
        var ends: [Int32] = [0, 0]
        guard pipe(&ends) == 0 else { throw StoreError.io(path: "a pipe", operation: "opening", code: errno) }
        let (reader, writer) = (ends[0], ends[1])
        defer {
            close(reader)
            close(writer)
        }
        let done: @Sendable () -> Void = {
            var byte: UInt8 = 1
            while write(writer, &byte, 1) < 0, errno == EINTR {}
        }
        var next = 0
        var running = 0
        while next < count || running > 0 {
            while next < count, running < limit {
                running += 1
                next += 1
                begin(next - 1, done)
            }
            var byte: UInt8 = 0
            while read(reader, &byte, 1) < 0, errno == EINTR {}
            running -= 1
        }
    }
}
