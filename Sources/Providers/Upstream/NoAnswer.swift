// SPDX-License-Identifier: Apache-2.0
package import Credentials

#if canImport(Glibc)
    import Glibc
#endif

/// Why a provider could not be asked, or could not be understood.
package enum NoAnswer: Error, Hashable, Sendable {
    /// The name leads to no address.
    case name
    /// `errno` of the last address that was tried, when there is one.
    case connection(Int32?)
    /// The handshake or the certificate.
    case tls(String)
    /// The deadline has passed: with the connection made, or before.
    case deadline(isConnected: Bool)
    /// Closed before the answer was whole.
    case closed
    /// Not HTTP as it should be.
    case garbled
    /// In an encoding that nobody asked for.
    case encoded
    /// An address that no credential is sent to.
    case forbiddenAddress
    /// `caFile` of the configuration, or the system's own authorities: what is wrong with which.
    case authority(String)
    /// The base URL is none, or the credential is one that is never sent.
    case notSent

    /// Stable, for scripts.
    package var code: String {
        switch self {
        case .name: "dns"
        case .connection: "connection"
        case .tls: "tls"
        case .deadline: "deadline"
        case .closed: "closed"
        case .garbled: "protocol"
        case .encoded: "encoding"
        case .forbiddenAddress: "forbidden_address"
        case .authority: "ca_file"
        case .notSent: "not_sent"
        }
    }
}

extension NoAnswer {
    /// What went wrong, without a full stop: the same words to clients, in the log and in commands.
    ///
    /// - Parameter place: such as `host:443`; nil where no address is to be named.
    package func words(at place: String?) -> String {
        let name = place ?? "the provider"
        let connecting = place.map { "could not connect to \($0)" } ?? "could not connect"
        let text =
            switch self {
            case .name: "\(connecting): the name leads to no address"
            case .connection(let code): connecting + Self.system(code)
            case .tls(let problem):
                // The problem may name the host as well.
                "\(connecting): the TLS certificate or handshake was refused" + (place == nil ? "" : ": \(problem)")
            case .deadline(isConnected: true): "\(name) gave no answer in time"
            case .deadline(isConnected: false): "\(connecting): no answer in time"
            case .closed: "\(name) closed the connection before its answer was complete"
            case .garbled: "\(name) does not speak HTTP as it should"
            case .encoded: "\(name) answered in an encoding that was not asked for"
            case .forbiddenAddress: "\(name) leads to an address that no credential is ever sent to"
            case .authority(let problem): problem
            case .notSent: "the base URL is none, or the text is none that a header can carry"
            }
        return String(text.escapedForDisplay.prefix(300))
    }

    /// Such as `: connection refused`.
    private static func system(_ code: Int32?) -> String {
        guard let code else { return "" }
        let text = String(cString: strerror(code))
        return ": \(text.prefix(1).lowercased())\(text.dropFirst())"
    }

    /// Whether it is the way there that is to be looked at, or the address that leads there; else it was reached, or
    /// nothing was sent.
    package var isOnTheWay: Bool {
        switch self {
        case .name, .connection, .tls, .deadline(isConnected: false), .forbiddenAddress, .garbled, .encoded: true
        case .deadline(isConnected: true), .closed, .authority, .notSent: false
        }
    }
}

/// What to look at when a provider cannot be reached.
package enum WayThere {
    /// Without a full stop.
    package static func check(_ provider: ProviderID, isAboutTLS: Bool) -> String {
        let place = provider.place("baseUrl").shellWord
        let address = "Check its address, if one is set: agenticflow-enterprise config get \(place)"
        return isAboutTLS
            ? "\(address); this machine's clock; and, for an authority of your own, \(provider.place("caFile"))"
            : "\(address); and that this machine reaches it without a proxy (DNS, network, firewall)"
    }
}
