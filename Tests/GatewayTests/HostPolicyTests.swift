// SPDX-License-Identifier: Apache-2.0
import Testing

@testable import Gateway

@Suite struct HostPolicyTests {
    static let policy = HostPolicy(port: 18789, bound: "127.0.0.1", allowed: ["ai.example", "other.example:8443"])

    @Test(arguments: [
        "127.0.0.1:18789", "localhost:18789", "[::1]:18789", "LOCALHOST:18789", "ai.example", "ai.example:443",
        "AI.example:1", "other.example:8443",
    ])
    func `our own names are answered for`(host: String) { #expect(Self.policy.allows(host)) }

    @Test(arguments: [
        "", "127.0.0.1", "127.0.0.1:80", "localhost", "localhost:18790", "127.0.0.2:18789",
        "127.0.0.1.evil.example:18789",
        "evil.example:18789", "localhost.evil.example:18789", "other.example", "other.example:443",
        "ai.example.evil.example",
        "ai.example:44a", "[::1]", "[::1]:80", "0.0.0.0:18789", "2130706433:18789", "127.1:18789",
        "localhost:18789:18789", " localhost:18789", "user@localhost:18789",
    ])
    func `every other name is foreign, near ones too`(host: String) { #expect(!Self.policy.allows(host)) }

    @Test func `a policy that compares beginnings lets a foreign name in, so the rows above can fail`() {
        let broken = { (host: String) in host.hasPrefix("127.0.0.1") || host.hasPrefix("localhost") }
        #expect(broken("127.0.0.1.evil.example:18789"))
        #expect(!Self.policy.allows("127.0.0.1.evil.example:18789"))
    }

    @Test(arguments: [("http://127.0.0.1:18789", true), ("http://localhost:18789", true), ("https://ai.example", true)])
    func `an origin must be ours`(origin: String, isOurs: Bool) {
        #expect(Self.policy.allows(origin: origin) == isOurs)
    }

    @Test(arguments: [
        "null", "file://", "http://localhost:3000", "http://evil.example", "http://localhost:18789.evil.example",
        "chrome-extension://abcdef", "http://localhost:18789/path", "localhost:18789", "",
    ])
    func `pages of other origins are foreign`(origin: String) { #expect(!Self.policy.allows(origin: origin)) }

    @Test func `a listener on every address answers for its loopback names and those that are allowed`() {
        let policy = HostPolicy(port: 80, bound: "0.0.0.0", allowed: ["gateway.lan"])
        #expect(policy.allows("127.0.0.1"))
        #expect(policy.allows("gateway.lan"))
        #expect(!policy.allows("0.0.0.0"))
        #expect(!policy.allows("192.168.1.5"))
    }
}
