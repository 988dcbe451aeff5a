// SPDX-License-Identifier: Apache-2.0
#if canImport(Glibc)
    import Glibc
#endif

extension CommandContext {
    /// How many characters a line of the terminal has: as `COLUMNS` says, else as the terminal itself does.
    var columns: Int? {
        if let named = environment["COLUMNS"].flatMap({ Int($0) }), named > 0 { return named }
        var size = winsize()
        guard ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return nil }
        return Int(size.ws_col)
    }
}
