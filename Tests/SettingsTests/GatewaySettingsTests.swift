// SPDX-License-Identifier: Apache-2.0
import Credentials
import Settings
import Testing

struct Limit: Sendable, CustomTestStringConvertible {
    var path: String
    var read: @Sendable (GatewaySettings) -> Int
    var standard: Int
    var range: ClosedRange<Int>

    var testDescription: String { path }
    var keys: [String] { path.split(separator: ".").map(String.init) }
    /// A configuration with this one value.
    func configuration(_ value: String) -> String {
        keys.reversed().reduce(value) { "{\($1): \($0)}" }
    }
}

struct Deadline: Sendable, CustomTestStringConvertible {
    var key: String
    var read: @Sendable (GatewaySettings) -> Duration
    var standard: Duration

    var testDescription: String { key }
}

@Suite struct GatewaySettingsTests {
    @Test func `without a file everything has its default`() {
        let none = InstanceSettings(nil, environment: EnvironmentLayers(process: [:]))
        #expect(none == InstanceSettings())
        #expect(none.gateway.port == 18789)
        #expect(none.gateway.bind == "127.0.0.1")
        #expect(none.gateway.proxy == .none)
        #expect(none.gateway.allowPlainRemote == false)
        #expect(none.gateway.token == .absent)
        #expect(none.defaultAgent == .main)
        #expect(none.everyAgent.map(\.id) == [.main])
        #expect(GatewayLimitSettings.maximumHeadFields == 100)
        #expect(GatewayLimitSettings.slowBodyGrace == .seconds(10))
    }

    private static let limits = [
        Limit(path: "gateway.port", read: { $0.port }, standard: 18789, range: 0...65_535),
        Limit(
            path: "gateway.limits.maxHeadBytes", read: { $0.limits.maximumHeadBytes }, standard: 65_536,
            range: 1024...1_048_576),
        Limit(
            path: "gateway.limits.maxBodyBytes", read: { $0.limits.maximumBodyBytes }, standard: 33_554_432,
            range: 1024...1_073_741_824),
        Limit(path: "gateway.limits.maxAttempts", read: { $0.limits.maximumAttempts }, standard: 8, range: 1...64),
        Limit(
            path: "gateway.limits.maxConnections", read: { $0.limits.maximumConnections }, standard: 8192,
            range: 1...1_000_000),
        Limit(
            path: "gateway.limits.minBodyBytesPerSecond", read: { $0.limits.minimumBodyBytesPerSecond }, standard: 1024,
            range: 0...1_073_741_824),
    ]

    @Test(arguments: limits)
    func `a limit has its default, and takes what is in its range`(limit: Limit) throws {
        #expect(try limit.read(settings("{}").gateway) == limit.standard)
        let near = [limit.range.lowerBound, limit.range.lowerBound + 1, limit.range.upperBound]
        for value in near {
            let found = try settings(limit.configuration("\(value)"))
            #expect(limit.read(found.gateway) == value)
            #expect(found.problems == [])
        }
        #expect(try limit.read(settings(limit.configuration("+0x\(String(near[1], radix: 16))")).gateway) == near[1])
        #expect(try limit.read(settings(limit.configuration("\(near[1]).0")).gateway) == near[1])
        #expect(try limit.read(settings(limit.configuration("null")).gateway) == limit.standard)
    }

