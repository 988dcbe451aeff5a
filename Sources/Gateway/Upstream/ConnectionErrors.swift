// SPDX-License-Identifier: Apache-2.0
import Credentials
import Exchange
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL
import Providers

/// What NIO's errors mean: one reading for requests and for probes.
extension NoAnswer {
    static let wrongName = NoAnswer.tls("the certificate does not carry the provider's name")

    /// - Parameter error: of a connection that was never made.
    init(connecting error: any Error) {
        switch error {
        case let error as NIOConnectionError:
            let last = error.connectionErrors.last?.error
            if error.connectionErrors.isEmpty {
                self = .name
            } else if case ChannelError.connectTimeout? = last {
                self = .deadline(isConnected: false)
            } else {
                self = .connection((last as? IOError)?.errnoCode)
            }
        case ChannelError.connectTimeout: self = .deadline(isConnected: false)
        case let error as IOError: self = .connection(error.errnoCode)
        default: self = .connection(nil)
        }
    }

    /// Of a handshake that failed: what the library has at the core of its error, in words.
    fileprivate static func tls(_ error: any Error) -> NoAnswer {
        let text = "\(error)"
        if let start = text.firstRange(of: "OPENSSL_internal:")?.upperBound {
            let name = text[start...].prefix { $0.isUppercase || $0.isNumber || $0 == "_" }
            if !name.isEmpty { return .tls(name.lowercased().replacing("_", with: " ")) }
        }
        guard let start = text.firstRange(of: "[Error: ")?.upperBound else { return .tls(text) }
        return .tls(text[start...].prefix { $0 != "]" }.trimmed)
    }
}

extension UpstreamFailure {
    /// - Parameter place: such as `host:443`.
    init(_ error: any Error, isReady: Bool, sawBytes: Bool, isReused: Bool, place: String) {
        let closed = UpstreamFailure.closed(beforeAnyByte: !sawBytes, reused: isReused)
        switch error {
        case is NIOSSLError: self = isReady ? closed : .noConnection(.tls(error), place: place)
        case let error as NIOSSLExtraError: self = .noConnection(.tls(error.description), place: place)
        case is BoringSSLError: self = .noConnection(.tls(error), place: place)
        case HTTPParserError.invalidEOFState: self = closed
        case is HTTPParserError, is NIOHTTPDecoderError: self = .protocolError("\(error)")
        case let error as ChannelError where error == .inputClosed: self = closed
        default: self = isReady ? closed : .noConnection(NoAnswer(connecting: error), place: place)
        }
    }
}
