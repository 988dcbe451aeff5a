// SPDX-License-Identifier: Apache-2.0

/// `gateway`: the listener and what one request may cost.
package struct GatewaySettings: Hashable, Sendable {
    /// 0 means any free port.
    package var port = 18789
    /// A numeric address. In the file also by name: `loopback`, `lan`.
    package var bind = "127.0.0.1"
    /// What clients must present, as far as the configuration names it; see ``InstanceSettings/clientToken(in:)``.
    package var token = ConfiguredSecret.absent
    /// `name` or `name:port`, lower-case, that a request's `Host` may name besides our own addresses.
    package var allowedHosts: [String] = []
    package var proxy = ProxySettings.none
    /// Must be true to listen beyond loopback without TLS.
    package var allowPlainRemote = false
    package var limits = GatewayLimitSettings()
    package var deadlines = GatewayDeadlineSettings()

    package init() {}
}

/// `gateway.proxy`: how upstreams are reached.
package enum ProxySettings: Hashable, Sendable {
    /// Directly, whatever the environment says.
    case none
    /// As `HTTPS_PROXY`, `HTTP_PROXY` and `NO_PROXY` say.
    case environment
    /// `http://host:port` or `https://host:port`.
    case url(String)
}

/// `gateway.limits`.
package struct GatewayLimitSettings: Hashable, Sendable {
    package var maximumHeadBytes = 64 << 10
    package var maximumBodyBytes = 32 << 20
    /// Per request, over all profiles and fallback models.
    package var maximumAttempts = 8
    package var maximumConnections = 8192
    /// Least rate of an upload, counted from `slowBodyGrace` on; 0 means none.
    package var minimumBodyBytesPerSecond = 1024
    /// Longest wait for the soonest cooldown to end, when nothing was sent yet.
    package var maximumWait = Duration.seconds(10)

    /// Not configurable.
    package static let maximumHeadFields = 100
    package static let slowBodyGrace = Duration.seconds(10)

    package init() {}
}

/// `gateway.deadlines`.
package struct GatewayDeadlineSettings: Hashable, Sendable {
    package var head = Duration.seconds(10)
    package var connect = Duration.seconds(10)
    package var firstToken = Duration.seconds(120)
    package var idle = Duration.seconds(300)
    /// Plain answers only; a stream has no end of its own.
    package var total = Duration.seconds(600)
    package var drain = Duration.seconds(30)

    package init() {}
}
