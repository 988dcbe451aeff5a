// SPDX-License-Identifier: Apache-2.0

/// Where a provider's API lives, checked so that neither a credential nor the gateway's reach can be abused with it.
package struct BaseURL: Hashable, Sendable {
    /// What may stand in `baseUrl`, for messages.
    package static let allowed =
        "https://host[:port][/path], or http:// to this machine, a private address or a .local name"

    /// Scheme and host lower-case, without a slash at the end.
    package let text: String

    /// Why an URL is refused, as the second half of a sentence; never quotes it.
    package struct Refusal: Error, Hashable {
        package var problem: String
    }

    package init(_ url: String) throws(Refusal) {
        guard !url.utf8.isEmpty else { throw Refusal(problem: "is blank") }
        guard url.utf8.count <= 2048 else { throw Refusal(problem: "is longer than 2048 bytes") }
        guard !url.utf8.contains(UInt8(ascii: "$")) else {
            throw Refusal(problem: "refers to a variable: variables are not expanded in URLs, so that none can leak")
        }
        guard url.utf8.allSatisfy({ $0.isVisibleASCII && !"\\\"<>^`{|}".utf8.contains($0) }) else {
            throw Refusal(problem: "holds a character that no URL has")
        }
        guard !url.contains("@") else { throw Refusal(problem: "has a user name or an @") }
        guard !url.contains(where: { $0 == "?" || $0 == "#" }) else {
            throw Refusal(problem: "has a query or a fragment")
        }
        let (scheme, rest) = try Self.scheme(of: url)
        let authority = rest.prefix { $0 != "/" }
        let host = try Self.host(in: authority)
        try Self.check(host, isTLS: scheme == "https")
        var path = rest.dropFirst(authority.count)
        while path.last == "/" { path = path.dropLast() }
        text = "\(scheme)://\(authority.lowercased())\(path)"
    }

    private static func scheme(of url: String) throws(Refusal) -> (String, Substring) {
        for scheme in ["https", "http"] where url.lowercased().hasPrefix("\(scheme)://") {
            return (scheme, url.dropFirst(scheme.count + 3))
        }
        throw Refusal(problem: "does not start with https:// or http://")
    }

    /// The host without brackets, lower-case; the port is checked on the way.
    private static func host(in authority: Substring) throws(Refusal) -> String {
        var host = authority
        var port: Substring?
        if authority.first == "[" {
            guard let close = authority.firstIndex(of: "]") else { throw Refusal(problem: "has an address without ]") }
            host = authority[authority.index(after: authority.startIndex)..<close]
            let after = authority[authority.index(after: close)...]
            guard after.isEmpty || after.first == ":", NetworkAddress(host) != nil, host.contains(":") else {
                throw Refusal(problem: "has no IPv6 address between its brackets")
            }
            port = after.isEmpty ? nil : after.dropFirst()
        } else if let colon = authority.firstIndex(of: ":") {
            host = authority[..<colon]
            port = authority[authority.index(after: colon)...]
        }
        if let port {
            let isNumber = !port.isEmpty && port.utf8.allSatisfy(\.isASCIIDigit)
            guard isNumber, let number = Int(port), (1...65_535).contains(number) else {
                throw Refusal(problem: "has a port that is not from 1 to 65535")
            }
        }
        guard !host.isEmpty else { throw Refusal(problem: "has no host") }
        return host.lowercased()
    }

    private static func check(_ host: String, isTLS: Bool) throws(Refusal) {
        if let address = NetworkAddress(host) {
            guard !address.isForbiddenUpstream else {
                throw Refusal(problem: "points to a link-local, metadata, unspecified or multicast address")
            }
            guard isTLS || address.isLoopback || address.isPrivate else { throw unencrypted }
            return
        }
        var name = Substring(host)
        if name.last == "." { name = name.dropLast() }
        let labels = name.split(separator: ".", omittingEmptySubsequences: false)
        guard name.utf8.count <= 253, labels.allSatisfy(isLabel) else {
            throw Refusal(problem: "has no valid host name")
        }
        // What ends in a number is an address to the resolver: 127.1, 0x7f000001, 2130706433.
        guard let last = labels.last, last.utf8.first?.isASCIIDigit != true else {
            throw Refusal(problem: "has an address that is not written as four numbers")
        }
        guard !metadataNames.contains(String(name)) else { throw Refusal(problem: "points to a metadata service") }
        let isNear = (last == "local" && labels.count > 1) || last == "localhost"
        guard isTLS || isNear else { throw unencrypted }
    }

    private static let unencrypted = Refusal(problem: "would send the credential unencrypted to another network")

    private static let metadataNames: Set<String> = [
        "metadata", "metadata.google.internal", "metadata.goog", "instance-data", "instance-data.ec2.internal",
    ]

    private static func isLabel(_ label: Substring) -> Bool {
        (1...63).contains(label.utf8.count) && label.first != "-" && label.last != "-"
            && label.utf8.allSatisfy { $0.isASCIILetterOrDigit || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "_") }
    }
}
