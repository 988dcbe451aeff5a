// SPDX-License-Identifier: Apache-2.0
package import Credentials

/// Somebody who serves models over HTTP with a credential in one header.
package struct Provider: Hashable, Sendable {
    /// The header that carries the credential.
    package enum CredentialHeader: Hashable, Sendable {
        /// `x-api-key: KEY`
        case xAPIKey
        /// `authorization: Bearer KEY`
        case bearer
    }

    package var id: ProviderID
    package var displayName: String
    /// Without a slash at its end. Styles of OpenAI include their version (`…/v1`), Anthropic's do not.
    package var baseURL: String
    package var formats: Set<WireFormat>
    package var header: CredentialHeader
    /// Variables that may hold a key, the first one that is set wins.
    package var environmentVariables: [String]
    /// Well-known model ids, for routing of plain names and for `/v1/models`.
    package var models: [String]
    /// Fixed request headers from the configuration, lower-case names.
    package var extraHeaders: [String: String]

    package init(
        id: ProviderID, displayName: String, baseURL: String, formats: Set<WireFormat>,
        header: CredentialHeader = .bearer,
        environmentVariables: [String] = [], models: [String] = [], extraHeaders: [String: String] = [:]
    ) {
        self.id = id
        self.displayName = displayName
        self.baseURL = baseURL
        self.formats = formats
        self.header = header
        self.environmentVariables = environmentVariables
        self.models = models
        self.extraHeaders = extraHeaders
    }

    /// The variable to name to somebody who has a key for the gateway: no setup token's.
    package var keyVariable: String? {
        environmentVariables.first { $0.hasSuffix("_API_KEY") } ?? environmentVariables.first
    }

    /// The built-in provider of that name.
    package static subscript(id id: ProviderID) -> Provider? { byID[id] }

    private static let byID = Dictionary(uniqueKeysWithValues: builtIn.map { ($0.id, $0) })

    /// Path and host parts of `baseURL`.
    package var place: UpstreamPlace? { UpstreamPlace(baseURL) }

    /// A server of somebody's own: plain HTTP leads to nothing but this machine and private networks. A vendor's keys are
    /// asked for wherever they are sent.
    package var mayAskForNoKey: Bool {
        baseURL.hasPrefix("http://") && Self[id: id]?.baseURL.hasPrefix("http://") != false
    }

    /// Behind the command that stores a key: what to do for such a server.
    package static func anyWord(_ command: String) -> String {
        "If the server asks for no key, any word will do: printf EMPTY | \(command)"
    }

    /// What is probably wrong when nothing is found there, without a full stop: OpenAI's dialect has the version in the
    /// base URL.
    package var addressDoubt: String? {
        guard baseURL != Self[id: id]?.baseURL, let path = place?.path, !formats.contains(.anthropicMessages) else {
            return nil
        }
        let hasVersion = path.split(separator: "/").contains {
            $0.first == "v" && $0.dropFirst().first?.isNumber == true
        }
        return hasVersion ? nil : "\(id.place("baseUrl")) names no version; most end in /v1"
    }

    /// The path of the upstream's request line, or nil when this provider does not speak the endpoint's dialect.
    package func upstreamPath(for endpoint: Endpoint) -> String? {
        guard let base = place?.path else { return nil }
        switch endpoint {
        case .messages, .countTokens:
            guard formats.contains(.anthropicMessages) else { return nil }
            let root = base.hasSuffix("/v1") ? String(base.dropLast(3)) : base
            return root + endpoint.path
        case .chatCompletions: return formats.contains(.openaiCompletions) ? base + "/chat/completions" : nil
        case .responses: return formats.contains(.openaiResponses) ? base + "/responses" : nil
        case .embeddings:
            return formats.isDisjoint(with: [.openaiCompletions, .openaiResponses]) ? nil : base + "/embeddings"
        }
    }
}

/// Where a base URL points to.
package struct UpstreamPlace: Hashable, Sendable {
    package var isTLS: Bool
    package var host: String
    package var port: Int
    /// Empty, or starting with a slash and not ending in one.
    package var path: String

    /// - Parameter url: `https://host[:port][/path]`, or with `http`; no user, no query, no fragment. Else nil.
    package init?(_ url: String) {
        let rest: Substring
        if url.hasPrefix("https://") {
            isTLS = true
            rest = url.dropFirst(8)
        } else if url.hasPrefix("http://") {
            isTLS = false
            rest = url.dropFirst(7)
        } else {
            return nil
        }
        guard rest.utf8.allSatisfy({ (0x21...0x7E).contains($0) }), !rest.contains(where: { "@?#\\\"".contains($0) })
        else { return nil }
        let authority = rest.prefix { $0 != "/" }
        var path = rest.dropFirst(authority.count)
        while path.last == "/" { path = path.dropLast() }
        self.path = String(path)
        var hostPart = authority
        var portPart: Substring?
        if authority.first == "[" {
            guard let close = authority.firstIndex(of: "]") else { return nil }
            hostPart = authority[authority.index(after: authority.startIndex)..<close]
            let after = authority[authority.index(after: close)...]
            if !after.isEmpty {
                guard after.first == ":" else { return nil }
                portPart = after.dropFirst()
            }
        } else if let colon = authority.lastIndex(of: ":") {
            hostPart = authority[..<colon]
            portPart = authority[authority.index(after: colon)...]
        }
        guard !hostPart.isEmpty else { return nil }
        host = hostPart.lowercased()
        if let portPart {
            guard let number = Int(portPart), (1...65535).contains(number) else { return nil }
            port = number
        } else {
            port = isTLS ? 443 : 80
        }
    }

    /// As the `Host` field writes it.
    package var authority: String {
        let name = host.contains(":") ? "[\(host)]" : host
        return port == (isTLS ? 443 : 80) ? name : "\(name):\(port)"
    }
}
