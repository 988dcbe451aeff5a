// SPDX-License-Identifier: Apache-2.0
import Credentials
#if canImport(Glibc)
    import Glibc
#endif

/// A file descriptor that is closed when nobody needs it any more. Every failure is a `StoreError.io` with errno.
package final class OpenFile: Sendable {
    let descriptor: Int32
    /// For messages only.
    let path: String

    init(adopting descriptor: Int32, path: String) {
        self.descriptor = descriptor
        self.path = path
    }

    deinit { close(descriptor) }

    func status() throws(StoreError) -> stat {
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw failure("fstat") }
        return status
    }

    /// Everything from `offset` to the end.
    ///
    /// - Parameter limitInBytes: a file that is longer than this is refused.
    func readAll(from offset: Int = 0, limitInBytes: Int) throws(StoreError) -> [UInt8] {
        let tooLong = StoreError.tooLong(path: path, limitInBytes: limitInBytes)
        let size = max(Int(try status().st_size) - offset, 0)
        // Before anything is read: nobody makes us hold a file of gigabytes.
        guard size <= limitInBytes else { throw tooLong }
        var bytes: [UInt8] = []
        // One byte more than expected, so that an unchanged file needs a single read and a second that finds the end.
        var expected = size + 1
        while true {
            guard bytes.count <= limitInBytes else { throw tooLong }
            let position = off_t(offset + bytes.count)
            let chunk = min(max(expected, 4096), limitInBytes + 1)
            var code: Int32 = 0
            let part = [UInt8](unsafeUninitializedCapacity: chunk) { buffer, count in
                let got = retrying { pread(descriptor, buffer.baseAddress, chunk, position) }
                code = got < 0 ? errno : 0
                count = max(got, 0)
            }
            guard code == 0 else { throw failure("read", code) }
            if part.isEmpty { return bytes }
            if bytes.isEmpty { bytes = part } else { bytes += part }
            expected = 1
        }
    }

    /// Writes all of `bytes` at the file's position (or its end, when opened for appending).
    func write(_ bytes: [UInt8]) throws(StoreError) {
        var done = 0
        while done < bytes.count {
            let put = bytes.withUnsafeBytes { buffer in
                retrying { Glibc.write(descriptor, buffer.baseAddress?.advanced(by: done), buffer.count - done) }
            }
            guard put > 0 else { throw failure("write") }
            done += put
        }
    }

    func synchronize(_ operation: String = "fsync") throws(StoreError) {
        guard retrying({ fsync(descriptor) }) == 0 else { throw failure(operation) }
    }

    func failure(_ operation: String, _ code: Int32 = errno) -> StoreError {
        .io(path: path, operation: operation, code: code)
    }
}

/// Repeats a system call that a signal interrupted.
func retrying<R: SignedInteger>(_ call: () -> R) -> R {
    while true {
        let result = call()
        if result >= 0 || errno != EINTR { return result }
    }
}
