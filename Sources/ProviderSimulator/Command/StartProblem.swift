// SPDX-License-Identifier: Apache-2.0

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Why the simulator does not start.
enum StartProblem: Error, Hashable {
    case halfTLS
    case unfitNumber
    case unreadableFile(String)
    case unfitFile(String, String)
    case notStarted(host: String, port: Int, usesTLS: Bool, String)

    /// As sysexits.h has them.
    var code: Int32 {
        switch self {
        case .halfTLS, .unfitNumber: 64
        case .unfitFile: 65
        case .unreadableFile: 66
        case .notStarted: 69
        }
    }

    var advice: (what: String, why: String, fix: String) {
        switch self {
        case .halfTLS:
            (
                "TLS is only half set up.", "A certificate is of no use without its key, nor a key without it.",
                "Give both --tls-cert and --tls-key, or neither."
            )
        case .unfitNumber:
            (
                "A number does not fit.", "A port is between 0 and 65535, and there is at least one event loop.",
                "Run: provider-simulator --port 0"
            )
        case .unreadableFile(let path):
            ("\(path) cannot be read.", "It is not there, or belongs to somebody else.", "Look with: ls -l \(path)")
        case .unfitFile(let path, let why):
            ("\(path) cannot be used.", "\(why).", "Mend it; docs/provider-simulator.md shows what it may hold.")
        case .notStarted(let host, let port, let usesTLS, let why):
            (
                "The simulator cannot listen on \(host), port \(port)\(usesTLS ? ", with TLS" : "").", "\(why)",
                usesTLS
                    ? "Check the PEM files, or take another port." : "Run without --port, and any free port is taken."
            )
        }
    }

    func print() {
        let advice = advice
        let text = "error: \(advice.what)\n  why: \(advice.why)\n  fix: \(advice.fix)\n"
        text.withCString { _ = write(2, $0, strlen($0)) }
    }
}
