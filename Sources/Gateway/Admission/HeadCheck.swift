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
    func admit(_ head: HTTPRequestHead, _ fields: HeadFields) throws(Fault) {
        try checkSize(head, fields)
        try checkFraming(head, fields)
        try checkHost(head, fields)
        try checkOrigin(fields)
    }

    private func checkSize(_ head: HTTPRequestHead, _ fields: HeadFields) throws(Fault) {
        if fields.byteCount > maximumHeadBytes || head.headers.count > maximumFields {
            throw Fault(
                .headTooLarge,
                "The request's head has more than \(maximumFields) fields or \(maximumHeadBytes) bytes. "
                    + "Send fewer, or raise gateway.limits.maxHeadBytes.")
        }
    }

    private func checkFraming(_ head: HTTPRequestHead, _ fields: HeadFields) throws(Fault) {
        if let encoding = fields.transferEncoding {
            if !encoding.isEqualIgnoringCase("chunked") || head.version.isHTTP10 {
                throw Fault(.badFraming, "Transfer-Encoding must be exactly \"chunked\", on HTTP/1.1 only.")
            }
        }
        if fields.contentLengthCount + fields.transferEncodingCount > 1 {
            throw Fault(.badFraming, "The request states its length in more than one way. Send it once.")
        }
        if head.version.major != 1 { throw Fault(.badFraming, "Only HTTP/1.0 and HTTP/1.1 are spoken here.") }
    }

    private func checkHost(_ head: HTTPRequestHead, _ fields: HeadFields) throws(Fault) {
        if fields.hostCount > 1 { throw Fault(.badFraming, "The request has more than one Host field. Send one.") }
        guard let host = fields.host else { throw Fault(.badFraming, "The request has no Host field. Send one.") }
        guard hosts.allows(host) else { throw Self.foreignHost(host) }
        guard head.uri.utf8.first != UInt8(ascii: "/") else { return }
        // Absolute form: its authority counts as well.
        guard let authority = head.uri.authorityOfAbsoluteForm, hosts.allows(authority) else {
            throw Self.foreignHost(head.uri)
        }
    }

    private static func foreignHost(_ host: String) -> Fault {
        Fault(
            .hostNotAllowed,
            "The host \"\(host.prefix(100).escapedForDisplay)\" is not one this gateway answers for. "
                + "Use its own address, or add the name to gateway.allowedHosts.")
    }

    private func checkOrigin(_ fields: HeadFields) throws(Fault) {
        for origin in fields.origins where !hosts.allows(origin: origin) {
            throw Fault(.originNotAllowed, "Requests from web pages of other origins are refused. Call from a program.")
        }
        for site in fields.fetchSites
        where !site.isEqualIgnoringCase("same-origin") && !site.isEqualIgnoringCase("none") {
            throw Fault(.originNotAllowed, "Requests from other sites are refused. Call from a program.")
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
