// SPDX-License-Identifier: Apache-2.0
import NIOSSL

/// The name that an upstream's certificate must carry.
///
/// NIOSSL also takes a certificate that carries nothing but the address that was connected to. Whoever answers for our
/// provider's name in the DNS chooses that address, and can get a certificate for it.
struct ServerName: Sendable {
    /// Lower-case, without a dot at the end.
    private let labels: [Substring]

    init(_ host: String) {
        let name = host.lowercased()
        labels = (name.hasSuffix(".") ? name.dropLast() : name[...]).split(
            separator: ".", omittingEmptySubsequences: false)
    }

    func isCarried(by certificate: NIOSSLCertificate) -> Bool {
        certificate._subjectAlternativeNames().contains {
            $0.nameType == .dnsName && matches(String(decoding: $0.contents, as: UTF8.self))
        }
    }

    /// - Parameter pattern: a DNS name of a certificate; `*` may be its whole first label (RFC 9525 §6.3).
    func matches(_ pattern: String) -> Bool {
        let wanted = pattern.lowercased().split(separator: ".", omittingEmptySubsequences: false)
        guard wanted.count == labels.count, wanted.dropFirst() == labels.dropFirst() else { return false }
        if wanted.first == "*" { return labels.count > 2 && labels.first != "" }
        return wanted.first == labels.first
    }
}
