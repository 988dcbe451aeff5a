// SPDX-License-Identifier: Apache-2.0
import Credentials
import Documents

extension SettingsReader {
    mutating func gateway(_ element: Element?) -> GatewaySettings {
        var settings = GatewaySettings()
        guard let gateway = object(element, at: "gateway", known: KnownKeys.names(under: "gateway")) else {
            return settings
        }
        if gateway["token"] != nil {
            note(
                .init(
                    .warning, at: "gateway.token", is: "has no effect here", allowed: "gateway.auth.token",
                    fix: "Move it: agenticflow-enterprise config set gateway.auth.token --stdin, then: "
                        + "agenticflow-enterprise config unset gateway.token"))
        }
        settings.port = integer(gateway, "port", at: "gateway", in: 0...65_535, default: settings.port)
        settings.bind = bind(gateway) ?? settings.bind
        settings.allowPlainRemote = boolean(gateway, "allowPlainRemote", at: "gateway", default: false)
        refuseInTheOpen(settings)
        settings.allowedHosts = strings(gateway, "allowedHosts", at: "gateway").map { $0.lowercased() }
        settings.proxy = proxy(gateway)
        if let auth = object(gateway["auth"], at: "gateway.auth", known: KnownKeys.names(under: "gateway.auth")) {
            settings.token = secret(auth, "token", at: "gateway.auth")
        }
        settings.limits = limits(gateway["limits"])
        settings.deadlines = deadlines(gateway["deadlines"])
        return settings
    }

    private mutating func bind(_ gateway: Element) -> String? {
        guard let text = string(gateway, "bind", at: "gateway") else { return nil }
        switch text.lowercased() {
        case "loopback", "localhost", "auto": return "127.0.0.1"
        case "lan": return "0.0.0.0"
        default: break
        }
        if NetworkAddress(text) != nil { return text }
        note(
            .init(
                .error, at: "gateway.bind", is: "is no address of a machine",
                allowed: "loopback, lan, or a numeric address",
                held: "loopback"))
        return nil
    }

    /// Better said when it is written than when the gateway does not start.
    private mutating func refuseInTheOpen(_ settings: GatewaySettings) {
        guard NetworkAddress(settings.bind)?.isLoopback == false, !settings.allowPlainRemote else { return }
        note(
            .init(
                .warning, at: "gateway.bind",
                is: "is reached by other machines, and the gateway does not start there without TLS unless "
                    + "gateway.allowPlainRemote is true",
                fix: "Run: agenticflow-enterprise config set gateway.bind loopback    (or, on a network you trust: "
                    + "agenticflow-enterprise config set gateway.allowPlainRemote true)"))
    }

    private mutating func proxy(_ gateway: Element) -> ProxySettings {
        guard let text = string(gateway, "proxy", at: "gateway") else { return .none }
        switch text.lowercased() {
        case "none": return .none
        case "env", "environment": return .environment
        default: break
        }
        // A proxy is no upstream, but the same characters and the same ports are sound.
        if let url = try? BaseURL(text) { return .url(url.text) }
        note(
            .init(
                .error, at: "gateway.proxy", is: "is no proxy", allowed: "none, env, or http://host:port", held: "none")
        )
        return .none
    }

    private mutating func limits(_ element: Element?) -> GatewayLimitSettings {
        var limits = GatewayLimitSettings()
        let path = "gateway.limits"
        guard let object = object(element, at: path, known: KnownKeys.names(under: path)) else { return limits }
        limits.maximumHeadBytes = integer(
            object, "maxHeadBytes", at: path, in: 1024...1 << 20, default: limits.maximumHeadBytes)
        limits.maximumBodyBytes = integer(
            object, "maxBodyBytes", at: path, in: 1024...1 << 30, default: limits.maximumBodyBytes)
        limits.maximumAttempts = integer(object, "maxAttempts", at: path, in: 1...64, default: limits.maximumAttempts)
        limits.maximumConnections = integer(
            object, "maxConnections", at: path, in: 1...1_000_000, default: limits.maximumConnections)
        limits.minimumBodyBytesPerSecond = integer(
            object, "minBodyBytesPerSecond", at: path, in: 0...1 << 30, default: limits.minimumBodyBytesPerSecond)
        limits.maximumWait =
            duration(object, "maxWaitSeconds", at: path, in: 0...3600, default: limits.maximumWait)
            ?? limits.maximumWait
        return limits
    }

    private mutating func deadlines(_ element: Element?) -> GatewayDeadlineSettings {
        var deadlines = GatewayDeadlineSettings()
        let path = "gateway.deadlines"
        let rows: [(String, WritableKeyPath<GatewayDeadlineSettings, Duration>)] = [
            ("headSeconds", \.head), ("connectSeconds", \.connect), ("firstTokenSeconds", \.firstToken),
            ("idleSeconds", \.idle), ("totalSeconds", \.total), ("drainSeconds", \.drain),
        ]
        guard let object = object(element, at: path, known: KnownKeys.names(under: path)) else { return deadlines }
        for (key, field) in rows {
            let held = deadlines[keyPath: field]
            deadlines[keyPath: field] = duration(object, key, at: path, in: 0.1...86_400, default: held) ?? held
        }
        return deadlines
    }
}
