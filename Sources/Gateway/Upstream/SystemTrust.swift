// SPDX-License-Identifier: Apache-2.0
#if canImport(Glibc)
    import Glibc
#endif

/// The certificate authorities that the system trusts cannot be used, so no provider can be reached over TLS.
struct SystemTrustError: Error, CustomStringConvertible {
    /// Where NIOSSL looks: the first that is there.
    static let places = ["/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/certs"]

    /// Why, as the system says; nil when there is nothing to read.
    let denied: (path: String, why: String)?

    init(places: [String] = Self.places) {
        var found: (String, String)?
        for path in places where found == nil {
            guard access(path, R_OK) != 0, errno != ENOENT else { continue }
            found = (path, String(cString: strerror(errno)))
        }
        denied = found
    }

    var description: String {
        let what =
            "The system's certificate authorities cannot be used, so providers that are reached over TLS are left out"
        guard let denied else {
            return "\(what): none of \(Self.places.joined(separator: ", ")) holds any. Install the package "
                + "ca-certificates, then restart the gateway."
        }
        return "\(what): \(denied.path) cannot be read (\(denied.why)). Let this account read it (namei -l "
            + "\(denied.path) shows where it may not), then restart the gateway."
    }
}
