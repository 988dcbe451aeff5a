// SPDX-License-Identifier: Apache-2.0

#if canImport(Glibc)
    import Glibc
#endif

/// The terminal while a secret is typed: nothing is shown, and whatever ends the prompt finds it restored first.
///
/// Keys that would send a signal are read as bytes. Signals from elsewhere wait until they are looked for, so that
/// none of them can end or stop the process while the terminal is not as it was.
struct QuietTerminal {
    private let before: termios
    private var maskBefore = sigset_t()
    private var held = sigset_t()
    private static let signals = [SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGTSTP]

    init() throws(TerminalError) {
        var settings = termios()
        guard tcgetattr(STDIN_FILENO, &settings) == 0 else { throw .unreadable(errno) }
        before = settings
        sigemptyset(&held)
        for signal in Self.signals { sigaddset(&held, signal) }
        try begin()
    }

    private mutating func begin() throws(TerminalError) {
        pthread_sigmask(SIG_BLOCK, &held, &maskBefore)
        var settings = before
        settings.c_lflag &= ~tcflag_t(ECHO | ISIG | ICANON)
        settings.c_iflag |= tcflag_t(ICRNL)
        // What was typed before the prompt was not meant for it.
        guard tcsetattr(STDIN_FILENO, TCSAFLUSH, &settings) == 0 else {
            let code = errno
            pthread_sigmask(SIG_SETMASK, &maskBefore, nil)
            throw .unreadable(code)
        }
    }

    /// The terminal as it was; a signal that waits takes effect now. The rest of a paste is not for the shell.
    mutating func end() {
        var settings = before
        tcsetattr(STDIN_FILENO, TCSAFLUSH, &settings)
        pthread_sigmask(SIG_SETMASK, &maskBefore, nil)
    }

    /// A signal that has come since the last call.
    mutating func takeSignal() -> Int32? {
        var none = timespec()
        let signal = sigtimedwait(&held, nil, &none)
        return signal > 0 ? signal : nil
    }

    /// Lets a signal do what it does to others, with the terminal restored; returns when the process goes on.
    mutating func obey(_ signal: Int32, isForGroup: Bool = false) throws(TerminalError) {
        kill(isForGroup ? 0 : getpid(), signal)
        end()
        try begin()
    }
}
