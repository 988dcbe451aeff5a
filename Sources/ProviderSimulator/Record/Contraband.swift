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

    static let redirectPrefix = "/redirected"

    /// The sentence of the refusal.
    var refusal: String {
        let what =
            switch self {
            case .setupTokens: "a setup token arrived, which only its vendor's own program may use"
            case .clientTokens: "a client's own token arrived"
            case .foreignUserAgents:
                "the user-agent is another vendor's program or SDK (--allow-sdk-agents lets SDKs in)"
            case .cookies: "a cookie arrived"
            case .followedRedirects: "a redirect was followed with a credential"
            }
        return "Refused by the provider simulator: \(what)."
    }
}

/// What this simulator takes for contraband.
struct Prohibitions: Hashable, Sendable {
    /// Clients' tokens.
    var tokens: Set<String> = []
    /// Lets the official SDKs in, for trying the simulator without a gateway.
    var allowsSDKAgents = false

    static let setupTokenPrefix = "sk-ant-oat"
    /// A shorter token would be found in innocent values.
    static let shortestToken = 8

    /// Starts of user agents, in lower case.
    private static let vendorPrograms = [
        "claude-cli", "claude-code", "codex", "githubcopilot", "github-copilot", "gemini-cli", "cursor",
    ]
    private static let vendorSDKs = ["openai/", "asyncopenai/", "anthropic/", "asyncanthropic/"]

    /// Everything forbidden that a head shows.
    func found(in head: HTTPRequestHead) -> [Contraband] {
        var found: [Contraband] = []
        let values = head.headers.map(\.value) + [head.uri]
        if values.contains(where: { $0.holds(Self.setupTokenPrefix) }) { found.append(.setupTokens) }
        if values.contains(where: isClientToken) { found.append(.clientTokens) }
        if isForeign(head.headers.first(name: "user-agent") ?? "") { found.append(.foreignUserAgents) }
        if head.headers.contains(name: "cookie") { found.append(.cookies) }
        if head.uri.hasPrefix(Contraband.redirectPrefix) { found.append(.followedRedirects) }
        return found
    }

    /// Whether a value holds one of the credentials that must not arrive.
    func isToken(_ value: String) -> Bool { value.holds(Self.setupTokenPrefix) || isClientToken(value) }

    private func isClientToken(_ value: String) -> Bool {
        value.hasPrefix("agw_") || value.holds(" agw_") || value.holds("=agw_") || tokens.contains(where: value.holds)
    }

    private func isForeign(_ agent: String) -> Bool {
        let agent = agent.lowercased()
        if Self.vendorPrograms.contains(where: agent.hasPrefix) { return true }
        return !allowsSDKAgents && Self.vendorSDKs.contains(where: agent.hasPrefix)
    }
}
