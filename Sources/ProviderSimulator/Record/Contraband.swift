// SPDX-License-Identifier: Apache-2.0
import NIOHTTP1

/// What must never arrive at a provider from a gateway that behaves.
package enum Contraband: String, Hashable, Sendable, CaseIterable {
    /// A credential that only its vendor's own program may use (`sk-ant-oat…`).
    case setupTokens
    /// What a client showed to the gateway: a registered value, or one that starts with `agw_`.
    case clientTokens
    /// The user agent of somebody else's program.
    case foreignUserAgents
    case cookies
    /// A request at the place that `redirect-302` points to.
    case followedRedirects

    /// Starts of user agents, in lower case. The first line is vendors' programs, the second the official SDKs.
    private static let foreignAgents = [
        "claude-cli", "claude-code", "codex", "githubcopilot", "github-copilot", "gemini-cli", "cursor",
        "openai/", "asyncopenai/", "anthropic/", "asyncanthropic/",
    ]

    static let redirectPrefix = "/redirected"

    /// Everything forbidden that a head shows.
    static func found(in head: HTTPRequestHead, forbidden: Set<String>) -> [Contraband] {
        var found: [Contraband] = []
        let values = head.headers.map(\.value) + [head.uri]
        if values.contains(where: { $0.contains("sk-ant-oat") }) { found.append(.setupTokens) }
        if values.contains(where: { value in isClientToken(value, forbidden) }) { found.append(.clientTokens) }
        let agent = head.headers.first(name: "user-agent")?.lowercased() ?? ""
        if foreignAgents.contains(where: agent.hasPrefix) { found.append(.foreignUserAgents) }
        if head.headers.contains(name: "cookie") { found.append(.cookies) }
        if head.uri.hasPrefix(redirectPrefix) { found.append(.followedRedirects) }
        return found
    }

    private static func isClientToken(_ value: String, _ forbidden: Set<String>) -> Bool {
        value.hasPrefix("agw_") || value.contains(" agw_") || forbidden.contains { value.contains($0) }
    }

    /// The sentence of the refusal.
    var refusal: String {
        let what =
            switch self {
            case .setupTokens: "a setup token arrived, which only its vendor's own program may use"
            case .clientTokens: "a client's own token arrived"
            case .foreignUserAgents: "the user-agent is another vendor's program or SDK (--allow-sdk-agents lets it in)"
            case .cookies: "a cookie arrived"
            case .followedRedirects: "a redirect was followed with a credential"
            }
        return "Refused by the provider simulator: \(what)."
    }
}
