// SPDX-License-Identifier: Apache-2.0
import Credentials
import Exchange
import NIOHTTP1
import Providers

/// What a request's head must satisfy before anything else is looked at: one meaning for its framing, a host that is
/// ours, no foreign web page behind it.
struct HeadCheck: Sendable {
    var hosts: HostPolicy
    var maximumFields: Int
    var maximumHeadBytes: Int

    /// - Throws: the fault to answer with; the connection is closed after it.
    func admit(_ head: HTTPRequestHead) throws(Fault) {
        try checkSize(head)
        try checkFraming(head)
        try checkHost(head)
        try checkOrigin(head)
    }

    private func checkSize(_ head: HTTPRequestHead) throws(Fault) {
        var bytes = head.uri.utf8.count
        for (name, value) in head.headers { bytes += name.utf8.count + value.utf8.count + 4 }
        if bytes > maximumHeadBytes || head.headers.count > maximumFields {
            throw Fault(
                .headTooLarge,
                "The request's head has more than \(maximumFields) fields or \(maximumHeadBytes) bytes. "
                    + "Send fewer, or raise gateway.limits.maxHeadBytes.")
        }
    }

    private func checkFraming(_ head: HTTPRequestHead) throws(Fault) {
        var lengths = 0
        var encodings = 0
        for (name, value) in head.headers {
            switch name.utf8.count {
            case 14 where name.isEqualIgnoringCase("content-length"): lengths += 1
            case 17 where name.isEqualIgnoringCase("transfer-encoding"):
                encodings += 1
                if !value.isEqualIgnoringCase("chunked") || head.version.isHTTP10 {
                    throw Fault(.badFraming, "Transfer-Encoding must be exactly \"chunked\", on HTTP/1.1 only.")
                }
            default: break
            }
        }
        if lengths > 1 || encodings > 1 || lengths + encodings > 1 {
            throw Fault(.badFraming, "The request states its length in more than one way. Send it once.")
        }
        if head.version.major != 1 { throw Fault(.badFraming, "Only HTTP/1.0 and HTTP/1.1 are spoken here.") }
    }

    private func checkHost(_ head: HTTPRequestHead) throws(Fault) {
        var host: String?
        for (name, value) in head.headers where name.utf8.count == 4 && name.isEqualIgnoringCase("host") {
            if host != nil { throw Fault(.badFraming, "The request has more than one Host field. Send one.") }
            host = value
        }
        guard let host else { throw Fault(.badFraming, "The request has no Host field. Send one.") }
        guard hosts.allows(host) else { throw Self.foreignHost(host) }
        guard head.uri.utf8.first != UInt8(ascii: "/") else { return }
        // Absolute form: its authority counts as well.
        guard let authority = head.uri.authorityOfAbsoluteForm, hosts.allows(authority) else { throw Self.foreignHost(head.uri) }
    }

    private static func foreignHost(_ host: String) -> Fault {
        Fault(
            .hostNotAllowed,
            "The host \"\(host.prefix(100).escapedForDisplay)\" is not one this gateway answers for. "
                + "Use its own address, or add the name to gateway.allowedHosts.")
    }

    private func checkOrigin(_ head: HTTPRequestHead) throws(Fault) {
        for (name, value) in head.headers {
            switch name.utf8.count {
            case 6 where name.isEqualIgnoringCase("origin"):
                if !hosts.allows(origin: value) {
                    throw Fault(
                        .originNotAllowed, "Requests from web pages of other origins are refused. Call from a program.")
                }
            case 14 where name.isEqualIgnoringCase("sec-fetch-site"):
                if !value.isEqualIgnoringCase("same-origin"), !value.isEqualIgnoringCase("none") {
                    throw Fault(.originNotAllowed, "Requests from other sites are refused. Call from a program.")
                }
            default: break
            }
        }
    }
}

extension HTTPVersion {
    /// No chunked bodies, no persistent connections by default.
    var isHTTP10: Bool { major == 1 && minor == 0 }
}

extension String {
    /// ASCII case folding only, as HTTP field names and tokens need it; no allocation.
    func isEqualIgnoringCase(_ lowered: StaticString) -> Bool {
        guard utf8.count == lowered.utf8CodeUnitCount else { return false }
        var index = 0
        for byte in utf8 {
            let folded = (0x41...0x5A).contains(byte) ? byte | 0x20 : byte
            if folded != lowered.utf8Start[index] { return false }
            index += 1
        }
        return true
    }

    /// `host:port` out of `http://host:port/path`.
    var authorityOfAbsoluteForm: String? {
        guard let scheme = firstIndex(of: ":"), self[scheme...].hasPrefix("://") else { return nil }
        let rest = self[index(scheme, offsetBy: 3)...]
        return String(rest.prefix { $0 != "/" && $0 != "?" && $0 != "#" })
    }
}
