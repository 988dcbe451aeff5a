// SPDX-License-Identifier: Apache-2.0
import Credentials
import NIOHTTP1
import Testing

@testable import Gateway

/// What commands of our own account present: on this machine, for what they ask, and no other token.
@Suite struct CommandTokenTests {
    private static let token = CommandToken(Secret("agl_right"))

    private static func fields(_ name: String, _ value: String) -> HeadFields {
        HeadFields(HTTPRequestHead(version: .http1_1, method: .GET, uri: "/", headers: [name: value]))
    }

    private static func route(_ path: String) -> Route {
        Route(HTTPRequestHead(version: .http1_1, method: .GET, uri: path))
    }

    @Test(arguments: [
        ("127.0.0.1", "127.0.0.1", true), ("::1", "::1", true), ("127.0.0.1", "127.0.0.2", true),
        ("192.0.2.7", "192.0.2.7", true), ("::ffff:127.0.0.1", "::ffff:127.0.0.1", true),
        ("192.0.2.9", "192.0.2.7", false), ("192.0.2.127", "127.0.0.1", false), ("2001:db8::2", "2001:db8::1", false),
        ("::ffff:192.0.2.9", "::ffff:192.0.2.7", false), (nil, nil, false), (nil, "127.0.0.1", false),
    ])
    func `only from this machine`(remote: String?, local: String?, isAdmitted: Bool) {
        let fields = Self.fields("Authorization", "Bearer agl_right")
        #expect(Self.token.admits(fields, to: Self.route("/api/v1/status"), from: remote, at: local) == isAdmitted)
    }

    @Test(arguments: [
        ("/api/v1/status", true), ("/api/v1/explain?model=x", true), ("/healthz", true), ("/metrics", false),
        ("/v1/models", false), ("/v1/messages", false), ("/v1/chat/completions", false), ("/api/v1", false),
        ("/api/v2/status", false), ("/", false), ("/healthz/x", false),
    ])
    func `only for what commands ask`(path: String, isAdmitted: Bool) {
        let fields = Self.fields("Authorization", "Bearer agl_right")
        #expect(Self.token.admits(fields, to: Self.route(path), from: "::1", at: "::1") == isAdmitted)
    }

    @Test(arguments: ["", "agl_", "agl_righ", "agl_rightx", "AGL_RIGHT", "agl_wrong"])
    func `no other token`(text: String) {
        let route = Self.route("/healthz")
        #expect(!Self.token.admits(Self.fields("Authorization", "Bearer \(text)"), to: route, from: "::1", at: "::1"))
        #expect(!Self.token.admits(Self.fields("x-api-key", text), to: route, from: "::1", at: "::1"))
        #expect(!CommandToken(nil).admits(Self.fields("x-api-key", text), to: route, from: "::1", at: "::1"))
    }
}
