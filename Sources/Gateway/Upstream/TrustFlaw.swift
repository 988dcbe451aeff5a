// SPDX-License-Identifier: Apache-2.0
import Credentials

#if canImport(Glibc)
    import Glibc
#endif

/// The certificate authorities that a provider would be verified with cannot be used, so that it is never asked.
enum TrustFlaw: Error, Hashable, CustomStringConvertible {
    /// The system's, which all providers on TLS need. No path: there is none.
    case system(path: String?, why: String)
    /// `caFile` of the provider.
    case file(path: String, why: String)

    /// The file that NIOSSL reads is the first of these that is there; without one, the folder behind them.
    static let files = ["/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt"]
    static let folder = "/etc/ssl/certs"

    /// What is wrong with the system's, as far as a look tells: reading all of them takes 20 ms.
    ///
    /// - Returns: nil when nothing is to be seen.
    static func ofSystem(files: [String] = files, folder: String = folder) -> TrustFlaw? {
        for path in files {
            let found = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
            if found >= 0 {
                close(found)
            } else if errno == ENOTDIR {
                return flaw(of: path).map { .system(path: path, why: $0) }
            } else if errno != ENOENT {
                return .system(path: path, why: reason(errno))
            }
        }
        if access(folder, R_OK | X_OK) == 0 { return nil }
        guard errno == ENOENT else { return .system(path: folder, why: reason(errno)) }
        return .system(path: nil, why: "None of \((files + [folder]).joined(separator: ", ")) is there.")
    }

    /// Why no certificate can be read from a file, as a sentence; nil when there is one to be seen.
    static func flaw(of path: String) -> String? {
        // A pipe in its place is not waited for.
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { return reason(errno) }
        defer { close(descriptor) }
        // It stands at the beginning of nearly every file; what some write before the first one is longer.
        var text: [UInt8] = []
        for size in [4 << 10, 252 << 10] {
            var bytes = [UInt8](repeating: 0, count: size)
            let count = read(descriptor, &bytes, size)
            guard count >= 0 else { return reason(errno) }
            text += bytes[..<count]
            if text.firstRange(of: Array("-----BEGIN ".utf8)) != nil { return nil }
        }
        return noCertificate
    }

    private static let noCertificate = "It holds no certificate (PEM)."

    private static func reason(_ code: Int32) -> String { "\(String(cString: strerror(code)))." }

    func fault(of provider: ProviderID) -> ProviderFault {
        let program = "agenticflow-enterprise"
        let look = "Which file, and why: \(program) doctor"
        switch self {
        case .system(let path, let why):
            let what =
                "The certificate authorities of the gateway's system cannot be read, so nothing is sent to a provider over TLS."
            let isDenied = path != nil && why != Self.noCertificate
            let fix =
                isDenied
                ? "Let the gateway's account read it (namei -l \(path?.shellWord ?? "") shows where it may not)"
                : "Install the package ca-certificates\(path == nil ? "" : " anew")"
            return ProviderFault(
                Advice(what: what, why: path.map { "\($0): \(why)" } ?? why, fix: "\(fix), then restart the gateway."),
                told: what, remedy: look)
        case .file(let path, let why):
            let key = provider.place("caFile")
            let what = "\(key) cannot be used, so nothing is sent to \(provider)."
            return ProviderFault(
                Advice(
                    what: what, why: "\(path): \(why)",
                    fix:
                        "Correct the file, or run: \(program) config set \(key.shellWord) /PATH/TO/FILE.pem; or, without one: "
                        + "\(program) config unset \(key.shellWord)"),
                told: what, remedy: look)
        }
    }

    /// The same for a probe, as a part of a sentence.
    var description: String {
        switch self {
        case .system(let path, let why):
            "the certificate authorities of this system cannot be read: \(path.map { "\($0): " } ?? "")\(why)"
        case .file(let path, let why): "the caFile of the configuration cannot be used: \(path): \(why)"
        }
    }
}
