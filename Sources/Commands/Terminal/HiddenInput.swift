// SPDX-License-Identifier: Apache-2.0
import Synchronization

#if canImport(Glibc)
    import Glibc
#endif

/// Reads one line from the terminal with echo off, and puts the terminal back whatever ends the prompt.
enum HiddenInput {
    static func readLine() throws -> String {
        var settings = termios()
        guard tcgetattr(STDIN_FILENO, &settings) == 0 else { throw TerminalError.unreadable(errno) }
        let before = settings
        // Signals stay off during the prompt and are read as bytes, so that the terminal is always restored first.
        settings.c_lflag &= ~tcflag_t(ECHO | ISIG | ICANON)
        settings.c_iflag |= tcflag_t(ICRNL)
        guard tcsetattr(STDIN_FILENO, TCSAFLUSH, &settings) == 0 else { throw TerminalError.unreadable(errno) }
        defer {
            var before = before
            tcsetattr(STDIN_FILENO, TCSAFLUSH, &before)
        }
        return try collect()
    }

    /// Nobody types the next line within a twentieth of a second.
    private static var hasMore: Bool {
        var polled = pollfd(fd: STDIN_FILENO, events: Int16(POLLIN), revents: 0)
        return poll(&polled, 1, 50) > 0
    }

    private static func collect() throws -> String {
        var bytes: [UInt8] = []
        while true {
            var byte: UInt8 = 0
            let count = read(STDIN_FILENO, &byte, 1)
            if count < 0, errno == EINTR { continue }
            if count < 0 { throw TerminalError.unreadable(errno) }
            switch byte {
            case _ where count == 0, 0x04: throw TerminalError.interrupted
            case 0x03: throw TerminalError.interrupted
            case 0x0A, 0x0D:
                // More that came along is the rest of a paste: whoever checks it has to see that it was cut into lines.
                guard hasMore else { return String(decoding: bytes, as: UTF8.self) }
                bytes.append(0x0A)
            case 0x7F, 0x08: if !bytes.isEmpty { bytes.removeLast() }
            case 0x15: bytes.removeAll()
            default:
                bytes.append(byte)
                if bytes.count > 8192 { throw TerminalError.tooLong }
            }
        }
    }
}
