// SPDX-License-Identifier: Apache-2.0

#if canImport(Glibc)
    import Glibc
#endif

/// Reads one line from the terminal with echo off, and puts the terminal back whatever ends the prompt.
struct HiddenInput {
    private var terminal: QuietTerminal
    private var bytes: [UInt8] = []
    /// Shows the prompt, again after the process was stopped and goes on.
    private let show: () -> Void
    private static let limitInBytes = 8192
    /// How long a signal may wait, in milliseconds.
    private static let patience: Int32 = 50

    static func readLine(showing show: @escaping () -> Void) throws(TerminalError) -> String {
        show()
        var input = HiddenInput(terminal: try QuietTerminal(), show: show)
        defer { input.terminal.end() }
        try input.collect()
        return String(decoding: input.bytes, as: UTF8.self).withoutPasteMarks
    }

    private init(terminal: QuietTerminal, show: @escaping () -> Void) {
        self.terminal = terminal
        self.show = show
    }

    private mutating func collect() throws(TerminalError) {
        while true {
            switch try nextByte() {
            case nil, 0x04: throw .ended
            case 0x03, 0x1C: throw .interrupted
            case 0x1A:
                try terminal.obey(SIGTSTP, isForGroup: true)
                show()
            case 0x0A, 0x0D:
                // More that came along is the rest of a paste: whoever checks it has to see that it was cut into lines.
                guard hasMore else {
                    if bytes.count > Self.limitInBytes { throw .tooLong(nil) }
                    return
                }
                bytes.append(0x0A)
            case 0x7F, 0x08: _ = bytes.popLast()
            case 0x15: bytes.removeAll()
            case let byte?:
                // What is too much is read all the same: left alone, the terminal would show it once it is restored.
                if bytes.count <= Self.limitInBytes { bytes.append(byte) }
            }
        }
    }

    /// - Returns: nil at the end of the input.
    private mutating func nextByte() throws(TerminalError) -> UInt8? {
        while true {
            var polled = pollfd(fd: STDIN_FILENO, events: Int16(POLLIN), revents: 0)
            guard poll(&polled, 1, Self.patience) > 0 else {
                if let signal = terminal.takeSignal() {
                    try terminal.obey(signal)
                    show()
                }
                continue
            }
            var byte: UInt8 = 0
            let count = read(STDIN_FILENO, &byte, 1)
            if count < 0, errno == EINTR || errno == EAGAIN { continue }
            if count < 0 { throw .unreadable(errno) }
            return count == 0 ? nil : byte
        }
    }

    /// Nobody types the next line within a twentieth of a second.
    private var hasMore: Bool {
        var polled = pollfd(fd: STDIN_FILENO, events: Int16(POLLIN), revents: 0)
        return poll(&polled, 1, Self.patience) > 0
    }
}

extension String {
    /// Without what some terminals put around a paste (`ESC [ 200 ~` and `ESC [ 201 ~`).
    var withoutPasteMarks: String {
        var text = self
        for mark in ["\u{1B}[200~", "\u{1B}[201~"] {
            while let place = text.firstRange(of: mark) { text.removeSubrange(place) }
        }
        return text
    }
}
