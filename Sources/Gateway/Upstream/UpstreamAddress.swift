// SPDX-License-Identifier: Apache-2.0
package import Credentials
import NIOCore
import NIOSSL
import SafeFiles
import Settings
import Synchronization

/// Where a provider's requests go. Interned: equal places share one id, so that pools need no hashing of names.
package final class UpstreamAddress: Sendable {
    package let id: Int
    package let host: String
    package let port: Int
    /// Nil for plain HTTP, which is only configured for this machine and for private networks.
    let tls: NIOSSLContext?
    /// The server's name for SNI and verification; nil when the host is an IP literal, whose address is verified then.
    let serverName: String?

    init(id: Int, host: String, port: Int, tls: NIOSSLContext?) {
        self.id = id
        self.host = host
        self.port = port
        self.tls = tls
        serverName = host.isIPLiteral ? nil : host
    }

    /// As people write it.
    var place: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }

    /// Beyond what NIOSSL has checked, once the handshake is done; an address is verified by NIOSSL alone.
    func isExpectedServer(_ context: ChannelHandlerContext) -> Bool {
        guard let serverName else { return true }
        // No certificate, or no TLS at all: then nothing is sent.
        guard let certificate = try? context.pipeline.syncOperations.nioSSL_peerCertificate() else { return false }
        return ServerName(serverName).isCarried(by: certificate)
    }
}

/// Hands out addresses; the same place always gets the same one.
final class UpstreamAddresses: Sendable {
    struct Place: Hashable, Sendable {
        var host: String
        var port: Int
        var isTLS: Bool
        /// Extra trusted CA file (PEM), by path.
        var caFile: String?
        /// The state of that file: one that was replaced under its name makes another place.
        fileprivate(set) var caState: Fingerprint?

        init(host: String, port: Int, isTLS: Bool, caFile: String?) {
            self.host = host
            self.port = port
            self.isTLS = isTLS
            self.caFile = caFile
            caState = caFile.flatMap { Fingerprint(of: $0) }
        }
    }

    private let known = Mutex<[Place: UpstreamAddress]>([:])
    private let isForConnecting: Bool

    /// - Parameter isForConnecting: false to look at them only: the system's trust roots, which take 20 ms, are not read.
    init(isForConnecting: Bool = true) { self.isForConnecting = isForConnecting }

    func address(of place: Place) throws(TrustFlaw) -> UpstreamAddress {
        try known.withLock { known throws(TrustFlaw) in
            if let address = known[place] { return address }
            // What is wrong with them is to be told, also where nobody is connected to.
            if place.isTLS, !isForConnecting, let flaw = TrustFlaw.ofSystem() { throw flaw }
            // A CA file of the configuration is read in any case.
            let needsContext = place.isTLS && (isForConnecting || place.caFile != nil)
            let tls = needsContext ? try Self.context(caFile: place.caFile) : nil
            let address = UpstreamAddress(id: known.count, host: place.host, port: place.port, tls: tls)
            known[place] = address
            return address
        }
    }

    fileprivate static func context(caFile: String?) throws(TrustFlaw) -> NIOSSLContext {
        var configuration = TLSConfiguration.makeClientConfiguration()
        configuration.certificateVerification = .fullVerification
        configuration.minimumTLSVersion = .tlsv12
        configuration.applicationProtocols = ["http/1.1"]
        if let caFile {
            // Before NIOSSL does, which would wait for a pipe in its place.
            if let why = TrustFlaw.flaw(of: caFile) { throw .file(path: caFile, why: why) }
            // In addition to the system's: the operator's own authority, for this provider alone.
            configuration.additionalTrustRoots = [.file(caFile)]
        }
        do { return try NIOSSLContext(configuration: configuration) } catch {
            // NIOSSL does not say which of the two it could not use.
            if let flaw = TrustFlaw.ofSystem() { throw flaw }
            let cause = "\(error)"
            guard let caFile, (try? context(caFile: nil)) != nil else { throw .system(path: nil, why: "\(cause).") }
            throw .file(path: caFile, why: "\(cause).")
        }
    }
}

extension ProviderFault {
    /// What keeps a provider's `caFile` from being used. Reads it, and the system's authorities.
    ///
    /// - Returns: nil when it can be used.
    package init?(caFile path: String, of provider: ProviderID) {
        do throws(TrustFlaw) {
            _ = try UpstreamAddresses.context(caFile: path)
            return nil
        } catch {
            guard case .file = error else { return nil }
            self = error.fault(of: provider)
        }
    }
}

extension String {
    /// True for IPv4 and IPv6 literals (without brackets).
    var isIPLiteral: Bool { (try? SocketAddress(ipAddress: self, port: 0)) != nil }  // "not an address" is the answer
}

extension SocketAddress {
    /// Addresses that credentials are never sent to: link-local ones and the metadata services of clouds (T24).
    var isForbiddenForCredentials: Bool { ipAddress.flatMap { NetworkAddress($0) }?.isForbiddenUpstream ?? true }
}