    @Test(arguments: limits)
    func `a limit out of its range, or of another kind, leaves the default and is named`(limit: Limit) throws {
        let (low, high) = (limit.range.lowerBound - 1, limit.range.upperBound + 1)
        for (value, what) in [
            ("\(low)", "out of range"), ("\(high)", "out of range"), ("\(limit.range.lowerBound).5", "out of range"),
            ("1e400", "out of range"), ("NaN", "out of range"), ("-Infinity", "out of range"), ("'7'", "text"),
            ("[7]", "a list"), ("true", "true or false"), ("{}", "an object"), ("99999999999999999999", "out of range"),
        ] {
            let found = try settings(limit.configuration(value))
            #expect(limit.read(found.gateway) == limit.standard)
            let range = "a whole number from \(limit.range.lowerBound) to \(limit.range.upperBound)"
            #expect(
                found.complaints == [
                    "\(limit.path) is \(what); allowed: \(range). The default is used instead: \(limit.standard)."
                ])
        }
    }

    private static let deadlines = [
        Deadline(key: "headSeconds", read: { $0.deadlines.head }, standard: .seconds(10)),
        Deadline(key: "connectSeconds", read: { $0.deadlines.connect }, standard: .seconds(10)),
        Deadline(key: "firstTokenSeconds", read: { $0.deadlines.firstToken }, standard: .seconds(120)),
        Deadline(key: "idleSeconds", read: { $0.deadlines.idle }, standard: .seconds(300)),
        Deadline(key: "totalSeconds", read: { $0.deadlines.total }, standard: .seconds(600)),
        Deadline(key: "drainSeconds", read: { $0.deadlines.drain }, standard: .seconds(30)),
    ]

    @Test(arguments: deadlines)
    func `a deadline has its default, and takes what is in its range`(deadline: Deadline) throws {
        #expect(try deadline.read(settings("{}").gateway) == deadline.standard)
        for (text, duration) in [
            ("0.1", Duration.milliseconds(100)), ("1.5", .milliseconds(1500)), (".25", .milliseconds(250)),
            ("7", .seconds(7)), ("86400", .seconds(86_400)),
        ] {
            let found = try settings("{gateway: {deadlines: {\(deadline.key): \(text)}}}")
            #expect(deadline.read(found.gateway) == duration)
            #expect(found.problems == [])
        }
        for text in ["0", "-1", "0.09", "86401", "Infinity", "NaN", "'10'", "[]"] {
            let found = try settings("{gateway: {deadlines: {\(deadline.key): \(text)}}}")
            #expect(deadline.read(found.gateway) == deadline.standard)
            #expect(found.complaints.count == 1)
            #expect(found.complaints.first?.hasPrefix("gateway.deadlines.\(deadline.key) is ") == true)
        }
    }

    @Test(arguments: [
        ("0", Duration.zero), ("2.5", .milliseconds(2500)), ("3600", .seconds(3600)), ("3601", .seconds(10)),
    ])
    func `the wait for a cooldown is configurable`(text: String, wait: Duration) throws {
        #expect(try settings("{}").gateway.limits.maximumWait == .seconds(10))
        #expect(try settings("{gateway: {limits: {maxWaitSeconds: \(text)}}}").gateway.limits.maximumWait == wait)
    }

    @Test(arguments: [
        ("'loopback'", "127.0.0.1", true), ("'Localhost'", "127.0.0.1", true), ("'auto'", "127.0.0.1", true),
        ("'lan', allowPlainRemote: true", "0.0.0.0", true), ("'::1'", "::1", true), ("'lan'", "0.0.0.0", false),
        ("'192.168.1.5', allowPlainRemote: true", "192.168.1.5", true), ("'192.168.1.5'", "192.168.1.5", false),
        ("'example.org'", "127.0.0.1", false), ("'127.1'", "127.0.0.1", false), ("7", "127.0.0.1", false),
        ("' '", "127.0.0.1", true),
    ])
    func `a listener's address is a number or one of three words`(text: String, address: String, isFine: Bool) throws {
        let found = try settings("{gateway: {bind: \(text)}}")
        #expect(found.gateway.bind == address)
        #expect(found.problems.isEmpty == isFine)
    }

    @Test(arguments: [
        ("'none'", ProxySettings.none, true), ("'ENV'", .environment, true), ("'environment'", .environment, true),
        ("'http://127.0.0.1:3128/'", .url("http://127.0.0.1:3128"), true),
        ("'https://proxy.example:8443'", .url("https://proxy.example:8443"), true), ("'socks5://x'", .none, false),
        ("'http://user:pw@127.0.0.1:1'", .none, false), ("'http://127.0.0.1:99999'", .none, false),
        ("true", .none, false),
    ])
    func `a proxy is none, the environment's or an address`(text: String, proxy: ProxySettings, isFine: Bool) throws {
        let found = try settings("{gateway: {proxy: \(text)}}")
        #expect(found.gateway.proxy == proxy)
        #expect(found.problems.isEmpty == isFine)
    }

    @Test func `the rest of the gateway is read`() throws {
        let found = try settings(
            "{gateway: {mode: 'local', allowPlainRemote: true, allowedHosts: ['Proxy.Example:443', ' b ', 7], token: 'x'}}"
        )
        #expect(found.gateway.allowPlainRemote)
        #expect(found.gateway.allowedHosts == ["proxy.example:443", "b"])
        #expect(
            found.complaints == [
                "gateway.token has no effect here; allowed: gateway.auth.token.",
                "gateway.allowedHosts[2] is a number; allowed: text.",
            ])
    }
}
